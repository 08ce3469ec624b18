"""How an answer travels: where it stops, waits or goes wrong. Values only."""

from __future__ import annotations

from typing import Final, Literal

from attrs import frozen

__all__ = ["WHOLE", "Delivery", "Ending", "Framing", "Place"]

Place = Literal["request", "status", "head", "headers", "half", "body"]
"""How much of an answer has been sent.

Nothing since the `"request"`; half of the `"status"` line; half of the `"head"`; all `"headers"`
and no body; `"half"` of the body; the whole `"body"`.
"""

Framing = Literal[
    "length", "chunked", "close", "bad chunk", "two lengths", "length and chunks", "short length"
]
"""How the body's end is told.

`"length"` is Content-Length and `"close"` the end of the connection. Of the wrong ones, `"bad
chunk"` has a chunk size that is no number, `"two lengths"` contradict each other, `"length and
chunks"` claims both at once, and `"short length"` says less than what follows.
"""

Ending = Literal["keep", "close", "reset", "stall"]
"""What becomes of the connection; `"stall"` keeps it and says nothing until the client goes."""


@frozen(kw_only=True)
class Delivery:
    """How an answer travels.

    `kind` says what happens: `"whole"` sends it all; `"stop"` ends the connection as `then` says
    once it has come to `after`; `"stall"` pauses there for `seconds` and goes on; `"drip"` sends
    what follows in pieces of `size` bytes, `seconds` apart; `"raw"` sends `data` in place of the
    answer, then does as `then` says; `"endless"` sends `data` and then `piece` for ever, every
    `seconds`; `"twice"` sends the answer and `data` behind it in one write.
    """

    kind: Literal["whole", "stop", "stall", "drip", "raw", "endless", "twice"] = "whole"
    framing: Framing = "length"
    after: Place = "request"
    then: Ending = "close"
    seconds: float = 0.0
    size: int = 0
    data: bytes = b""
    piece: bytes = b""


WHOLE: Final = Delivery()
"""The healthy way: everything at once."""

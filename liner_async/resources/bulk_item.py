"""An item of a bulk on its way, and what the ledger says of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping

from attrs import define

from liner_async._transport.request import Request
from liner_async.errors import ConfigError, LinerError
from liner_async.events import WriteEvent
from liner_async.ledger import Ledger, LedgerEntry
from liner_async.resources.bulk_report import ItemOutcome, WriteResult

__all__ = ["BulkItem", "LedgerKeeper", "bare", "checked_key"]


@define(eq=False)
class BulkItem:
    """An item that was taken from the input and not handed out yet, without its fields."""

    index: int
    key: str
    digest: str = ""
    event: WriteEvent | None = None
    task: asyncio.Task[None] | None = None
    result: WriteResult | None = None

    @property
    def in_flight(self) -> bool:
        """Whether its write has not ended."""
        return self.task is not None and not self.task.done()

    def note(self, event: WriteEvent) -> None:
        """Record what became of its write."""
        self.event = event

    def end(
        self,
        outcome: ItemOutcome,
        *,
        id: int | None = None,  # noqa: A002 - the vendor's word
        error: LinerError | None = None,
        resumed: bool = False,
    ) -> WriteResult:
        """Return its result, which is kept from here on."""
        self.result = WriteResult(
            index=self.index,
            key=self.key,
            outcome=outcome,
            id=id,
            error=error,
            attempts=0 if self.event is None else self.event.attempts,
            resumed=resumed,
        )
        return self.result

    def settled(self) -> WriteResult:
        """Return its result; for a cancelled write, what is known of it."""
        return self.result or self.end("not_sent" if self.event is None else self.event.outcome)


class LedgerKeeper:
    """Reads and writes the ledger of a bulk, if it has one.

    Attributes:
        _entries: what the ledger knew when it was opened; None while it is not open.
        _keys: the keys of this run so far.
    """

    def __init__(self, ledger: Ledger | None, *, host: str, resends: bool) -> None:
        self._ledger = ledger
        self._host = host
        self._resends = resends
        self._entries: Mapping[str, LedgerEntry] | None = None
        self._keys: set[str] = set()

    @property
    def is_open(self) -> bool:
        """Whether a ledger is held that must be released."""
        return self._entries is not None

    async def open(self) -> None:
        """Take the ledger."""
        if self._ledger is not None:
            self._entries = await self._ledger.open()

    async def aclose(self) -> None:
        """Release the ledger; may be repeated."""
        if self._ledger is not None and self._entries is not None:
            self._entries = None
            await self._ledger.aclose()

    def settles(self, item: BulkItem, request: Request) -> bool:
        """End an item that needs no request, or must not have one; return whether it did.

        Raises:
            ConfigError: the item differs from the one that the ledger has under its key.
        """
        if self._entries is None:
            return False
        if item.key in self._keys:
            item.end("invalid", error=ConfigError("an item before this one has the same key"))
            return True
        self._keys.add(item.key)
        item.digest = self._digest(request)
        known = self._entries.get(item.key)
        if known is None:
            return False
        if known.digest != item.digest:
            raise ConfigError(
                f"item {item.index} is not the one that the ledger knows by its key: "
                "continue with the host and the input that the ledger began with"
            )
        match known.state:
            case "done":
                item.end("done", id=known.id, resumed=True)
            case "sending" | "unknown" if not self._resends:
                item.end("unknown", resumed=True)
        return item.result is not None

    def _digest(self, request: Request) -> str:
        sent = f"{self._host}\n{request.path}\n".encode() + (request.body or b"")
        return hashlib.sha256(sent).hexdigest()[:32]

    async def begin(self, item: BulkItem) -> None:
        """Note that an item is about to be sent."""
        if self._ledger is not None:
            await self._ledger.begin(item.key, item.digest)

    async def end(self, item: BulkItem) -> None:
        """Note what became of an item that was sent, or was about to be."""
        result = item.settled()
        if self._ledger is not None and result.outcome != "invalid":
            await self._ledger.end(item.key, result.outcome, result.id)


def checked_key(key: object) -> str:
    """Return the text by which the ledger is to know an item.

    Raises:
        ConfigError: it is not text, or is empty.
    """
    if isinstance(key, str) and key:
        return key
    raise ConfigError("key must return a text for each item, and not an empty one")


def bare(error: LinerError) -> LinerError:
    """Return an error without its tracebacks, which would keep the bodies of a whole bulk."""
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error

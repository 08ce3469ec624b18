"""Every exception of the SDK, in one tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from datetime import datetime

    from liner_async.resume import ResumePoint

__all__ = [
    "ApiError",
    "AuthError",
    "BulkWriteError",
    "ClientClosedError",
    "ConfigError",
    "DecodeError",
    "ItemProblem",
    "LinerError",
    "NotFoundError",
    "Outcome",
    "OutcomeUnknownError",
    "PagingDriftError",
    "PagingError",
    "RateLimitError",
    "ResponseError",
    "ServerError",
    "StatusError",
    "TransportError",
    "TransportTimeoutError",
]


Outcome: TypeAlias = Literal["not_sent", "refused", "unknown", "done"]
"""What became of a write; "unknown" if it was sent and no answer says what happened."""

_ABOUT_THE_HOST = ("connect", "dns", "tls")


class LinerError(Exception):
    """The root of everything this SDK raises on purpose.

    An attribute that does not apply is None. Instances pickle with type, text and attributes; none
    holds the API key or a response body, nor does anything it is chained to.

    Attributes:
        method: the HTTP method of the request that failed, such as "GET".
        path: its path below the host, such as "/v2/order/".
        offset: while paging, the first offset (rows) not handed out: continue there. For a single
            request, the offset it asked for.
        attempts: requests sent before giving up, the first one included.
        status: the HTTP status of the last answer.
        retry_after: seconds the server asked to wait.
        reason: a short, stable word for metrics and `match`, such as "timeout", "dns" or "json".
        resume_point: while paging, where a later run continues: `orders.list(resume=...)`.
        outcome: of a create, update or submit: whether it was "not_sent", "refused", "done" after
            all, or whether that is "unknown".
    """

    method: str | None = None
    path: str | None = None
    resume_point: ResumePoint | None = None
    outcome: Outcome | None = None

    def __init__(
        self,
        message: str,
        *,
        offset: int | None = None,
        attempts: int | None = None,
        status: int | None = None,
        retry_after: float | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message)
        self.offset = offset
        self.attempts = attempts
        self.status = status
        self.retry_after = retry_after
        self.reason = reason

    def __str__(self) -> str:
        """Return the message and, as far as they are known, request, offset and attempts."""
        is_about_host = self.reason in _ABOUT_THE_HOST  # which the message names
        context = [f"{self.method} {self.path}"] if self.method and not is_about_host else []
        context += [
            f"{name} {value}"
            for name, value in (("offset", self.offset), ("attempts", self.attempts))
            if value is not None
        ]
        message = str(self.args[0]) if self.args else ""
        return f"{message} ({', '.join(context)})" if context else message


class ConfigError(LinerError, ValueError):
    """A wrong argument or variable, found before any request was sent."""


class ClientClosedError(LinerError):
    """The client or iterator was used after it was closed, or on another event loop."""


class TransportError(LinerError):
    """No usable HTTP answer came, though the SDK already retried where that could help.

    `reason` is one of "connect", "dns", "tls", "proxy", "closed", "body", "not_http" and "timeout".
    """


class TransportTimeoutError(TransportError, TimeoutError):
    """The last attempt took longer than a limit, which the text names; already retried."""


class StatusError(LinerError):
    """The server answered with a status other than 200, which `status` holds.

    408, 425, 429, 500, 502, 503 and 504 were already retried, 204 once; the others never are.
    """


class AuthError(StatusError):
    """401 or 403: the key is missing, wrong or lacks the right. Never retried."""


class NotFoundError(StatusError):
    """404: no such path on this host, or no object with this identifier. Never retried."""


class RateLimitError(StatusError):
    """429: too many requests, although the SDK slowed down and retried."""


class ServerError(StatusError):
    """5xx: the server failed; already retried where that could help."""


class ApiError(LinerError):
    """The answer says `success: false`; the text quotes the vendor's message. Never retried."""


class ResponseError(LinerError):
    """A 200 whose body is not the documented envelope.

    `reason` is "json" (already retried), "empty" (already retried once), "shape", "too_large",
    "nesting", "decode" or "column".
    """


class DecodeError(ResponseError):
    """An item of a page does not fit its model; nothing of that page was handed out.

    With `reason` "column": it fits its model, but a value does not fit the column of a frame.

    Attributes:
        index: the item's place in its page, from 0.
        item_id: the item's `id`, where that could be read.
        problems: for each field that failed, its path in the vendor's JSON and what was expected.
            Never a value.
    """

    def __init__(
        self,
        message: str,
        *,
        index: int | None = None,
        item_id: int | None = None,
        problems: tuple[str, ...] = (),
        offset: int | None = None,
        attempts: int | None = None,
    ) -> None:
        super().__init__(message, offset=offset, attempts=attempts, reason="decode")
        self.index = index
        self.item_id = item_id
        self.problems = problems

    @classmethod
    def of(cls, problem: ItemProblem, *, attempts: int | None = None) -> Self:
        """Return the error for an item that does not fit its model."""
        return cls(
            str(problem),
            offset=problem.offset,
            attempts=attempts,
            index=problem.index,
            item_id=problem.item_id,
            problems=problem.fields,
        )


@frozen(kw_only=True)
class ItemProblem:
    """An item that does not fit its model, described without any of its values.

    Attributes:
        offset: the offset of its page (rows).
        index: its place in that page, from 0.
        item_id: its `id`, where that could be read.
        fields: for each field that failed, its path in the vendor's JSON and what was expected.
    """

    offset: int
    index: int
    item_id: int | None
    fields: tuple[str, ...]

    def __str__(self) -> str:
        """Name the item and its fields in one line."""
        known = "" if self.item_id is None else f" (id {self.item_id})"
        return f"item {self.index}{known}: {'; '.join(self.fields)}"


class PagingError(LinerError):
    """The pages do not add up to a list: the server ignores `offset`, or a hole stays empty."""


class PagingDriftError(PagingError):
    """With `consistency="strict"`: the list moved while it was read and could not be repaired."""


class OutcomeUnknownError(LinerError):
    """A write was sent, and no answer tells whether it was carried out: look before you repeat it.

    Neither a TransportError nor a StatusError, so that no handler made for reads sends it again.
    `__cause__` is the last real error; `reason` and `status` are taken from it.

    Attributes:
        endpoint: the method that was called, such as "leads.create".
        sent_at: when the first attempt that may have been carried out was sent, by our clock.
    """

    outcome: Outcome = "unknown"
    endpoint: str | None = None
    sent_at: datetime | None = None

    def __str__(self) -> str:
        """Return the message alone: it already names request and attempts."""
        return Exception.__str__(self)


class BulkWriteError(LinerError):
    """Some items of a bulk were not done; the report says what became of each.

    Attributes:
        report: the BulkReport, with one result for each item.
    """

    report: Any = None

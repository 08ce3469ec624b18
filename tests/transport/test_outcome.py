"""What a failed write says, row by row of the table in the documentation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from liner_async import (
    ApiError,
    AuthError,
    ClientClosedError,
    LinerError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseError,
    ServerError,
    StatusError,
    TransportError,
    TransportTimeoutError,
)
from liner_async._transport.outcome import (
    closed_before_end,
    may_repeat,
    outcome_of,
    outcome_of_all,
    unknown_outcome,
)
from liner_async._transport.request import Request

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def status(number, *, retry_after=None, kind=StatusError):
    """Return the error of an answer with this status."""
    return kind(f"HTTP {number}", status=number, retry_after=retry_after)


def transport(reason):
    """Return the error of a request without an answer."""
    return TransportError("no answer", reason=reason)


def done():
    """Return the error of a success without an identifier."""
    error = ResponseError("no identifier", status=200, reason="shape")
    error.outcome = "done"
    return error


NOT_SENT = [transport(reason) for reason in ("connect", "dns", "tls", "proxy", "closed")]
REFUSED = [
    *(status(number) for number in (300, 302, 307, 400, 404, 405, 409, 410, 413, 422, 425, 499)),
    status(401, kind=AuthError),
    status(404, kind=NotFoundError),
    status(429, kind=RateLimitError),
    status(429, kind=RateLimitError, retry_after=86_400.0),
    status(425, retry_after=1.0),
    status(503, kind=ServerError, retry_after=0.0),
    status(503, kind=ServerError, retry_after=86_400.0),
    ApiError("the API refused", status=200),
]
UNKNOWN = [
    *(status(number) for number in (99, 101, 204, 206, 226, 408, 600, 999)),
    *(status(number, kind=ServerError) for number in (500, 501, 502, 503, 504, 507, 599)),
    status(500, kind=ServerError, retry_after=1.0),
    *(ResponseError("unreadable", status=200, reason=of) for of in ("json", "shape", "too_large")),
]
LOST = [transport("closed"), transport("body"), transport("not_http"), TransportTimeoutError("x")]


def name(error):
    """Return what a case is called."""
    if isinstance(error, str):
        return error
    about = error.status or error.reason
    wait = "" if error.retry_after is None else f" wait {error.retry_after}"
    return f"{type(error).__name__} {about}{wait}"


@pytest.mark.parametrize("error", NOT_SENT, ids=name)
def test_what_failed_before_its_body_was_begun_was_not_sent(error):
    """No server acts on a request whose body it never got."""
    assert outcome_of(error, begun=False) == "not_sent"


def test_a_timeout_before_the_body_was_begun_was_not_sent():
    """Connecting took too long."""
    assert outcome_of(TransportTimeoutError("late", reason="timeout"), begun=False) == "not_sent"


def test_what_a_closed_client_never_sent_was_not_sent():
    """A borrowed session that was closed, for instance."""
    assert outcome_of(ClientClosedError("closed"), begun=False) == "not_sent"


@pytest.mark.parametrize("error", LOST, ids=name)
def test_what_failed_after_its_body_was_begun_is_unknown(error):
    """Whether the server read all of it, nobody can tell."""
    assert outcome_of(error, begun=True) == "unknown"


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("error", REFUSED, ids=name)
def test_an_answer_that_refuses_is_a_refusal(error, begun):
    """The server says that it did not do it, or that it is to be asked again later."""
    assert outcome_of(error, begun=begun) == "refused"


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("error", UNKNOWN, ids=name)
def test_an_answer_that_says_neither_is_unknown(error, begun):
    """A server that failed may have failed afterwards; an odd success is most likely one."""
    assert outcome_of(error, begun=begun) == "unknown"


def test_a_success_without_an_identifier_is_done():
    """The reader of the answer said so."""
    assert outcome_of(done(), begun=True) == "done"


@pytest.mark.parametrize(
    ("last", "in_doubt", "expected"),
    [
        ("refused", False, "refused"),
        ("not_sent", False, "not_sent"),
        ("unknown", False, "unknown"),
        ("done", False, "done"),
        ("refused", True, "unknown"),
        ("not_sent", True, "unknown"),
        ("unknown", True, "unknown"),
        ("done", True, "done"),
    ],
)
def test_an_earlier_doubt_stays_until_it_is_done(last, in_doubt, expected):
    """An update that is refused the second time may have been carried out the first."""
    assert outcome_of_all(last, in_doubt=in_doubt) == expected


@pytest.mark.parametrize(
    ("outcome", "writes", "create", "update"),
    [
        ("not_sent", "repeatable", True, True),
        ("refused", "repeatable", True, True),
        ("unknown", "repeatable", False, True),
        ("done", "repeatable", False, False),
        ("not_sent", "unsent", True, True),
        ("refused", "unsent", True, True),
        ("unknown", "unsent", False, False),
        ("done", "unsent", False, False),
        ("not_sent", "never", False, False),
        ("refused", "never", False, False),
        ("unknown", "never", False, False),
        ("done", "never", False, False),
    ],
)
def test_what_may_be_sent_again(outcome, writes, create, update):
    """A create only where it was certainly not handled, whatever the policy."""
    may = [may_repeat(outcome, repeatable=of, writes=writes) for of in (False, True)]
    assert may == [create, update]


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (TransportTimeoutError("late", reason="timeout"), "timeout"),
        (status(502, kind=ServerError), "HTTP 502"),
        (status(204), "HTTP 204"),
        (LinerError("something else"), "unclear"),
    ],
    ids=name,
)
def test_the_error_tells_what_to_do(error, what):
    """Its text is what somebody reads at night."""
    request = Request(method="POST", path="/v2/lead/create/", endpoint="leads.create")
    doubt = unknown_outcome(request, error, attempts=1, sent_at=NOON)
    assert str(doubt) == (
        "no answer tells whether POST /v2/lead/create/ was carried out "
        f"({what}, attempts 1): look before you send it again"
    )
    assert (doubt.endpoint, doubt.sent_at, doubt.attempts) == ("leads.create", NOON, 1)
    assert (doubt.status, doubt.reason, doubt.outcome) == (error.status, error.reason, "unknown")


def test_no_handler_of_reads_catches_a_doubt():
    """`except TransportError: try again` would make the duplicate."""
    assert OutcomeUnknownError.__mro__[1] is LinerError


@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        ("not_sent", None, "before this was sent"),
        ("refused", None, "before this was sent again; the server had refused it, so it was not"),
        ("refused", 503, "the server had refused it (HTTP 503), so it was not carried out"),
        ("unknown", 500, "no answer tells whether it was carried out: look before"),
        ("done", 200, "after this was carried out"),
    ],
)
def test_a_client_that_was_closed_says_what_is_known(outcome, status, said):
    """As an error and in words, with the request."""
    request = Request(method="POST", path="/v2/lead/create/", body=b"{}", endpoint="leads.create")
    error = closed_before_end(request, outcome, attempts=2, status=status)
    assert isinstance(error, ClientClosedError)
    assert (error.outcome, error.status, error.attempts) == (outcome, status, 2)
    assert said in str(error)
    assert str(error).endswith(" (POST /v2/lead/create/, attempts 2)")

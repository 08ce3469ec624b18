"""Filters as pairs of a query: what is sent, and what is refused before anything is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest

from liner_async import ConfigError, Essence
from liner_async._codec.query import (
    choice_pairs,
    flag_pairs,
    identifier,
    identifier_pairs,
    identifiers,
    moment,
    period_pairs,
    repeated,
)
from liner_async._transport.request import Request
from tests.support.json_server import target_of

MOSCOW = timezone(timedelta(hours=3))
SECRET = "+79990001122"


class NoOffset(tzinfo):
    """A zone that knows no offset, which makes a datetime as naive as none."""

    def __repr__(self):
        """Return the same text in every process: tests are named by it."""
        return "NoOffset()"

    def utcoffset(self, _):
        """Know nothing."""
        return


async def test_a_whole_query_is_sent_as_the_vendors_samples_send_it():
    """Brackets percent-encoded, times in UTC, identifiers repeated, flags as 1 and 0."""
    start, end = datetime(2024, 1, 1, 3, tzinfo=MOSCOW), datetime(2024, 2, 1, tzinfo=UTC)
    query = (
        *period_pairs(start, end),
        *repeated("order_ids", [100, 101]),
        *identifier_pairs("call_id", 5),
        *flag_pairs("is_active", True),
        *flag_pairs("is_amd", False),
        *choice_pairs("essence", Essence.LEADS, Essence),
        ("offset", 0),
        ("limit", 50),
    )
    assert await target_of(Request(path="/v2/x/", query=query)) == (
        "/v2/x/"
        "?createdAt%5B0%5D=2024-01-01T00:00:00Z&createdAt%5B1%5D=2024-02-01T00:00:00Z"
        "&orderIds%5B%5D=100&orderIds%5B%5D=101&callId=5&isActive=1&isAmd=0&essence=leads"
        "&offset=0&limit=50"
    )


def test_none_is_no_filter():
    """It is left out."""
    nothing = (
        identifier_pairs("call_id", None),
        flag_pairs("is_amd", None),
        choice_pairs("essence", None, Essence),
    )
    assert nothing == ((), (), ())


def test_identifiers_keep_their_order_and_may_come_from_an_iterator():
    """Which is read once."""
    assert identifiers("order_ids", iter([3, 1, 3])) == (3, 1, 3)
    assert identifiers("order_ids", {1: "a"}.keys()) == (1,)


@pytest.mark.parametrize("value", [0, -1, True, "5", 1.0, None, SECRET], ids=repr)
def test_what_is_no_identifier_is_refused(value):
    """The argument is named, and its value is not shown."""
    with pytest.raises(ConfigError, match=r"^call_id must be an integer of at least 1$"):
        identifier("call_id", value)
    with pytest.raises(ConfigError, match=r"^each of order_ids must be an integer of at least 1$"):
        identifiers("order_ids", [1, value])


@pytest.mark.parametrize("values", [5, None, "5", b"5", 1.5], ids=repr)
def test_what_holds_no_identifiers_is_refused(values):
    """A text too, whose characters somebody could take for them."""
    with pytest.raises(ConfigError, match=r"^order_ids must be identifiers, such as \[1, 2\]$"):
        identifiers("order_ids", values)


def test_no_identifiers_at_all_are_no_filter_by_accident():
    """Only where they say what to ask for, and not what to leave out, may there be none."""
    with pytest.raises(ConfigError, match="order_ids must not be empty"):
        identifiers("order_ids", [])
    assert identifiers("lead_ids", [], may_be_empty=True) == ()


@pytest.mark.parametrize("value", [0, 1, "1", "true", [], SECRET], ids=repr)
def test_what_is_no_flag_is_refused(value):
    """1 and 0 are what is sent, not what is said."""
    with pytest.raises(ConfigError, match=r"^is_active must be True, False or None$"):
        flag_pairs("is_active", value)


@pytest.mark.parametrize("value", ["users", "", 5, True, ["leads"], SECRET], ids=repr)
def test_what_is_not_documented_is_no_choice(value):
    """The error says what is."""
    with pytest.raises(ConfigError, match=r"^essence must be one of 'leads', 'orders'$"):
        choice_pairs("essence", value, Essence)


def test_a_moment_is_kept_exactly_and_sent_in_whole_seconds():
    """Fractions are cut, not rounded; the zone becomes UTC."""
    value = datetime(2024, 1, 1, 2, 59, 59, 999_999, tzinfo=MOSCOW)
    kept = moment("created_from", value)
    assert (kept, kept.tzinfo) == (value, UTC)
    assert period_pairs(value, value)[0] == ("createdAt[0]", "2023-12-31T23:59:59Z")


@pytest.mark.parametrize(
    "value",
    [
        datetime(2024, 1, 1),  # noqa: DTZ001 - naive on purpose
        datetime(2024, 1, 1, tzinfo=NoOffset()),
        datetime.min.replace(tzinfo=MOSCOW),
        date(2024, 1, 1),
        "2024-01-01T00:00:00Z",
        1_704_067_200,
        None,
    ],
    ids=repr,
)
def test_what_is_no_moment_is_refused(value):
    """The error shows how to give a zone."""
    with pytest.raises(ConfigError, match=r"^created_to must be .*2024, 1, 31, tzinfo=UTC\)$"):
        moment("created_to", value)

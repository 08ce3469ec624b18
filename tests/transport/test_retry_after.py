"""What a `Retry-After` header asks for."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liner_async._transport.retry_after import parse_retry_after

NOW = datetime(1994, 11, 6, 8, 49, 7, tzinfo=UTC)
FORMATS = {
    "imf-fixdate": "Sun, 06 Nov 1994 08:49:37 GMT",
    "rfc 850": "Sunday, 06-Nov-94 08:49:37 GMT",
    "asctime": "Sun Nov  6 08:49:37 1994",
}


def parse(value, *, date=None, now=NOW):
    """Parse a header that came at a moment of 1994."""
    return parse_retry_after(value, date=date, now=now)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("1", 1.0),
        ("007", 7.0),
        (" 120 ", 120.0),
        ("0.25", 0.25),
        ("1.5", 1.5),
        ("86400", 86_400.0),
        ("410400", 410_400.0),
        ("999999999", 999_999_999.0),
    ],
)
def test_decimal_seconds_are_taken_as_they_are(value, seconds):
    """A day is a day: whether to wait that long is decided elsewhere."""
    assert parse(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " ",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "-5",
        "+5",
        "-0",
        "1e9",
        "1e999",
        ".5",
        "5.",
        "1_000",
        "1,5",
        "0x10",
        "soon",
        "9" * 400,
        "1." + "9" * 400,
        "²",
        "\u0661\u0662",
        "\uff15",
        "1 2",
        "1\n2",
        "5 seconds",
        "Sun, 99 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 99999 08:49:37 GMT",
        "\x00",
    ],
    ids=ascii,
)
def test_what_makes_no_sense_asks_for_nothing(value):
    """Neither nan nor infinity nor a negative number ever reaches a sleep."""
    assert parse(value) is None


@pytest.mark.parametrize("value", FORMATS.values(), ids=FORMATS)
def test_each_format_of_an_http_date_is_understood(value):
    """Without a `Date` the wait counts from now."""
    assert parse(value) == 30.0


@pytest.mark.parametrize("date", FORMATS.values(), ids=FORMATS)
def test_a_date_is_relative_to_the_answers_own_date(date):
    """A server whose clock is years off gets the wait it meant."""
    later = "Sun, 06 Nov 1994 08:50:37 GMT"
    assert parse(later, date=date, now=datetime(2031, 1, 1, tzinfo=UTC)) == 60.0


@pytest.mark.parametrize("date", ["", "yesterday", "nan"], ids=["empty", "text", "nan"])
def test_a_date_that_is_none_is_ignored(date):
    """Then the wait counts from now."""
    assert parse(FORMATS["imf-fixdate"], date=date) == 30.0


def test_a_moment_in_the_past_asks_for_no_wait():
    """It is never negative."""
    assert parse(FORMATS["imf-fixdate"], now=NOW + timedelta(days=1)) == 0.0


def test_a_moment_in_the_far_future_is_told_truly():
    """The year 2999 is over every cap, which is for others to say."""
    seconds = parse("Fri, 01 Feb 2999 00:00:00 GMT")
    assert seconds == (datetime(2999, 2, 1, tzinfo=UTC) - NOW).total_seconds()


def test_seconds_do_not_depend_on_the_answers_date():
    """Only a date needs a base."""
    assert parse("5", date=FORMATS["imf-fixdate"]) == 5.0


@given(st.integers(0, 10**9 - 1))
def test_whole_seconds_are_read_as_written(seconds):
    """Every number that has at most nine digits."""
    assert parse(str(seconds)) == seconds


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1)).map(lambda of: of.replace(tzinfo=UTC)),  # noqa: DTZ001 - UTC is put in
    st.integers(0, 10**6),
)
def test_a_date_is_as_far_away_as_it_is_from_the_answers_date(sent, seconds):
    """For any two moments a server may write."""
    until = format_datetime(sent + timedelta(seconds=seconds), usegmt=True)
    assert parse(until, date=format_datetime(sent, usegmt=True)) == seconds


texts = st.text("0123456789.,:+-eE \t()<>@;\\\"'[]/²SunMonNovJanGMTUTZinfa", max_size=40)


@given(texts, st.none() | texts)
@example("Sun, 06 Nov 1994 08:49:37 +9999", None)
@example("0 0 0 0:0:0 0", "1 Jan 1 0:0:0 -9999")
@example("1 Jan 1 00:00:00 +2300", "31 Dec 9999 23:59:59 -2300")
def test_any_text_gives_seconds_to_wait_or_nothing(value, date):
    """A hostile header raises nothing, and the result is finite and not negative."""
    seconds = parse(value, date=date)
    assert seconds is None or (math.isfinite(seconds) and seconds >= 0)

"""How one JSON value is read: every spelling that is taken, and every one that is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liner_async import END_OF_DAY, CallHours
from liner_async._codec import scalars, times
from liner_async._codec.kinds import fields_of
from liner_async._codec.mismatch import MismatchError
from liner_async._codec.structure import field_reader


@attrs.frozen
class Containers:
    """One field of each kind that holds others."""

    hours: CallHours
    custom_values: Mapping[int, Any]


CONTAINERS = {each.name: field_reader(each) for each in fields_of(Containers)}
READERS = {
    "int": scalars.read_int,
    "identifier": scalars.read_identifier,
    "str": scalars.read_str,
    "bool": scalars.read_bool,
    "date": times.read_date,
    "time": times.read_time,
    "datetime": times.read_datetime,
    "float": scalars.read_float,
    "flag": scalars.read_flag,
    "text": scalars.read_text,
    "array": scalars.array_items,
    **CONTAINERS,
}


def zone(hours, minutes=0):
    """Make a fixed offset."""
    return timezone(timedelta(hours=hours, minutes=minutes))


def refusal(reader, value):
    """Give what a reader expected instead of a value."""
    with pytest.raises(MismatchError) as caught:
        reader(value)
    return caught.value.expected


class TestScalars:
    """What JSON has of its own."""

    @pytest.mark.parametrize(
        ("reader", "values"),
        [
            (scalars.read_int, [0, -1, 5, 10**40]),
            (scalars.read_identifier, [1, 123, 10**40]),
            (scalars.read_str, ["", " ", "None", "дом", "\x00"]),
            (scalars.read_bool, [True, False]),
            (scalars.read_float, [0.5, -1.5e300]),
            (scalars.read_flag, [0, 1, 7]),
            (scalars.read_text, ["", "123456"]),
        ],
        ids=["int", "identifier", "str", "bool", "float", "flag", "text"],
    )
    def test_a_value_of_the_kind_is_given_back(self, reader, values):
        """Unchanged, and of the same type."""
        assert [reader(value) for value in values] == values
        assert [type(reader(value)) for value in values] == [type(value) for value in values]

    @pytest.mark.parametrize(
        ("reader", "expected", "values"),
        [
            (scalars.read_int, "an integer", [None, True, False, 1.0, 1.5, "1", "", [], {}, [1]]),
            (
                scalars.read_identifier,
                "an integer greater than 0",
                [None, True, 0, -1, 1.0, "12", "", [], {}],
            ),
            (scalars.read_str, "a string", [None, 0, True, 1.5, [], {}, ["a"], b"a"]),
            (scalars.read_bool, "true or false", [None, 0, 1, "true", "false", "", [], {}, 1.0]),
            (scalars.read_float, "a number", [None, True, "1.5", "", [], {}, 10**400]),
            (scalars.read_flag, "an integer, true or false", [None, 1.0, "1", "", [], {}]),
            (scalars.read_text, "a string or an integer", [None, True, 1.5, [], {}]),
        ],
        ids=["int", "identifier", "str", "bool", "float", "flag", "text"],
    )
    def test_nothing_of_another_kind_is_coerced(self, reader, expected, values):
        """The refusal says what was expected."""
        assert {refusal(reader, value) for value in values} == {expected}

    def test_what_the_vendor_mixes_becomes_one_kind(self):
        """An integer where a number, a flag or a text is documented, and the other way round."""
        assert [type(of) for of in map(scalars.read_float, [1, 1.5])] == [float, float]
        assert [(type(of), of) for of in map(scalars.read_flag, [True, False])] == [
            (int, 1),
            (int, 0),
        ]
        assert scalars.read_text(123456) == "123456"


class TestDates:
    """Days."""

    def test_a_day_is_a_date(self):
        """Leap days included."""
        assert times.read_date("2024-02-29") == date(2024, 2, 29)
        assert times.read_date("0001-01-01") == date(1, 1, 1)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2023-02-29",
            "2024-13-01",
            "2024-1-1",
            "20240101",
            "2024-W01-1",
            "2024W011",
            "2024-001",
            "24-01-01",
            "2024/01/01",
            "01.01.2024",
            "2024-01-01T00:00:00Z",
            " 2024-01-01",
            "2024-01-01\n",
            "\u0662\u0660\u0662\u0664-\u0660\u0661-\u0660\u0661",
            "\uff12\uff10\uff12\uff14-01-01",
            "0000-00-00",
            "+024-01-01",
        ],
        ids=ascii,
    )
    def test_other_spellings_are_refused(self, text):
        """Whatever the parser of this Python version would take."""
        assert refusal(times.read_date, text) == "a date such as 2024-01-31"

    @pytest.mark.parametrize("value", [None, 20240101, 0, True, [], {}], ids=repr)
    def test_what_is_no_text_is_no_date(self, value):
        """A number of seconds is none either."""
        assert refusal(times.read_date, value) == "a date"


class TestTimes:
    """Times of day."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("09:00", time(9)),
            ("9:00", time(9)),
            ("00:00", time(0)),
            ("23:59", time(23, 59)),
            ("09:30:15", time(9, 30, 15)),
            ("24:00", END_OF_DAY),
            ("24:00:00", END_OF_DAY),
        ],
    )
    def test_a_time_of_day_is_read(self, text, expected):
        """With or without seconds; `24:00` is the end of the day."""
        assert times.read_time(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "9",
            "0900",
            "24:01",
            "24:00:01",
            "25:00",
            "09:60",
            "09:00:60",
            "-1:00",
            "09:0",
            "009:00",
            "09:00Z",
            "09:00:00.5",
            "09.00",
            "9 am",
            " 09:00",
            "09:00\n",
            "\u0660\u0669:\u0660\u0660",
            "\uff10\uff19:00",
            "²3:00",
        ],
        ids=ascii,
    )
    def test_other_spellings_are_refused(self, text):
        """The end of the day is the only time of the 24th hour."""
        assert refusal(times.read_time, text) == "a time of day such as 09:00"

    @pytest.mark.parametrize("value", [None, 9, 9.5, True, [], {}], ids=repr)
    def test_what_is_no_text_is_no_time(self, value):
        """Nor an hour as a number."""
        assert refusal(times.read_time, value) == "a time of day"

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (["09:00", "18:00"], CallHours(time(9), time(18))),
            (["00:00", "24:00"], CallHours(time(0), END_OF_DAY)),
            (["22:00", "06:00"], CallHours(time(22), time(6))),
        ],
    )
    def test_a_pair_of_times_is_a_working_day(self, value, expected):
        """Hours over midnight are the vendor's business."""
        assert CONTAINERS["hours"](value) == expected

    @pytest.mark.parametrize(
        "value",
        [None, "", [], ["09:00"], ["1", "2", "3"], {"0": "1"}, "12"],
        ids=repr,
    )
    def test_what_is_no_pair_of_texts_is_no_working_day(self, value):
        """A text of two characters is none either."""
        assert refusal(CONTAINERS["hours"], value) == "an array of 2 values"


class TestMoments:
    """Dates and times with a zone."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2024-01-01T00:00:00Z", datetime(2024, 1, 1, tzinfo=UTC)),
            ("2024-01-01T00:00:00z", datetime(2024, 1, 1, tzinfo=UTC)),
            ("2024-01-01t00:00:00Z", datetime(2024, 1, 1, tzinfo=UTC)),
            ("2024-01-01 00:00:00Z", datetime(2024, 1, 1, tzinfo=UTC)),
            ("2024-01-01T00:00Z", datetime(2024, 1, 1, tzinfo=UTC)),
            ("2024-01-01T00:00:00+00:00", datetime(2024, 1, 1, tzinfo=UTC)),
            ("2024-01-01T00:00:00-00:00", datetime(2024, 1, 1, tzinfo=UTC)),
            ("2024-01-01T03:00:00+03:00", datetime(2024, 1, 1, 3, tzinfo=zone(3))),
            ("2024-01-01T03:00:00+0300", datetime(2024, 1, 1, 3, tzinfo=zone(3))),
            ("2024-01-01T03:00:00+03", datetime(2024, 1, 1, 3, tzinfo=zone(3))),
            ("2024-01-01T03:00:00-03:30", datetime(2024, 1, 1, 3, tzinfo=zone(-3, -30))),
            ("2024-01-01T03:00:00+23:59", datetime(2024, 1, 1, 3, tzinfo=zone(23, 59))),
            ("2024-01-01T00:00:00.5Z", datetime(2024, 1, 1, 0, 0, 0, 500_000, UTC)),
            ("2024-01-01T00:00:00,5Z", datetime(2024, 1, 1, 0, 0, 0, 500_000, UTC)),
            ("2024-01-01T00:00:00.123456Z", datetime(2024, 1, 1, 0, 0, 0, 123_456, UTC)),
            ("2024-01-01T00:00:00.1234564999Z", datetime(2024, 1, 1, 0, 0, 0, 123_456, UTC)),
            ("2024-01-01T00:00:00.1234565Z", datetime(2024, 1, 1, 0, 0, 0, 123_457, UTC)),
            ("2024-01-01T00:00:00.9999999Z", datetime(2024, 1, 1, 0, 0, 1, 0, UTC)),
            ("2024-01-01T24:00:00Z", datetime(2024, 1, 2, tzinfo=UTC)),
            ("2024-01-01T24:00Z", datetime(2024, 1, 2, tzinfo=UTC)),
            ("2023-12-31T24:00:00.000+03:00", datetime(2024, 1, 1, tzinfo=zone(3))),
            ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
            ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ],
    )
    def test_a_moment_is_read_with_its_offset(self, text, expected):
        """ISO 8601 with a zone; fractions are rounded to the microsecond, `24:00` is midnight."""
        got = times.read_datetime(text)
        assert (got, got.utcoffset()) == (expected, expected.utcoffset())

    def test_a_moment_of_offset_nought_is_in_utc(self):
        """One representation, however it was written."""
        texts = ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00+00:00", "2024-01-01T24:00:00-00"]
        assert {times.read_datetime(text).tzinfo for text in texts} == {UTC}

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2024-01-01",
            "2024-01-01T00:00:00",
            "2024-01-01 00:00:00",
            "20240101T000000Z",
            "2024-W01-1T00:00:00Z",
            "2024-001T00:00:00Z",
            "2024-01-01T00:00:60Z",
            "2016-12-31T23:59:60Z",
            "2024-01-01T24:00:01Z",
            "2024-01-01T24:30:00Z",
            "2024-01-01T24:00:00.1Z",
            "2024-01-01T25:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-02-30T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T24:00:00Z",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00+03:60",
            "2024-01-01T00:00:00+3",
            "2024-01-01T00:00:00+03:00:00",
            "2024-01-01T00:00:00Z ",
            "2024-01-01T00:00:00Z\n",
            " 2024-01-01T00:00:00Z",
            "2024-01-01T00:00.00Z",
            "2024-01-01T00:00,00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00Z",
            "2024-01-01_00:00:00Z",
            "2024-01-01T00:00:00 Z",
            "2024-01-01T00:00:00 UTC",
            "2024-01-01T00:00:00GMT",
            "Mon, 01 Jan 2024 00:00:00 GMT",
            "1704067200",
            "now",
            "\u0662\u0660\u0662\u0664-\u0660\u0661-\u0660\u0661T\u0660\u0660:\u0660\u0660:\u0660\u0660Z",
            "\uff12\uff10\uff12\uff14-01-01T00:00:00Z",
            "2024-01-01T00:00:00.²Z",
            "2024-01-01T00:00:00.\ud8005Z",
        ],
        ids=ascii,
    )
    def test_other_spellings_are_refused_on_every_python(self, text):
        """Whatever `datetime.fromisoformat` of this version would make of them."""
        expected = "an ISO 8601 date and time with its zone"
        assert refusal(times.read_datetime, text) == expected

    @pytest.mark.parametrize("value", [None, 1704067200, 1.5, True, [], {}], ids=repr)
    def test_what_is_no_text_is_no_moment(self, value):
        """Null and "" are for the field to allow."""
        assert refusal(times.read_datetime, value) == "a date and time"

    @given(st.text("0123456789-:+.,TtZzW ", min_size=17, max_size=27))
    @example("2024-01-01T00:00:0\u0663Z")
    def test_a_text_is_read_alike_whatever_its_length(self, text):
        """The fast way for the vendor's own spelling takes nothing that the slow way refuses."""
        assert outcome(times.read_datetime, text) == outcome(times._datetime, text)

    @given(st.lists(st.tuples(st.integers(0, 19), st.sampled_from("0123456789-:+.,TtZzW ²"))))
    def test_a_misspelt_moment_is_read_alike(self, changes):
        """The same, near the vendor's own spelling."""
        text = list("2024-01-01T00:00:00Z")
        for place, character in changes:
            text[place] = character
        moment = "".join(text)
        assert outcome(times.read_datetime, moment) == outcome(times._datetime, moment)


def outcome(read, text):
    """Give what is read, or None."""
    try:
        return read(text)
    except (ValueError, OverflowError):
        return None


offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59)


@given(
    st.datetimes(timezones=offsets.map(lambda minutes: zone(0, minutes)) | st.just(UTC)),
    st.sampled_from(["T", "t", " "]),
    st.sampled_from(["seconds", "milliseconds", "microseconds", "auto"]),
    st.sampled_from([":", ""]),
    st.sampled_from([".", ","]),
)
def test_any_moment_in_iso_8601_is_read_as_that_moment(moment, between, precision, colon, point):
    """Whatever the separators, the precision and the offset."""
    digits = {"seconds": 10**6, "milliseconds": 1000}.get(precision, 1)
    moment = moment.replace(microsecond=moment.microsecond // digits * digits)
    text = moment.isoformat(between, precision).replace(".", point)
    text = text[:-3] + colon + text[-2:]
    assert times.read_datetime(text) == moment


@given(st.datetimes(max_value=datetime(9999, 12, 30)).map(datetime.date), offsets)  # noqa: DTZ001 - only its day is used
def test_24_00_is_the_next_days_midnight(day, minutes):
    """The end of a day is the start of the next."""
    tail = zone(0, minutes)
    offset = datetime(2024, 1, 1, tzinfo=tail).isoformat()[19:]
    midnight = datetime.combine(day + timedelta(days=1), time(0), tzinfo=tail)
    assert times.read_datetime(f"{day}T24:00:00{offset}") == midnight


class TestContainers:
    """Maps and sequences, as PHP writes them."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (None, {}),
            ([], {}),
            ({}, {}),
            ({"0": "a", "10": None}, {0: "a", 10: None}),
            ({"9223372036854775807": []}, {2**63 - 1: []}),
        ],
        ids=repr,
    )
    def test_a_map_of_custom_values_is_keyed_by_integers(self, value, expected):
        """Null and PHP's `[]` are empty maps."""
        assert CONTAINERS["custom_values"](value) == expected

    @pytest.mark.parametrize("value", ["", "a", 0, False, [1], [[]], 1.5], ids=repr)
    def test_what_is_no_map_has_no_custom_values(self, value):
        """An array with something in it has lost its keys."""
        assert refusal(CONTAINERS["custom_values"], value) == "an object"

    @pytest.mark.parametrize(
        "key", ["", "a", "-1", "+1", "01", "00", "1.0", " 1", "1_0", "²", "\u0967"]
    )
    def test_a_key_that_is_no_identifier_is_refused(self, key):
        """A key comes back as it was, or not at all."""
        expected = "an object keyed by identifiers"
        assert refusal(CONTAINERS["custom_values"], {"1": "", key: ""}) == expected

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (None, []),
            ([], []),
            ({}, []),
            ([1, None, "a"], [1, None, "a"]),
            ({"0": 1, "2": 3}, [1, 3]),
            ({"7": "b", "3": "a"}, ["b", "a"]),
        ],
        ids=repr,
    )
    def test_a_sequence_is_an_array_or_what_php_made_of_one(self, value, expected):
        """An array with gaps arrives as an object: its values count, in their order."""
        assert scalars.array_items(value) == expected

    @pytest.mark.parametrize(
        "value", ["", "ab", 0, False, 1.5, {"a": 1}, {"-1": 1}, {"0": 1, "": 2}, {"²": 1}], ids=repr
    )
    def test_what_is_no_sequence_is_refused(self, value):
        """A text is not a sequence of its letters, nor a map one of its values."""
        assert refusal(scalars.array_items, value) == "an array"


secret = "79990001122"
json_values = st.recursive(
    st.sampled_from([secret, f"{secret}:00", f"2024-01-01T{secret}", int(secret) + 0.5, None, True])
    | st.text("0123456789-:+.TZW²é", max_size=22),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([secret, "0", "1", "-" + secret, ""]), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.unmeasured
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(value=json_values)
def test_a_reader_returns_or_raises_a_mismatch_that_tells_no_value(reader, value):
    """No other error escapes, and the message holds nothing of what was there."""
    try:
        reader(value)
    except MismatchError as error:
        assert secret not in f"{error} {error!r} {error.expected} {error.path} {vars(error)}"  # noqa: PT017 - either is right

"""Vendor JSON to models: the documented example, every deviation, and errors that tell no value."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, time

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import (
    END_OF_DAY,
    CallHours,
    CallRecordRule,
    DecodeError,
    ItemProblem,
    Language,
    LinerError,
    Order,
    OrderStatus,
    Page,
    ResponseError,
    SipEndpointUsageScheme,
)
from liner_async._transport.envelope import Response, read_page
from liner_async.testing import EXAMPLE_ORDER, ORDER_FIELDS, fake_orders, make_order
from tests.support.decoding import KEY, PageDecoder, raw_page

DECODERS = (PageDecoder(Order, fast=False), PageDecoder(Order))
SENTINEL = "+79990001122"

EXAMPLE_DECODED = {
    "id": 123,
    "code": "order-001",
    "service_title": "Internal name",
    "title": "Order title",
    "call_schedule": (CallHours(time(9), time(18)),),
    "call_holiday_overrides": (date(2024, 1, 1),),
    "auto_dialing_enabled": True,
    "predictive_mode_enabled": False,
    "ai_mode_enabled": False,
    "standalone_ai_mode_enabled": False,
    "ai_mode_prompt": "",
    "ai_mode_first_phrase": "",
    "ai_default_language": Language.RU,
    "amd_detection_enabled": False,
    "call_record_rule": CallRecordRule.CLIENT_IS_CONNECTED,
    "call_center_phone": "+79001234567",
    "additional_call_center_phones": (),
    "sip_endpoint_usage_scheme": SipEndpointUsageScheme.RANDOM_DEFAULT,
    "agent_user_ids": (123, 456),
    "agent_group_ids": (789,),
    "show_lead_contacts_to_agent": True,
    "call_attempts_group_id": 1,
    "qualified_leads_per_day_limit": 100,
    "call_scenario_id": 10,
    "lead_transform_enabled": False,
    "leads_priority": 0,
    "status": OrderStatus.SUCCESS,
    "speech_recognition_enabled": False,
    "ignore_lead_timezone": False,
    "sip_endpoint_ids": (123,),
    "custom_values": {10: "example value"},
    "created_at": datetime(2024, 1, 1, tzinfo=UTC),
    "updated_at": datetime(2024, 1, 1, tzinfo=UTC),
}
TEXTS = ("code", "aiModePrompt", "aiModeFirstPhrase", "callCenterPhone")
ENUMS = ("aiDefaultLanguage", "callRecordRule", "sipEndpointUsageScheme")
INTS = ("callAttemptsGroupId", "qualifiedLeadsPerDayLimit", "callScenarioId", "leadsPriority")
BOOLS = (
    "autoDialingEnabled",
    "predictiveModeEnabled",
    "aiModeEnabled",
    "standaloneAiModeEnabled",
    "amdDetectionEnabled",
    "showLeadContactsToAgent",
    "leadTransformEnabled",
    "speechRecognitionEnabled",
    "ignoreLeadTimezone",
)
STAMPS = ("createdAt", "updatedAt")
OPTIONAL = (*TEXTS, *ENUMS, *INTS, *BOOLS, *STAMPS)
REQUIRED = ("id", "serviceTitle", "title", "status")
ID_LISTS = ("agentUserIds", "agentGroupIds", "sipEndpointIds")
LISTS = ("callSchedule", "callHolidayOverrides", "additionalCallCenterPhones", *ID_LISTS)


def decode(items, *, offset=0, limit=100, attempts=1, **options):
    """Decode the items of a page of a list of 1,000."""
    raw = raw_page(items, attempts=attempts, total=1000)
    pages = [outcome(each, raw, offset=offset, limit=limit, **options) for each in DECODERS]
    assert describe(pages[0]) == describe(pages[1])
    if isinstance(pages[0], Exception):
        raise pages[0]
    return pages[0]


def outcome(decoder, raw, **options):
    """Give what decoding returns or raises."""
    try:
        return decoder(raw, **options)
    except LinerError as error:
        return error


def describe(outcome):
    """Give all that two outcomes must have in common: every value, and its type."""
    if isinstance(outcome, Exception):
        return type(outcome), str(outcome), vars(outcome)
    return repr(outcome), outcome


def order_with(**changes):
    """Decode the vendor's example with some fields replaced."""
    return decode([make_order(**changes)])[0]


def order_without(*names):
    """Decode the vendor's example with some fields left out."""
    return decode([{name: of for name, of in EXAMPLE_ORDER.items() if name not in names}])[0]


def failure(items, **options):
    """Give the error that decoding the items raises."""
    with pytest.raises(DecodeError) as caught:
        decode(items, **options)
    return caught.value


def problems_of(**changes):
    """Give what is wrong with the vendor's example once some fields are replaced."""
    return failure([make_order(**changes)]).problems


def ours(name):
    """Give our spelling of a vendor's field name."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


class TestTheDocumentedExample:
    """What the vendor's page shows, word for word."""

    def test_every_documented_field_is_decoded_to_its_contracted_value(self):
        """All 33 fields arrive under their snake_case names, and nothing is unknown."""
        order = decode([EXAMPLE_ORDER])[0]
        assert attrs.asdict(order, recurse=False) == {**EXAMPLE_DECODED, "extra": {}}

    def test_every_documented_field_has_its_contracted_type(self):
        """Known enumeration values are members, sequences tuples, times aware."""
        order = decode([EXAMPLE_ORDER])[0]
        kinds = {name: type(getattr(order, name)) for name in EXAMPLE_DECODED}
        assert kinds == {name: type(value) for name, value in EXAMPLE_DECODED.items()}

    def test_the_fields_are_those_of_the_vendor_in_the_vendors_order(self):
        """The model lists the documented fields in the documented order, then `extra`."""
        names = [field.name for field in attrs.fields(Order)]
        assert names == [*map(ours, ORDER_FIELDS), "extra"]

    def test_to_dict_gives_the_vendors_json_back_exactly(self):
        """The bytes are the same, so the order of the keys is too."""
        again = decode([EXAMPLE_ORDER])[0].to_dict()
        assert json.dumps(again) == json.dumps(EXAMPLE_ORDER)

    def test_to_dict_gives_every_invented_order_back(self):
        """Nulls, empty lists, `24:00` and unknown spellings included, 500 orders round-trip."""
        orders = fake_orders(500)
        again = [order.to_dict() for order in decode(orders)]
        assert json.dumps(again) == json.dumps(orders)


class TestAPage:
    """What surrounds the items."""

    def test_a_page_carries_offset_limit_next_and_total(self):
        """What was asked for and what the server said stand beside the items."""
        raw = raw_page([EXAMPLE_ORDER], next=51, total=77)
        page = DECODERS[0](raw, offset=50, limit=1)
        assert page == Page(items=page.items, offset=50, limit=1, next=51, total=77)
        assert [order.id for order in page] == [123]

    def test_an_empty_page_decodes_to_an_empty_page(self):
        """No rows are no items and no problem."""
        assert (decode([]).items, decode([]).problems) == ((), ())

    def test_decoding_changes_nothing_in_the_raw_page(self):
        """The JSON values stay as they were, unknown fields included."""
        item = {**make_order(), "new": {"a": [1]}}
        before = json.dumps(item)
        decode([item])
        assert json.dumps(item) == before


class TestUnknownFields:
    """A vendor adds fields without notice."""

    def test_unknown_fields_are_kept_in_extra(self):
        """A field of any shape is kept under the vendor's name."""
        item = {**EXAMPLE_ORDER, "newField": {"deep": [1, None]}, "another": 1.5}
        assert decode([item])[0].extra == {"newField": {"deep": [1, None]}, "another": 1.5}

    @pytest.mark.parametrize("name", ["extra", "service_title", "\0extra", "", "ID", "Id"])
    def test_a_hostile_name_is_just_another_unknown_field(self, name):
        """Neither our own names nor those of another case shadow a documented field."""
        order = decode([{**EXAMPLE_ORDER, name: "theirs"}])[0]
        assert order.extra == {name: "theirs"}
        assert order.id == 123
        assert order.to_dict() == {**EXAMPLE_ORDER, name: "theirs"}

    def test_unknown_fields_come_last_in_to_dict(self):
        """The documented fields keep their order; what is unknown follows."""
        order = decode([{"first": 0, **EXAMPLE_ORDER}])[0]
        assert list(order.to_dict()) == [*ORDER_FIELDS, "first"]


class TestOpenEnumerations:
    """A vendor adds values without notice."""

    @pytest.mark.parametrize("name", ["status", *ENUMS])
    def test_an_unknown_value_stays_text(self, name):
        """A value that is not documented is plain text, and goes back as it came."""
        order = order_with(**{name: "brand_new"})
        assert type(getattr(order, ours(name))) is str
        assert getattr(order, ours(name)) == "brand_new"
        assert order.to_dict()[name] == "brand_new"

    @pytest.mark.parametrize(
        ("name", "kind", "values"),
        [
            ("status", OrderStatus, ["success", "secondary", "info"]),
            ("aiDefaultLanguage", Language, ["ru", "gb"]),
            ("callRecordRule", CallRecordRule, ["client_is_connected", "agent_is_connected"]),
            (
                "sipEndpointUsageScheme",
                SipEndpointUsageScheme,
                [
                    "random_default",
                    "random_without_repetition",
                    "even_loaded",
                    "even_loaded_daily",
                ],
            ),
        ],
        ids=["status", "aiDefaultLanguage", "callRecordRule", "sipEndpointUsageScheme"],
    )
    def test_every_documented_value_is_a_member(self, name, kind, values):
        """The enumeration holds the documented values, all of them and no other."""
        decoded = [getattr(order_with(**{name: value}), ours(name)) for value in values]
        assert decoded == [kind(value) for value in values] == list(kind)
        assert {type(value) for value in decoded} == {kind}

    @pytest.mark.parametrize("name", ["status", *ENUMS])
    def test_what_is_no_text_is_no_value_of_an_enumeration(self, name):
        """Open means open to text, not to other types."""
        wrong = [1, True, [], {}]
        found = {problems_of(**{name: value}) for value in wrong}
        assert found == {(f"{name}: expected a string",)}


class TestNullAndMissing:
    """Null, absent, and PHP's empty array."""

    def test_null_is_none_in_every_optional_field(self):
        """Null never becomes 'None', False or 0."""
        order = order_with(**dict.fromkeys(OPTIONAL))
        assert {getattr(order, ours(name)) for name in OPTIONAL} == {None}
        assert {order.to_dict()[name] for name in OPTIONAL} == {None}

    def test_a_missing_optional_field_is_none(self):
        """An order without its optional fields decodes."""
        order = order_without(*OPTIONAL)
        assert {getattr(order, ours(name)) for name in OPTIONAL} == {None}

    @pytest.mark.parametrize("name", REQUIRED)
    def test_null_is_refused_where_the_vendor_requires_a_value(self, name):
        """`id`, `serviceTitle`, `title` and `status` are never None."""
        expected = "an integer greater than 0" if name == "id" else "a string"
        assert problems_of(**{name: None}) == (f"{name}: expected {expected}",)

    @pytest.mark.parametrize("name", REQUIRED)
    def test_a_missing_required_field_is_reported_as_missing(self, name):
        """A field the vendor requires does not appear out of thin air."""
        item = {key: value for key, value in EXAMPLE_ORDER.items() if key != name}
        assert failure([item]).problems == (f"{name}: required, but missing",)

    @pytest.mark.parametrize("value", [None, [], {}], ids=["null", "array", "object"])
    def test_an_empty_collection_is_an_empty_tuple_however_it_is_written(self, value):
        """Null, `[]` and PHP's `{}` are all empty, never None."""
        order = order_with(**dict.fromkeys(LISTS, value))
        assert {getattr(order, ours(name)) for name in LISTS} == {()}

    @pytest.mark.parametrize("value", [None, [], {}], ids=["null", "array", "object"])
    def test_empty_custom_values_are_an_empty_map_however_they_are_written(self, value):
        """PHP writes an empty map as `[]`."""
        assert order_with(customValues=value).custom_values == {}

    def test_missing_optional_collections_are_empty(self):
        """An absent list or map is empty, never None."""
        names = LISTS
        order = order_without(*names, "customValues")
        assert {getattr(order, ours(name)) for name in names} == {()}
        assert order.custom_values == {}

    @pytest.mark.parametrize("name", STAMPS)
    def test_an_empty_text_is_no_moment(self, name):
        """A date and time that is "" is None, as null is."""
        assert getattr(order_with(**{name: ""}), ours(name)) is None


class TestStrictScalars:
    """Nothing is coerced."""

    @pytest.mark.parametrize("value", [True, 1.5, 1.0, "12", "", 0, -1, [1], {}], ids=repr)
    def test_an_identifier_is_an_integer_above_0(self, value):
        """`id` decides about duplicates, so nothing near an integer passes for one."""
        error = failure([make_order(id=value)])
        assert error.problems == ("id: expected an integer greater than 0",)
        assert error.item_id is None

    @pytest.mark.parametrize("name", INTS)
    def test_an_integer_field_takes_integers_only(self, name):
        """Neither true nor 1.0 nor "1" is 1."""
        wrong = [True, 1.0, "1", "", [], {}]
        found = {problems_of(**{name: value}) for value in wrong}
        assert found == {(f"{name}: expected an integer",)}

    @pytest.mark.parametrize("name", BOOLS)
    def test_a_boolean_field_takes_booleans_only(self, name):
        """Neither "false" nor 0 is false."""
        wrong = [0, 1, "", "false", []]
        found = {problems_of(**{name: value}) for value in wrong}
        assert found == {(f"{name}: expected true or false",)}

    @pytest.mark.parametrize("name", [*TEXTS, "serviceTitle", "title"])
    def test_a_text_field_takes_text_only(self, name):
        """0 is not '0'."""
        wrong = [0, False, 1.5, [], {}]
        found = {problems_of(**{name: value}) for value in wrong}
        assert found == {(f"{name}: expected a string",)}

    @pytest.mark.parametrize("value", [-5, 0, 10**30], ids=str)
    def test_integers_of_any_size_are_kept(self, value):
        """Only identifiers have a least value."""
        assert order_with(leadsPriority=value).leads_priority == value


class TestSequences:
    """Arrays, and what PHP makes of arrays with gaps."""

    @pytest.mark.parametrize("name", ID_LISTS)
    def test_an_array_written_as_an_object_gives_its_values(self, name):
        """`{"0": 1, "2": 3}` is 1 and 3: the values in order, never the keys."""
        assert getattr(order_with(**{name: {"0": 1, "2": 3}}), ours(name)) == (1, 3)

    @pytest.mark.parametrize("name", LISTS)
    def test_what_is_no_array_is_refused(self, name):
        """Text is not taken letter by letter."""
        wrong = ["", "12", 0, False, {"a": 1}]
        found = {problems_of(**{name: value}) for value in wrong}
        assert found == {(f"{name}: expected an array",)}

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("agentUserIds", [1, None], "agentUserIds[1]: expected an integer"),
            ("agentGroupIds", ["1"], "agentGroupIds[0]: expected an integer"),
            ("sipEndpointIds", [1, 2, True], "sipEndpointIds[2]: expected an integer"),
            ("sipEndpointIds", {"4": 1, "9": ""}, "sipEndpointIds[1]: expected an integer"),
            (
                "additionalCallCenterPhones",
                ["", 7],
                "additionalCallCenterPhones[1]: expected a string",
            ),
            (
                "callHolidayOverrides",
                ["2024-01-01", "2024-02-30"],
                "callHolidayOverrides[1]: expected a date such as 2024-01-31",
            ),
            (
                "callSchedule",
                [["09:00", "18:00"], ["09:00"]],
                "callSchedule[1]: expected an array of 2 values",
            ),
            (
                "callSchedule",
                [["09:00", "25:00"]],
                "callSchedule[0][1]: expected a time of day such as 09:00",
            ),
        ],
    )
    def test_a_bad_element_is_named_by_its_place(self, name, value, expected):
        """The problem leads to the element, in the vendor's spelling."""
        assert problems_of(**{name: value}) == (expected,)

    def test_the_end_of_a_day_is_not_its_start(self):
        """`24:00` is END_OF_DAY, later than any start, and goes back as it came."""
        order = order_with(callSchedule=[["00:00", "24:00"]])
        assert order.call_schedule == (CallHours(start=time(0), end=END_OF_DAY),)
        assert order.call_schedule[0].start < order.call_schedule[0].end
        assert order.to_dict()["callSchedule"] == [["00:00", "24:00"]]


class TestCustomValues:
    """The map of custom fields."""

    def test_keys_are_integers_and_values_are_kept_as_they_are(self):
        """The vendor documents no type for the values."""
        values = {"7": None, "10": [1, {"a": 2}], "9223372036854775807": 1.5}
        order = order_with(customValues=values)
        assert order.custom_values == {7: None, 10: [1, {"a": 2}], 2**63 - 1: 1.5}
        assert order.to_dict()["customValues"] == values

    @pytest.mark.parametrize("key", ["", "a", "-1", "1.0", "01", " 1", "²", "\u0661", "9" * 5000])
    def test_a_key_that_is_no_identifier_is_refused(self, key):
        """A key that would not come back as it was is not taken for a number."""
        assert problems_of(customValues={key: "v"}) == (
            "customValues: expected an object keyed by identifiers",
        )

    @pytest.mark.parametrize("value", ["", [1], 0, False], ids=repr)
    def test_what_is_no_map_is_refused(self, value):
        """Of arrays only the empty one is a map."""
        assert problems_of(customValues=value) == ("customValues: expected an object",)


class TestAnOrderThatDoesNotFit:
    """One bad order among good ones."""

    def test_the_error_names_offset_index_id_and_every_field(self):
        """All problems of the first bad order are told at once, by field path."""
        items = fake_orders(5)
        items[3] |= {"id": 77, "leadsPriority": SENTINEL, "agentUserIds": [1, SENTINEL]}
        error = failure(items, offset=200, attempts=2)
        assert (error.offset, error.attempts, error.index, error.item_id) == (200, 2, 3, 77)
        assert set(error.problems) == {
            "leadsPriority: expected an integer",
            "agentUserIds[1]: expected an integer",
        }
        assert str(error) == f"item 3 (id 77): {'; '.join(error.problems)} (offset 200, attempts 2)"
        assert error.reason == "decode"

    def test_the_first_bad_order_is_the_one_reported(self):
        """Later problems are not mixed in."""
        error = failure([make_order(), make_order(id=5, title=1), make_order(id=6, code=1)])
        assert (error.index, error.item_id) == (1, 5)

    @pytest.mark.parametrize("item", [None, [], "order", 1, True, [["id", 5]]], ids=repr)
    def test_an_item_that_is_no_object_is_reported_without_id(self, item):
        """Whatever stands where an order should, the error is ours."""
        error = failure([make_order(), item])
        assert (error.index, error.item_id, error.problems) == (1, None, ("expected an object",))
        assert str(error).startswith("item 1: expected an object")

    def test_an_empty_object_lacks_every_required_field(self):
        """Each of the four is named."""
        assert failure([{}]).problems == tuple(
            f"{name}: required, but missing" for name in REQUIRED
        )

    def test_skip_leaves_the_bad_orders_out_and_lists_them(self):
        """The good ones come in order, the bad ones as problems: nothing is silent."""
        items = [make_order(id=1), make_order(id=2, title=None), None, make_order(id=4)]
        page = decode(items, offset=10, on_invalid="skip")
        assert [order.id for order in page] == [1, 4]
        assert page.problems == (
            ItemProblem(offset=10, index=1, item_id=2, fields=("title: expected a string",)),
            ItemProblem(offset=10, index=2, item_id=None, fields=("expected an object",)),
        )
        assert page.received == 4

    def test_skip_has_no_effect_on_a_sound_page(self):
        """A page without problems is the same either way."""
        items = fake_orders(20)
        assert decode(items, on_invalid="skip") == decode(items)


json_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('0a:-\n"é😀')
)


def containers(of):
    """Give arrays and objects of something."""
    return st.lists(of, max_size=3) | st.dictionaries(st.sampled_from(["", "0", "7", "a", "é"]), of)


json_values = st.recursive(json_scalars, containers, max_leaves=6)
planted = st.recursive(
    st.just(SENTINEL),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(st.sampled_from(["0", "7", "a", SENTINEL]), inner, min_size=1)
        | st.tuples(st.sampled_from(["09:00", 1, "2024-01-01"]), inner).map(list)
    ),
    max_leaves=3,
)
mutations = st.dictionaries(
    st.sampled_from([*ORDER_FIELDS, "unknown", "extra"]), json_values, max_size=6
)


@pytest.mark.unmeasured
@given(mutations, st.sets(st.sampled_from(ORDER_FIELDS), max_size=3))
def test_any_mutated_order_decodes_or_raises_a_decode_error(changes, missing):
    """Whatever the fields hold, there is an Order with sound types, or DecodeError."""
    item = {name: of for name, of in (EXAMPLE_ORDER | changes).items() if name not in missing}
    try:
        order = decode([item])[0]
    except DecodeError as error:
        assert error.problems  # noqa: PT017 - either outcome is right
    else:
        assert type(order.id) is int
        assert decode([order.to_dict()])[0] == order


@pytest.mark.unmeasured
@given(st.sampled_from(ORDER_FIELDS), planted)
def test_a_decode_error_never_holds_a_value(name, value):
    """A phone number in a bad field is in no text, attribute, cause, context or pickle."""
    error = None
    try:
        decode([make_order(), make_order(**{name: value})])
    except DecodeError as raised:
        error = raised
    if error is not None:
        assert (error.__cause__, error.__context__) == (None, None)
        shown = f"{error} {error!r} {error.args} {vars(error)} {error.problems}"
        assert SENTINEL not in shown
        assert SENTINEL.encode() not in pickle.dumps(error)


@pytest.mark.unmeasured
@given(st.lists(st.sampled_from(ORDER_FIELDS), min_size=1, max_size=4, unique=True), planted)
def test_a_skipped_order_leaves_no_value_in_the_report(names, value):
    """What `on_invalid="skip"` lists are places, never values."""
    page = decode([make_order(**dict.fromkeys(names, value))], on_invalid="skip")
    assert SENTINEL not in repr(page.problems)
    assert page.received == 1


@pytest.mark.unmeasured
@given(st.lists(mutations, max_size=5))
def test_skip_accounts_for_every_row(rows):
    """Items and problems together are the rows received; the problems know their places."""
    items = [EXAMPLE_ORDER | changes for changes in rows]
    page = decode(items, offset=5, on_invalid="skip")
    assert len(page.items) + len(page.problems) == len(items)
    bad = [problem.index for problem in page.problems]
    assert bad == sorted(set(bad))
    for index, item in enumerate(items):
        assert (failure([item]).problems if index in bad else decode([item]).problems) == next(
            (problem.fields for problem in page.problems if problem.index == index), ()
        )


@pytest.mark.parametrize("depth", [64, 300, 900, 3000, 9000, 100_000], ids="{} levels".format)
@pytest.mark.parametrize("name", ["customValues", "newField"])
def test_values_nested_too_deeply_for_python_are_refused(name, depth):
    """By the envelope or by the model, on every Python: what fails later must not pass here."""
    with pytest.raises(ResponseError) as caught:
        read_nested(name, depth)
    assert caught.value.reason in {"nesting", "decode"}


@pytest.mark.parametrize("name", ["customValues", "newField"])
def test_values_nested_as_deeply_as_allowed_can_be_used(name):
    """They can be written again, compared, pickled and printed."""
    order = read_nested(name, 60)
    assert json.dumps(order.to_dict()[name]) == json.dumps({"1": json.loads("[" * 60 + "]" * 60)})
    assert pickle.loads(pickle.dumps(order)) == order
    assert repr(order).count("[") == 60


def read_nested(name, depth):
    """Read an order of which one field holds so many nested arrays."""
    nested = b"[" * depth + b"]" * depth
    order = {**make_order(), name: {"1": "HERE"}}
    item = json.dumps(order).encode().replace(b'"HERE"', nested)
    body = b'{"success":true,"data":{"list":[%b],"next":null,"total":1}}' % item
    raw = read_page(Response(status=200, body=body), KEY)
    return DECODERS[0](raw, offset=0, limit=1)[0]

"""What holds for every model: from the vendor's JSON and back, frozen, and shown in a notebook."""

from __future__ import annotations

import ast
import inspect
import pickle
import pkgutil
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from itertools import pairwise

import attrs
import pytest

from liner_async import (
    AgentGroup,
    Call,
    CallAttemptGroup,
    CallRecord,
    CallStatus,
    CustomField,
    CustomFieldOption,
    CustomFieldType,
    DecodeError,
    Essence,
    Lead,
    LeadStatus,
    SipEndpoint,
    User,
    models,
)
from liner_async._codec.kinds import fields_of
from liner_async.testing import a_result
from tests.support.examples import EXAMPLES

EXAMPLE_FIELD = EXAMPLES[CustomField]
REQUIRED = {
    Lead: ["id"],
    LeadStatus: ["id", "code"],
    Call: ["id"],
    CallStatus: ["id", "code"],
    CallRecord: ["id"],
    CallAttemptGroup: ["id"],
    User: ["id"],
    AgentGroup: ["id"],
    SipEndpoint: ["id"],
    CustomField: ["id", "title"],
}

every_model = pytest.mark.parametrize(
    ("model", "example"), EXAMPLES.items(), ids=lambda each: getattr(each, "__name__", "example")
)


@every_model
def test_the_vendors_example_is_read_and_written_back(model, example):
    """Field by field, in the vendor's order."""
    instance = model.from_dict(example)
    assert type(instance) is model
    assert instance.to_dict() == example
    assert list(instance.to_dict()) == list(example)
    assert model.from_dict(instance.to_dict()) == instance


@every_model
def test_an_object_is_frozen_and_pickles(model, example):
    """It goes through queues and into other processes as it is."""
    instance = model.from_dict(example)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        instance.id = 5
    assert pickle.loads(pickle.dumps(instance)) == instance
    assert {instance: 1}[model.from_dict(example)] == 1


@every_model
def test_unknown_fields_are_kept(model, example):
    """Whatever a vendor adds survives the way there and back."""
    instance = model.from_dict(example | {"newField": [1]})
    assert instance.extra == {"newField": [1]}
    assert instance.to_dict() == example | {"newField": [1]}


@every_model
def test_optional_fields_may_be_null_or_missing(model, example):
    """Nullability is hardly documented, so every field but the required ones may lack."""
    optional = [each.wire_name for each in fields_of(model) if not each.required]
    cleared = model.from_dict(example | dict.fromkeys(optional))
    assert cleared == model.from_dict(
        {key: of for key, of in example.items() if key not in optional}
    )
    values = [getattr(cleared, each.name) for each in fields_of(model) if not each.required]
    assert all(value is None or value in ((), {}) for value in values)


@every_model
def test_what_does_not_fit_is_an_error_that_names_fields_and_no_value(model, example):
    """The same reader as a page's."""
    with pytest.raises(DecodeError) as caught:
        model.from_dict(example | {"id": "+79990001122"})
    error = caught.value
    assert error.problems == ("id: expected an integer greater than 0",)
    assert "+79990001122" not in f"{error} {error!r} {vars(error)}"
    assert (error.__cause__, error.__context__) == (None, None)


WRONG = "+79990001122: wrong"
EXPECTED = {
    bool: "true or false",
    int: "an integer",
    datetime: "an ISO 8601 date and time with its zone",
    tuple: "an array",
    Mapping: "an object",
}


def each_field(*, of=None):
    """Return parameters: every field of every model, or those of one class."""
    found = [(model, each) for model in EXAMPLES for each in fields_of(model)]
    chosen = [(model, each) for model, each in found if of is None or each.kind.of is of]
    return pytest.mark.parametrize(
        ("model", "field"), chosen, ids=[f"{model.__name__}-{each.name}" for model, each in chosen]
    )


@each_field()
def test_a_value_of_the_wrong_type_is_an_error_that_names_the_field(model, field):
    """Of every field; the value is not in the error."""
    is_text = field.kind.of is str or field.kind.is_enumeration
    wrong = [WRONG] if is_text else WRONG
    with pytest.raises(DecodeError) as caught:
        model.from_dict(EXAMPLES[model] | {field.wire_name: wrong})
    (problem,) = caught.value.problems
    expected = {"identifier": "an integer greater than 0", "flag": "an integer, true or false"}
    expected |= {"text": "a string or an integer"}
    named = expected.get(field.reads) or EXPECTED.get(field.kind.of, "a string")
    assert problem == f"{field.wire_name}: expected {named}"
    assert WRONG not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


@each_field(of=Mapping)
def test_an_empty_map_may_come_as_an_array(model, field):
    """As PHP writes it."""
    for empty in ([], {}, None):
        assert (
            getattr(model.from_dict(EXAMPLES[model] | {field.wire_name: empty}), field.name) == {}
        )


@each_field(of=tuple)
def test_an_array_with_gaps_may_come_as_an_object(model, field):
    """As PHP writes it."""
    array = EXAMPLES[model][field.wire_name]
    gaps = {str(2 * place): item for place, item in enumerate(array)}
    read = model.from_dict(EXAMPLES[model] | {field.wire_name: gaps})
    assert read == model.from_dict(EXAMPLES[model])
    for empty in ([], {}, None):
        assert (
            getattr(model.from_dict(EXAMPLES[model] | {field.wire_name: empty}), field.name) == ()
        )


ENUMERATIONS = [
    (model, each) for model in EXAMPLES for each in fields_of(model) if each.kind.is_enumeration
]


@pytest.mark.parametrize(("model", "field"), ENUMERATIONS, ids=lambda each: str(each)[:40])
def test_an_enumeration_is_open(model, field):
    """A documented value is a member, any other stays text; both are written back."""
    for value in [*map(str, field.kind.of), "new-value", ""]:
        row = EXAMPLES[model] | {field.wire_name: value}
        read = model.from_dict(row)
        kind = field.kind.of if value in [*field.kind.of] else str
        assert type(getattr(read, field.name)) is kind
        assert read.to_dict() == row


@pytest.mark.parametrize(("sent", "read"), [(0, 0), (1, 1), (5, 5), (True, 1), (False, 0)])
def test_automatic_answering_may_be_a_flag_or_a_number(sent, read):
    """It is an integer either way."""
    user = User.from_dict(EXAMPLES[User] | {"autoAnswer": sent})
    assert (user.auto_answer, type(user.auto_answer)) == (read, int)


@pytest.mark.parametrize(
    ("model", "wire_name", "name"),
    [(Lead, "vkId", "vk_id"), (User, "telegramChatId", "telegram_chat_id")],
)
def test_an_identifier_of_another_service_is_text_however_it_comes(model, wire_name, name):
    """The vendor's pages contradict each other."""
    read = [
        getattr(model.from_dict(EXAMPLES[model] | {wire_name: value}), name)
        for value in (123456, "123456", -5, "", None)
    ]
    assert read == ["123456", "123456", "-5", "", None]


PERSONAL = {
    "client_phone",
    "custom_values",
    "email",
    "extra",
    "file_url",
    "avatar_url",
    "instagram_login",
    "ip",
    "last_name",
    "name",
    "phone",
    "record_summary",
    "second_name",
    "source_comment",
    "vk_id",
}


@pytest.mark.parametrize("model", [Lead, Call, CallRecord, User], ids=lambda each: each.__name__)
def test_personal_data_is_not_in_the_repr_but_in_tables(model):
    """Error trackers print locals; a notebook shows what somebody asked to see."""
    example = EXAMPLES[model] | {"newField": WRONG}
    personal = {
        each.name: f"personal {number}"
        for number, each in enumerate(fields_of(model))
        if (each.name in PERSONAL or each.name.startswith("telegram_")) and each.kind.of is str
    }
    wire_names = {each.name: each.wire_name for each in fields_of(model)}
    read = model.from_dict(example | {wire_names[name]: text for name, text in personal.items()})
    hidden = {each.name for each in attrs.fields(model) if not each.repr}
    known = {each.name for each in attrs.fields(model)}
    assert hidden == {name for name in known if name in PERSONAL or name.startswith("telegram_")}
    assert "personal" not in repr(read)
    assert WRONG not in repr(read)
    html = read._repr_html_()
    assert [text for text in personal.values() if text not in html] == []


def test_what_connects_a_virtual_number_is_shown_nowhere():
    """Except where it was asked for: on the object, in `to_dict` and in exports."""
    secrets = {"params": {"password": WRONG, "login": [WRONG]}, "newField": WRONG}
    endpoint = SipEndpoint.from_dict(EXAMPLES[SipEndpoint] | secrets)
    result = a_result(endpoint)
    shown = (repr(endpoint), str(endpoint), endpoint._repr_html_(), result._repr_html_())
    assert [text for text in shown if WRONG in text or "password" in text] == []
    assert endpoint.params == endpoint.to_dict()["params"] == secrets["params"]
    assert WRONG in str(result.to_arrow().to_pylist())
    with pytest.raises(DecodeError) as caught:
        SipEndpoint.from_dict(EXAMPLES[SipEndpoint] | {"params": [WRONG]})
    assert WRONG not in f"{caught.value!r} {vars(caught.value)}"


@every_model
def test_every_field_is_documented(model, example):
    """By a text below it, which help and the reference show."""
    body = ast.parse(inspect.getsource(model)).body[0].body
    documented = [
        field.target.id
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    ]
    assert documented == [each.name for each in attrs.fields(model)]


@pytest.mark.parametrize(("model", "required"), REQUIRED.items(), ids=lambda each: str(each)[:30])
def test_only_what_joins_need_is_required(model, required):
    """Nullability is hardly documented."""
    assert [each.name for each in fields_of(model) if each.required] == required


def test_an_error_names_the_object_where_its_identifier_is_known():
    """To find it again."""
    with pytest.raises(DecodeError, match=r"^CustomField 123: title: expected a string$") as caught:
        CustomField.from_dict(EXAMPLE_FIELD | {"title": 5})
    assert caught.value.item_id == 123


@every_model
def test_a_notebook_shows_it(model, example):
    """As a table of the fields that are set."""
    assert f"{model.__name__} 123" in model.from_dict(example)._repr_html_()


def test_a_custom_field_has_known_types_and_options():
    """Documented values are members, others stay text."""
    field = CustomField.from_dict(EXAMPLE_FIELD)
    assert (field.type, field.essence) == (CustomFieldType.STRING, Essence.LEADS)
    assert field.params == (CustomFieldOption(code="option_1", title="Option 1", sort=10),)
    assert CustomField.from_dict(EXAMPLE_FIELD | {"type": "colour"}).type == "colour"


@pytest.mark.parametrize(
    ("params", "codes"),
    [
        (None, []),
        ([], []),
        ({}, []),
        ({"0": {"code": "a"}, "2": {"code": "b"}}, ["a", "b"]),
    ],
    ids=repr,
)
def test_choices_may_be_written_in_any_of_phps_ways(params, codes):
    """An array, null, an empty map, an array with gaps."""
    field = CustomField.from_dict(EXAMPLE_FIELD | {"params": params})
    assert [option.code for option in field.params] == codes


def test_models_lists_what_its_modules_list():
    """The package hands on every name of its modules, but for what models are made of."""
    names = {each.name for each in pkgutil.iter_modules(models.__path__)} - {"model"}
    modules = [import_module(f"liner_async.models.{name}") for name in names]
    assert sorted(models.__all__) == sorted(name for module in modules for name in module.__all__)

"""What holds for every model: from the vendor's JSON and back, frozen, and shown in a notebook."""

from __future__ import annotations

import pickle
import pkgutil
from importlib import import_module

import attrs
import pytest

from liner_async import (
    CustomField,
    CustomFieldOption,
    CustomFieldType,
    DecodeError,
    Essence,
    models,
)
from liner_async._codec.kinds import fields_of
from tests.support.examples import EXAMPLES

EXAMPLE_FIELD = EXAMPLES[CustomField]

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

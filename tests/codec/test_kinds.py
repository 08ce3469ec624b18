"""Annotations as kinds: everything the vendor uses, and a clear refusal of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import attrs
import pytest

from liner_async import CallHours, CustomFieldOption, OrderStatus
from liner_async._codec.kinds import Kind, fields_of, has_extra, is_pair


def kind_of(annotation):
    """Return the kind of a field that is annotated so."""
    model = attrs.make_class("Model", {"of": attrs.field(type=annotation)})
    (field,) = fields_of(model)
    return field.kind


@pytest.mark.parametrize("scalar", [bool, int, float, str, datetime, date, time])
def test_a_scalar_may_be_none_or_not(scalar):
    """As its annotation says."""
    assert kind_of(scalar) == Kind(of=scalar)
    assert kind_of(scalar | None) == Kind(of=scalar, nullable=True)


def test_an_open_enumeration_is_its_members_and_text():
    """With or without None."""
    assert kind_of(OrderStatus | str) == Kind(of=OrderStatus)
    assert kind_of(OrderStatus | str | None) == Kind(of=OrderStatus, nullable=True)
    assert kind_of(OrderStatus | str).is_enumeration


def test_containers_have_items_and_keys():
    """However deep."""
    assert kind_of(tuple[int, ...]) == Kind(of=tuple, item=Kind(of=int))
    nested = kind_of(Mapping[str, tuple[CallHours, ...]])
    item = Kind(of=tuple, item=Kind(of=CallHours))
    assert nested == Kind(of=Mapping, key=str, item=item)
    assert kind_of(Mapping[int, Any]) == Kind(of=Mapping, key=int, item=Kind(of=object))


def test_a_model_may_be_an_object_or_an_array_and_keep_what_it_does_not_know():
    """By what its definition says."""
    assert kind_of(CallHours).is_model
    assert (is_pair(CallHours), is_pair(CustomFieldOption)) == (True, False)
    assert (has_extra(CallHours), has_extra(CustomFieldOption)) == (False, True)


@pytest.mark.parametrize(
    "annotation",
    [bytes, set[int], dict[str, int], tuple[int, int], Mapping[float, int], int | str],
    ids=str,
)
def test_an_annotation_of_no_kind_names_the_field(annotation):
    """Found when the decoder is made, not at the first page."""
    with pytest.raises(TypeError, match=r"^Model\.of "):
        kind_of(annotation)

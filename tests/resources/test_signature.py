"""Options are typed once, and show by name wherever a method is looked at."""

from __future__ import annotations

import inspect
import pydoc

import attrs
import pytest

from liner_async import LinerClient, ListOptions, OffsetListOptions, Pager, PlainListOptions
from liner_async._paging.options import Options

LINER = LinerClient("https://liner.example", "key")
PAGED = (LINER.orders.list, LINER.call_attempts.list)
DEFAULTS = {each.name: each.default for each in attrs.fields(Options)}


def names(typed):
    """Return the keys of a TypedDict."""
    return set(typed.__annotations__)


@pytest.mark.parametrize("method", PAGED, ids=["orders", "call_attempts"])
def test_a_paged_list_shows_every_option_with_its_default(method):
    """To `inspect`, and so to completion in notebooks and editors."""
    parameters = inspect.signature(method).parameters
    assert {name: each.default for name, each in parameters.items()} == DEFAULTS
    assert {each.kind for each in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert parameters["resume"].annotation == "ResumePoint | None"


def test_a_list_in_one_piece_shows_its_own():
    """The filter first."""
    parameters = inspect.signature(LINER.custom_fields.list).parameters
    assert list(parameters) == ["essence", "max_items", "on_invalid"]


@pytest.mark.parametrize("name", DEFAULTS)
def test_help_shows_each_option(name):
    """By name in the signature, and explained on Pager."""
    assert f"{name}:" in pydoc.plain(pydoc.render_doc(LINER.orders.list))
    assert f"    {name}: " in Pager.__doc__


def test_the_typed_options_are_those_of_a_run():
    """What type checkers accept is what runs."""
    assert names(OffsetListOptions) == set(DEFAULTS)
    assert names(ListOptions) == set(DEFAULTS) - {"offset"}
    assert names(PlainListOptions) == {"max_items", "on_invalid"}


@pytest.mark.parametrize("name", ["nonsense", "limit"])
def test_an_unknown_option_is_a_type_error(name):
    """As Python says it of any function."""
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
        LINER.orders.list(**{name: 1})


def test_a_resource_is_made_once_and_at_first_use():
    """Making a client costs no resource and no decoder."""
    liner = LinerClient("https://liner.example", "key")
    assert not {"orders", "call_attempts", "custom_fields"} & vars(liner).keys()
    assert liner.orders is liner.orders
    assert {"orders", "call_attempts", "custom_fields"} & vars(liner).keys() == {"orders"}

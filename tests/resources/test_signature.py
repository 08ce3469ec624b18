"""Options are typed once, and show by name wherever a method is looked at."""

from __future__ import annotations

import inspect
import itertools
import pydoc
from datetime import UTC, datetime
from functools import cached_property

import attrs
import pytest

from liner_async import LinerClient, ListOptions, OffsetListOptions, Pager, PlainListOptions
from liner_async._paging.options import Options

LINER = LinerClient("https://liner.example", "key")
FIRST_OF_JUNE = datetime(2024, 6, 1, tzinfo=UTC)
PAGED = (LINER.orders.list, LINER.call_attempts.list)
FILTERS = {
    LINER.users: ["access_group", "is_active"],
    LINER.agent_groups: ["agent_id"],
    LINER.call_records: ["call_id", "is_amd"],
}
PLAIN = {
    LINER.custom_fields: ["essence"],
    LINER.lead_statuses: [],
    LINER.call_statuses: [],
    LINER.sip_endpoints: [],
}
RESOURCES = {
    "agent_groups",
    "call_attempts",
    "call_records",
    "call_statuses",
    "calls",
    "custom_fields",
    "lead_statuses",
    "leads",
    "orders",
    "sip_endpoints",
    "users",
}


def of_each(resources):
    """Return parameters: resources and their filters."""
    return pytest.mark.parametrize(
        ("resource", "filters"), resources.items(), ids=[each.name for each in resources]
    )


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


@of_each(PLAIN)
def test_a_list_in_one_piece_shows_its_own(resource, filters):
    """The filter first; there is no page, and no number to ask for."""
    assert list(inspect.signature(resource.list).parameters) == [
        *filters,
        "max_items",
        "on_invalid",
    ]
    assert not {"page", "count", "get"} & {*dir(resource)}


@of_each(FILTERS)
def test_each_verb_shows_the_filters_first(resource, filters):
    """Each is None where it is not given, and explained."""
    shown = {
        verb: inspect.signature(getattr(resource, verb)).parameters
        for verb in ("list", "page", "count")
    }
    assert list(shown["list"]) == [*filters, *DEFAULTS]
    assert list(shown["page"]) == [*filters, "offset", "limit"]
    assert list(shown["count"]) == filters
    for name, verb in itertools.product(filters, shown):
        assert shown[verb][name].default is None
        assert f"{name}: " in inspect.getdoc(getattr(resource, verb))


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


@pytest.mark.parametrize(
    ("method", "name", "nearest"),
    [
        (LINER.leads.list, "order_id", "order_ids"),
        (LINER.orders.list, "pagesize", "page_size"),
        (LINER.users.list, "acces_group", "access_group"),
    ],
    ids=["a filter of a period", "an option", "a filter"],
)
def test_a_misspelt_argument_of_a_list_is_answered_with_the_nearest(method, name, nearest):
    """As Python does since 3.13 for arguments that it knows by name."""
    required = {"created_from": FIRST_OF_JUNE} if method == LINER.leads.list else {}
    with pytest.raises(TypeError, match=f"argument '{name}'. Did you mean '{nearest}'\\?$"):
        method(**required, **{name: 1})


async def test_a_misspelt_field_or_option_of_a_write_is_answered_with_the_nearest():
    """The fields of a body and the options of a bulk alike; nothing is sent."""
    with pytest.raises(TypeError, match=r"leads\.create\(\) .* 'phon'. Did you mean 'phone'\?$"):
        await LINER.leads.create(phon="+79001234567", order_id=1)
    with pytest.raises(TypeError, match=r"create_many\(\) .* 'legder'. Did you mean 'ledger'\?$"):
        LINER.leads.create_many([], legder=None)


def test_a_resource_is_made_once_and_at_first_use():
    """Making a client costs no resource and no decoder."""
    liner = LinerClient("https://liner.example", "key")
    assert not RESOURCES & vars(liner).keys()
    assert liner.orders is liner.orders
    assert RESOURCES & vars(liner).keys() == {"orders"}
    assert {getattr(liner, name).name for name in RESOURCES} == RESOURCES


def test_the_client_documents_each_resource():
    """In `help()` and in the reference."""
    documented = {
        name
        for name, each in vars(LinerClient).items()
        if isinstance(each, cached_property) and each.__doc__
    }
    assert documented == RESOURCES

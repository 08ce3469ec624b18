"""The README's tables and commands say what the code says."""

from __future__ import annotations

import inspect
import re

import attrs
import pytest

import liner_async
import liner_async.testing
from liner_async import LinerClient, Order, RetryPolicy
from liner_async._codec.kinds import camel_case
from liner_async.resources.orders import Orders
from tests.support.fences import PROJECT, fences
from tests.support.markdown_tables import code, rows, section

README = PROJECT / "README.md"
DECODING = PROJECT / "docs" / "decoding.md"
DEMO = 'python3 -m pip install ".[cli]" && liner-async demo'


def parameters(function):
    """Give the names of a function's parameters and their defaults."""
    wanted = inspect.signature(function).parameters.values()
    return {each.name: each.default for each in wanted if each.name != "self"}


def documented(heading):
    """Give the names in a table, and the defaults in its second column."""
    known = {"RetryPolicy": RetryPolicy}
    return {code(name): eval(code(default), known) for name, default, *_ in rows(README, heading)}


def ci_command():
    """Give the text for which .ci/run searches the README."""
    found = re.search(r"grep -m 1 -o '([^']+)' README\.md", (PROJECT / ".ci" / "run").read_text())
    assert found
    return found[1]


def errors():
    """Give the public exceptions, by name."""
    public = {name: getattr(liner_async, name) for name in liner_async.__all__}
    return {
        name: each
        for name, each in public.items()
        if isinstance(each, type) and issubclass(each, BaseException)
    }


def test_the_two_commands_stand_alone_in_fences_of_their_own():
    """The command that shows the main job, and the one that runs the tests, can be copied whole."""
    alone = [fence.code for fence in fences(README) if fence.language == "sh"]
    assert f"{DEMO}\n" in alone
    assert f"{ci_command()}\n" in alone


def test_the_first_test_command_in_the_readme_is_the_one_that_ci_takes():
    """.ci/run greps the README for the command it then runs."""
    assert ci_command() == "python3 -m pip install nox && python3 -m nox -s tests"
    assert ci_command() in README.read_text(encoding="utf-8")


def test_the_errors_table_names_every_public_error():
    """A class without a row, or a row without a class, is a fault of the README."""
    assert {code(row[0]) for row in rows(README, "Errors")} == errors().keys()


@pytest.mark.parametrize("name", errors())
def test_the_errors_page_draws_every_public_error_with_its_parents(name):
    """The tree in the docs names each class, and the built-in class it also is."""
    drawn = section(PROJECT / "docs" / "errors.md", "The tree")
    parents = {each.__name__ for each in errors()[name].__bases__}
    built_in = parents - errors().keys() - {"Exception"}
    line = next(line for line in drawn.splitlines() if re.search(rf"\b{name}\b", line))
    assert all(each in line for each in built_in)


def test_the_configuration_table_gives_every_argument_of_the_client_and_its_default():
    """The table is compared with the signature."""
    assert documented("Configuration") == parameters(LinerClient)


def test_the_retry_table_gives_every_field_of_the_policy_and_its_default():
    """The table is compared with the signature."""
    assert documented("RetryPolicy") == parameters(RetryPolicy)


def test_the_paging_table_gives_every_argument_of_list_and_its_default():
    """The table is compared with the signature."""
    assert documented("Options of a list") == parameters(Orders.list)


@pytest.mark.parametrize("module", [liner_async, liner_async.testing])
def test_the_reference_has_an_entry_for_every_public_name(module):
    """`docs/api.md` leaves no name of `__all__` out."""
    text = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
    documented = set(re.findall(rf"^\.\. [a-z:]+:: {module.__name__}\.(\w+)", text, re.MULTILINE))
    assert documented >= set(module.__all__)


def test_the_table_of_fields_gives_every_field_of_an_order_and_the_vendors_name():
    """`docs/decoding.md` lists the model, in its order."""
    table = [(code(ours), code(theirs)) for ours, theirs, *_ in rows(DECODING, "Fields")]
    names = [each.name for each in attrs.fields(Order) if each.name != "extra"]
    assert table == [(name, camel_case(name)) for name in names]

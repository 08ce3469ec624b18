"""The tables and the reference in the documentation say what the code says."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import attrs
import pytest

import liner_async
import liner_async.testing
from liner_async import LinerClient, LinerError, Order, PagingReport, RetryPolicy, StatusError
from liner_async._codec.kinds import fields_of
from liner_async._transport.retry import wait_before_retry
from liner_async._transport.session import HttpSession
from liner_async.resources.orders import Orders
from tests.support.fences import PROJECT
from tests.support.markdown_tables import code, codes, rows, section

pytestmark = pytest.mark.unmeasured

DOCS = PROJECT / "docs"


def parameters(function):
    """Return the names of a function's parameters and their defaults."""
    wanted = inspect.signature(function).parameters.values()
    return {each.name: each.default for each in wanted if each.name != "self"}


def documented(page, heading):
    """Return the names in a table, and the defaults in its second column."""
    known = {"RetryPolicy": RetryPolicy, "timedelta": timedelta}
    table = rows(DOCS / page, heading)
    return {code(name): eval(code(default), known) for name, default, *_ in table}


def camel_case(name):
    """Return the vendor's spelling of a field's name."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def errors():
    """Return the public exceptions, by name."""
    public = {name: getattr(liner_async, name) for name in liner_async.__all__}
    return {
        name: each
        for name, each in public.items()
        if isinstance(each, type) and issubclass(each, BaseException)
    }


def trees():
    """Return the syntax trees of what raises errors: the package without its fake server."""
    modules = Path(liner_async.__file__).parent.rglob("*.py")
    return [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in modules
        if "testing" not in path.parts
    ]


def words(node):
    """Return the words that an expression may give; text with blanks is for people."""
    constants = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
    return {each for each in constants if isinstance(each, str) and each.isidentifier()}


def assigned_reasons(tree):
    """Return what a module assigns to `reason`: a variable, an attribute, one name of a tuple."""
    for node in [each for each in ast.walk(tree) if isinstance(each, ast.Assign)]:
        for target in node.targets:
            names, values = [target], [node.value]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                names, values = target.elts, node.value.elts
            for name, value in zip(names, values, strict=True):
                if ast.unparse(name).rpartition(".")[2] == "reason":
                    yield from words(value)


def given_reasons(tree):
    """Return the class and the word of each `reason="..."` in a call."""
    for call in [each for each in ast.walk(tree) if isinstance(each, ast.Call)]:
        for keyword in call.keywords:
            if keyword.arg == "reason":
                yield from ((ast.unparse(call.func), word) for word in words(keyword.value))


def documented_reasons():
    """Return the table of reasons: the words of each class."""
    table = rows(DOCS / "errors.md", "Reasons")
    return {code(name): set(codes(cell)) - {"None"} for name, cell in table}


def test_the_table_of_reasons_gives_every_word_that_the_code_gives_an_error():
    """Each `reason="..."` in the package has its place in the table, and nothing else has."""
    written = {word for tree in trees() for _, word in given_reasons(tree)}
    written |= {word for tree in trees() for word in assigned_reasons(tree)}
    assert set().union(*documented_reasons().values()) == written


def test_the_table_of_reasons_puts_each_word_beside_its_class():
    """A word that is given to a class by name stands in the row of that class."""
    table = documented_reasons()
    given = {(name, word) for tree in trees() for name, word in given_reasons(tree)}
    by_class = {(name, word) for name, word in given if name in errors()}
    assert len(by_class) > 10
    assert {(name, word) for name, word in by_class if word not in table.get(name, ())} == set()


def test_the_table_of_errors_names_every_public_error():
    """A class without a row, or a row without a class, is a fault of the page."""
    assert {code(row[0]) for row in rows(DOCS / "errors.md", "The classes")} == errors().keys()


@pytest.mark.parametrize("name", errors())
def test_the_tree_of_errors_draws_every_public_error_with_its_parents(name):
    """The tree names each class, and the built-in class it also is."""
    drawn = section(DOCS / "errors.md", "The tree")
    parents = {each.__name__ for each in errors()[name].__bases__}
    built_in = parents - errors().keys() - {"Exception"}
    line = next(line for line in drawn.splitlines() if re.search(rf"\b{name}\b", line))
    assert all(each in line for each in built_in)


def test_the_table_of_attributes_names_every_attribute_of_an_error():
    """The table is compared with an error."""
    own = set(dir(LinerError("text"))) - set(dir(Exception()))
    table = [name for row in rows(DOCS / "errors.md", "What they carry") for name in codes(row[0])]
    assert sorted(table) == sorted(name for name in own if not name.startswith("_"))


def test_the_table_of_the_report_names_every_field():
    """The table is compared with the report of a run."""
    own = dir(PagingReport())
    table = [name for row in rows(DOCS / "paging.md", "The report") for name in codes(row[0])]
    assert sorted(table) == sorted(name for name in own if not name.startswith("_"))


def test_the_table_of_configuration_gives_every_argument_of_the_client_and_its_default():
    """The table is compared with the signature."""
    assert documented("configuration.md", "Arguments") == parameters(LinerClient)


def test_the_table_of_the_retry_policy_gives_every_field_and_its_default():
    """The table is compared with the signature."""
    assert documented("retries.md", "RetryPolicy") == parameters(RetryPolicy)


def test_the_table_of_list_options_gives_every_argument_of_list_and_its_default():
    """The table is compared with the signature."""
    assert documented("paging.md", "Options") == parameters(Orders.list)


def test_the_table_of_extras_names_every_extra():
    """The table is compared with `pyproject.toml`."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    table = [extra for row in rows(DOCS / "quickstart.md", "Extras") for extra in codes(row[0])]
    assert sorted(table) == sorted(project["optional-dependencies"])


@pytest.mark.parametrize("module", [liner_async, liner_async.testing])
def test_the_reference_has_an_entry_for_every_public_name(module):
    """`docs/api.md` leaves no name of `__all__` out."""
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    documented = set(re.findall(rf"^\.\. [a-z:]+:: {module.__name__}\.(\w+)", text, re.MULTILINE))
    assert documented >= set(module.__all__)


def test_the_table_of_fields_gives_every_field_of_an_order_and_the_vendors_name():
    """`docs/decoding.md` lists the model, in its order."""
    table = [
        (code(ours), code(theirs))
        for ours, theirs, *_ in rows(DOCS / "decoding.md", "Fields of an order")
    ]
    names = [each.name for each in attrs.fields(Order) if each.name != "extra"]
    assert table == [(name, camel_case(name)) for name in names]


def described(kind):
    """Return what the page calls the values of a field."""
    if kind.key is not None:
        return f"mapping, `{kind.key.__name__}` to a JSON value"
    if kind.of is tuple:
        return f"tuple of `{kind.item.of.__name__}`"
    names = [kind.of.__name__, *["str"] * kind.is_enumeration, *["None"] * kind.nullable]
    return " or ".join(f"`{name}`" for name in names)


def test_the_table_of_fields_gives_every_type_of_an_order():
    """The third column says what the model's annotations say."""
    table = {code(row[0]): row[2] for row in rows(DOCS / "decoding.md", "Fields of an order")}
    assert table == {each.name: described(each.kind) for each in fields_of(Order)}


def test_the_rules_of_decoding_name_the_required_fields():
    """Exactly the fields without a default, in the order of the model."""
    found = re.search(
        r"^- (.+) are required in an order", (DOCS / "decoding.md").read_text("utf-8"), re.MULTILINE
    )
    required = [each.name for each in fields_of(Order) if each.required]
    assert codes(found[1]) == required


def test_the_table_of_enumerations_gives_every_value():
    """The open enumerations of an order, with the documented values."""
    table = {
        code(name): codes(values)
        for name, values in rows(DOCS / "decoding.md", "Open enumerations")
    }
    enumerations = {each.kind.of for each in fields_of(Order) if each.kind.is_enumeration}
    assert table == {each.__name__: [*map(str, each)] for each in enumerations}


def test_the_table_of_retries_gives_every_status_that_is_retried():
    """The statuses are tried against the verdict itself."""
    table = dict(rows(DOCS / "retries.md", "What is retried"))
    [listed] = [fault for fault, verdict in table.items() if fault.startswith("408")]
    retried = [
        str(status)
        for status in range(201, 600)
        if wait_before_retry(
            RetryPolicy(), StatusError("", status=status), attempt=1, elapsed=0.0, jitter=0.0
        )
        is not None
    ]
    assert listed == ", ".join(retried)
    assert table[listed] == "up to `attempts`"


def test_the_table_of_timeouts_gives_the_limits_of_an_attempt_and_a_page():
    """The seconds are the defaults of the code."""
    table = {
        name.strip("`"): default for name, default, _ in rows(DOCS / "shutdown.md", "Timeouts")
    }
    session = parameters(HttpSession)
    assert {name: default.split(" s")[0] for name, default in table.items()} == {
        "connect": f"{session['connect']:g}",
        "timeout": f"{parameters(LinerClient)['timeout']:g}",
        "gap": f"{session['gap']:g}",
        "RetryPolicy.deadline": f"{RetryPolicy().deadline:g}",
    }


def test_the_table_of_variables_gives_those_that_the_client_reads():
    """The table is compared with the client's source."""
    read = re.findall(r'"(LINER_[A-Z_]+)"', inspect.getsource(LinerClient))
    assert [code(row[0]) for row in rows(DOCS / "configuration.md", "Variables")] == read

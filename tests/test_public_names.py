"""What users import: sorted, there, documented, and typed."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import liner_async
import liner_async.testing

pytestmark = pytest.mark.usefixtures("unmeasured_programs")

NAMES = [name for name in liner_async.__all__ if not name.startswith("__")]
CLASSES = [of for name in NAMES if inspect.isclass(of := getattr(liner_async, name))]
CONTRACT = {
    "LinerClient",
    "RetryPolicy",
    "Pager",
    "Page",
    "ResultList",
    "PagingReport",
    "ConcurrencyRange",
    "Progress",
    "Order",
    "CallHours",
    "LinerError",
    "ConfigError",
    "ClientClosedError",
    "TransportError",
    "TransportTimeoutError",
    "StatusError",
    "AuthError",
    "NotFoundError",
    "RateLimitError",
    "ServerError",
    "ApiError",
    "ResponseError",
    "DecodeError",
    "PagingError",
    "PagingDriftError",
}


def in_order(names):
    """Sort as linters do: constants, classes, the rest."""
    return sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))


@pytest.mark.parametrize("module", [liner_async, liner_async.testing], ids=["package", "testing"])
def test_all_is_sorted_and_without_repetition(module):
    """One place for each name."""
    assert module.__all__ == in_order(set(module.__all__))


@pytest.mark.parametrize("module", [liner_async, liner_async.testing], ids=["package", "testing"])
def test_every_name_of_all_can_be_imported(module):
    """`from liner_async import *` works."""
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_every_name_is_imported_from_where_type_checkers_find_it():
    """What is imported late at run time is declared for them once more."""
    (block,) = (
        node for node in ast.parse(inspect.getsource(liner_async)).body if isinstance(node, ast.If)
    )
    declared = {
        alias.name: node.module.removeprefix("liner_async.")
        for node in block.body
        for alias in node.names
    }
    assert declared == liner_async._MODULE_OF
    assert {*declared, "__version__"} == set(liner_async.__all__)


def test_the_package_lists_its_names_and_knows_no_others():
    """`dir()` and `help()` need not import anything first, and a misspelt name is an error."""
    assert set(dir(liner_async)) >= {*liner_async.__all__, "errors", "models"}
    with pytest.raises(AttributeError, match="module 'liner_async' has no attribute 'Ordr'"):
        liner_async.Ordr  # noqa: B018 - reading it is the test


@pytest.mark.parametrize("module", ["client", "errors", "events", "models", "resources", "resume"])
def test_a_module_is_an_attribute_of_the_package(monkeypatch, module):
    """`import liner_async` is enough for `liner_async.errors.LinerError`."""
    expected = importlib.import_module(f"liner_async.{module}")
    monkeypatch.delattr(liner_async, module)
    assert getattr(liner_async, module) is expected


def test_a_star_brings_every_name():
    """As it did when all were imported at once."""
    names = {}
    exec("from liner_async import *", names)
    assert set(liner_async.__all__) <= set(names)


def test_the_contracted_names_are_public():
    """None of them may disappear."""
    assert set(liner_async.__all__) >= CONTRACT


def test_every_public_class_is_documented():
    """`help()` says something of our own, not what attrs generates."""
    generated = [kind.__name__ for kind in CLASSES if (kind.__doc__ or "(").split()[0][-1] == "("]
    assert generated == []


def test_what_is_no_class_is_documented_in_its_module():
    """A constant has a docstring below it."""
    places = {"END_OF_DAY": "liner_async._codec.times", "LinerEvent": "liner_async.events"}
    plain = [of for of in NAMES if not callable(getattr(liner_async, of))]
    assert plain == [*places]
    for name, module in places.items():
        assert re.search(rf'\n{name} = .+\n"""', inspect.getsource(sys.modules[module]))


def test_every_public_method_is_documented():
    """What a class offers says what it does."""
    silent = [
        f"{kind.__name__}.{name}"
        for kind in CLASSES
        for name, of in vars(kind).items()
        if not name.startswith("_")
        if callable(of) or isinstance(of, property | classmethod | staticmethod)
        if not of.__doc__
    ]
    assert silent == []


def test_the_package_says_that_it_is_typed():
    """Type checkers look for the marker."""
    assert (Path(liner_async.__file__).parent / "py.typed").is_file()


def test_the_version_is_well_formed():
    """Three numbers, as Semantic Versioning has it."""
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc|\.dev)\d+)?", liner_async.__version__)


def test_importing_the_package_imports_no_extra():
    """Neither the command's library nor the fake server nor any frame comes along."""
    script = (
        "import sys, liner_async; "
        "print(*(name for name in ('click', 'aiohttp.web', 'pandas', 'polars', 'pyarrow', 'tqdm', "
        "'dask', 'liner_async.testing', 'liner_async.cli', 'pytest') if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) <= {"aiohttp.web"}


def test_importing_the_client_imports_no_resource():
    """Each comes with its attribute, so that eleven cost a program no more than those it uses."""
    script = (
        "import sys; from liner_async import LinerClient; "
        "print(*(name for name in sys.modules if name.startswith(('liner_async.models', "
        "'liner_async.resources', 'liner_async._paging', 'liner_async._tables'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_logger_is_silent_unless_asked():
    """A library does not write to anybody's standard error."""
    script = (
        "import logging, liner_async; "
        "logging.getLogger('liner_async').warning('x'); "
        "logging.getLogger('liner_async.paging').error('x')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")

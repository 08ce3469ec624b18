"""Who may know whom: the import rules of the package, and the size of its parts."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

import liner_async

ROOT = Path(liner_async.__file__).parent
PACKAGE = "liner_async"
PUBLIC = "the public names"

# What each part of the package imports of it, besides itself: these arrows, and no others.
ARROWS = {
    "_extras": set(),
    "_files": set(),
    "_version": set(),
    "resume": {"_files"},
    "errors": {"resume"},
    "events": {"errors"},
    "ledger": {"_files", "errors"},
    "_codec": {"errors"},
    "_tables": {"_codec", "_extras", "errors"},
    "models": {"_codec", "_tables"},
    "_transport": {"_codec", "_version", "errors", "events"},
    "_paging": {"_tables", "errors", "events", "resume"},
    "resources": {"_codec", "_paging", "_transport", "errors", "events", "ledger", "models"},
    "client": {"_transport", "errors", "events", "resources"},
    "_partitions": {"_paging", "_transport", "client", "errors"},
    "testing": {PUBLIC},
    "cli": {PUBLIC, "_codec", "_files", "testing"},
    "contrib": {PUBLIC, "_extras"},
    "__main__": {"_extras", "cli"},
}
# Which modules, or packages, may import a library at run time.
MAY_USE = {
    "aiohttp": ("_transport.session", "_transport.connections", "_transport.translation"),
    "tenacity": ("_transport.retry",),
    "cattrs": ("_codec.structure",),
    "msgspec": ("_codec",),
    "click": ("cli",),
    "rich": ("cli.console",),
    "tqdm": ("contrib.tqdm",),
    "dask": ("contrib.dask",),
    "pyarrow": ("_tables.arrow", "cli", "contrib"),
}
PURE = (
    "errors",
    "events",
    "resume",
    "models",
    "_codec",
    "_tables",
    "_transport.request",
    "_transport.envelope",
    "_transport.nginx",
    "_transport.retry_after",
    "_transport.outage",
    "_transport.outcome",
    "_transport.write_progress",
    "_transport.written",
    "_transport.auto_limit",
    "_transport.outstanding",
    "_transport.pauses",
    "_transport.throughput",
    "_paging.report",
    "_paging.results",
    "_paging.plan",
    "_paging.consistency",
    "_paging.deduplicator",
    "_paging.cells",
    "_paging.continuity",
    "_paging.ending",
    "_paging.signs",
    "_paging.trimmer",
    "_paging.in_flight",
    "_paging.splits",
    "_partitions.partition",
    "_partitions.portion",
    "_partitions.report",
    "resources.bodies",
    "resources.bulk_options",
    "resources.bulk_report",
)
IMPURE = {"asyncio", "aiohttp", "tenacity", "socket", "ssl", "threading", "time", "random"}
MOST_LINES_OF_A_MODULE = 261
MOST_LINES_OF_A_FUNCTION = 51


def name_of(path):
    """Give a module's name below the package: `transport.retry`; "" for the package itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}


@cache
def tree(module):
    """Parse a module."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def is_for_types_only(node):
    """Whether a statement is `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def walk(node, *, at_run_time):
    """Give a node and all below it, without what only type checkers read if `at_run_time`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if at_run_time and is_for_types_only(child):
            for other in child.orelse:
                yield from walk(other, at_run_time=True)
        else:
            yield from walk(child, at_run_time=at_run_time)


@cache
def imports(module, *, at_run_time=False):
    """Give the full names of the modules that a module imports."""
    return frozenset(imported(module, at_run_time=at_run_time))


def imported(module, *, at_run_time):
    """Give them one by one."""
    for node in walk(tree(module), at_run_time=at_run_time):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the layer"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                is_module = full.removeprefix(f"{PACKAGE}.") in MODULES
                yield full if is_module else node.module


def libraries(module, *, at_run_time):
    """Give the top-level packages that a module imports."""
    return {name.split(".", 1)[0] for name in imports(module, at_run_time=at_run_time)}


def parts_used(module):
    """Give the parts of our package that a module imports, its own excepted."""
    ours = [name for name in imports(module) if name.split(".")[0] == PACKAGE]
    parts = {name.split(".")[1] if "." in name else PUBLIC for name in ours}
    return parts - {module.split(".", 1)[0]}


def is_within(module, places):
    """Whether a module is one of the places, or in one that is a package."""
    return any(module == place or module.startswith(f"{place}.") for place in places)


def length(function):
    """Give the lines of a function without its docstring."""
    first = function.body[0]
    docstring = ast.get_docstring(function) is not None and first.end_lineno - first.lineno + 1
    return function.end_lineno - function.lineno + 1 - docstring


def targets(module):
    """Give what the statements of a module assign to."""
    return [of for node in module.body if isinstance(node, ast.Assign) for of in node.targets]


def arrows():
    """Return the arrows that the code draws: of each part, the parts that it imports."""
    drawn = {}
    for name in filter(None, MODULES):
        drawn.setdefault(name.split(".", 1)[0], set()).update(parts_used(name))
    return drawn


def test_the_arrows_between_the_parts_are_these():
    """Imports for type checkers count too; an arrow that nobody uses is taken out."""
    assert arrows() == ARROWS


def test_arrows_run_one_way():
    """Each part stands above all that it imports."""
    order = list(ARROWS)
    upward = {
        name: others
        for name, used in ARROWS.items()
        if (
            others := {other for other in used - {PUBLIC} if order.index(other) > order.index(name)}
        )
    }
    assert upward == {}


def test_the_codec_knows_no_model():
    """Everything follows from annotations and metadata; each resource brings its own model."""
    codec = [name for name in MODULES if is_within(name, ["_codec", "_transport", "_paging"])]
    assert [name for name in codec if "models" in parts_used(name)] == []


@pytest.mark.parametrize("library", MAY_USE)
def test_a_library_is_known_to_one_place_only(library):
    """aiohttp, tenacity, cattrs and click can be replaced there; types may be named elsewhere."""
    users = {name for name in MODULES if library in libraries(name, at_run_time=True)}
    assert {name for name in users if not is_within(name, MAY_USE[library])} == set()
    assert users or library == "click"


def test_only_the_client_names_aiohttp_for_its_types():
    """It takes a session; nobody else speaks of one."""
    named = {name for name in MODULES if "aiohttp" in libraries(name, at_run_time=False)}
    expected = {"client", "_transport.session", "_transport.connections", "_transport.translation"}
    assert {name for name in named if not is_within(name, ["testing"])} == expected


def test_a_pure_module_does_no_io_and_knows_no_event_loop():
    """What decides is tested without sockets, clocks and loops."""
    pure = [name for name in MODULES if is_within(name, PURE)]
    used = {name: libraries(name, at_run_time=False) & IMPURE for name in pure}
    assert {name: of for name, of in used.items() if of} == {}


def test_the_sdk_itself_needs_five_libraries():
    """Everything else is in an extra."""
    core = [name for name in MODULES if not is_within(name, ["testing", "cli", "contrib"])]
    used = {library for name in core for library in libraries(name, at_run_time=True)}
    extras = {"polars", "pandas", "pyarrow", "nanoarrow"}
    assert used - set(sys.stdlib_module_names) - {PACKAGE} - extras == {
        "aiohttp",
        "attrs",
        "cattrs",
        "msgspec",
        "tenacity",
    }


def test_every_module_says_what_it_is_for():
    """In a docstring that begins with a sentence."""
    first = {
        name: (ast.get_docstring(tree(name)) or "").split("\n\n", 1)[0].strip() for name in MODULES
    }
    assert {
        name: text for name, text in first.items() if not text.endswith((".", ":", "?", "(pure)"))
    } == {}


def test_no_module_is_too_long_to_read_at_once():
    """About 250 lines."""
    lengths = {name: len(path.read_bytes().splitlines()) for name, path in MODULES.items()}
    assert {name: of for name, of in lengths.items() if of > MOST_LINES_OF_A_MODULE} == {}


def test_no_function_is_too_long_to_read_at_once():
    """About 50 lines, its docstring not counted."""
    lengths = {
        f"{name}.{node.name}": length(node)
        for name in MODULES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: of for name, of in lengths.items() if of > MOST_LINES_OF_A_FUNCTION} == {}


def test_every_module_lists_its_public_names():
    """`__all__` names what others may use."""
    silent = set()
    for name, path in MODULES.items():
        defined = {node.name for node in tree(name).body if hasattr(node, "name")}
        assigned = {ast.unparse(node) for node in targets(tree(name))}
        is_public = any(not each.startswith("_") for each in defined)
        if "__all__" not in assigned and is_public and path.name != "__main__.py":
            silent.add(name)
    assert silent == set()


def test_no_code_is_for_one_version_of_python_alone():
    """So coverage on one of them speaks for all."""
    assert [name for name in MODULES if "version_info" in ast.dump(tree(name))] == []

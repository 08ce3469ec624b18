"""The page on observability names every log line and every field of an event, as they are."""

from __future__ import annotations

import ast
import logging
import re
from pathlib import Path
from typing import get_args

import attrs

import liner_async
from liner_async import LinerClient, LinerEvent, RetryPolicy
from liner_async.testing import Change, FakeLiner, Fault
from tests.support.fences import PROJECT, fences
from tests.support.markdown_tables import code, rows

PAGE = PROJECT / "docs" / "observability.md"
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
KEY = "s3cret-key-of-the-test"


def documented():
    """Return the table's lines: level, logger, template."""
    table = rows(PAGE, "Log lines")
    return {(level, code(name), template.strip("`")) for level, name, template, _ in table}


def written():
    """Return the log lines of the package, without those of its fake server."""
    root = Path(liner_async.__file__).parent
    modules = [path for path in root.rglob("*.py") if "testing" not in path.parts]
    return {line for path in modules for line in lines_of(ast.parse(path.read_text("utf-8")))}


def lines_of(tree):
    """Yield the log lines of one module."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [node.args[0].value for node in calls if ast.unparse(node.func) == "logging.getLogger"]
    for call in calls:
        function, _, method = ast.unparse(call.func).rpartition(".")
        if function.startswith("_log") and method in LEVELS:
            level = "ERROR" if method == "exception" else method.upper()
            yield level, named[0], call.args[0].value


def pattern(template):
    """Return the pattern of a template's lines."""
    kinds = {"%s": ".+", "%d": r"\d+", "%.0f": r"\d+", "%.1f": r"\d+\.\d"}
    parts = re.split(r"(%\.?\d?[sdf])", template)
    return "".join(kinds.get(part) or re.escape(part) for part in parts)


def test_the_table_gives_every_line_that_the_code_logs():
    """Level, logger and template match the code; none is missing and none is extra."""
    assert documented() == written()
    assert len(documented()) >= 5


async def test_a_run_logs_only_what_the_table_gives(caplog):
    """Every line of a real run has its template in the table, and none holds the key."""
    caplog.set_level(logging.DEBUG, logger="liner_async")

    def fail(_):
        raise LookupError

    with FakeLiner(
        total=250,
        api_key=KEY,
        faults={100: [Fault.status(503)], 200: Fault.envelope(next=7)},
        changes=[Change(at_request=2, insert=1, position=-1)],
    ) as server:
        async with LinerClient(
            server.url, KEY, retry=RetryPolicy(wait_initial=0.0), on_event=fail
        ) as liner:
            await liner.orders.list()
    ours = [record for record in caplog.records if "testing" not in record.name]
    assert {(each.levelname, each.name, each.msg) for each in ours} <= documented()
    assert {each.levelname for each in ours} == {"DEBUG", "INFO", "WARNING", "ERROR"}
    assert KEY not in caplog.text


def test_the_lines_shown_fit_the_table():
    """The example keeps up with the code."""
    [shown] = [fence.code for fence in fences(PAGE) if "DEBUG " in fence.code]
    for line in shown.splitlines():
        level, name, message = line.split(maxsplit=2)
        templates = [each[2] for each in documented() if each[:2] == (level, name)]
        assert any(re.fullmatch(pattern(each), message) for each in templates), line


def test_the_table_of_events_gives_every_field():
    """The fields come in the order of the classes."""
    table = {code(name): re.findall(r"`(\w+)`", fields) for name, fields in rows(PAGE, "Events")}
    assert table == {
        each.__name__: [field.name for field in attrs.fields(each)] for each in get_args(LinerEvent)
    }

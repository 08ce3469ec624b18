"""Write the rows of a file, with a result for each."""

from __future__ import annotations

import json
import sys
from collections import deque
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, BinaryIO

import click
from attrs import define, frozen

import liner_async
from liner_async import ConfigError
from liner_async.cli.console.exits import CommandExit, ExitCode
from liner_async.cli.console.progress import progress_bar
from liner_async.cli.console.running import in_thread
from liner_async.cli.console.text import write_out
from liner_async.cli.export.files import is_pipe_or_device, open_for_writing, write_all
from liner_async.cli.export.sinks import STDOUT
from liner_async.cli.fields import body_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from liner_async import (
        BulkReport,
        BulkWrite,
        LinerClient,
        LinerEvent,
        Progress,
        WriteResult,
    )
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.resource import Resource
    from liner_async.cli.rows import Row, Rows

__all__ = ["Bulk", "check", "print_bodies", "write"]


@frozen(kw_only=True)
class Bulk:
    """How a file is written.

    Attributes:
        verb: "create" or "submit".
        ledger: the file of the ledger; None for none.
        key: the field by which the ledger knows a row; None for its place in the file.
        options: the other options of the SDK's bulk.
    """

    resource: Resource
    verb: str
    ledger: str | None
    key: str | None
    options: dict[str, Any]

    def start(self, liner: LinerClient, rows: Iterable[Row], lines: deque[int]) -> BulkWrite:
        """Return the SDK's bulk; nothing is sent yet.

        Args:
            liner: the client.
            rows: what is to be written.
            lines: collects the line number of each row that is taken.
        """
        key = self.key

        def fields_of_each() -> Iterator[dict[str, Any]]:
            for row in rows:
                lines.append(row.line)
                yield row.fields

        method = getattr(getattr(liner, self.resource.attribute), f"{self.verb}_many")
        writing: BulkWrite = method(
            fields_of_each(),
            ledger=None if self.ledger is None else liner_async.FileLedger(self.ledger),
            key=None if key is None else lambda fields: str(fields[key]),
            on_failure="report",
            **self.options,
        )
        return writing


def check(rows: Rows, bulk: Bulk) -> int:
    """Read the file before anything is sent; return the number of its rows.

    Raises:
        CommandExit: it is not as it should be, or a row has no key.
    """
    number = 0
    with closing(rows.read()) as found:
        for row in found:
            number += 1
            if bulk.key is not None and row.fields.get(bulk.key) in (None, ""):
                raise CommandExit(f"{rows.name}, line {row.line}: no {bulk.key}", ExitCode.USAGE)
    return number


def print_bodies(rows: Rows, bulk: Bulk) -> None:
    """Print what would be sent, one body on each line, and what is wrong on stderr.

    Raises:
        CommandExit: a row does not fit.
    """
    check(rows, bulk)
    bad = 0
    with closing(rows.read()) as found:
        for row in found:
            try:
                write_out(body_of(f"{bulk.resource.attribute}.{bulk.verb}", row.fields))
            except ConfigError as error:
                bad += 1
                click.echo(f"{rows.name}, line {row.line}: {error}", err=True)
    if bad:
        raise CommandExit(f"{bad:,} of the rows would not be sent")


async def write(
    settings: Settings,
    rows: Rows,
    bulk: Bulk,
    output: str,
    *,
    number: int,
    on_event: Callable[[LinerEvent], None],
) -> None:
    """Send the rows, write each result as soon as it is known, and say how it ended.

    Raises:
        CommandExit: not everything is done.
    """
    concurrency = bulk.options["concurrency"]
    is_alone = settings.verbosity == 0 and not (output == STDOUT and sys.stdout.isatty())
    async with settings.connection(concurrency=concurrency, on_event=on_event) as liner:
        with (
            _open_results(output) as results,
            progress_bar(bulk.resource.noun.plural, wanted=is_alone) as draw,
            closing(rows.read()) as found,
        ):
            lines: deque[int] = deque()
            writing = bulk.start(liner, found, lines)
            count, settled_before, began = 0, 0, perf_counter()
            try:
                async with aiter(writing) as settled:
                    async for result in settled:
                        await results.add(_line(result, lines.popleft()))
                        count += 1
                        settled_before += result.resumed
                        if draw is not None:
                            draw(_progress(count, number, since=began))
            finally:
                # After an interruption, these tell what became of the writes under way.
                left = (_line(result, lines.popleft()) for result in writing.report)
                results.write(b"".join(left))
    _end(writing.report, number, settled_before=settled_before)


def _progress(count: int, number: int, *, since: float) -> Progress:
    elapsed = perf_counter() - since
    return liner_async.Progress(done=count, total=number, pages=0, elapsed=elapsed)


@define
class _Results:
    """Where results go: stdout, or a file whose old content is replaced with the first of them.

    A run that ends before it has sent anything leaves the results of the run before.
    """

    stream: BinaryIO
    name: str
    is_file: bool
    _is_empty: bool = False

    async def add(self, line: bytes) -> None:
        """Write a line; the loop goes on while nobody reads a pipe."""
        if self.is_file:
            self.write(line)
        else:
            await in_thread(self.write, line)

    def write(self, lines: bytes) -> None:
        """Write whole lines; they stay, whatever happens."""
        if lines and self.is_file and not self._is_empty:
            self.stream.truncate(0)
            self._is_empty = True
        write_all(self.stream, lines, name=self.name)


@contextmanager
def _open_results(output: str) -> Iterator[_Results]:
    if output == STDOUT:
        stdout = getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)
        yield _Results(stdout, "stdout", is_file=False)
        return
    is_file = not is_pipe_or_device(Path(output))
    with open_for_writing(Path(output), "ab" if is_file else "wb", shown=output) as stream:
        yield _Results(stream, output, is_file=is_file)


def _line(result: WriteResult, line: int) -> bytes:
    """Return a result as a line of JSON; it holds no field but the key."""
    wire = {
        "line": line,
        "key": result.key,
        "outcome": result.outcome,
        "id": result.id,
        "error": None if result.error is None else str(result.error),
        "attempts": result.attempts,
        "resumed": result.resumed,
    }
    return json.dumps(wire, ensure_ascii=False).encode() + b"\n"


def _end(report: BulkReport, number: int, *, settled_before: int) -> None:
    """Say on stderr what became of the rows.

    Raises:
        CommandExit: not everything is done.
    """
    text = str(report)
    if settled_before:
        text += f", {settled_before:,} of them from an earlier run"
    if report.pulled < number:
        text += f", {number - report.pulled:,} not tried"
    stopped = report.stopped_by
    if stopped is None and report.counts.get("done", 0) == number:
        click.echo(text, err=True)
        return
    code = ExitCode.FAILED if stopped is None else ExitCode(CommandExit.of(stopped).code)
    if stopped is not None:
        text += f"; stopped: {stopped}"
    if report.counts.get("unknown"):
        code = ExitCode.UNKNOWN
        text += "; look before you send again what is unknown"
    raise CommandExit(text, code)

"""`liner-async leads create-many`: a whole file, with a result for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from liner_async.cli.bulk import Bulk, check, print_bodies, write
from liner_async.cli.commands.create_many_options import create_many_options
from liner_async.cli.commands.writing import Doubts, WriteCommand, run_in_doubt
from liner_async.cli.console.exits import CommandExit, ExitCode
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.export.files import real_path
from liner_async.cli.export.sinks import STDOUT
from liner_async.cli.fields import Fields
from liner_async.cli.rows import format_of, open_rows

if TYPE_CHECKING:
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.resource import Resource
    from liner_async.cli.rows import RowFormat

__all__ = ["create_many_command"]

_HELP = (
    "The file has a JSON object on each line, or is CSV with a header line. One bad row does not "
    "stop the others. The results are JSON lines, one for each row, in the order of the file. With "
    "a ledger, the same command continues after a crash, and sends nothing twice. Exit code 6 "
    "means that at least one row may or may not have been created."
)


def create_many_command(resource: Resource) -> click.Command:
    """Make the command that creates the items of a file."""

    @click.command(
        "create-many",
        cls=WriteCommand,
        fields=resource.new,
        help=f"Create the {resource.noun.plural} of a file, several at a time.\n\n{_HELP}",
        params=create_many_options(resource),
        epilog=epilog(_examples(resource), VARIABLES),
    )
    @click.pass_obj
    def create_many(
        settings: Settings,
        /,
        *,
        source: str,
        form: RowFormat | None,
        output: str,
        submit: bool,
        dry_run: bool,
        ledger: str | None,
        key: str | None,
        **options: Any,
    ) -> None:
        fields = Fields.of(resource.new)
        if options["resend_unknown"] and ledger is None:
            raise click.UsageError("--resend-unknown needs --ledger FILE")
        _refuse_one_file_twice(source, output, ledger)
        bulk = Bulk(
            resource=resource,
            verb="submit" if submit else "create",
            ledger=ledger,
            key=None if key is None else fields.find(key),
            options=options,
        )
        with open_rows(source, format_of(source, form), fields) as rows:
            if dry_run:
                print_bodies(rows, bulk)
                return
            number = check(rows, bulk)
            doubts = Doubts()
            work = write(settings, rows, bulk, output, number=number, on_event=doubts)
            try:
                run_in_doubt(work, doubts)
            except BrokenPipeError:  # which ends other commands well, since they only read
                code = ExitCode.UNKNOWN if doubts.count else ExitCode.FAILED
                raise CommandExit("nobody reads the results: no more was sent", code) from None

    return create_many


def _refuse_one_file_twice(source: str, output: str, ledger: str | None) -> None:
    named = [real_path(each) for each in (source, output, ledger) if each not in (None, STDOUT)]
    if len(set(named)) < len(named):
        raise click.UsageError("-i, -o and --ledger need files of their own")


def _examples(resource: Resource) -> str:
    name = f"liner-async {resource.command} create-many"
    return f"""
Examples:
  {name} -i {resource.command}.csv --dry-run
  {name} -i {resource.command}.csv --ledger import.ledger -o results.jsonl
  {name} -i {resource.command}.jsonl --ledger import.ledger --key external_id_amo
"""

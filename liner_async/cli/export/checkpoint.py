"""How far an export has come: what the file of `--resume` holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import asdict, evolve, field, frozen
from attrs.validators import ge, instance_of

from liner_async import ResumePoint
from liner_async._files import replace_file
from liner_async.cli.console.exits import CommandExit, ExitCode
from liner_async.cli.export.files import real_path
from liner_async.cli.export.summary import ExportSummary
from liner_async.cli.filters import as_json

if TYPE_CHECKING:
    from pathlib import Path

    from liner_async.cli.export.formats import Format
    from liner_async.cli.export.options import ExportOptions

__all__ = ["ExportCheckpoint", "ExportJob"]


def _as_tuple(names: Any) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


@frozen(kw_only=True)
class ExportJob:
    """What decides about the bytes of a file; a run continues only the same job.

    Attributes:
        resource: the resource's command.
        filters: the filters that were given, by their options.
        output: the file's name without its folder.
        format: "jsonl" or "csv".
        columns: the vendor's names, None for all.
        spreadsheet: whether formulas are disarmed.
    """

    resource: str
    filters: dict[str, Any]
    output: str
    format: str
    columns: tuple[str, ...] | None = field(converter=_as_tuple)
    spreadsheet: bool

    @classmethod
    def of(cls, options: ExportOptions, form: Format, output: str) -> ExportJob:
        """Describe what is to be written to a file."""
        return cls(
            resource=options.resource.command,
            filters=as_json(options.chosen),
            output=real_path(output).name,
            format=form.name,
            columns=form.columns,
            spreadsheet=form.spreadsheet,
        )

    def differences(self, other: ExportJob) -> list[str]:
        """Name what differs between the two: "resource", or the options."""
        names = ["resource"] if self.resource != other.resource else []
        filters = sorted(self.filters.keys() | other.filters.keys())
        names += [
            f"--{each}" for each in filters if self.filters.get(each) != other.filters.get(each)
        ]
        rest = ("output", "format", "columns", "spreadsheet")
        return names + [f"--{each}" for each in rest if getattr(self, each) != getattr(other, each)]


@frozen(kw_only=True)
class ExportCheckpoint:
    """How far an export has come; the key is not in it.

    Attributes:
        job: what is written.
        length: the bytes of the part file that hold the items before `point`.
        point: where to continue; None when every item has been written.
        summary: what the runs so far have read.
    """

    job: ExportJob
    length: int = field(validator=[instance_of(int), ge(0)])
    point: ResumePoint | None
    summary: ExportSummary

    @classmethod
    def load(cls, path: Path) -> ExportCheckpoint | None:
        """Read a checkpoint; return None where there is no file.

        Raises:
            CommandExit: the file is something else, or cannot be read.
        """
        try:
            return cls._parse(json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CommandExit(f"cannot read {path}: {error.strerror}", ExitCode.USAGE) from error
        except (ValueError, TypeError, KeyError):
            raise CommandExit(
                f"{path} is not the checkpoint of an export; name another file", ExitCode.USAGE
            ) from None

    @classmethod
    def _parse(cls, found: dict[str, Any]) -> ExportCheckpoint:
        point, summary = found["point"], found["summary"]
        return cls(
            job=ExportJob(**found["job"]),
            length=found["length"],
            point=None if point is None else ResumePoint.from_json(json.dumps(point)),
            summary=ExportSummary(**{**summary, "named": tuple(summary["named"])}),
        )

    def save(self, path: Path) -> None:
        """Replace the file, on the disk when this returns; a crash leaves the old or the new."""
        wire = {
            **asdict(evolve(self, point=None)),
            "point": None if self.point is None else json.loads(self.point.to_json()),
        }
        replace_file(path, json.dumps(wire) + "\n")

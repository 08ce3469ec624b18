"""Where a long export can be taken up again: what the file of `--resume` holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import asdict, evolve, field, fields, frozen
from attrs.validators import ge, instance_of

from liner_async import ResumePoint
from liner_async._files import replace_file
from liner_async.cli.console.exits import CommandExit, ExitCode
from liner_async.cli.export.files import real_path
from liner_async.cli.export.summary import ExportSummary

if TYPE_CHECKING:
    from pathlib import Path

    from liner_async.cli.export.formats import Format

__all__ = ["ExportCheckpoint", "ExportJob"]


def _as_tuple(names: Any) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


@frozen(kw_only=True)
class ExportJob:
    """What decides about the bytes of a file; a run goes on only with the same.

    Attributes:
        output: the file's name without its folder.
        format: "jsonl" or "csv".
        columns: the vendor's names, None for all.
        spreadsheet: whether formulas are disarmed.
    """

    output: str
    format: str
    columns: tuple[str, ...] | None = field(converter=_as_tuple)
    spreadsheet: bool

    @classmethod
    def of(cls, form: Format, output: str) -> ExportJob:
        """Describe what is to be written to a file."""
        return cls(
            output=real_path(output).name,
            format=form.name,
            columns=form.columns,
            spreadsheet=form.spreadsheet,
        )

    def differences(self, other: ExportJob) -> list[str]:
        """Name the options in which the two differ."""
        names = [each.name for each in fields(ExportJob)]
        return [f"--{name}" for name in names if getattr(self, name) != getattr(other, name)]


@frozen(kw_only=True)
class ExportCheckpoint:
    """How far an export has come; the key is not in it.

    Attributes:
        job: what is written.
        length: the bytes of the part file that belong to the orders before `point`.
        point: where to go on; None when every order has been written.
        tally: what the runs so far saw.
    """

    job: ExportJob
    length: int = field(validator=[instance_of(int), ge(0)])
    point: ResumePoint | None
    tally: ExportSummary

    @classmethod
    def load(cls, path: Path) -> ExportCheckpoint | None:
        """Read a checkpoint, None where there is no file.

        Raises:
            CommandExit: something else is there.
        """
        try:
            return cls._read(json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CommandExit(f"cannot read {path}: {error.strerror}", ExitCode.USAGE) from error
        except (ValueError, TypeError, KeyError):
            raise CommandExit(
                f"{path} is not the checkpoint of an export; name another file", ExitCode.USAGE
            ) from None

    @classmethod
    def _read(cls, found: dict[str, Any]) -> ExportCheckpoint:
        point = found["point"]
        return cls(
            job=ExportJob(**found["job"]),
            length=found["length"],
            point=None if point is None else ResumePoint.from_json(json.dumps(point)),
            tally=ExportSummary(**{**found["tally"], "named": tuple(found["tally"]["named"])}),
        )

    def save(self, path: Path) -> None:
        """Replace the file, on the disk when this returns; a crash leaves the old or the new."""
        shown = {
            **asdict(evolve(self, point=None)),
            "point": None if self.point is None else json.loads(self.point.to_json()),
        }
        replace_file(path, json.dumps(shown) + "\n")

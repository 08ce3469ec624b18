"""Which of the rows that were read belong to a partition (pure)."""

from __future__ import annotations

import math
from itertools import count
from typing import Any

from attrs import evolve, frozen

from liner_async._paging.results import ResultList
from liner_async._partitions.partition import Partition

__all__ = ["Portion", "portion_of"]


@frozen(kw_only=True)
class Portion:
    """The rows of a partition.

    Attributes:
        result: the rows, with the report of their reading.
        ids: the ids of its rows, those left out included, as far as they are known.
        head_id: the id of the row before it; None where none was read.
    """

    result: ResultList[Any]
    ids: frozenset[int]
    head_id: int | None = None


def portion_of(result: ResultList[Any], part: Partition, *, lead: int) -> Portion:
    """Return the rows of a partition alone, without those read before it.

    A row that came twice makes the places of those after it too low; none of them is lost.

    Args:
        result: what was read.
        part: the partition.
        lead: how many rows before the partition were read.
    """
    if (part.rows is None and not lead) or part.period is not None:
        return Portion(result=result, ids=_ids(result))
    end = math.inf if part.rows is None else part.offset + part.rows
    left_out = {each.offset + each.index: each for each in result.report.skipped}
    places = (place for place in count(part.offset - lead) if place not in left_out)
    placed = list(zip(places, result, strict=False))
    items = [item for place, item in placed if part.offset <= place < end]
    heads = [item.id for place, item in placed if place < part.offset]
    heads += [each.item_id for place, each in left_out.items() if place < part.offset]
    skipped = tuple(each for place, each in left_out.items() if part.offset <= place < end)
    paging = evolve(result.report, handed_out=len(items), skipped=skipped)
    result = evolve(result, items=items, report=paging)
    return Portion(result=result, ids=_ids(result), head_id=next(iter(heads), None))


def _ids(result: ResultList[Any]) -> frozenset[int]:
    skipped = (each.item_id for each in result.report.skipped)
    return frozenset((*(item.id for item in result), *(each for each in skipped if each)))

"""Lists as Dask bags and dataframes: read in partitions, on as many machines as Dask has."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import zip_longest
from typing import Any, Literal, TypeAlias

from liner_async._extras import needs_extra

try:
    import dask.bag
    import dask.dataframe
    import pandas as pd
    import pyarrow as pa
except ModuleNotFoundError as error:
    text = needs_extra("reading with Dask", "dask")
    raise ModuleNotFoundError(text, name=error.name) from error

from liner_async import ConfigError, JobReport, LinerError, ListSource, Partition, PartitionRead

__all__ = ["bag", "dataframe", "report"]

_REPORT = "liner-report"
_PLANS_AT_ONCE = 16

_Sources: TypeAlias = ListSource | Sequence[ListSource]
_Finish: TypeAlias = Callable[[Any, str], Any]
_Key: TypeAlias = tuple[str, int]
_Graph: TypeAlias = dict[_Key, tuple[Any, ...]]
OnError: TypeAlias = Literal["raise", "report"]


def bag(
    source: _Sources, *, rows_per_partition: int = 10_000, with_name: bool = False
) -> dask.bag.Bag:
    """Return a list as a Dask bag of objects, in list order; only its length is read now.

    Args:
        source: what to read. Partitions of several sources take turns; what cannot be read of them
            is missing, and `report` tells why, while a single source raises.
        rows_per_partition: rounded up to whole pages.
        with_name: give pairs of the source's name and the object.

    Raises:
        LinerError: a single source's length cannot be read.
    """
    finish = _pairs if with_name else _objects
    graph, name, parts = _graph(source, rows_per_partition, columns=None, finish=finish)
    return dask.bag.Bag(graph, name, parts)


def dataframe(
    source: _Sources,
    *,
    columns: Sequence[str] | None = None,
    rows_per_partition: int = 10_000,
    name_column: str | None = None,
) -> dask.dataframe.DataFrame:
    """Return a list as a Dask dataframe with the columns and types of `ResultList.to_pandas`.

    Args:
        source: as in `bag`.
        columns: the fields to read, in this order; None for all.
        rows_per_partition: as in `bag`.
        name_column: the name of a last column that holds the source's name.

    Raises:
        LinerError: a single source's length cannot be read, or ConfigError: no such column.
    """
    schema = _listed(source)[0].schema(columns)
    finish = partial(_frame, name_column=name_column)
    graph, name, parts = _graph(source, rows_per_partition, columns=schema.names, finish=finish)
    keys = [(name, part) for part in range(parts)]
    empty = finish(schema.empty_table(), "")
    return dask.dataframe.from_graph(graph, empty, (None,) * (parts + 1), keys, "liner-frame")


def report(collection: dask.bag.Bag | dask.dataframe.DataFrame) -> Any:
    """Return the reports of a bag or dataframe of this module, or of what was made of one.

    Compute them together with the data, as in `dask.compute(orders, report(orders))`: computed
    alone, they read everything again. What comes is the JobReport of each source by its name: in a
    dict for a bag, in a pandas Series for a dataframe.
    """
    graph = dict(collection.__dask_graph__())
    (key,) = (key for key in graph if isinstance(key, tuple) and key[0].startswith(_REPORT))
    if isinstance(collection, dask.bag.Bag | dask.bag.Item):
        return dask.bag.Item(graph, key)
    series = f"{key[0]}-series", 0
    graph[series] = (pd.Series, key)
    none = pd.Series(dtype=object)
    return dask.dataframe.from_graph(graph, none, (None, None), [series], "liner-reports")


def _listed(source: _Sources) -> list[ListSource]:
    sources = [source] if isinstance(source, ListSource) else list(source)
    if not sources or len({each.name for each in sources}) < len(sources):
        raise ConfigError("sources must be at least one, and of different names")
    return sources


def _plan(
    source: ListSource, *, rows: int, on_error: OnError
) -> list[tuple[ListSource, Partition]]:
    try:
        plan = source.plan(rows_per_partition=rows)
    except LinerError:
        if on_error == "raise":
            raise
        plan = [Partition(offset=0, rows=None)]  # reading it tells why, in the report
    return [(source, part) for part in plan]


def _graph(
    source: _Sources, rows: int, *, columns: Sequence[str] | None, finish: _Finish
) -> tuple[_Graph, str, int]:
    """Return the graph, and the name and number of its partitions; sources take turns.

    A partition waits for its predecessor's ids alone: then Dask writes what it has before it reads
    on, whatever is made of the collection. Only the report waits for all.
    """
    on_error: OnError = "raise" if isinstance(source, ListSource) else "report"
    plan = partial(_plan, rows=rows, on_error=on_error)
    with ThreadPoolExecutor(_PLANS_AT_ONCE) as threads:
        plans = list(threads.map(plan, _listed(source)))
    parts = [part for turn in zip_longest(*plans) for part in turn if part is not None]
    token, graph, seams = uuid.uuid4().hex, _Graph(), dict[str, _Key]()
    name = f"liner-rows-{token}"
    for number, (each, part) in enumerate(parts):
        key, seam = (f"liner-read-{token}", number), (f"liner-seam-{token}", number)
        graph[key] = (partial(each.read, part, columns=columns, on_error=on_error),)
        graph[seam] = (_report_of, key)
        graph[name, number] = (_rows, finish, on_error, key, seams.get(each.name))
        seams[each.name] = seam
    every = [(f"liner-seam-{token}", number) for number, _ in enumerate(parts)]
    graph[f"{_REPORT}-{token}", 0] = (partial(_reports, on_error=on_error), *every)
    return graph, name, len(parts)


def _report_of(read: PartitionRead) -> JobReport:
    return read.report


def _rows(
    finish: _Finish, on_error: OnError, read: PartitionRead, previous: JobReport | None
) -> Any:
    """Return the rows of a partition that the one before it did not have."""
    seen = frozenset[int]() if previous is None else previous.ids
    if previous is not None and on_error == "raise":
        read.report.check_follows(previous)
    return finish(read.without(seen), read.report.name)


def _reports(*parts: JobReport, on_error: OnError) -> dict[str, JobReport]:
    """Return the report of each source."""
    by_name: dict[str, list[JobReport]] = {}
    for each in parts:
        by_name.setdefault(each.name, []).append(each)
    return {name: JobReport.of(each, on_error=on_error) for name, each in by_name.items()}


def _objects(items: Any, _: str) -> list[Any]:
    return list(items)


def _pairs(items: Any, name: str) -> list[tuple[str, Any]]:
    return [(name, item) for item in items]


def _frame(items: Any, name: str, *, name_column: str | None) -> pd.DataFrame:
    frame = items.to_pandas(types_mapper=pd.ArrowDtype)
    if name_column is None:
        return frame
    names = pd.Series(name, index=frame.index, dtype=pd.ArrowDtype(pa.string()))
    return frame.assign(**{name_column: names})

"""Load LINER's orders into DuckDB with dlt, merging what changed: `python dlt_orders.py`."""

from collections.abc import Iterator

import dlt
import pyarrow as pa

from liner_async import JobReport, ListSource

COLUMNS = ["id", "title", "status", "leads_priority", "created_at", "updated_at"]


@dlt.resource(name="orders", primary_key="id", write_disposition="merge")
def orders(source: ListSource) -> Iterator[pa.Table]:
    """Yield the list, partition by partition; after an error, dlt loads nothing."""
    reports = []
    for part in source.plan():
        read = source.read(part, columns=COLUMNS)
        reports.append(read.report)
        yield read.items
    JobReport.of(reports)  # warns if the list moved; with consistency="strict" it raises


def main() -> None:
    """Bring `orders.duckdb` up to date."""
    database = dlt.destinations.duckdb("orders.duckdb")
    pipeline = dlt.pipeline("liner", destination=database, dataset_name="liner")
    load = pipeline.run(orders(ListSource()))  # LINER_HOST, and the key by its name
    load.raise_on_failed_jobs()
    print(pipeline.last_trace.last_normalize_info.row_counts["orders"], "orders read")


if __name__ == "__main__":
    main()

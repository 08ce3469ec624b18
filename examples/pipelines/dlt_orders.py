"""LINER's orders in DuckDB, by dlt: `python dlt_orders.py`; run again, it merges what changed."""

from collections.abc import Iterator

import dlt
import pyarrow as pa

from liner_async import JobReport, ListSource

COLUMNS = ["id", "title", "status", "leads_priority", "created_at", "updated_at"]


@dlt.resource(name="orders", primary_key="id", write_disposition="merge")
def orders(source: ListSource) -> Iterator[pa.Table]:
    """Give the list, partition by partition; an error on the way keeps dlt from loading any."""
    reports = []
    for part in source.plan():
        read = source.read(part, columns=COLUMNS)
        reports.append(read.report)
        yield read.items
    JobReport.of(reports)  # warns of a list that moved; consistency="strict" raises


def main() -> None:
    """Bring `orders.duckdb` up to date."""
    database = dlt.destinations.duckdb("orders.duckdb")
    pipeline = dlt.pipeline("liner", destination=database, dataset_name="liner")
    load = pipeline.run(orders(ListSource()))  # LINER_HOST, and the name LINER_API_KEY
    load.raise_on_failed_jobs()
    print(pipeline.last_trace.last_normalize_info.row_counts["orders"], "orders read")


if __name__ == "__main__":
    main()

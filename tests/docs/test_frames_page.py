"""The page on frames shows the schema."""

from __future__ import annotations

from liner_async import Order, arrow_schema
from tests.support.fences import PROJECT
from tests.support.markdown_tables import code, rows


def test_the_table_of_columns_is_the_schema():
    """The table gives every column in order, with its type and whether it can be null."""
    page = PROJECT / "docs" / "frames.md"
    table = [(code(name), code(kind), null) for name, kind, null in rows(page, "Columns")]
    assert table == [
        (field.name, str(field.type), "yes" if field.nullable else "never")
        for field in arrow_schema(Order)
    ]

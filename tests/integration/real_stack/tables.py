"""SQL tables whose columns are the vendor's fields, in SQLite and MariaDB."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

import pymysql
from attrs import frozen

from liner_async import END_OF_DAY, CallHours
from liner_async.testing import (
    EXAMPLE_CALL,
    EXAMPLE_LEAD,
    EXAMPLE_LEAD_STATUS,
    EXAMPLE_ORDER,
    EXAMPLE_USER,
)

SQL_TYPES = {
    bool: "TINYINT(1)",
    int: "BIGINT",
    str: "TEXT",
    list: "LONGTEXT",
    dict: "LONGTEXT",
    type(None): "TEXT",
}


@frozen
class Database:
    """A database that PHP and the tests open at the same time.

    Attributes:
        place: where the tests find it: SQLite's file, or MariaDB's socket.
    """

    kind: Literal["sqlite", "mariadb"]
    place: Path

    @property
    def dsn(self) -> str:
        """What PHP's PDO is given."""
        if self.kind == "sqlite":
            return f"sqlite:{self.place}"
        return f"mysql:unix_socket={self.place};dbname=liner;charset=utf8mb4"

    def connect(self, name: str | None = "liner") -> Any:
        """Open a connection of its own whose every statement is a transaction."""
        if self.kind == "sqlite":
            return sqlite3.connect(self.place, timeout=30, isolation_level=None)
        return pymysql.connect(
            unix_socket=str(self.place),
            user="root",
            database=name,
            charset="utf8mb4",
            autocommit=True,
        )

    def create(self) -> None:
        """Make the database, empty."""
        with closing(self.connect(None)) as connection:
            statement = "PRAGMA journal_mode = WAL"
            if self.kind == "mariadb":
                statement = "CREATE DATABASE liner CHARACTER SET utf8mb4"
            connection.cursor().execute(statement)


@frozen
class Table:
    """A table of one resource's items.

    Attributes:
        columns: the vendor's name of each field, by the column's.
        types: what the vendor's example holds in each column.
    """

    name: str
    columns: Mapping[str, str]
    types: Mapping[str, type]

    @classmethod
    def of(cls, name: str, example: Mapping[str, Any]) -> Table:
        """Derive the columns from the vendor's example of an item."""
        columns = {_snake_case(field): field for field in example}
        return cls(name, columns, {column: type(example[columns[column]]) for column in columns})

    def create(self, database: Database) -> None:
        """Make the table, empty."""
        columns = ", ".join(f"{column} {self._type(column)}" for column in self.columns)
        with self.open(database) as rows:
            rows.run(f"CREATE TABLE {self.name} ({columns}, PRIMARY KEY (id))")

    @contextmanager
    def open(self, database: Database) -> Iterator[Rows]:
        """Open the table on a connection of its own."""
        with closing(database.connect()) as connection:
            yield Rows(self, connection, "?" if database.kind == "sqlite" else "%s")

    def to_row(self, item: Mapping[str, Any]) -> list[Any]:
        """Return what the columns hold of an item of the vendor's JSON."""
        return [self._to_column(column, item[field]) for column, field in self.columns.items()]

    def _type(self, column: str) -> str:
        return "DATETIME" if _is_time(column) else SQL_TYPES[self.types[column]]

    def _to_column(self, column: str, value: Any) -> Any:
        if value is None:
            return None
        if _is_time(column):
            return value.replace("T", " ").removesuffix("Z")
        return json.dumps(value) if self.types[column] in {list, dict} else value


@frozen
class Rows:
    """A table's rows, over one connection.

    Attributes:
        mark: how the driver marks a value in a statement.
    """

    table: Table
    connection: Any
    mark: str

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Execute a statement whose values are marked by `?`, and return the rows it gives."""
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(statement.replace("?", self.mark), values)
            return list(cursor.fetchall())

    def fill(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Replace whatever is there by these items of the vendor's JSON."""
        self.run("BEGIN")
        self.run(f"DELETE FROM {self.table.name}")
        for item in items:
            self.insert(item)
        self.run("COMMIT")

    def insert(self, item: Mapping[str, Any]) -> None:
        """Add an item of the vendor's JSON."""
        row = self.table.to_row(item)
        marks = ", ".join("?" for _ in row)
        self.run(f"INSERT INTO {self.table.name} VALUES ({marks})", *row)

    def delete(self, item_id: int) -> None:
        """Remove an item."""
        self.run(f"DELETE FROM {self.table.name} WHERE id = ?", item_id)

    def ids(self) -> list[int]:
        """Return the identifiers, in ascending order."""
        return [each for (each,) in self.run(f"SELECT id FROM {self.table.name} ORDER BY id")]

    def as_fields(self) -> list[dict[str, Any]]:
        """Return what the models' fields must hold, worked out from the columns alone."""
        names = list(self.table.columns)
        found = self.run(f"SELECT {', '.join(names)} FROM {self.table.name} ORDER BY id")
        return [
            {name: self._to_field(name, value) for name, value in zip(names, row, strict=True)}
            for row in found
        ]

    def _to_field(self, column: str, value: Any) -> Any:
        if value is None:
            return None
        if _is_time(column):
            return datetime.fromisoformat(f"{value}+00:00")
        kind = self.table.types[column]
        if kind is bool:
            return bool(value)
        if column == "call_schedule":
            return tuple(CallHours(_clock(start), _clock(end)) for start, end in json.loads(value))
        if column == "call_holiday_overrides":
            return tuple(date.fromisoformat(day) for day in json.loads(value))
        if kind is dict:
            return {int(key): of for key, of in json.loads(value).items()}
        return tuple(json.loads(value)) if kind is list else value


def _snake_case(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _is_time(column: str) -> bool:
    return column.endswith(("_at", "_time"))


def _clock(text: str) -> time:
    return END_OF_DAY if text == "24:00" else time.fromisoformat(text)


ORDERS = Table.of("orders", EXAMPLE_ORDER)
LEADS = Table.of("leads", EXAMPLE_LEAD)
CALLS = Table.of("calls", EXAMPLE_CALL)
USERS = Table.of("users", EXAMPLE_USER)
LEAD_STATUSES = Table.of("lead_statuses", EXAMPLE_LEAD_STATUS)
TABLES = [ORDERS, LEADS, CALLS, USERS, LEAD_STATUSES]

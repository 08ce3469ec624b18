"""Write the table of `docs/endpoints.md`: `python docs/tools/endpoints_table.py`."""

# ruff: noqa: INP001 - a script, run by its path

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from liner_async.resources.endpoints import ENDPOINTS, Endpoint

PAGE: Final = Path(__file__).parents[1] / "endpoints.md"
START, END = "<!-- endpoints: written by docs/tools/endpoints_table.py -->\n", "<!-- end -->\n"

# How much of the vendor's page could be read: what is asked, and what is answered.
SURE: Final[Mapping[str, str]] = {
    "orders.list": "AA",
    "orders.create": "BC",
    "orders.update": "BC",
    "leads.list": "AC",
    "leads.get": "AB",
    "leads.create": "AC",
    "leads.submit": "AC",
    "leads.update": "AC",
    "lead_statuses.list": "AA",
    "calls.list": "AC",
    "calls.get": "AB",
    "call_statuses.list": "AA",
    "call_records.list": "AB",
    "call_records.get": "AA",
    "call_attempts.list": "AA",
    "call_attempts.get": "AA",
    "call_attempts.create": "AA",
    "call_attempts.update": "AC",
    "users.list": "AB",
    "users.get": "AB",
    "agent_groups.list": "AA",
    "agent_groups.get": "AA",
    "agent_groups.create": "AA",
    "agent_groups.update": "AC",
    "sip_endpoints.list": "AA",
    "custom_fields.list": "AB",
}

WHERE: Final[Mapping[str, str]] = {
    "orders": "orders.md",
    "leads": "leads.md",
    "calls": "calls.md#calls",
    "call_records": "calls.md#records",
    "users": "people.md#users",
    "agent_groups": "people.md#agent-groups",
    "sip_endpoints": "people.md#numbers",
    "lead_statuses": "directories.md#lead-statuses",
    "call_statuses": "directories.md#call-statuses",
    "call_attempts": "directories.md#call-attempt-groups",
    "custom_fields": "directories.md#custom-fields",
}

HEADER = """\
| Python | HTTP | Gives | Asked | Answered |
|---|---|---|---|---|
"""


def row(endpoint: Endpoint) -> str:
    """Return the row of an endpoint."""
    resource, _, verb = endpoint.name.partition(".")
    reads = verb in {"list", "get"}
    names_one = verb in {"get", "update"}
    one = "{id}/" if names_one else ""
    http = f"`{'GET' if reads else 'POST'} {endpoint.path}{one}`"
    if endpoint.also:
        http += f" or `{endpoint.also}`"
    call = f"[`{endpoint.name}()`]({WHERE[resource]})"
    return f"| {call} | {http} | {_gives(endpoint, verb)} | {' | '.join(SURE[endpoint.name])} |\n"


def _gives(endpoint: Endpoint, verb: str) -> str:
    """Return what the call gives."""
    if verb == "list":
        return "pages" if endpoint.paged else "all at once"
    answers = {"get": "one", "create": "its id", "submit": "a receipt", "update": "nothing"}
    return answers[verb]


def table() -> str:
    """Return the table of all endpoints."""
    return HEADER + "".join(map(row, ENDPOINTS.values()))


def written(page: str) -> str:
    """Return the text of a page with the table as it is now."""
    pattern = f"{re.escape(START)}.*?{re.escape(END)}"
    text, found = re.subn(pattern, lambda _: f"{START}\n{table()}\n{END}", page, flags=re.DOTALL)
    if found != 1:
        raise ValueError(f"{PAGE.name} has no place for the table")
    return text


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

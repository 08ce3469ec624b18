"""Models in a notebook: HTML tables of escaped text, in the colours of the page (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from reprlib import Repr
from typing import Any

import attrs

from liner_async._codec.kinds import is_pair
from liner_async._codec.unstructure import to_wire

__all__ = ["facts_table", "fields_table", "items_table"]

_MOST_ROWS = 10
_MOST_PARTS = 20
_LONGEST_CELL = 120
_LONGEST_FACT = 1000

_FIRST_FIELDS = 6

# There is no colour that suits both a light and a dark page: the text has none, and the lines are
# half-transparent. A notebook aligns cells to the right, with two classes in its selector, so ours
# has two; and it typesets what stands between two dollar signs, which the last two classes forbid.
_CLASSES = "liner-async liner-table tex2jax_ignore mathjax_ignore"
_STYLE = """
.liner-async.liner-table {border-collapse: collapse; margin: 0}
.liner-async.liner-table caption {caption-side: top; text-align: left; white-space: nowrap;
  padding: .4em .6em; color: inherit}
.liner-async.liner-table :is(th, td) {text-align: left; vertical-align: top; white-space: nowrap;
  padding: .3em .6em; border: 0 solid rgba(128, 128, 128, .35); border-bottom-width: 1px}
.liner-async.liner-table th[scope=row] {font-weight: normal; opacity: .7}
.liner-async.liner-table td.long {white-space: normal; overflow-wrap: anywhere;
  min-width: 14em; max-width: 40em}
"""
_WIDEST_LINE = 32

# Legal in JSON, but not in a page: control characters, and halves of surrogate pairs, which
# cannot even be sent to one.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")

_short = Repr()
_short.maxdict = _short.maxlist = _MOST_PARTS
_short.maxlevel = 3
_short.maxstring = _short.maxother = _LONGEST_CELL


def items_table(
    items: Sequence[object],
    *,
    total: int,
    model: type[Any] | None = None,
    remarks: Iterable[str] = (),
) -> str:
    """Return a table of the first items under a caption that counts all of them.

    The caption reads "1,000 of 12,345 orders, the first 10 shown"; `remarks` stand in its middle.
    The items' class, or `model`, gives the noun. Items that are no attrs models make one column.
    """
    shown = items[:_MOST_ROWS]
    kind = model or (type(items[0]) if items else object)
    columns = _columns(kind)
    said = [_counted(len(items), total, kind), *remarks]
    if len(items) > len(shown):
        said.append(f"the first {len(shown)} shown")
    head = "".join(_head(name, "col") for name in columns)
    rows = (
        [_cell(getattr(item, name, None)) for name in columns] if columns else [_cell(item)]
        for item in shown
    )
    return _table(", ".join(said), head, map("".join, rows))


def fields_table(model: Any) -> str:
    """Return a table of a model's fields, without secrets and those that are None or empty."""
    facts = {name: getattr(model, name) for name in _presentable(type(model))}
    identity = f" {model.id}" if "id" in facts else ""
    return facts_table(facts, caption=f"{type(model).__name__}{identity}")


def facts_table(facts: Mapping[str, object], *, caption: str) -> str:
    """Return a table of names and values, without those that are None or empty."""
    rows = (
        _head(name, "row") + _cell(value, _LONGEST_FACT)
        for name, value in facts.items()
        if value is not None and not (isinstance(value, str | tuple | Mapping) and not value)
    )
    return _table(caption, "", rows)


def _columns(model: type[Any]) -> tuple[str, ...]:
    if not attrs.has(model):
        return ()
    return _shown(model) or _presentable(model)[:_FIRST_FIELDS]


def _presentable(model: type[Any]) -> tuple[str, ...]:
    """Return the fields that may be shown: all but secrets."""
    return tuple(each.name for each in attrs.fields(model) if not each.metadata.get("secret"))


def _shown(kind: type[Any]) -> tuple[str, ...]:
    """Return the fields that a model's own definition names for tables."""
    if not attrs.has(kind):
        return ()
    return tuple(field.name for field in attrs.fields(kind) if field.metadata.get("shown"))


def _counted(count: int, total: int, kind: type[Any]) -> str:
    noun = _WORD_START.sub(" ", kind.__name__).lower() if attrs.has(kind) else "item"
    nouns = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    if count < total:
        return f"{count:,} of {total:,} {nouns}"
    return f"{count:,} {noun if count == 1 else nouns}"


def _table(caption: str, head: str, rows: Iterable[str]) -> str:
    heads = f"<thead><tr>{head}</tr></thead>" if head else ""
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<div style="overflow-x:auto"><style>{_STYLE}</style><table class="{_CLASSES}">'
        f"<caption>{_printable(caption)}</caption>{heads}<tbody>{body}</tbody></table></div>"
    )


def _head(name: str, scope: str) -> str:
    return f'<th scope="{scope}">{_printable(name)}</th>'


def _cell(value: object, longest: int = _LONGEST_CELL) -> str:
    text = _text(value)
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    start = '<td class="long">' if len(text) > _WIDEST_LINE else "<td>"
    return f"{start}{_printable(text)}</td>"


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case Mapping() | list():
            return _short.repr(value)  # vendor JSON, of any size and depth
        case tuple():
            parts = [_text(part) for part in value[:_MOST_PARTS]]
            rest = len(value) - len(parts)
            return ", ".join([*parts, f"… {rest:,} more"] if rest else parts)
    if is_pair(type(value)):
        return "-".join(to_wire(value))
    shown = _shown(type(value))
    return " ".join(_text(getattr(value, name)) for name in shown) if shown else str(value)


def _printable(text: str) -> str:
    return escape(_UNPRINTABLE.sub(_escape_sequence, text))


def _escape_sequence(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")

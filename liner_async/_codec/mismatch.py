"""Errors of values that do not fit (pure)."""

from __future__ import annotations

from typing import Self

__all__ = ["MismatchError", "MissingError"]


class MismatchError(ValueError):
    """A value does not fit.

    Attributes:
        expected: what would have fitted.
        path: where it is inside the value that was read, such as `[1].sort`.
    """

    def __init__(self, expected: str, path: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.path = path

    def at(self, place: str) -> Self:
        """Return the same error seen from one level further out."""
        return type(self)(self.expected, place + self.path)

    def __str__(self) -> str:
        """Return the path and what was expected, never the value."""
        text = f"expected {self.expected}"
        return f"{self.path.removeprefix('.')}: {text}" if self.path else text


class MissingError(MismatchError):
    """A required field is missing."""

    def __init__(self, path: str) -> None:
        super().__init__("a value", path)

    def at(self, place: str) -> Self:
        """Return the same error seen from one level further out."""
        return type(self)(place + self.path)

    def __str__(self) -> str:
        """Return the path of what is missing."""
        return f"{self.path.removeprefix('.')}: required, but missing"

"""What became of the items of a bulk (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias, overload

from attrs import field, frozen

from liner_async.errors import LinerError, Outcome

__all__ = ["BulkReport", "ItemOutcome", "WriteResult"]

ItemOutcome: TypeAlias = Outcome | Literal["invalid"]
"""What became of an item; "invalid" if it does not fit and so was not sent."""


@frozen(kw_only=True)
class WriteResult:
    """What became of one item of a bulk; the item itself is not kept.

    Attributes:
        index: its place in the input, from 0.
        key: its key, as the ledger has it; without one, its place as text.
        outcome: "done", "refused", "not_sent", "unknown", or "invalid" for an item that does not
            fit.
        id: the identifier of what was created; None of an update or a submission.
        error: why it is not done; None if it is, or if an earlier run left it unknown.
        attempts: requests sent for it by this run.
        resumed: whether an earlier run with the same ledger settled it, and this one sent nothing.
    """

    index: int
    key: str
    outcome: ItemOutcome
    id: int | None = None
    error: LinerError | None = None
    attempts: int = 0
    resumed: bool = False


@frozen(repr=False)
class BulkReport(Sequence[WriteResult]):
    """The results of a bulk, in input order, for every item taken from the input.

    If the bulk was iterated, only results that were not handed out are kept; `counts` covers all.

    Attributes:
        results: the results.
        counts: how many items there were of each outcome.
        stopped_by: the error that stopped the bulk; None if the whole input was read.
    """

    results: tuple[WriteResult, ...] = ()
    counts: Mapping[ItemOutcome, int] = field(factory=Counter)
    stopped_by: LinerError | None = None

    @property
    def pulled(self) -> int:
        """Return how many items were taken from the input."""
        return sum(self.counts.values())

    @property
    def ids(self) -> tuple[int | None, ...]:
        """Return the identifier of each item, in input order; None where it is not done."""
        return tuple(of.id if of.outcome == "done" else None for of in self.results)

    @property
    def done(self) -> tuple[WriteResult, ...]:
        """Return the results of what was carried out."""
        return self._of("done")

    @property
    def refused(self) -> tuple[WriteResult, ...]:
        """Return the results of what LINER refused."""
        return self._of("refused")

    @property
    def unknown(self) -> tuple[WriteResult, ...]:
        """Return the results of what may or may not have been carried out."""
        return self._of("unknown")

    @property
    def not_sent(self) -> tuple[WriteResult, ...]:
        """Return the results of what was not sent, and so not carried out."""
        return self._of("not_sent")

    @property
    def invalid(self) -> tuple[WriteResult, ...]:
        """Return the results of items that do not fit; nothing was sent."""
        return self._of("invalid")

    def _of(self, outcome: ItemOutcome) -> tuple[WriteResult, ...]:
        return tuple(result for result in self.results if result.outcome == outcome)

    def __len__(self) -> int:
        return len(self.results)

    @overload
    def __getitem__(self, index: int) -> WriteResult: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[WriteResult, ...]: ...
    def __getitem__(self, index: int | slice) -> WriteResult | tuple[WriteResult, ...]:
        return self.results[index]

    def __repr__(self) -> str:
        """Say what became of how many items; there may be a million results."""
        return f"<BulkReport: {self}>"

    def __str__(self) -> str:
        """Return the counts in words, such as `8 done, 1 refused, 1 unknown`."""
        return _in_words(self.counts)


def _in_words(counts: Mapping[ItemOutcome, int]) -> str:
    order: Iterable[ItemOutcome] = ("done", "refused", "unknown", "not_sent", "invalid")
    said = [f"{counts[of]} {of.replace('_', ' ')}" for of in order if counts.get(of)]
    return ", ".join(said) or "nothing to do"

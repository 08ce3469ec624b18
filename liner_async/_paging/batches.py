"""The rows of a run as Arrow record batches, in flat memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from liner_async._paging.iterators import PageIterator
from liner_async._tables.arrow import Frame, joined
from liner_async.errors import DecodeError, LinerError
from liner_async.resume import ResumePoint

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BatchIterator"]

T = TypeVar("T")


class BatchIterator(AsyncIterator[Any], Generic[T]):
    """The rows of one run as record batches; an async iterator and an async context manager.

    A page becomes columns as soon as it arrives. A cancelled step can be taken again and loses
    nothing. An error comes after the rows that were read before it, and then at each further step.

    Attributes:
        schema: the schema of every batch, known before the first.
        resume_point: where a later run continues after the latest batch; None before the first.
    """

    def __init__(
        self, pages: PageIterator[T], frame: Frame[T], *, rows: int, start: ResumePoint | None
    ) -> None:
        self.schema: pa.Schema = frame.schema
        self.resume_point: ResumePoint | None = None
        self._pages = pages
        self._frame = frame
        self._rows = rows
        self._collected: list[pa.RecordBatch] = []
        self._collected_to = start
        self._failure: DecodeError | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> pa.RecordBatch:
        """Return the next batch.

        Raises:
            LinerError: the list cannot be read further, or DecodeError: a value does not fit its
                column. `offset` and `resume_point` say where to continue.
        """
        # Taken, so that another task that steps meanwhile cannot hand out the same rows.
        collected, self._collected = self._collected, []
        try:
            while sum(batch.num_rows for batch in collected) < self._rows:
                collected.append(await self._next_page())
        except (StopAsyncIteration, LinerError):
            if not any(batch.num_rows for batch in collected):
                raise
        except BaseException:
            self._collected = collected
            raise
        self.resume_point = self._collected_to
        return joined(collected)

    async def _next_page(self) -> pa.RecordBatch:
        if self._failure is not None:
            raise self._failure
        page = await anext(self._pages)
        try:
            batch = self._frame.batch(page.items)
        except DecodeError as error:
            error.offset, error.resume_point = page.offset, self._collected_to
            self._failure = error.with_traceback(None)  # its frames hold what the server sent
        else:
            self._collected_to = page.resume_point
            return batch
        await self._pages.aclose()
        raise self._failure

    async def aclose(self) -> None:
        """End the run, as `PageIterator.aclose` does; rows not handed out yet are dropped."""
        self._collected = []
        await self._pages.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

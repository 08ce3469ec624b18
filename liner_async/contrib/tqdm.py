"""A progress bar for a list that is being read, in a terminal and in a notebook."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from liner_async._extras import needs_extra

try:
    from tqdm.auto import tqdm
except ModuleNotFoundError as error:
    text = needs_extra("the progress bar", "tqdm")
    raise ModuleNotFoundError(text, name=error.name) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liner_async import Progress

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(
    description: str | None = None, *, unit: str = "orders", disable: bool | None = None
) -> Iterator[Callable[[Progress], None]]:
    """Show a bar while the block runs; yield what `on_progress` takes.

    For example::

        with progress_bar() as bar:
            orders = await liner.orders.list(on_progress=bar)

    The bar grows with the list, and starts again when another run begins. It closes with the
    block: after an error or a `break` it stays where the run ended.

    Args:
        description: the words before the bar.
        unit: what is counted.
        disable: True for no bar, False for a bar in any case, None for a bar in a notebook or if
            stderr is a terminal.
    """
    hidden = False if disable is None and _is_notebook() else disable
    with tqdm(desc=description, unit=f" {unit}", disable=hidden) as bar:
        yield partial(_draw, bar)


def _draw(bar: tqdm[Any], progress: Progress) -> None:
    if bar.disable:  # also once it is closed
        return
    if bar.total is None or progress.done < bar.n:
        bar.reset(progress.total)
        bar.start_t -= progress.elapsed  # the run began before its first page came
        bar.last_print_t = bar.start_t
    elif bar.total != progress.total:
        bar.total = progress.total
        if hasattr(bar, "container"):  # a notebook's widget keeps a total of its own
            bar.container.children[1].max = progress.total
    bar.update(progress.done - bar.n)


def _is_notebook() -> bool:
    """Return whether a Jupyter kernel runs this process, whose stderr people read."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")

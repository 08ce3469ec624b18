"""Run the cells of a notebook in a Jupyter kernel, a process of its own."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from attrs import Factory, define
from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.kernelspec import KernelSpec

__all__ = ["Cell", "Notebook", "notebook"]

_SECONDS = 60.0
"""How long a kernel may be silent: on a busy machine it starts slowly."""
_PATIENCE = 0.5
"""Seconds of silence after which the kernel is checked to be alive."""


@define
class Cell:
    """The output of a cell.

    Attributes:
        shown: what was displayed, the cell's value included, by media type.
        printed: its output and error streams.
        error: the name and text of the exception that ended it.
        states: each state that a widget was given, in order.
    """

    shown: list[dict[str, str]] = Factory(list)
    printed: str = ""
    error: tuple[str, str] | None = None
    states: list[dict[str, Any]] = Factory(list)

    @property
    def html(self) -> str:
        """Return the HTML of the one thing that was displayed."""
        assert self.error is None, self.error
        (shown,) = self.shown
        return shown["text/html"]

    @property
    def text(self) -> str:
        """Return the plain text of the one thing that was displayed."""
        assert self.error is None, self.error
        (shown,) = self.shown
        return shown["text/plain"]

    def gauge(self, name: str) -> list[Any]:
        """Return the values that a field of the widgets had, in order."""
        return [state[name] for state in self.states if name in state]

    def enter(self, kind: str, content: dict[str, Any]) -> None:
        """Add a message from the kernel."""
        match kind:
            case "execute_result" | "display_data":
                self.shown.append(content["data"])
            case "stream":
                self.printed += content["text"]
            case "error":
                self.error = content["ename"], content["evalue"]
            case "comm_open" | "comm_msg":
                self.states.append(content["data"].get("state", {}))


class Notebook:
    """Drives a kernel as a page does."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self._client = client

    def start(self, code: str) -> str:
        """Start a cell, and return the number that `end` takes."""
        return self._client.execute(code)

    def wait_for_output(self, number: str) -> None:
        """Wait until a cell has printed something, and drop it."""
        while self._message(number)["msg_type"] != "stream":
            pass

    def end(self, number: str) -> Cell:
        """Wait until a cell has ended, and return its output."""
        cell = Cell()
        while (message := self._message(number))["content"].get("execution_state") != "idle":
            cell.enter(message["msg_type"], message["content"])
        while self._client.get_shell_msg(timeout=_SECONDS)["parent_header"]["msg_id"] != number:
            pass
        return cell

    def _message(self, number: str) -> dict[str, Any]:
        give_up = time.monotonic() + _SECONDS
        while time.monotonic() < give_up:
            try:
                message = self._client.get_iopub_msg(timeout=_PATIENCE)
            except Empty:
                # ipykernel acts on an interrupt at the next event of its loop (its issue 881),
                # and nothing happens while a server stalls. Any question of the page is an event.
                self._client.kernel_info()
                continue
            if message["parent_header"].get("msg_id") == number:
                return message
        raise TimeoutError(f"no message of the cell for {_SECONDS:.0f} s")

    def run(self, code: str) -> Cell:
        """Run a cell, whether it succeeds or fails."""
        return self.end(self.start(code))

    def do(self, code: str) -> Cell:
        """Run a cell that must not fail."""
        cell = self.run(code)
        assert cell.error is None, cell.error
        return cell

    def interrupt(self) -> None:
        """Interrupt the kernel, as the stop button does."""
        self.manager.interrupt_kernel()


@contextmanager
def notebook(folder: Path, *, interrupts: str = "signal", **variables: str) -> Iterator[Notebook]:
    """Start a kernel in a folder; it is interrupted by a "signal" or a "message"."""
    manager = KernelManager(transport="ipc", connection_file=str(folder / "kernel.json"))
    manager._kernel_spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        interrupt_mode=interrupts,
    )
    own = {"IPYTHONDIR": str(folder), "JUPYTER_CONFIG_DIR": str(folder), "PYTHONWARNINGS": ""}
    manager.start_kernel(env={**os.environ, **own, **variables}, cwd=str(folder))
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=_SECONDS)
        yield Notebook(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()

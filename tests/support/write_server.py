"""A server that notes each write it carried out, and whose answers are scripted byte by byte."""

from __future__ import annotations

import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

from attrs import frozen

from liner_async import LinerClient, RetryPolicy

__all__ = ["DONE", "Answer", "WriteServer", "envelope"]


@frozen(kw_only=True)
class Answer:
    """What a request gets.

    Attributes:
        raw: the bytes of the answer.
        then: what becomes of the connection.
        applied: whether the write is carried out before that.
        early: whether this happens before the body is read.
    """

    raw: bytes = b""
    then: Literal["keep", "close", "reset", "stall"] = "keep"
    applied: bool = True
    early: bool = False


def envelope(
    data: Any = None, *, status: int = 200, success: bool = True, headers: str = ""
) -> bytes:
    """Return an answer in the vendor's envelope."""
    body = json.dumps({"success": success, "message": "" if success else "no", "data": data})
    return answer_of(status, body.encode(), headers)


def answer_of(status: int, body: bytes, headers: str = "") -> bytes:
    """Return an answer with any body."""
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


DONE = Answer(raw=envelope({"id": 5}))


class WriteServer:
    """Answers POSTs by script, in turn, and then with an identifier.

    It closes connections that are idle for so many seconds.

    Attributes:
        asked: the path and headers of every request.
        applied: the path and JSON body of every write that was carried out.
    """

    def __init__(self, *script: Answer, always: Answer = DONE, idle: float | None = None) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.applied: list[tuple[str, Any]] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self._script = list(script)
        self._always = always
        self._idle = idle
        self._over = threading.Event()

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = outer._idle

            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def do_POST(self) -> None:
                outer.asked.append((self.path, dict(self.headers)))
                answer = outer._script.pop(0) if outer._script else outer._always
                if not answer.early:
                    body = self.rfile.read(int(self.headers["Content-Length"]))
                    outer.bodies.append(body)
                    if answer.applied:
                        outer.applied.append((self.path, json.loads(body)))
                self.wfile.write(answer.raw)
                self.wfile.flush()
                if answer.then == "reset":
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                if answer.then == "stall":
                    outer._over.wait()
                if answer.then != "keep":
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # a client that goes is no news
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The host for a client."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def client(self, **options: Any) -> LinerClient:
        """Return a client of this server whose retries hardly wait."""
        quick = RetryPolicy(attempts=3, wait_initial=0.001, wait_max=0.002)
        return LinerClient(self.url, "key-that-must-not-leak", **{"retry": quick, **options})

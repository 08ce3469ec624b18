"""A server of JSON answers by path, for what no list of the fake LINER shows."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from liner_async import LinerClient, RetryPolicy
from liner_async._transport.credentials import ApiKey
from liner_async._transport.request import Request
from liner_async._transport.session import HttpSession

__all__ = ["JsonServer", "target_of"]


class JsonServer:
    """Answers each path with its data in the vendor's envelope; any other path with 404.

    Attributes:
        answers: data by path.
        lists: rows by path, to be served in pages.
        asked: the targets asked for, in order, with their queries.
        api_key: a key for its clients; any other will do too.
    """

    api_key = "the-key"

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.lists: dict[str, list[Any]] = {}
        self.asked: list[str] = []

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, data = outer._answer(self.path)
                body = json.dumps({"success": status == 200, "message": "", "data": data}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The host for a client."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def client(self, **options: Any) -> LinerClient:
        """Return a client of this server whose retries hardly wait."""
        quick = RetryPolicy(wait_initial=0.001, wait_max=0.002)
        return LinerClient(self.url, self.api_key, **{"retry": quick, **options})

    def _answer(self, target: str) -> tuple[int, Any]:
        parts = urlsplit(target)
        if parts.path in self.lists:
            rows = self.lists[parts.path]
            query = parse_qs(parts.query)
            offset, limit = (int(query[name][0]) for name in ("offset", "limit"))
            page = rows[offset : offset + limit]
            return 200, {"list": page, "next": offset + len(page), "total": len(rows)}
        if target in self.answers:
            return 200, self.answers[target]
        if parts.path in self.answers:
            return 200, self.answers[parts.path]
        return 404, None


async def target_of(request: Request, *, path: str = "") -> str:
    """Send a request to a host that may have a path of its own; return the target it asked for."""
    with JsonServer() as server:
        session = HttpSession(
            name="client",
            base=server.url + path,
            key=ApiKey(server.api_key),
            timeout=5.0,
            connections=1,
        )
        await session.exchange(request, seconds=5.0, attempt=1)
        await session.aclose()
        (target,) = server.asked
    return target

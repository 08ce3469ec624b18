"""The examples for web applications, served by real processes and visited over HTTP."""

from __future__ import annotations

import json
import runpy
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fastapi
import httpx
import pytest
from attrs import define

from liner_async.testing import FakeLiner, Fault, a_page, a_result, an_order
from tests.support.example_process import Example, running
from tests.support.fences import PROJECT
from tests.support.waiting import eventually

FOREVER = Fault.stall(3_600)
UVICORN = ("-m", "uvicorn", "--port", "0")
APPS = {
    # what starts it, and how it ends after SIGTERM: uvicorn hands the signal on once it is done
    "fastapi": ((*UVICORN, "fastapi_app:app"), -signal.SIGTERM),
    "litestar": ((*UVICORN, "litestar_app:app"), -signal.SIGTERM),
    "aiohttp": (("aiohttp_app.py",), 0),
}
ANSWERS = [
    # what LINER does; the visitor's status and Retry-After
    (Fault.status(429, retry_after="30"), 503, "30"),
    (Fault.status(503, retry_after="2.5"), 503, "3"),
    (Fault.status(401), 502, None),
    (Fault.status(404), 502, None),
    (Fault.body(b"[]"), 502, None),
    (Fault.envelope(success=False, message="secret detail"), 502, None),
]


@define
class Site:
    """A running application, and visitors to it."""

    example: Example
    url: str
    exit_code: int
    was_told: bool = False

    def get(self, path: str) -> httpx.Response:
        """Visit once."""
        return httpx.get(self.url + path, trust_env=False)

    @contextmanager
    def stream(self) -> Iterator[httpx.Response]:
        """Ask for every order, and leave at the end of the block."""
        address = f"{self.url}/orders.ndjson"
        with httpx.Client(trust_env=False) as visitor, visitor.stream("GET", address) as answer:
            yield answer

    def terminate(self) -> None:
        """Ask the process to end, once."""
        if not self.was_told:
            self.was_told = True
            self.example.process.terminate()

    def stop(self) -> None:
        """Ask the process to end, and wait until it has."""
        self.terminate()
        assert self.example.ended() == self.exit_code, self.example.log


@pytest.fixture(params=APPS)
def visit(request, tmp_path):
    """Give a context that serves the application against a server; it must end in peace."""

    @contextmanager
    def visit(server: FakeLiner, *, deadline: float = 10.0, is_quiet: bool = True):
        arguments, exit_code = APPS[request.param]
        env = {
            "LINER_HOST": server.url,
            "LINER_API_KEY": server.api_key,
            "DEADLINE": str(deadline),
            "PORT": "0",
        }
        log = tmp_path / "log"
        with running(*arguments, folder=Path("web"), log=log, env=env) as example:
            site = Site(example, example.says(r"unning on (http://127\.0\.0\.1:\d+)")[1], exit_code)
            yield site
            site.stop()
        if is_quiet:
            assert example.trouble() == [], example.log

    return visit


def ids(orders):
    """Give the ids of orders as the vendor writes them."""
    return [order["id"] for order in orders]


def test_every_order_comes_as_a_line_and_all_visitors_share_one_client(visit):
    """Three streams at once read everything, through the 32 slots of a single client at most."""
    with FakeLiner(total=1_500, latency=0.005) as server, visit(server) as site:
        with site.stream() as one, site.stream() as two, site.stream() as three:
            read = [[json.loads(line) for line in each.iter_lines()] for each in (one, two, three)]
        assert one.headers["Content-Type"].startswith("application/x-ndjson")
        assert [ids(each) for each in read] == [ids(server.orders)] * 3
        assert read[0] == server.orders
        assert site.get("/orders/count").json() == 1_500
        assert server.peak_in_flight <= 32
        assert server.connections <= 32


def test_an_empty_list_is_an_empty_stream(visit):
    """No order, no line, and no error."""
    with FakeLiner(total=0) as server, visit(server) as site:
        answer = site.get("/orders.ndjson")
        assert (answer.status_code, answer.content) == (200, b"")


ONE_PAGE = pytest.mark.parametrize("visit", ["fastapi"], indirect=True)


@ONE_PAGE
def test_one_page_is_served_by_the_visitors_offset_and_limit(visit):
    """With the fields of the response model, and where it lies in the list."""
    with FakeLiner(total=300) as server, visit(server) as site:
        first = site.get("/orders").json()
        assert ids(first["items"]) == ids(server.orders[:50])
        answer = site.get("/orders?offset=295&limit=20")
        shown = [{name: of[name] for name in ("id", "title", "status")} for of in server.orders]
        assert answer.json() == {"items": shown[295:], "offset": 295, "limit": 20, "total": 300}
        assert [(each.offset, each.limit) for each in server.requests] == [(0, 50), (295, 20)]


@ONE_PAGE
def test_an_offset_or_limit_that_cannot_be_is_the_visitors_to_correct(visit):
    """It is 422, names the argument, and nothing is asked of LINER."""
    with FakeLiner(total=300) as server, visit(server) as site:
        for query, told in (
            ("offset=-1", "offset must be an integer of at least 0"),
            ("limit=0", "limit must be an integer from 1 to 100"),
            ("limit=101", "limit must be an integer from 1 to 100"),
        ):
            answer = site.get(f"/orders?{query}")
            assert (answer.status_code, answer.json()) == (422, {"detail": told})
        assert server.requests == []
        assert site.get("/orders?limit=many").status_code == 422


@ONE_PAGE
def test_every_other_error_of_one_page_is_answered_as_elsewhere(visit):
    """503 with Retry-After, or 502."""
    faults = [fault for fault, _, _ in ANSWERS]
    with FakeLiner(total=300, faults={0: faults}) as server, visit(server) as site:
        for fault, *expected in ANSWERS:
            answer = site.get("/orders")
            told = [answer.status_code, answer.headers.get("Retry-After")]
            assert told == expected, fault.name


def returned():
    """Give what the client returns, the response model that the page names, and the JSON."""
    order, other = an_order(id=1, title="Windows"), an_order(id=2, title="Doors")
    one, two = ({"id": of.id, "title": of.title, "status": "success"} for of in (order, other))
    page = {"items": [one, two], "offset": 5, "limit": 50, "total": 9}
    return [
        (order, "OrderOut", one),
        (a_page(order, other, offset=5, total=9), "OrdersOut", page),
        (a_page(order, other), "list[OrderOut]", [one, two]),
        (a_result(order, other), "list[OrderOut]", [one, two]),
        (a_result(order, other)[1:], "list[OrderOut]", [two]),
        (order.to_dict(), "None", order.to_dict()),
    ]


@pytest.mark.parametrize(("value", "model", "expected"), returned())
async def test_what_the_client_returns_can_be_returned_with_a_response_model(
    value, model, expected
):
    """As the page on web applications lists it."""
    example = runpy.run_path(str(PROJECT / "examples" / "web" / "fastapi_app.py"))
    app = fastapi.FastAPI()
    app.get("/", response_model=eval(model, example))(lambda: value)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as visitor:
        answer = await visitor.get("/")
    assert answer.json() == expected


def test_an_error_before_the_first_byte_has_a_status_of_its_own(visit):
    """Busy is 503 with Retry-After; what the visitor cannot help is 502; nothing leaks."""
    faults = [fault for fault, _, _ in ANSWERS]
    with FakeLiner(total=300, faults={0: faults * 2}) as server, visit(server) as site:
        for path in ("/orders/count", "/orders.ndjson"):
            for fault, *expected in ANSWERS:
                answer = site.get(path)
                told = [answer.status_code, answer.headers.get("Retry-After")]
                assert told == expected, (path, fault.name)
                assert "secret detail" not in answer.text
                assert server.api_key not in answer.text + str(answer.headers)
        assert len(server.requests) == 2 * len(ANSWERS)
        assert server.api_key not in site.example.log


def test_a_pause_that_is_too_long_for_a_visitor_stops_nobody_else(visit):
    """A 429 that asks for 30 s is told to its visitor; the next one is served at once."""
    faults = {0: [Fault.status(429, retry_after="30")]}
    with FakeLiner(total=300, faults=faults) as server, visit(server) as site:
        assert site.get("/orders/count").status_code == 503
        assert site.get("/orders/count").json() == 300


@pytest.mark.parametrize("path", ["/orders/count", "/orders.ndjson"])
def test_a_request_that_takes_too_long_is_answered_with_504(visit, path):
    """The deadline cancels what was asked of LINER, and frees its slot."""
    server = FakeLiner(total=300, faults={0: [FOREVER]})
    with server, visit(server, deadline=1.0) as site:
        assert site.get(path).status_code == 504
        eventually(lambda: server.in_flight == 0, "the request to LINER was cancelled")
        assert site.get("/orders/count").json() == 300


def test_a_page_that_fails_later_breaks_the_connection(visit):
    """A visitor can tell a stream that stopped from one that ended."""
    with FakeLiner(total=1_000, faults={500: Fault.status(401)}) as server:
        with visit(server, is_quiet=False) as site:
            read = []
            with pytest.raises(httpx.RemoteProtocolError):
                with site.stream() as answer:
                    for line in answer.iter_lines():
                        read.append(json.loads(line))
            assert answer.status_code == 200
            assert ids(read) == ids(server.orders[:500])
            site.example.says("AuthError")
            assert site.get("/orders/count").json() == 1_000


def test_nothing_is_asked_for_after_a_visitor_has_left(visit):
    """All requests in flight are cancelled, no other follows, and the slots are free again."""
    faults = {0: [], "any": FOREVER}  # the first page comes; all after it would never end
    with FakeLiner(total=10_000, faults=faults) as server, visit(server) as site:
        with site.stream() as answer:
            lines = answer.iter_lines()  # kept: httpx leaves when it is dropped
            assert json.loads(next(lines))["id"] == server.orders[0]["id"]
            eventually(lambda: server.in_flight == 8, "eight pages are in flight")
        eventually(lambda: server.in_flight == 0, "the pages were given up")
        assert site.get("/orders/count").json() == 10_000
        assert [each.offset for each in server.requests] == [*range(0, 900, 100), 0]
        eventually(lambda: server.in_flight == 0, "the server has seen its answer off")
        assert server.peak_in_flight == 8


def test_a_visitor_who_does_not_read_and_then_leaves_does_not_have_the_list_read(visit):
    """Paging waits for the visitor; after SIGTERM nothing of it is left to wait for."""
    with FakeLiner(total=50_000) as server, visit(server) as site:
        host, port = site.url.removeprefix("http://").split(":")
        with socket.socket() as visitor:
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            visitor.connect((host, int(port)))
            visitor.sendall(b"GET /orders.ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n")
            eventually(lambda: len(server.requests) > 20, "the list is being read")
        site.stop()
        assert len(server.requests) < 250


def test_a_stream_under_way_is_finished_before_the_process_ends(visit):
    """SIGTERM cuts nobody off."""
    faults = {500: [Fault.stall(0.5)]}
    with FakeLiner(total=1_000, faults=faults) as server, visit(server) as site:
        with site.stream() as answer:
            lines = answer.iter_lines()
            first = next(lines)
            site.terminate()
            read = [json.loads(line) for line in (first, *lines)]
        assert ids(read) == ids(server.orders)

"""Traces by OpenTelemetry and metrics by Prometheus, as docs/observability.md shows them."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import textwrap
import urllib.request
from collections import Counter
from pathlib import Path

import aiohttp
import pytest
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from liner_async import LinerClient, RetryPolicy, TransportError
from liner_async.testing import FakeLiner, Fault
from tests.support.wire_faults import garbage

PAGE = Path(__file__).resolve().parents[2] / "docs" / "observability.md"
KEY = "s3cret-key-of-the-test"
QUICK = RetryPolicy(wait_initial=0.0)
CAPTURED = "OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST"
SANITIZED = "OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SANITIZE_FIELDS"

# What stands around the recipe: a server to scrape, and faults to measure.
SERVING = """
import asyncio, sys
from prometheus_client import start_http_server
from liner_async import LinerClient, RetryPolicy
from liner_async.testing import Change, FakeLiner, Fault

async def main():
    with FakeLiner(
        total=250,
        faults={100: [Fault.status(503), Fault.cut()]},
        changes=[Change(at_request=4, insert=1, position=-1)],
    ) as server:
        retry = RetryPolicy(wait_initial=0.0)
        async with LinerClient(
            server.url, server.api_key, retry=retry, concurrency=1, on_event=measure
        ) as liner:
            await liner.orders.list()

asyncio.run(main())
server, thread = start_http_server(0, addr="127.0.0.1")
print(server.server_port, flush=True)
sys.stdin.read()
server.shutdown()
server.server_close()
"""


class Tracing:
    """OpenTelemetry as a program sets it up, with the spans kept in memory."""

    def __init__(self):
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.provider.get_tracer("my.app")

    def requests(self):
        """Give the spans of requests, and check that none holds the key."""
        spans = self.exporter.get_finished_spans()
        assert KEY not in "".join(span.to_json() for span in spans)
        return [span for span in spans if span.kind is SpanKind.CLIENT]


@pytest.fixture
def tracing():
    """Instrument aiohttp for one test."""
    tracing = Tracing()
    AioHttpClientInstrumentor().instrument(tracer_provider=tracing.provider)
    yield tracing
    AioHttpClientInstrumentor().uninstrument()
    tracing.provider.shutdown()


def offsets(spans):
    """Count spans by the offset in their URL."""
    return Counter(
        int(re.search(r"offset=(\d+)", span.attributes["http.url"])[1]) for span in spans
    )


def parents(spans):
    """Give the ids of the spans that these are children of."""
    return {span.parent.span_id for span in spans}


async def test_every_attempt_is_a_span_below_the_users_own(tracing):
    """Pages are fetched by many tasks at once, and each attempt still has the right parent."""
    # Too few failures for an outage that the client gives up on, in whatever order they come.
    faults = {offset: [Fault.status(503)] for offset in range(500, 1_500, 200)}
    with FakeLiner(total=3_000, api_key=KEY, faults=faults, latency=0.005) as server:
        async with LinerClient(server.url, KEY, retry=QUICK) as liner:
            with tracing.tracer.start_as_current_span("copy") as copy:
                assert len(await liner.orders.list()) == 3_000
        assert server.peak_in_flight > 1
        wire = Counter(request.offset for request in server.requests)
    spans = tracing.requests()
    assert offsets(spans) == wire
    assert parents(spans) == {copy.get_span_context().span_id}
    failed = [span for span in spans if span.status.status_code is StatusCode.ERROR]
    assert [span.attributes["http.status_code"] for span in failed] == [503] * 5


async def test_runs_at_the_same_time_keep_their_parents_apart(tracing):
    """Two requests of a web application on one client: no span is hung below the other's."""
    with FakeLiner(total=1_000, api_key=KEY, latency=0.002) as server:
        async with LinerClient(server.url, KEY, concurrency=3) as liner:

            async def handle(name, offset):
                with tracing.tracer.start_as_current_span(name) as span:
                    async for _ in liner.orders.list(offset=offset):
                        await asyncio.sleep(0)
                return span.get_span_context().span_id

            first, second = await asyncio.gather(handle("first", 0), handle("second", 5))
    by_parent = {first: set(), second: set()}
    for span in tracing.requests():
        by_parent[span.parent.span_id] |= set(offsets([span]))
    assert by_parent == {first: set(range(0, 1_000, 100)), second: set(range(5, 1_000, 100))}


async def test_a_span_inside_the_loop_body_does_not_adopt_the_pages_to_come(tracing):
    """Reading ahead belongs to the reading, or to the step that asked for it; to nobody else."""
    with FakeLiner(total=1_000, api_key=KEY) as server:
        async with LinerClient(server.url, KEY, concurrency=2) as liner:
            with tracing.tracer.start_as_current_span("copy") as copy:
                async for _ in liner.orders.list().pages():
                    with tracing.tracer.start_as_current_span("store"):
                        await asyncio.sleep(0)
    assert parents(tracing.requests()) == {copy.get_span_context().span_id}


@pytest.mark.parametrize("fault", [Fault.disconnect(), garbage(), Fault.reset()])
async def test_a_lost_connection_is_a_span_that_failed(tracing, fault):
    """The exception is recorded with the span, and no header with it."""
    with FakeLiner(api_key=KEY, faults={"any": fault}) as server:
        async with LinerClient(server.url, KEY, retry=RetryPolicy.never()) as liner:
            with pytest.raises(TransportError):
                await liner.orders.page()
    [span] = tracing.requests()
    assert span.status.status_code is StatusCode.ERROR
    assert span.parent is None


async def test_a_borrowed_session_is_traced_too(tracing):
    """If it was made after `instrument()`."""
    with FakeLiner(api_key=KEY) as server:
        async with aiohttp.ClientSession() as session:
            async with LinerClient(server.url, KEY, session=session) as liner:
                await liner.orders.count()
    assert len(tracing.requests()) == 1


async def test_the_trace_goes_on_to_the_server(tracing):
    """W3C's `traceparent` is on every request, next to the key."""
    with FakeLiner(api_key=KEY) as server:
        async with LinerClient(server.url, KEY) as liner:
            await liner.orders.count()
        [request] = server.requests
    [span] = tracing.requests()
    assert f"{span.context.trace_id:032x}" in request.headers["traceparent"]


async def test_recorded_headers_keep_the_key_out_when_told_to(monkeypatch):
    """The page names the variable that does it."""
    assert CAPTURED in PAGE.read_text("utf-8")
    assert f"{SANITIZED}=x-api-key" in PAGE.read_text("utf-8")
    monkeypatch.setenv(CAPTURED, ".*")
    monkeypatch.setenv(SANITIZED, "x-api-key")
    tracing = Tracing()
    AioHttpClientInstrumentor().instrument(tracer_provider=tracing.provider)
    try:
        with FakeLiner(api_key=KEY) as server:
            async with LinerClient(server.url, KEY) as liner:
                await liner.orders.count()
    finally:
        AioHttpClientInstrumentor().uninstrument()
    [span] = tracing.requests()
    recorded = {name: value for name, value in span.attributes.items() if "api" in name.lower()}
    assert recorded == {"http.request.header.x_api_key": ("[REDACTED]",)}
    tracing.provider.shutdown()


def recipe():
    """Give the page's Prometheus example up to its use."""
    [code] = [
        code
        for code in re.findall(
            r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        if "prometheus_client" in code
    ]
    return code[: code.index("async with")]


def test_the_prometheus_recipe_is_scraped():
    """In a program of its own, by HTTP, as Prometheus does it; the numbers are those of the run."""
    program = recipe() + textwrap.dedent(SERVING)
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        port = int(process.stdout.readline())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            scraped = answer.read().decode()
        process.stdin.close()
    assert process.returncode == 0
    numbers = dict(line.rsplit(" ", 1) for line in scraped.splitlines() if line.startswith("liner"))
    path = 'path="/v2/order/"'
    expected = {
        f'liner_attempt_seconds_count{{outcome="ok",{path}}}': 3,
        f'liner_attempt_seconds_count{{outcome="ServerError",{path}}}': 1,
        f'liner_attempt_seconds_count{{outcome="body",{path}}}': 1,
        f'liner_retries_total{{cause="ServerError",{path}}}': 1,
        f'liner_retries_total{{cause="body",{path}}}': 1,
        f"liner_items_total{{{path}}}": 251,
        f"liner_decoding_seconds_count{{{path}}}": 3,
        f'liner_drift_total{{kind="total",{path}}}': 1,
    }
    assert {name: float(numbers[name]) for name in expected} == expected

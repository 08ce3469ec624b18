"""Part I of the failure catalogue: the key, texts of the server's, and what leaves the process."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import traceback

import aiohttp
import attrs
import pytest

import liner_async
from liner_async import ApiError, LinerClient, LinerError
from liner_async.testing import FakeLiner, Fault
from liner_async.testing.wire import End
from tests.support.reading import KEY, QUICK, broken, client, failure, healthy
from tests.support.wire_faults import raw

ECHO = json.dumps({"success": False, "message": f"bad key {KEY}!", "data": KEY}).encode()


def reachable_text(error: BaseException) -> str:
    """Everything a crash reporter prints: texts, attributes, chained errors, frames' locals."""
    parts = []
    for each in chain(error):
        parts += [str(each), repr(each), repr(getattr(each, "__dict__", {}))]
        for frame, _ in traceback.walk_tb(each.__traceback__):
            if (
                "liner_async" in frame.f_code.co_filename
                and "tests" not in frame.f_code.co_filename
            ):
                for value in frame.f_locals.values():
                    parts += [repr(value), repr(getattr(value, "__dict__", "")), *fields(value)]
            assert "aiohttp" not in frame.f_code.co_filename
    return "\n".join(parts)


def fields(value: object, depth: int = 2) -> list[str]:
    """Every field of a value, and theirs, whether or not its `repr` shows it."""
    if not depth or not attrs.has(type(value)):
        return []
    found = [getattr(value, of.name, None) for of in attrs.fields(type(value))]
    return [*map(repr, found), *(text for each in found for text in fields(each, depth - 1))]


def chain(error: BaseException | None):
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or error.__context__
    return seen


FAULTS = {
    "closed": raw(b""),
    "not http": raw(b"\x00" * 50),
    "cut": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"),
    "stalled": raw(b"", then=End.STALL),
    "401": Fault.status(401, body=ECHO),
    "400": Fault.status(400, body=ECHO),
    "503": Fault.status(503, body=ECHO, headers={"X-Echo": KEY}),
    "302": Fault.redirect(f"http://127.0.0.1:1/?key={KEY}"),
    "refused": Fault.body(ECHO),
    "no json": Fault.body(f"<html>{KEY}".encode()),
    "wrong shape": Fault.body(json.dumps([KEY]).encode()),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_85_86_the_key_is_in_no_error_and_no_log(fault, caplog):
    """Neither text, attribute, cause, context, local variable, pickle nor DEBUG line shows it."""
    caplog.set_level(logging.DEBUG)
    with broken(fault) as server:
        async with client(server, timeout=0.1) as liner:
            with pytest.raises(LinerError) as caught:
                await liner.orders.list()
            with pytest.raises(LinerError) as direct:
                await liner.orders.page()
        assert server.requests[0].authorized
    for error in (caught.value, direct.value):
        assert KEY not in reachable_text(error)
        assert KEY.encode() not in pickle.dumps(error)
    assert KEY not in caplog.text


async def test_85_the_key_is_not_in_a_timeout_of_the_users():
    """A deadline of the caller's cancels the request: aiohttp's frames stay out of its chain."""
    with broken(raw(b"", then=End.STALL)) as server:
        async with client(server) as liner:
            for read in (liner.orders.page, liner.orders.list().first, liner.orders.count):
                with pytest.raises(TimeoutError) as caught:
                    async with asyncio.timeout(0.05):
                        await read()
                assert KEY not in reachable_text(caught.value)


def test_85_the_key_is_in_no_representation():
    """Of the client, its parts, or their attributes."""
    liner = LinerClient("https://liner.example", KEY)
    texts = [repr(liner), str(liner), repr(vars(liner))]
    for part in (*vars(liner).values(), *vars(liner._sender).values()):
        texts += [repr(part), repr(getattr(part, "__dict__", ""))]
    assert not [text for text in texts if KEY in text]


def test_85_a_key_is_not_pickled():
    """Nor is the client that holds it."""
    liner = LinerClient("https://liner.example", KEY)
    for what in (liner._sender.key, liner):
        with pytest.raises(TypeError):
            pickle.dumps(what)


async def test_86_an_echoed_key_is_masked_in_the_message():
    """The rest of the vendor's message stays."""
    with broken(Fault.body(ECHO)) as server:
        error = await failure(server)
    assert type(error) is ApiError
    assert "bad key ***!" in str(error)


WITH_COOKIE = Fault.headers({"Set-Cookie": "session=1; Path=/"})


def errors() -> list[type[LinerError]]:
    """Every class of the tree."""
    found, queue = [], [LinerError]
    while queue:
        found.append(queue.pop())
        queue += found[-1].__subclasses__()
    return [each for each in found if each.__name__ in liner_async.__all__]


@pytest.mark.parametrize("kind", errors(), ids=lambda kind: kind.__name__)
def test_87_errors_survive_pickling(kind):
    """With type, text and attributes."""
    error = kind("what happened", offset=300, attempts=2)
    error.retry_after, error.status = 1.5, 503
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is kind
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


async def test_88_cookies_are_neither_kept_nor_sent():
    """By a session of our own."""
    with broken(WITH_COOKIE, total=150) as server:
        async with client(server) as liner:
            await liner.orders.list()
        assert len(server.requests) == 2
        assert not [request for request in server.requests if "Cookie" in request.headers]


async def test_88_proxy_variables_are_not_followed(monkeypatch, tmp_path):
    """The key goes to the host that was named, and no `.netrc` adds to it."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with healthy() as proxy, healthy() as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        async with client(server) as liner:
            await liner.orders.list()
        assert proxy.connections == 0
        assert "Authorization" not in server.requests[0].headers


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "message", ["\x1b[2J\nforged line", "x" * 10_000_000, "\u202eevil", "\x9b31m"], ids=ascii
)
async def test_89_a_message_is_escaped_and_short(message):
    """Nothing in it is obeyed by a terminal or taken for a log line of its own."""
    with FakeLiner(faults={None: Fault.envelope(success=False, message=message)}) as server:
        error = await failure(server)
    assert str(error).isprintable()
    assert len(str(error)) < 300


async def test_90_a_borrowed_session_is_used_and_left_alone():
    """Its cookies, headers and life are its owner's; the key is not put on it."""
    with broken(WITH_COOKIE, total=150) as server:
        async with aiohttp.ClientSession(headers={"X-Own": "1"}) as session:
            async with LinerClient(server.url, KEY, session=session, retry=QUICK) as liner:
                assert len(await liner.orders.list()) == 150
            assert not session.closed
            assert "X-Api-Key" not in session.headers
        assert {request.headers["X-Own"] for request in server.requests} == {"1"}

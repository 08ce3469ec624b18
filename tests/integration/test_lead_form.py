"""The example of a site's form: what its visitor is told, and what LINER has then."""

from __future__ import annotations

import logging
import runpy

import attrs
import httpx
import pytest

from liner_async.testing import FakeLiner, Fault
from tests.support.fences import PROJECT

PHONE = "+79001234567"
CASES = {
    # what LINER does; the visitor's status, and how many leads there are
    "created": (None, 201, 1),
    "created, without its number": (Fault.body(b'{"success": true}'), 201, 0),
    "carried out, no answer": (attrs.evolve(Fault.disconnect(), applied=True), 202, 1),
    "not carried out, no answer": (Fault.disconnect(), 202, 0),
    "a 500": (Fault.status(500), 202, 0),
    "the phone is wrong": (Fault.envelope(success=False, message="bad phone"), 422, 0),
    "the key is wrong": (Fault.status(401), 503, 0),
    "a long pause": (Fault.status(429, retry_after="30"), 503, 0),
}


@pytest.mark.parametrize(("fault", "status", "leads"), CASES.values(), ids=CASES)
async def test_a_visitor_is_told_the_truth(fault, status, leads, monkeypatch, caplog):
    """Nobody is asked to send again what may be there; the log tells staff what to look for."""
    with FakeLiner(sizes={"leads": 0}, write_faults={"leads.create": fault}) as server:
        monkeypatch.setenv("LINER_HOST", server.url)
        monkeypatch.setenv("LINER_API_KEY", server.api_key)
        app = runpy.run_path(str(PROJECT / "examples" / "web" / "lead_form.py"))["app"]
        async with app.router.lifespan_context(app) as state:
            transport = httpx.ASGITransport(_with_state(app, state))
            async with httpx.AsyncClient(transport=transport, base_url="http://site") as visitor:
                with caplog.at_level(logging.WARNING):
                    answer = await visitor.post("/call-me", json={"phone": PHONE})
        assert len(server.writes) == 1
        assert sum(of.applied for of in server.writes) == leads
    told = answer.json()
    assert answer.status_code == status
    assert ("try again" in told["text"]) == (status == 503)
    assert (told["reference"] in caplog.text) == (fault is not None)
    assert PHONE not in caplog.text


def _with_state(app, state):
    """Return the application as a server runs it: with what its lifespan opened."""

    async def served(scope, receive, send):
        await app({**scope, "state": dict(state)}, receive, send)

    return served

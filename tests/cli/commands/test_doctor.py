"""`liner-async doctor`: every way to fail, over real sockets, and the advice for it."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from inspect import signature

import pytest

from liner_async import LinerClient
from liner_async.cli.commands.load import LoadProbe, load
from liner_async.cli.resources import RESOURCES
from liner_async.testing import FakeLiner, Fault
from tests.support.waiting import eventually
from tests.support.wire_faults import garbage

KEY = "s3cret-key-of-the-test"
LISTS = [each.command for each in RESOURCES[1:]]


def marks(out):
    """Return the mark of every check that was printed, by its name."""
    return {line.split()[1]: line.split()[0] for line in out.splitlines()}


def text_of(out, name):
    """Return the text of one check."""
    return next(line.split(maxsplit=2)[2] for line in out.splitlines() if f" {name} " in line)


def examine(invoke, *options, key=KEY, **behaviour):
    """Run the command against such a server; it asks for one order and never shows the key.

    Without an answer to that, and but for a missing permission, it asks for nothing else.
    """
    with FakeLiner(api_key=KEY, **behaviour) as server:
        ended = invoke("--host", server.url, *options, "doctor", LINER_API_KEY=key)
        asked = [(each.resource, each.offset, each.limit) for each in server.requests]
    assert asked[:1] == [("orders", 0, 1)]
    if marks(ended.out)["orders"] not in {"ok", "warning"}:
        assert len(asked) == 1
    assert "orders" not in {resource for resource, *_ in asked[1:]}
    assert KEY not in ended.out + ended.err
    return ended


def everywhere(fault):
    """Return the faults of a server that answers every list so."""
    lists = ["orders", *(each.replace("-", "_") for each in LISTS)]
    return {(name, "any"): fault for name in lists}


def at(skew):
    """Return a fault that sends a page whose `Date` is that far from now."""
    return Fault.headers({"Date": format_datetime(datetime.now(UTC) + skew, usegmt=True)})


def test_a_healthy_host_passes_every_check(invoke):
    """A line for each check and list on stdout, nothing on stderr, exit 0, small requests."""
    ended = examine(invoke, total=12_345)
    assert (ended.code, ended.err) == (0, "")
    checks = ("settings", "network", "TLS", "key", "orders", "clock")
    assert marks(ended.out) == dict.fromkeys((*checks, *LISTS), "ok")
    assert text_of(ended.out, "orders") == "12,345"
    assert re.fullmatch(r"an answer in \d+ ms", text_of(ended.out, "network"))
    assert text_of(ended.out, "settings").endswith(", the key from LINER_API_KEY")


@pytest.mark.parametrize(
    ("fault", "code", "failed", "told"),
    [
        (Fault.disconnect(), 1, "network", "closed the connection; check the port; if it speaks"),
        (garbage(), 1, "network", "not HTTP; check the port; if it speaks TLS, the host"),
        (Fault.cut(), 1, "network", "cut short or is corrupt; check the port, and try again"),
        (Fault.status(401), 4, "key", "not accepted; check that LINER_API_KEY or --api-key-file"),
        (
            Fault.status(404),
            1,
            "orders",
            "no such path: check the host; the API must be at HOST/v2",
        ),
        (
            Fault.status(429),
            1,
            "orders",
            "too many requests; wait, and find out who else uses this key",
        ),
        (Fault.status(429, retry_after="7"), 1, "orders", "too many requests; wait 7 s, and find"),
        (Fault.status(503), 1, "orders", "HTTP 503; the fault is on LINER's side"),
        (Fault.status(418), 1, "orders", "HTTP 418; this may be another service"),
        (
            Fault.redirect("https://other.example/login?next=1"),
            1,
            "orders",
            "which points to 'https://other.example'; use the host that the redirect points to",
        ),
        (Fault.body(b"<html>"), 1, "orders", "the body is not JSON; this may be a login page"),
        (Fault.body(b"{}"), 1, "orders", "not the documented envelope: success is neither"),
        (
            Fault.envelope(success=False, message="Service suspended"),
            1,
            "orders",
            "the API refused: 'Service suspended'; this is LINER's own message",
        ),
        (Fault.rows({0: {"id": "x"}}), 1, "orders", "to leave such orders out: orders export"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
def test_a_problem_is_reported_with_advice(invoke, fault, code, failed, told):
    """One check fails, those that depend on it stay open, and stderr has one line."""
    ended = examine(invoke, faults={"any": fault})
    assert ended.code == code
    assert [name for name, mark in marks(ended.out).items() if mark == "FAILED"] == [failed]
    assert told in ended.err
    assert re.fullmatch(r"error: .*\n", ended.err)
    assert "attempts" not in ended.err


def test_a_key_that_may_read_nothing_fails_the_check_of_the_key(invoke):
    """It is known, but of no use; the lists are not shown one by one."""
    ended = invoke_all_forbidden(invoke)
    assert ended.code == 4
    assert [name for name, mark in marks(ended.out).items() if mark == "FAILED"] == ["key"]
    assert marks(ended.out).keys().isdisjoint(LISTS)
    assert "does not allow this; ask for permission to read orders" in ended.err


def invoke_all_forbidden(invoke):
    """Run the command with a key that lacks every permission."""
    with FakeLiner(api_key=KEY, faults=everywhere(Fault.status(403))) as server:
        return invoke("doctor", server=server)


@pytest.mark.parametrize("name", ["orders", "leads", "call_statuses"])
def test_a_list_that_the_key_may_not_read_is_a_warning(invoke, name):
    """The others are read all the same, and the exit code is 0."""
    ended = examine(invoke, faults={(name, "any"): Fault.status(403)})
    assert (ended.code, ended.err) == (0, "")
    found = marks(ended.out)
    command = name.replace("_", "-")
    assert found.pop(command) == "warning"
    assert text_of(ended.out, command).endswith("HTTP 403; the API key does not allow this")
    if name == "orders":
        assert found.pop("calls") == "-"  # there is no order whose calls could be asked for
    assert set(found.values()) == {"ok"}


def test_each_list_shows_its_path_and_its_size(invoke):
    """Leads are counted for a day, calls for one order; lists with two paths show which answers."""
    ended = examine(invoke, total=3, paths="plural", sizes={"users": 7})
    assert text_of(ended.out, "users").split() == ["/v2/user/list/", "7"]
    assert text_of(ended.out, "lead-statuses").startswith("/v2/lead-statuses/")
    assert text_of(ended.out, "sip-endpoints").startswith("/v2/sip-endpoints/")
    assert text_of(ended.out, "leads").endswith(" 0 in the last 24 hours")
    assert re.search(r" 0 of order \d+ in the last 24 hours$", text_of(ended.out, "calls"))
    assert len({line.index("/v2/") for line in ended.out.splitlines() if "/v2/" in line}) == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.status(500), "error: users: HTTP 500; the fault is on LINER's side"),
        (Fault.status(404), "this installation may not have it"),
        (Fault.rows({0: {"id": "x"}}), "to leave such users out: users export --on-invalid skip"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
def test_a_list_with_another_fault_fails(invoke, fault, told):
    """Exit 1 with advice; the other lists are read all the same."""
    ended = examine(invoke, faults={("users", "any"): fault, ("leads", "any"): Fault.status(403)})
    assert ended.code == 1
    found = marks(ended.out)
    assert (found.pop("users"), found.pop("leads"), set(found.values())) == (
        "FAILED",
        "warning",
        {"ok"},
    )
    assert told in ended.err
    assert re.fullmatch(r"error: users: .*\n", ended.err)


def test_lists_are_asked_for_several_at_a_time(invoke):
    """As many as a client sends at once."""
    with FakeLiner(latency=0.05) as server:
        assert invoke("doctor", server=server).code == 0
        assert server.peak_in_flight > 1


def test_calls_are_not_asked_for_without_an_order(invoke):
    """There is no list of calls without an order or a lead."""
    ended = examine(invoke, total=0, sizes={"calls": 0, "leads": 0})
    assert ended.code == 0
    assert marks(ended.out)["calls"] == "-"


def test_a_wrong_key_fails_the_check_of_the_key(invoke):
    """The server refuses it; the clock is compared all the same."""
    ended = examine(invoke, key="another")
    assert ended.code == 4
    assert marks(ended.out) == {
        "settings": "ok",
        "network": "ok",
        "TLS": "ok",
        "key": "FAILED",
        "orders": "-",
        "clock": "ok",
    }


def test_a_server_that_does_not_answer_is_given_up_after_the_timeout(invoke):
    """The advice names the firewall and the option."""
    ended = examine(invoke, "--timeout", "0.2", faults={"any": Fault.stall(600)})
    assert ended.code == 1
    assert "no complete answer within 0.2 s; a firewall may be dropping" in ended.err
    assert "--timeout" in ended.err


@pytest.mark.parametrize("options", [[], ["--attempts", "5"]])
def test_nothing_is_retried(invoke, options):
    """A check shows the first answer, not one that came after a while."""
    assert examine(invoke, *options, faults={0: [Fault.status(503)]}).code == 1


def test_a_host_where_nobody_listens_is_reported_with_its_port(invoke):
    """The advice names host, port and firewall."""
    with socket.socket() as taken:  # bound, not listening
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        ended = invoke("--host", f"https://127.0.0.1:{port}", "doctor", LINER_API_KEY=KEY)
    assert ended.code == 1
    assert f"cannot connect to '127.0.0.1', port {port}: Connection refused; check" in ended.err
    assert marks(ended.out)["TLS"] == marks(ended.out)["clock"] == "-"


def test_a_host_that_does_not_exist_is_reported(invoke):
    """The advice names the spelling and this machine's network."""
    ended = invoke("--host", "https://no-such-host.invalid", "doctor", LINER_API_KEY=KEY)
    assert ended.code == 1
    assert "no such host: 'no-such-host.invalid'; check the spelling of the host" in ended.err


@pytest.mark.parametrize(
    ("options", "environment", "told"),
    [
        ([], {"LINER_API_KEY": KEY}, "no host: give --host or set LINER_HOST"),
        ([], {"LINER_HOST": "https://x"}, "no API key: set LINER_API_KEY or give --api-key-file"),
        (["--host", "http://liner.example"], {"LINER_API_KEY": KEY}, "use https, or pass --allow"),
        (["--host", "liner.example"], {"LINER_API_KEY": KEY}, "must start with https://"),
        ([], {"LINER_HOST": "https://x", "LINER_API_KEY": f"{KEY}\x07"}, "printable ASCII"),
    ],
)
def test_wrong_settings_end_before_any_request(invoke, options, environment, told):
    """Host and key are checked first; exit 2."""
    ended = invoke(*options, "doctor", **environment)
    assert (ended.code, marks(ended.out)) == (2, {"settings": "FAILED"})
    assert told in ended.err
    assert KEY not in ended.out + ended.err


@pytest.mark.parametrize("name", ["key.txt", "-"])
def test_the_place_of_the_key_is_named(invoke, tmp_path, name):
    """The file, or stdin; never what is in it."""
    (tmp_path / "key.txt").write_text(f"{KEY}\n")
    file = "-" if name == "-" else tmp_path / name
    with FakeLiner(api_key=KEY) as server:
        ended = invoke("--host", server.url, "--api-key-file", file, "doctor", stdin=KEY)
    assert ended.code == 0
    place = "stdin" if name == "-" else tmp_path / name
    assert text_of(ended.out, "settings") == f"{server.url}, the key from {place}"


@pytest.mark.parametrize(
    ("skew", "mark", "told"),
    [
        (timedelta(seconds=-10), "ok", "agrees with the server's clock"),
        (timedelta(minutes=2), "warning", "2 minutes behind the server's"),
        (timedelta(seconds=-40), "warning", r"[45]\d seconds ahead of the server's"),
        (timedelta(hours=3), "warning", "3 hours behind the server's"),
        (timedelta(days=-400), "warning", "400 days ahead of the server's"),
    ],
)
def test_a_clock_that_is_off_is_a_warning(invoke, skew, mark, told):
    """The answer's `Date` is compared with this machine's time; that alone is no failure."""
    ended = examine(invoke, faults={"any": at(skew)})
    assert (ended.code, ended.err) == (0, "")
    assert marks(ended.out)["clock"] == mark
    assert re.match(told, text_of(ended.out, "clock"))


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_the_clock_of_a_server_without_a_date_is_not_checked(invoke, date):
    """The `Date` is missing, or is not a date."""
    ended = examine(invoke, faults={"any": Fault.headers({"Date": date})})
    assert ended.code == 0
    assert text_of(ended.out, "clock") == "the server sent no date"


def test_plain_http_to_another_machine_is_a_warning(invoke):
    """It works where it is allowed, and the report says what that means."""
    ended = examine(invoke, "--allow-insecure-http")
    assert ended.code == 0
    assert marks(ended.out)["TLS"] == "warning"
    assert "can read the key" in text_of(ended.out, "TLS")


def serving_tls(certificate):
    """Return a server's context with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def over_tls(program, certificate, authority, tmp_path, *, trusted):
    """Run the command against a TLS server, in a process that may trust the authority."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    more = {"SSL_CERT_FILE": str(file)} if trusted else {}
    with FakeLiner(api_key=KEY, ssl=serving_tls(certificate)) as server:
        host = server.url.replace("127.0.0.1", "localhost")
        ended = program("--host", host, "doctor", LINER_API_KEY=KEY, **more)
        return ended, len(server.requests)


def test_an_unknown_authority_is_reported_and_the_advice_works(program, authority, tmp_path):
    """With SSL_CERT_FILE the same host passes."""
    certificate = authority.issue_cert("localhost")
    ended, requests = over_tls(program, certificate, authority, tmp_path, trusted=False)
    assert (ended.code, requests) == (1, 0)
    assert marks(ended.out) | {"clock": ""} == {
        "settings": "ok",
        "network": "ok",
        "TLS": "FAILED",
        "key": "-",
        "orders": "-",
        "clock": "",
    }
    assert "set SSL_CERT_FILE to its file" in ended.err
    ended, requests = over_tls(program, certificate, authority, tmp_path, trusted=True)
    assert (ended.code, ended.err, requests) == (0, "", 1 + len(LISTS))
    assert text_of(ended.out, "TLS") == "the certificate is trusted"


@pytest.mark.parametrize(
    ("issued", "told"),
    [
        ({"expires": datetime(2020, 1, 1, tzinfo=UTC)}, "expired; check this machine's clock"),
        ({"name": "other.example"}, "use the host name that is in the certificate"),
    ],
)
def test_a_certificate_that_does_not_fit_is_reported(program, authority, tmp_path, issued, told):
    """Expired, or another host's: each has advice of its own."""
    name = issued.get("name", "localhost")
    certificate = authority.issue_cert(name, not_after=issued.get("expires"))
    ended, requests = over_tls(program, certificate, authority, tmp_path, trusted=True)
    assert (ended.code, requests) == (1, 0)
    assert told in ended.err


def test_https_to_a_plain_port_is_reported(invoke):
    """No certificate at all."""
    with FakeLiner() as server:
        host = server.url.replace("http:", "https:")
        ended = invoke("--host", host, "doctor", LINER_API_KEY=KEY)
        assert server.requests == []
    assert marks(ended.out)["TLS"] == "FAILED"
    assert "check the port: it may not speak TLS" in ended.err


def test_http_to_a_port_that_speaks_tls_is_reported(invoke, authority):
    """The other way round."""
    with FakeLiner(ssl=serving_tls(authority.issue_cert("localhost"))) as server:
        host = server.url.replace("https:", "http:")
        ended = invoke("--host", host, "doctor", LINER_API_KEY=KEY)
    assert marks(ended.out)["network"] == "FAILED"
    assert "if it speaks TLS, the host must start with https://" in ended.err


def test_a_terminal_sees_coloured_ticks_unless_told_not_to(on_terminal):
    """NO_COLOR keeps the ticks and leaves the colours; without UTF-8 there are words."""
    with FakeLiner(faults={"any": Fault.status(401)}) as server:
        shown = on_terminal("doctor", server=server)
        plain = on_terminal("doctor", server=server, NO_COLOR="1")
        words = on_terminal("doctor", server=server, NO_COLOR="1", encoding="ascii")
    assert "\x1b[32m\x1b[1m✓\x1b[0m settings" in shown
    assert "\x1b[31m\x1b[1m✗\x1b[0m key" in shown
    assert "✓ settings" in plain
    assert "FAILED  key" in words
    assert "\x1b" not in plain + words


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (signal.SIGINT, (130, "error: interrupted\n")),
        (signal.SIGTERM, (143, "error: terminated\n")),
    ],
)
def test_signals_end_the_doctor_cleanly(started, number, ending):
    """One line and the signal's exit code; what was found before stays."""
    with FakeLiner(faults={"any": Fault.stall(600)}) as server:
        with started("doctor", server=server) as process:
            eventually(lambda: server.in_flight, "the request")
            process.send_signal(number)
            out, err = process.communicate()
            assert (process.returncode, err.decode()) == ending
    assert marks(out.decode()) == {"settings": "ok"}


READERLESS = [
    ("--help",),
    ("--version",),
    ("doctor",),
    ("doctor", "--help"),
    ("completion", "bash"),
    ("orders", "count"),
    ("orders", "list"),
    ("orders", "list", "--all", "--format", "csv"),
    ("demo", "--total", "300"),
]
MEASURED = (("--help",), ("orders", "count"))  # the others go the same ways


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(each, marks=[] if each in MEASURED else pytest.mark.unmeasured)
        for each in READERLESS
    ],
    ids=" ".join,
)
def test_a_reader_that_is_gone_ends_every_command_quietly(started, command):
    """`| true` is not an error."""
    reading, writing = os.pipe()
    os.close(reading)
    with FakeLiner() as server:
        with started(*command, server=server, stdout=writing) as process:
            os.close(writing)
            _, err = process.communicate()
    assert (process.returncode, err) == (0, b"")


def test_a_pipe_gets_words_without_colours(invoke):
    """What another program reads begins with the mark."""
    with FakeLiner() as server:
        out = invoke("doctor", server=server, TERM="xterm").out
    assert {line[:8] for line in out.splitlines()} == {"ok      "}


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_variable_that_is_not_used_is_a_warning(invoke, name):
    """Other programs use it, so people expect that this one does."""
    with FakeLiner(total=1) as server:
        ended = invoke("doctor", server=server, **{name: "http://proxy.invalid"})
        given = invoke("doctor", "--proxy", server.url, server=server, **{name: "http://x"})
    assert ended.code == 0
    told = f"{name} is set and not used: pass --proxy if the host needs it"
    assert (marks(ended.out)["proxy"], text_of(ended.out, "proxy")) == ("warning", told)
    assert "proxy" not in marks(given.out)


@pytest.fixture
def short_probe(monkeypatch):
    """Read for a part of a second."""
    monkeypatch.setattr("liner_async.cli.commands.load._SECONDS", 0.6)


def probe(invoke, **behaviour):
    """Run the command with --probe against such a server."""
    with FakeLiner(api_key=KEY, **behaviour) as server:
        return invoke("--host", server.url, "doctor", "--probe", LINER_API_KEY=KEY)


def test_a_probe_says_how_many_requests_the_host_takes(invoke, short_probe):
    """It reads a short list again and again."""
    ended = probe(invoke, total=500, latency=0.01)
    assert (ended.code, ended.err) == (0, "")
    found = re.fullmatch(
        r"(?:at least )?(\d+) requests at once, [\d,]+ orders a second; "
        r"(?:the client finds this number by itself|max_concurrency=64 lets the client use them)",
        text_of(ended.out, "load"),
    )
    assert 1 <= int(found[1]) <= 64
    assert marks(ended.out)["load"] == "ok"


def test_a_probe_warns_where_the_server_asks_for_a_pause(invoke, short_probe, skipping):
    """The number is what it bore meanwhile."""
    ended = probe(invoke, total=500, latency=0.01, faults={300: [Fault.status(429)]})
    assert marks(ended.out)["load"] == "warning"
    assert ", but the server asked for a pause: set concurrency=" in text_of(ended.out, "load")


def test_a_probe_of_an_empty_list_knows_nothing(invoke, short_probe):
    """And ends at once."""
    ended = probe(invoke, total=0)
    assert (ended.code, text_of(ended.out, "load")) == (0, "there is nothing to read")


def test_a_probe_that_fails_says_why(invoke, short_probe):
    """As any other check does."""
    ended = probe(invoke, total=500, faults={200: Fault.status(403)})
    assert ended.code == 4
    assert marks(ended.out)["load"] == "FAILED"


def test_no_load_is_tried_where_another_check_failed(invoke, short_probe):
    """The error is the one that is known."""
    ended = probe(invoke, total=500, faults={0: Fault.status(403)})
    assert "load" not in marks(ended.out)


def steady(limit):
    """Return the load of a host that was read with so many requests at once."""
    return load(LoadProbe(limits=(8, limit, limit), seconds=2.0, items=3_000, pauses=0)).text


def test_a_host_that_takes_the_most_that_was_tried_may_take_more():
    """The text says so."""
    assert steady(64).startswith("at least 64 requests at once, 1,500 orders a second; ")


def test_what_the_default_client_does_not_reach_needs_a_setting():
    """Up to its own `max_concurrency`, nothing has to be set."""
    default = signature(LinerClient).parameters["max_concurrency"].default
    assert steady(default).endswith("; the client finds this number by itself")
    assert steady(default + 1).endswith("; max_concurrency=64 lets the client use them")

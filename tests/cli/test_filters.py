"""Filters: what an option becomes, and what is refused before any request."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import click
import pytest

from liner_async.cli.filters import as_json, choose
from liner_async.cli.resources import RESOURCES
from liner_async.testing import FakeLiner

BY_COMMAND = {each.command: each for each in RESOURCES}
ALL_TIME = ("--created-from", "2023-12-31T00:00:00Z")


def given(command, **options):
    """Return what click hands over for a list, with these options given."""
    empty = {each.parameter: None for each in BY_COMMAND[command].filters}
    return {**empty, "zone": None, **options}


def queries(server):
    """Return the queries that were sent, by name."""
    return [parse_qs(urlsplit(each.path_qs).query) for each in server.requests]


@pytest.fixture(scope="module")
def world():
    """Return a server with a few of everything."""
    with FakeLiner(total=20, sizes={"leads": 300, "calls": 200, "users": 30}) as server:
        yield server


@pytest.fixture
def server(world):
    """Return the server, which has not been asked yet."""
    world.reset_stats()
    return world


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2024-03-01T09:00:00+03:00", None, datetime(2024, 3, 1, 6, tzinfo=UTC)),
        ("2024-03-01T09:00:00Z", "Europe/Moscow", datetime(2024, 3, 1, 9, tzinfo=UTC)),
        ("2024-03-01", "Europe/Moscow", datetime(2024, 2, 29, 21, tzinfo=UTC)),
        ("2024-03-01 09:30", "Asia/Yekaterinburg", datetime(2024, 3, 1, 4, 30, tzinfo=UTC)),
        ("2024-07-01", "Europe/Berlin", datetime(2024, 6, 30, 22, tzinfo=UTC)),
    ],
)
def test_a_time_takes_its_own_zone_or_the_one_given(text, zone, expected):
    """A date is its midnight; everything is in UTC from there on."""
    zone = None if zone is None else ZoneInfo(zone)
    chosen = choose(BY_COMMAND["leads"].filters, given("leads", created_from=text, zone=zone))
    assert chosen == {"created-from": expected}
    assert as_json(chosen) == {"created-from": expected.isoformat()}


@pytest.mark.parametrize("text", ["yesterday", "2024-13-01", "0001-01-01", ""])
def test_what_is_no_time_is_refused(text):
    """The message shows what a time looks like."""
    zone = ZoneInfo("Europe/Moscow")
    with pytest.raises(click.BadParameter, match="neither a date, such as 2024-01-31") as refused:
        choose(BY_COMMAND["leads"].filters, given("leads", created_from=text, zone=zone))
    assert refused.value.param_hint == "'--created-from'"


def test_identifiers_and_words_stay_what_they_are():
    """Lists are lists to JSON; what was not given is left out."""
    options = {"created_from": "2024-01-01T00:00:00Z", "order_ids": (), "order_id": (2, 1)}
    chosen = choose(BY_COMMAND["leads"].filters, given("leads", **options, status=(7, "new")))
    assert chosen["order-id"] == (2, 1)
    assert as_json(chosen) == {
        "created-from": "2024-01-01T00:00:00+00:00",
        "order-id": [2, 1],
        "status": [7, "new"],
    }
    assert choose(BY_COMMAND["users"].filters, given("users", active=False)) == {"active": False}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["leads", "count"],
            "--created-from'. Give a day, such as --created-from 2024-01-31 --zone Europe/Moscow (",
        ),
        (
            ["leads", "count", "--created-from", "2024-01-01"],
            "'2024-01-01' has no time zone: write 2024-01-01T00:00:00+03:00",
        ),
        (
            ["leads", "count", "--created-from", "2024-01-01"],
            "(or Z for UTC), or add --zone Europe/Moscow",
        ),
        (
            ["leads", "list", *ALL_TIME, "--created-to", "2023-12-31T00:00:00+00:00"],
            "--created-from must be before --created-to",
        ),
        (["leads", "list", *ALL_TIME, "--zone", "Mars"], "'Mars' is no time zone"),
        (["leads", "list", *ALL_TIME, "--zone", "Europe"], "'Europe' is no time zone"),
        (["leads", "list", *ALL_TIME, "--zone", "../../etc"], "is no time zone"),
        (["leads", "list", *ALL_TIME, "--order-id", "0"], "--order-id"),
        (["leads", "list", *ALL_TIME, "--offset", "1"], "No such option"),
        (["leads", "list", *ALL_TIME, "--window", "0"], "--window"),
        (["calls", "count", *ALL_TIME], "give --order-id, --lead-id or --all-orders"),
        (
            ["calls", "count", *ALL_TIME, "--order-id", "1", "--all-orders"],
            "--order-id and --all-orders exclude each other",
        ),
        (["users", "list", "--access-group", "boss"], "--access-group"),
        (["call-records", "list", "--call-id", "x"], "--call-id"),
    ],
)
def test_wrong_filters_are_refused_before_any_request(invoke, server, words, told):
    """One line that names the option, and exit 2."""
    ended = invoke(*words, server=server)
    assert (ended.code, ended.out, server.requests) == (2, "", [])
    assert told in ended.err
    assert re.fullmatch(r"error: .*\n", ended.err)


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (["users", "--active"], {"isActive": ["1"]}),
        (["users", "--inactive"], {"isActive": ["0"]}),
        (["users", "--access-group", "admin"], {"accessGroup": ["admin"]}),
        (["call-records", "--call-id", "5", "--amd"], {"callId": ["5"], "isAmd": ["1"]}),
        (["call-records", "--no-amd"], {"isAmd": ["0"]}),
        (["agent-groups", "--agent-id", "101"], {"agentId": ["101"]}),
        (["leads", *ALL_TIME, "--order-id", "7", "--order-id", "3"], {"orderIds[]": ["7", "3"]}),
        (["leads", *ALL_TIME, "--status", "10", "--status", "11"], {"statusIds[]": ["10", "11"]}),
        (["calls", *ALL_TIME, "--lead-id", "7", "--user-id", "3"], {"leadIds[]": ["7"]}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_filter_reaches_the_server(invoke, server, words, sent):
    """One request with what was asked for."""
    command, *options = words
    assert invoke(command, "count", *options, server=server).code == 0
    (query,) = queries(server)
    assert {name: query[name] for name in sent} == sent


def test_a_status_may_be_given_by_its_code(invoke, server):
    """The list of statuses is asked for, and tells its id; ids need no such request."""
    other, status = server.lead_statuses[:2]
    both = ("--status", status["code"], "--status", other["id"])
    count = ("leads", "count", *ALL_TIME, *both)
    assert invoke(*count, server=server).code == 0
    directory, query = server.requests[0], queries(server)[-1]
    assert directory.resource == "lead_statuses"
    assert query["statusIds[]"] == [str(status["id"]), str(other["id"])]
    assert len(server.requests) == 2


def test_a_code_that_no_status_has_is_refused(invoke, server):
    """The known ones are named, and no lead is asked for."""
    ended = invoke("leads", "count", *ALL_TIME, "--status", "nonsense", server=server)
    assert (ended.code, ended.out) == (2, "")
    assert "--status: no such code: 'nonsense'; known: " in ended.err
    assert all(each["code"] in ended.err for each in server.lead_statuses)
    assert [each.resource for each in server.requests] == ["lead_statuses"]


def test_calls_of_all_orders_are_counted(invoke, server):
    """Their orders are listed first."""
    ended = invoke("calls", "count", *ALL_TIME, "--all-orders", server=server)
    assert (ended.code, ended.out) == (0, f"{len(server.calls)}\n")
    assert server.requests[0].resource == "orders"


def test_a_period_ends_before_its_end(invoke, server):
    """`--created-from` is part of it, `--created-to` is not."""
    times = sorted({each["createdAt"] for each in server.leads})
    period = ("--created-from", times[10], "--created-to", times[20])
    ended = invoke("leads", "list", "--all", *period, "--format", "jsonl", server=server)
    listed = {json.loads(line)["createdAt"] for line in ended.out.splitlines()}
    assert listed == set(times[10:20])


def test_a_table_of_a_period_says_how_many_there_are(invoke, server):
    """The pages of a window tell the total of that alone, so the server is asked to count."""
    ended = invoke("leads", "list", "-n", 3, *ALL_TIME, server=server)
    assert ended.err == "3 of 300 leads\n"
    ended = invoke("leads", "list", "-n", 400, *ALL_TIME, server=server)
    assert ended.err == "300 of 300 leads\n"


def test_a_table_does_without_a_count_where_the_server_refuses_it(invoke):
    """It counts a period in one request, which may be too long a span."""
    with FakeLiner(sizes={"leads": 50}, max_span=timedelta(days=7)) as server:
        options = ("--created-from", server.leads[0]["createdAt"], "--window", 7)
        ended = invoke("leads", "list", "-n", 3, *options, server=server)
    assert (ended.code, ended.err) == (0, "the first 3 leads\n")


@pytest.mark.parametrize("command", ["list", "export"])
def test_a_server_that_refuses_long_spans_is_asked_for_shorter_ones(invoke, command):
    """`--window` bounds what is asked for at once."""
    with FakeLiner(sizes={"leads": 50}, max_span=timedelta(days=7)) as server:
        period = ("--created-from", server.leads[0]["createdAt"])
        refused = invoke("leads", command, "-n", 50, *period, server=server)
        assert (refused.code, refused.out) == (1, "")
        ended = invoke("leads", command, "-n", 50, *period, "--window", 7, server=server)
    assert ended.code == 0
    assert "50 leads" in ended.err

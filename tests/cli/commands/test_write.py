"""`create`, `update` and `submit`: one write, its outcome, and its exit code."""

from __future__ import annotations

import json
import re
import shlex
import signal

import attrs
import pytest

from liner_async.cli.commands.writing import Doubts, run_in_doubt
from liner_async.cli.console.exits import CommandExit, ExitCode
from liner_async.cli.fields import Fields
from liner_async.cli.resources import RESOURCES
from liner_async.testing import FakeLiner, FakeLinerProcess, Fault
from tests.support.waiting import eventually

KEY = "s3cret-key-of-the-test"
LEAD = ("phone=+79001234567", "order_id=123")
written = pytest.mark.parametrize(
    "resource", [each for each in RESOURCES if each.new], ids=lambda each: each.command
)


@pytest.fixture
def server():
    """Return a server that can be written to."""
    with FakeLiner(total=20, sizes={"leads": 30}) as server:
        yield server


def applied(server):
    """Return the bodies of what the server has carried out."""
    return [each.body for each in server.writes if each.applied]


@written
def test_the_examples_in_the_help_create_and_update(invoke, server, resource):
    """Stdout has the identifier of what was created, and nothing of an update."""
    words = shlex.split(resource.example_fields)
    ended = invoke(resource.command, "create", *words, server=server)
    assert (ended.code, ended.err) == (0, "")
    item_id = int(ended.out)
    changes = shlex.split(resource.example_changes)
    ended = invoke(resource.command, "update", item_id, *changes, server=server)
    noun = resource.noun.singular
    assert (ended.code, ended.out, ended.err) == (0, "", f"{noun} {item_id} was changed\n")
    assert [each.endpoint for each in server.writes] == [
        f"{resource.attribute}.create",
        f"{resource.attribute}.update",
    ]


def test_fields_have_our_names_or_the_vendors(invoke, server):
    """Text needs no quotes, the rest is JSON, and what is no JSON is text."""
    words = ("orderId=123", "name=12", 'custom_values={"10": "x"}', "vk_id=5", "priority=2")
    assert invoke("leads", "create", LEAD[0], *words, server=server).code == 0
    assert applied(server) == [
        {
            "leadType": "straight",
            "phone": "+79001234567",
            "orderId": 123,
            "name": "12",
            "vkId": "5",
            "priority": 2,
            "customValues": {"10": "x"},
        }
    ]


def test_null_clears_a_field_and_quotes_make_it_text(invoke, server):
    """What is not named stays."""
    lead = server.leads[0]
    words = ("name=null", 'source_comment="null"', 'external_id_amo="A-1', "utc_offset=null")
    assert invoke("leads", "update", lead["id"], *words, server=server).code == 0
    assert applied(server) == [
        {
            "name": None,
            "sourceComment": "null",
            "externalIdAmo": '"A-1',
            "utcOffset": None,
        }
    ]


def test_dates_and_times_need_no_quotes():
    """They are no JSON, so they are taken as they are."""
    fields = Fields.of("OrderChanges")
    words = ['call_holiday_overrides=["2024-01-01"]', "title=2024-01-01", "status=success"]
    assert fields.from_words(words) == {
        "call_holiday_overrides": ["2024-01-01"],
        "title": "2024-01-01",
        "status": "success",
    }
    assert Fields.of("NewLead").from_words(["priority=2024-01-01"]) == {"priority": "2024-01-01"}


def test_submit_prints_what_the_server_said(invoke, server):
    """As JSON; nothing is promised of it."""
    ended = invoke("leads", "submit", *LEAD, server=server)
    assert (ended.code, json.loads(ended.out), ended.err) == (0, None, "")
    assert [each.endpoint for each in server.writes] == ["leads.submit"]


def test_a_dry_run_prints_the_body_and_sends_nothing(invoke):
    """It needs neither host nor key."""
    ended = invoke("leads", "create", *LEAD, "--dry-run")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == {
        "leadType": "straight",
        "phone": "+79001234567",
        "orderId": 123,
    }
    ended = invoke("leads", "update", 5, "name=null", "--dry-run")
    assert (ended.code, ended.out) == (0, '{"name": null}\n')
    ended = invoke("leads", "create", LEAD[0], "--dry-run")
    assert (ended.code, ended.out) == (2, "")
    assert "one of these is required: order_id, order_code" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["create", "phone=+7-PRIVATE"], "one of these is required: order_id, order_code"),
        (["create", "phone=+7-PRIVATE", "order_id=x-PRIVATE"], "order_id: expected an integer"),
        (["create", "PRIVATE"], "field 1 is not KEY=VALUE"),
        (["create", "phone=1", "phon=PRIVATE"], "no such field: 'phon'; known: lead_type, phone"),
        (["create", "orderId=1", "order_id=2"], "order_id is given twice"),
        (["create"], "Missing argument 'KEY=VALUE...'"),
        (["update", "0", "name=PRIVATE"], "'ID'"),
        (["update", "5", "lead_type=PRIVATE"], "no such field: 'lead_type'"),
        (["submit", "order_id=1"], "one of these is required: phone"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_fields_are_refused_before_any_request(invoke, server, words, told):
    """One line that names the field and never a value, and exit 2."""
    ended = invoke("leads", *words, server=server)
    assert (ended.code, ended.out, server.requests) == (2, "", [])
    assert told in ended.err
    assert "PRIVATE" not in ended.err
    assert re.fullmatch(r"error: .*\n", ended.err)


@pytest.mark.parametrize("was_applied", [True, False], ids=["applied", "lost"])
@pytest.mark.parametrize("verb", ["create", "submit"])
def test_an_unknown_outcome_has_an_exit_code_of_its_own(invoke, verb, was_applied):
    """It was sent once, and nobody can tell: 6, and the advice to look first."""
    fault = attrs.evolve(Fault.disconnect(), applied=was_applied)
    with FakeLiner(write_faults={f"leads.{verb}": fault}) as server:
        ended = invoke("leads", verb, *LEAD, server=server)
        assert (ended.code, ended.out) == (6, "")
        assert len(server.writes) == 1
    assert "look before you send it again" in ended.err
    assert "+7900" not in ended.err


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        (Fault.status(422), 1, "HTTP 422"),
        (Fault.status(401), 4, "HTTP 401"),
        (Fault.envelope(success=False, message="no"), 1, "the API refused: 'no'"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
def test_a_refusal_is_no_doubt(invoke, fault, code, told):
    """Nothing was created, and the exit code says so."""
    with FakeLiner(write_faults={"leads.create": fault}) as server:
        ended = invoke("leads", "create", *LEAD, server=server)
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err


def test_what_was_created_without_an_id_is_not_created_again(invoke):
    """Exit 0, since a script that sees a failure would repeat it."""
    with FakeLiner(id_form="none") as server:
        ended = invoke("leads", "create", *LEAD, server=server)
        assert len(applied(server)) == 1
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "the lead was created, but the answer does not give its id\n"


def test_an_answer_that_leaves_a_doubt_is_one(invoke):
    """A 200 that is no JSON."""
    with FakeLiner(write_faults={"leads.create": Fault.body(b"<html>")}) as server:
        assert invoke("leads", "create", *LEAD, server=server).code == 6


@pytest.mark.usefixtures("unmeasured_programs")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_write_is_in_doubt(started, number):
    """It was sent: exit 6 and not the signal's code."""
    with FakeLiner(write_faults={"leads.create": Fault.stall(600)}) as server:
        with started("leads", "create", *LEAD, server=server) as process:
            eventually(lambda: server.writes, "the write")
            process.send_signal(number)
            out, err = process.communicate()
    assert (process.returncode, out) == (6, b"")
    assert b"interrupted, and no answer tells whether what was sent was carried out" in err


def test_an_interruption_without_a_doubt_is_just_that():
    """Nothing was sent, or all of it was answered."""

    async def interrupted():
        raise KeyboardInterrupt

    doubts = Doubts()
    with pytest.raises(KeyboardInterrupt):
        run_in_doubt(interrupted(), doubts)
    doubts.count = 1
    with pytest.raises(CommandExit) as ended:
        run_in_doubt(interrupted(), doubts)
    assert ended.value.code == ExitCode.UNKNOWN


@pytest.mark.usefixtures("unmeasured_programs")
def test_a_program_writes_to_a_server_in_another_process(program):
    """What was created can be read."""
    with FakeLinerProcess(total=20, sizes={"leads": 5}) as server:
        created = program("leads", "create", *LEAD, "name=Иван", server=server)
        shown = program("leads", "get", created.out.strip(), server=server)
    assert (created.code, created.err) == (0, "")
    assert json.loads(shown.out)["name"] == "Иван"


@written
def test_help_names_the_fields(invoke, resource):
    """They are imported for that alone."""
    shown = invoke(resource.command, "create", "--help").out
    _, _, listed = shown.partition("Fields:\n")
    assert set(Fields.of(resource.new).names) <= set(re.findall(r"\w+", listed))

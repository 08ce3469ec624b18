"""What the command says about itself, its settings, and its wrong use."""

from __future__ import annotations

import re

import pytest

from liner_async import (
    ApiError,
    AuthError,
    ConfigError,
    DecodeError,
    PagingDriftError,
    PagingError,
    TransportTimeoutError,
    __version__,
)
from liner_async.cli import cli
from liner_async.cli.console.exits import CommandExit, CommandGroup
from liner_async.cli.resources import RESOURCES
from liner_async.testing import FakeLiner, Fault

GROUPS = [resource.command for resource in RESOURCES]
KEY = "s3cret-key-of-the-test"
COMMANDS = [
    (),
    ("demo",),
    ("doctor",),
    ("completion",),
    ("fake-server",),
    *((each,) for each in GROUPS),
    *((each.command, verb) for each in RESOURCES for verb in cli.commands[each.command].commands),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(invoke, command):
    """Help has a one-line summary and an example, left as it was laid out, and goes to stdout."""
    shown = invoke(*command, "--help")
    assert (shown.code, shown.err) == (0, "")
    summary = shown.out.split("\n")[2]
    assert summary.endswith(".")
    assert re.search(
        r"^ *Examples?:\n +(LINER_\S+ )*liner-async " + " ".join(command), shown.out, re.MULTILINE
    )


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if each[:1] in ((), ("doctor",)) or each[0] in GROUPS]
)
def test_commands_that_need_a_server_name_the_variables(invoke, command):
    """Help explains LINER_HOST and LINER_API_KEY where they matter."""
    shown = invoke(*command, "--help").out
    assert re.search(r"LINER_HOST +where", shown)
    assert re.search(r"LINER_API_KEY +the", shown)


@pytest.mark.parametrize("command", [(), *((each,) for each in GROUPS)], ids=" ".join)
def test_a_group_alone_shows_its_help(invoke, command):
    """An empty command line is a question, not a mistake."""
    assert invoke(*command) == invoke(*command, "--help")


def test_the_version_is_the_packages(invoke):
    """`--version` names the program and its version."""
    assert invoke("--version").out == f"liner-async, version {__version__}\n"


def test_the_key_is_never_an_option(invoke):
    """No command that reaches a real server takes the key on its command line."""
    refused = invoke("--api-key", KEY, "orders", "count")
    assert refused.code == 2
    assert "No such option" in refused.err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--bad"], "No such option"),
        (["nothing"], "No such command 'nothing' (see liner-async --help)"),
        (["--attempts", "0", "orders", "count"], "--attempts"),
        (["--timeout", "0", "orders", "count"], "--timeout"),
        (["--timeout", "nan", "orders", "count"], "timeout must be seconds"),
        (["orders", "list", "--all", "--limit", "3"], "--max-items and --all exclude each other"),
        (["orders", "list", "-n", "1", "--limit", "3"], "--limit is another name of --max-items"),
        (["orders", "list", "--json", "--format", "csv"], "--json and --format exclude each other"),
        (["orders", "get", "0"], "'ID'"),
        (
            ["orders", "export", "-o", "o.csv", "--format", "jsonl"],
            "--format jsonl contradicts the ending of o.csv",
        ),
        (["orders", "list", "--columns", "id,foo"], "no such column: 'foo'; known: id, code,"),
        (["orders", "list", "--columns", "call_schedule,callSchedule"], "named twice"),
        (["orders", "export", "--page-size", "101"], "--page-size"),
        (["orders", "export", "--format", "xml"], "--format"),
        (["orders", "export", "--spreadsheet"], "--spreadsheet needs --format csv"),
        (["orders", "export", "--resume", "c"], "--resume needs -o FILE (see"),
        (
            ["orders", "export", "-o", "x", "--resume", "c", "--offset", "1"],
            "--resume exports the whole",
        ),
        (
            ["orders", "export", "-o", "x", "--resume", "c", "--max-items", "1"],
            "--resume exports the whole",
        ),
        (["orders", "export", "--consistency", "strict", "--page-size", "1"], "at least 2 items"),
        (["orders", "export", "-o", "/nowhere/at/all"], "cannot write /nowhere/at/all: No such"),
    ],
)
def test_wrong_usage_is_reported_in_one_line_and_exits_2(invoke, args, told):
    """Usage errors name what is wrong, print no data, and send no request."""
    with FakeLiner(total=1) as server:
        ended = invoke(*args, server=server)
        assert server.requests == []
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert re.fullmatch(r"error: .*\n", ended.err)


@pytest.mark.parametrize(
    ("options", "environment", "told"),
    [
        ([], {"LINER_API_KEY": KEY}, "no host: give --host or set LINER_HOST"),
        ([], {"LINER_HOST": "https://liner.example"}, "no API key: set LINER_API_KEY"),
        ([], {}, "no host: give --host or set LINER_HOST; no API key: set LINER_API_KEY or give"),
        (
            [],
            {"LINER_HOST": "https://x/liner/v2/order/", "LINER_API_KEY": KEY},
            "the host must not hold the API's path: leave /v2/order/ out of it",
        ),
        (["--host", "ftp://x"], {"LINER_API_KEY": KEY}, "host must start with https://"),
        (["--host", "http://liner.example"], {"LINER_API_KEY": KEY}, "--allow-insecure-http"),
        (
            ["--host", "https://x", "--api-key-file", "no.txt"],
            {},
            "cannot read the API key from no",
        ),
        (["--host", "https://x", "--api-key-file", "/dev/null"], {}, "no API key in /dev/null"),
        (
            [],
            {"LINER_HOST": "https://x", "LINER_API_KEY": KEY + "\x07"},
            "the API key in LINER_API_KEY must be printable ASCII",
        ),
    ],
)
def test_wrong_settings_are_reported_without_the_key_and_exit_2(invoke, options, environment, told):
    """Missing or wrong host and key are found before any request."""
    ended = invoke(*options, "orders", "count", **environment)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert re.fullmatch(r"error: .*\n", ended.err)
    assert KEY not in ended.err


def test_plain_http_to_another_machine_can_be_allowed(invoke):
    """With the option the host is accepted: what fails is the way there."""
    options = ["--host", "http://liner.invalid", "--allow-insecure-http", "--attempts", "1"]
    ended = invoke(*options, "orders", "count", LINER_API_KEY=KEY)
    assert ended.code == 1
    assert "liner.invalid" in ended.err


@pytest.mark.parametrize("content", [KEY, KEY + "\n", f"  {KEY}\r\n"])
def test_the_key_is_read_from_a_file(invoke, tmp_path, content):
    """Blanks and line ends around the key are left out, and the file wins over the variable."""
    (tmp_path / "key").write_bytes(content.encode())
    with FakeLiner(total=7, api_key=KEY) as server:
        options = ["--host", server.url, "--api-key-file", tmp_path / "key"]
        assert invoke(*options, "orders", "count", LINER_API_KEY="another").out == "7\n"


def test_the_key_is_read_from_stdin(invoke):
    """`--api-key-file -` takes the key from a pipe, such as a password manager's."""
    with FakeLiner(total=7, api_key=KEY) as server:
        options = ["--host", server.url, "--api-key-file", "-"]
        assert invoke(*options, "orders", "count", stdin=KEY + "\n").out == "7\n"


def test_an_empty_stdin_is_no_key(invoke):
    """The error says where the key was looked for."""
    ended = invoke("--host", "https://x", "--api-key-file", "-", "orders", "count")
    assert (ended.code, ended.err) == (2, "error: no API key in stdin: it is empty\n")


def test_a_key_file_that_is_not_text_is_refused_without_showing_it(invoke, tmp_path):
    """Bytes that cannot be in a key are a usage error."""
    (tmp_path / "key").write_bytes(b"\xff\xfe" + KEY.encode())
    ended = invoke("--host", "https://x", "--api-key-file", tmp_path / "key", "orders", "count")
    assert ended.code == 2
    assert f"the API key in {tmp_path / 'key'} must be printable ASCII" in ended.err
    assert KEY not in ended.err


def test_global_options_are_taken_before_and_after_the_command(invoke, tmp_path):
    """Where both are given, the one nearer to the command wins."""
    (tmp_path / "key").write_text(KEY)
    with FakeLiner(total=7, api_key=KEY) as server:
        options = ["--host", server.url, "--api-key-file", tmp_path / "key", "--timeout", 5]
        assert invoke("orders", "count", *options).out == "7\n"
        assert invoke("--host", "https://x", "orders", "count", *options).out == "7\n"
        ended = invoke(*options, "orders", "list", "--attempts", 1, "--limit", 1)
    assert (ended.code, ended.err) == (0, "1 of 7 orders\n")


def test_verbose_counts_before_and_after_the_command(invoke):
    """`-v` twice is `-vv`, wherever each of them stands."""
    with FakeLiner(total=9) as server:
        shown = [
            invoke(*before, "orders", "count", *after, server=server).err
            for before, after in ([["-vv"], []], [["-v"], ["-v"]], [[], ["-vv"]])
        ]
    assert [{line.split()[2] for line in each.splitlines()} for each in shown] == [{"DEBUG"}] * 3


def test_a_request_goes_through_the_proxy(invoke):
    """The proxy is asked for the whole URL of a host that nobody could resolve."""
    with FakeLiner(total=7, api_key=KEY) as proxy:
        options = ["--proxy", proxy.url, "--allow-insecure-http", "--attempts", 1]
        host = "http://liner.invalid"
        invoke("--host", host, "orders", "count", *options, LINER_API_KEY=KEY)
        (request,) = proxy.requests
    assert request.path_qs == f"{host}/v2/order/?offset=0&limit=1"


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (ApiError("no"), 1, "no; next"),
        (TransportTimeoutError("slow"), 1, "slow; next; to find out why, run liner-async doctor"),
        (DecodeError("odd"), 1, "odd; next"),
        (PagingError("gone", offset=3), 1, "gone (offset 3); next"),
        (ConfigError("wrong"), 2, "wrong"),
        (AuthError("who?"), 4, "who?; check LINER_API_KEY or --api-key-file"),
        (PagingDriftError("moved", offset=300), 5, "moved (offset 300); next"),
    ],
)
def test_errors_have_their_exit_codes(error, code, text):
    """Each family of errors ends with its own code, and with advice that fits."""
    ending = CommandExit.of(error, advice="next")
    assert (ending.code, ending.message) == (code, text)


def test_the_notes_of_an_error_stand_in_its_line():
    """Between what happened and what to do."""
    error = ApiError("no")
    error.add_note("for 9 s")
    assert CommandExit.of(error, advice="next").message == "no; for 9 s; next"


def test_a_text_where_a_number_belongs_is_named_without_jargon(invoke):
    """click calls a number with bounds an "integer range"."""
    ended = invoke("leads", "get", "abc", LINER_API_KEY=KEY)
    assert ended.err.startswith("error: Invalid value for 'ID': 'abc' is not a valid integer (see")


def test_a_refused_key_exits_4_and_is_not_shown(invoke):
    """A 401 has an exit code of its own."""
    with FakeLiner(total=1) as server:
        ended = invoke("--host", server.url, "orders", "count", LINER_API_KEY=KEY)
    assert (ended.code, ended.out) == (4, "")
    assert "check LINER_API_KEY" in ended.err
    assert KEY not in ended.err


def test_a_server_that_fails_exits_1(invoke):
    """The last error is reported, after as many attempts as were asked for."""
    with FakeLiner(total=1, faults={"any": Fault.status(500)}) as server:
        ended = invoke("--attempts", "1", "orders", "count", server=server)
        assert len(server.requests) == 1
    assert (ended.code, ended.out) == (1, "")
    assert "500" in ended.err


@pytest.mark.parametrize(
    ("switch", "levels"), [("-v", {"INFO"}), ("-vv", {"INFO", "DEBUG"})], ids=["-v", "-vv"]
)
def test_verbose_logs_to_stderr_without_the_key(invoke, switch, levels):
    """`-v` shows retries, `-vv` every request; stdout still carries data only."""
    with FakeLiner(total=9, api_key=KEY, faults={0: [Fault.status(503)]}) as server:
        ended = invoke(switch, "orders", "count", server=server)
    assert (ended.code, ended.out) == (0, "9\n")
    assert {line.split()[2] for line in ended.err.splitlines()} == levels
    assert KEY not in ended.err


def test_the_log_is_quiet_again_after_a_verbose_run(invoke):
    """Logging does not stay on in the process."""
    with FakeLiner(total=9) as server:
        invoke("-vv", "orders", "count", server=server)
        assert invoke("orders", "count", server=server).err == ""


@pytest.mark.parametrize("step", ["parse_args", "make_context"])
def test_ctrl_c_before_a_command_starts_exits_130(invoke, monkeypatch, step):
    """Even while arguments are read there is no traceback."""

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(CommandGroup, step, interrupt)
    ended = invoke("orders", "count")
    assert (ended.code, ended.err.strip()) == (130, "error: interrupted")

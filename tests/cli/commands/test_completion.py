"""`liner-async completion`: the scripts, and what a real bash offers with one."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from liner_async import Order
from liner_async.cli import cli
from liner_async.cli.columns import Columns

pytestmark = pytest.mark.usefixtures("unmeasured_programs")

# What bash does when Tab is pressed, with the function that our script registered.
PRESS_TAB = """
set -u
source "$1"; shift
registered=$(complete -p liner-async)
[[ $registered =~ -F\\ ([A-Za-z_]+)\\ liner-async$ ]] || { echo "$registered" >&2; exit 9; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMPREPLY=()
compopt() { printf 'compopt %s %s\\n' "$1" "$2"; }
"${BASH_REMATCH[1]}" liner-async "${COMP_WORDS[COMP_CWORD]}" ""
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def press_tab(tmp_path, invoke):
    """Return a function: what bash offers after these words, the last of them unfinished."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    script = tmp_path / "completion.bash"
    script.write_text(invoke("completion", "bash").out)
    command = tmp_path / "liner-async"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m liner_async "$@"\n')
    command.chmod(0o755)

    def press_tab(*words):
        done = subprocess.run(
            ["bash", "--norc", "-c", PRESS_TAB, "bash", str(script), "liner-async", *words],
            env=os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split("\n")[:-1]

    return press_tab


@pytest.fixture
def complete():
    """Return a function: what the command offers after these words, the last of them unfinished."""

    def complete(*words):
        variables = {
            "_LINER_ASYNC_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["liner-async", *words]),
            "COMP_CWORD": str(len(words)),
        }
        shown = CliRunner().invoke(cli, env=variables, prog_name="liner-async")
        offers = [line.split(",", 1) for line in shown.output.splitlines()]
        return [value for kind, value in offers if kind == "plain"]

    return complete


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["orders", "list", "--columns", "id,call_sched"], ["id,call_schedule"]),
        (["orders", "export", "-o", "ord"], ["compopt -o default"]),
    ],
    ids=" ".join,
)
def test_bash_offers_what_may_come_next(press_tab, words, offered):
    """bash asks the command for words, and looks for files itself."""
    assert [each for each in press_tab(*words) if each] == offered


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["d"], ["demo", "doctor"]),
        (["orders", ""], ["count", "create", "export", "get", "list", "update"]),
        (["users", ""], ["count", "export", "get", "list"]),
        (["--api-key-file", "k", "orders", "e"], ["export"]),
        (["orders", "export", "--con"], ["--concurrency", "--consistency"]),
        (["orders", "export", "--consistency", ""], ["detect", "strict", "off"]),
        (["orders", "list", "--columns", "id,ti"], ["id,title"]),
        (["leads", "count", "--created"], ["--created-from", "--created-to"]),
        (["leads", "count", "--zone", "Europe/Mos"], ["Europe/Moscow"]),
        (["users", "list", "--access-group", "call"], ["call-center", "call-center-senior"]),
        (["users", "list", "--in"], ["--inactive"]),
        (["leads", "create", "order_"], ["order_id=", "order_code="]),
        (["completion", "z"], ["zsh"]),
        (["--api-key-file", ""], []),
    ],
    ids=" ".join,
)
def test_commands_options_values_and_columns_are_offered(complete, words, offered):
    """What fits the beginning; file names are left to the shell."""
    assert complete(*words) == offered


def test_bash_offers_every_command_after_a_blank(press_tab):
    """An empty word is not a request for help."""
    assert press_tab("") == sorted(cli.commands)


@pytest.mark.parametrize(
    ("shell", "sign"),
    [("bash", "complete -o nosort -F"), ("zsh", "#compdef liner-async"), ("fish", "complete ")],
)
def test_each_shell_has_its_script(invoke, shell, sign):
    """It goes to stdout alone, and calls the command back by the variable that click knows."""
    ended = invoke("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert sign in ended.out
    assert f"_LINER_ASYNC_COMPLETE={shell}_complete" in ended.out


def test_another_shell_is_refused(invoke):
    """The known ones are named."""
    ended = invoke("completion", "tcsh")
    assert (ended.code, ended.out) == (2, "")
    assert "'bash', 'zsh', 'fish'" in ended.err


@pytest.mark.parametrize("named", ["", "id,", "title,call_schedule,"])
def test_columns_are_offered_once(complete, named):
    """Those that were named already, in either spelling, are left out."""
    taken = {each.replace("call_schedule", "callSchedule") for each in named.split(",")}
    left = [column for column in Columns.of(Order).names if column not in taken]
    assert complete("orders", "list", "--columns", named) == [f"{named}{each}" for each in left]

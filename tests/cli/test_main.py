"""The program's entry point."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from liner_async import __main__ as entry
from liner_async import __version__
from liner_async.testing import FakeLiner, Fault
from tests.cli.conftest import variables


def without(module):
    """Return the launch of the program where `module` cannot be imported."""
    code = (
        f"import sys; sys.modules[{module!r}] = None; from liner_async.__main__ import main; main()"
    )
    return ("-c", code)


def test_python_m_liner_async_is_the_command(program):
    """The module runs as the console script does, under the script's name."""
    assert program("--version").out == f"liner-async, version {__version__}\n"
    assert program("--help").out.startswith("Usage: liner-async [OPTIONS]")


@pytest.mark.parametrize("module", ["click", "rich"])
def test_without_its_libraries_the_extra_is_advised(program, module):
    """Where the extra is not installed the program says what to install, and exits 2."""
    ended = program("demo", launch=without(module))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        'error: the command line needs the extra "cli": install the package with it, '
        'as in pip install ".[cli]" from a checkout, or pip install "PATH/TO/WHEEL[cli]"\n'
    )


@pytest.mark.parametrize("words", [["--version"], ["orders", "export", "--help"]], ids=" ".join)
def test_help_and_version_do_not_wait_for_rich(program, words):
    """rich is imported with the first table or progress bar."""
    code = """if True:
        import sys
        from liner_async.__main__ import main
        try:
            main()
        finally:
            sys.stderr.write(str("rich" in sys.modules))"""
    assert program(*words, launch=("-c", code)).err == "False"


def test_another_missing_module_is_not_mistaken_for_click(program):
    """A broken installation is not hidden behind the advice."""
    ended = program("demo", launch=without("liner_async.cli.root"))
    assert ended.code == 1
    assert "ModuleNotFoundError" in ended.err


@pytest.mark.parametrize(
    ("key", "host", "code"),
    [("fake-liner-key", None, 0), ("fake-liner-key", "nowhere", 2), ("wrong", None, 4)],
)
def test_the_program_exits_with_the_commands_code(program, key, host, code):
    """ExitCode codes reach the shell."""
    with FakeLiner(total=3) as server:
        ended = program("--host", host or server.url, "orders", "count", LINER_API_KEY=key)
    assert ended.code == code


@pytest.mark.usefixtures("unmeasured_programs")
@pytest.mark.parametrize(
    "words",
    ["--version", "--help", "doctor --help", "demo --help", "orders export --help"],
)
def test_help_and_version_start_quickly(words):
    """Under 0.3 s of CPU: neither aiohttp nor a model is imported for them."""

    def seconds():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "liner_async", *words.split()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert any(seconds() < 0.3 for _ in range(3))  # the first start may have to compile


# Says so when it is ready for Ctrl-C: with its first statement, before it imports the rest.
ANNOUNCED = """if True:
    import signal, sys
    from liner_async.__main__ import main
    signal.signal(signal.SIGINT, signal.default_int_handler)
    set_handler = signal.signal

    def announced(number, handler):
        before = set_handler(number, handler)
        signal.signal = set_handler
        sys.stdout.write("x")
        sys.stdout.flush()
        return before

    signal.signal = announced
    main()"""


def interrupted(words, delay, server):
    """Start a command, send it Ctrl-C so many seconds after its first statement; return its end."""
    more = ["--latency", "10"] if words == "demo" else []
    with subprocess.Popen(
        [sys.executable, "-c", ANNOUNCED, *words.split(), *more],
        env=variables(server),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout.read(1) == b"x"
        time.sleep(delay)  # the moments are the test; each of them must do
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    return process.returncode, err.decode()


@pytest.mark.usefixtures("unmeasured_programs")
@pytest.mark.parametrize("words", ["orders count", "orders export", "doctor", "demo"])
def test_ctrl_c_ends_every_command_in_one_line_at_any_moment(words):
    """While it imports, reads its arguments, connects or waits: one line and 130."""
    delays = [0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 1]
    with (
        FakeLiner(total=1, faults={"any": Fault.stall(60)}) as server,
        ThreadPoolExecutor(len(delays)) as threads,
    ):
        ends = threads.map(lambda delay: interrupted(words, delay, server), delays)
        assert dict(zip(delays, ends, strict=True)) == dict.fromkeys(
            delays, (130, "error: interrupted\n")
        )


@pytest.fixture
def exits(monkeypatch):
    """Return the exit codes that a program would have ended with at once."""
    codes = []

    def leave(code):
        codes.append(code)
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", leave)
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield codes
    signal.signal(signal.SIGINT, before)


def test_an_interruption_between_two_steps_ends_as_any_other(exits, monkeypatch, capfd):
    """Where no command has begun or the last has ended, nothing needs cleaning up."""

    def interrupt(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr("liner_async.cli.cli", interrupt)
    with pytest.raises(SystemExit):
        entry.main()
    assert (exits, capfd.readouterr().err) == ([130], "error: interrupted\n")


@pytest.mark.usefixtures("exits")
def test_an_ignored_ctrl_c_stays_ignored(monkeypatch):
    """Shells start programs in the background that way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    monkeypatch.setattr("liner_async.cli.cli", lambda **_: None)
    entry.main()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN

"""The program's entry point."""

from __future__ import annotations

import pytest

from liner_async import __version__
from liner_async.testing import FakeLiner


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
    assert ended.err == 'error: the command line needs an extra: pip install "liner-async[cli]"\n'


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

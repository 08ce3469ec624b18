"""The one entry point for every check: `nox -s tests`, `nox -s lint`, and so on."""

from __future__ import annotations

import re
import shutil
import tarfile
import tomllib
import zipfile
from pathlib import Path

import nox

HERE = Path(__file__).parent
PYTHONS = ["3.11", "3.12", "3.13", "3.14", "3.15"]
MAIN = "3.13"
# Where coverage is measured: the package has no code for one version alone, and up to 3.13 the
# measuring costs as much as the tests.
MEASURED = PYTHONS[PYTHONS.index(MAIN) :]
TWO_AT_ONCE = ["--numprocesses", "2"]
# Whatever the machine prefers: a test that starts a program should not compile the package first.
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())

nox.options.sessions = ["tests", "lowest", "lint", "typing", "docs", "build"]
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True


def group(name: str) -> list[str]:
    """Give the requirements of a dependency group."""
    return [*PROJECT["dependency-groups"][name]]


def pinned(requirement: str) -> str:
    """Give a requirement that only its lowest version meets."""
    return requirement.replace(">=", "==")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on every supported Python that is installed, with branch coverage on some."""
    session.install("-e", ".[cli,arrow,tqdm]", *group("tests"))
    if session.posargs or session.python not in MEASURED:
        session.run("pytest", *(session.posargs or TWO_AT_ONCE), env=COMPILED)
        return
    data = Path(session.create_tmp()) / "coverage"
    env = {"COVERAGE_FILE": str(data), **COMPILED}
    session.run("coverage", "erase", env=env)
    session.run("coverage", "run", "-m", "pytest", *TWO_AT_ONCE, env=env)
    session.run("coverage", "combine", "--quiet", env=env)
    session.run("coverage", "report", env=env)


@nox.session(python=MAIN)
def integration(session: nox.Session) -> None:
    """Use the SDK where people use it: notebooks, frames, web apps, workers; run every example."""
    extras = "cli,arrow,polars,pandas,tqdm,dask"
    session.install("-e", f".[{extras}]", *group("tests"), *group("integration"))
    session.run("pytest", *(session.posargs or ["tests/integration", "tests/docs"]))


@nox.session(python=PYTHONS[0])
def frames(session: nox.Session) -> None:
    """Make frames with the lowest polars, pandas, pyarrow and DuckDB that are supported."""
    extras = PROJECT["project"]["optional-dependencies"]
    duckdb = [each for each in group("integration") if each.startswith(("duckdb", "pytz"))]
    needed = {*extras["arrow"], *extras["polars"], *extras["pandas"], *duckdb}
    session.install("-e", ".", *sorted(map(pinned, needed)), *group("tests"))
    tests = ["tests/integration/test_frames.py", "tests/tables"]
    session.run("pytest", *(session.posargs or tests), env=COMPILED)


@nox.session(python=MAIN)
def pipelines(session: nox.Session) -> None:
    """Run the examples for dlt and Spark; Spark needs Java 17 or newer."""
    session.install("-e", ".[arrow]", *group("tests"), *group("pipelines"))
    session.run("pytest", *(session.posargs or ["tests/pipelines"]))


@nox.session(python=MAIN)
def stack(session: nox.Session) -> None:
    """Read lists from nginx, PHP and SQL; needs nginx, php-fpm and MariaDB."""
    session.install("-e", ".[cli,arrow]", *group("tests"), *group("stack"))
    figures = ["-rP", "--show-capture=stdout"]
    session.run("pytest", *(session.posargs or [*figures, "tests/integration/real_stack"]))


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest version of every dependency."""
    extras = PROJECT["project"]["optional-dependencies"]
    chosen = [*extras["cli"], *extras["arrow"], *extras["tqdm"]]
    needed = [*PROJECT["project"]["dependencies"], *chosen]
    session.install("-e", ".[cli,arrow,tqdm]", *map(pinned, needed), *group("tests"))
    session.run("pytest", *(session.posargs or TWO_AT_ONCE), env=COMPILED)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and workflows; with `-- --fix`, mend what can be mended."""
    session.install(*group("lint"))
    if "--fix" in session.posargs:
        session.run("ruff", "check", "--fix", ".")
        session.run("ruff", "format", ".")
        return
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    workflows = [str(path) for path in (HERE / ".github" / "workflows").iterdir()]
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


@nox.session
def typing(session: nox.Session) -> None:
    """Check the package's types, and how it looks to a user's type checker."""
    session.install("-e", ".[cli]", *group("typing"))
    session.run("mypy")
    session.run("pyright")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    session.install("-e", ".[cli,tqdm]", *group("docs"))
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-b", "html", "docs", "docs/_build")


@nox.session(python=MAIN)
def soak(session: nox.Session) -> None:
    """Try every promise of reliability for a while; with `-- --scale full`, for long."""
    session.install("-e", ".")
    session.run("python", "benchmarks/soak.py", *(session.posargs or ["--scale", "short"]))


@nox.session(python=MAIN)
def bench(session: nox.Session) -> None:
    """Measure every figure of speed, in a quarter of an hour; `-- decoding` measures a part."""
    session.install("-e", ".", *group("bench"))
    session.run("python", "benchmarks/bench.py", *session.posargs)


@nox.session(python=MAIN)
def guard(session: nox.Session) -> None:
    """Fail if decoding has become slower, against `json.loads`, or on data that is not tidy."""
    session.install("-e", ".")
    session.run("python", "benchmarks/guard.py")


@nox.session
def audit(session: nox.Session) -> None:
    """Look the dependencies up in a database of known vulnerabilities; needs the network."""
    session.install(".", "pip-audit>=2.7")
    session.run("pip-audit", "--local", "--skip-editable")


@nox.session
def build(session: nox.Session) -> None:
    """Build sdist and wheel, and use the wheel in an empty environment; `-- DIR` copies them."""
    session.install(*group("build"))
    dist = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist), ".")
    (sdist,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    session.run("twine", "check", "--strict", str(sdist), str(wheel))
    check_contents(session, sdist, wheel)
    empty = Path(session.create_tmp()).resolve() / "empty"
    session.run("python", "-m", "venv", "--clear", str(empty))
    python = str(empty / "bin" / "python")
    install = (python, "-m", "pip", "install", "--quiet")
    with session.chdir(session.create_tmp()):
        session.run(*install, str(wheel), external=True)
        session.run(python, "-m", "pip", "check", external=True)
        import_time = str(HERE / "benchmarks" / "import_time.py")
        session.run(python, import_time, "--most", "1.5", external=True)
        session.run(*install, f"{wheel}[cli]", external=True)
        session.run(str(empty / "bin" / "liner-async"), "demo", external=True)
    for directory in session.posargs:
        shutil.copytree(dist, directory, dirs_exist_ok=True)


def check_contents(session: nox.Session, sdist: Path, wheel: Path) -> None:
    """Fail if the sdist is not the project, no more and no less, or the wheel lacks a part."""
    with tarfile.open(sdist) as archive:
        project = {name.split("/")[1] for name in archive.getnames()}
    with zipfile.ZipFile(wheel) as archive:
        installed = {re.sub(r".*\.dist-info/", "", name) for name in archive.namelist()}
    documents = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"}
    folders = {"liner_async", "tests", "docs", "examples", "benchmarks", ".ci", ".github"}
    files = {"noxfile.py", "pyproject.toml", "pytest_liner_async.py", ".gitignore", "PKG-INFO"}
    if wrong := project ^ (documents | folders | files):
        session.error(f"missing in the sdist, or not part of it: {', '.join(sorted(wrong))}")
    if lost := {"liner_async/py.typed", "pytest_liner_async.py", "entry_points.txt"} - installed:
        session.error(f"missing in the wheel: {', '.join(sorted(lost))}")

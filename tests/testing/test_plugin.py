"""The pytest plugin, in real runs of pytest over test modules such as users write."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["pytester"]

INI = """
[pytest]
addopts = --strict-markers --strict-config
asyncio_mode = {mode}
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""

# Plugins of our own tests that users need not have; without them a run starts sooner.
QUICK = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist")

# What an unrelated project must not pay for.
HEAVY = ("aiohttp", "attr", "attrs", "cattrs", "liner_async", "tenacity")


@pytest.fixture
def run(pytester):
    """Return a function that runs a module under pytest, in this process."""
    return runner(pytester, pytester.runpytest_inprocess)


@pytest.fixture
def run_alone(pytester):
    """Return the same in a process of its own, for tests of what is imported, and in what order."""
    return runner(pytester, pytester.runpytest_subprocess)


def runner(pytester, runpytest):
    """Make the function that writes a module and runs it."""

    def run(code, *arguments, ini=INI, mode="auto"):
        pytester.makepyfile(code)
        pytester.makeini(ini.format(mode=mode))
        return runpytest(*QUICK, *arguments)

    return run


def test_a_plain_test_gets_a_server_and_its_code_finds_it(run):
    """The code under test may run its own loop, and needs no argument: two variables are set."""
    result = run(
        """
        import asyncio, os

        from liner_async import LinerClient

        async def count():
            async with LinerClient() as liner:
                return await liner.orders.count()

        def test_count(liner_server):
            assert asyncio.run(count()) == 250
            assert [request.status for request in liner_server.requests] == [200]

        def test_the_variables_are_gone_after_the_test_before():
            assert "LINER_HOST" not in os.environ
            assert "LINER_API_KEY" not in os.environ
        """
    )
    result.assert_outcomes(passed=2)


@pytest.fixture
def without_pytest_asyncio(tmp_path, monkeypatch):
    """Put a module in its place that cannot be imported; give the arguments that keep it out."""
    (tmp_path / "pytest_asyncio.py").write_text("raise ImportError\n")
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    return "-p", "no:asyncio"


# A test module whose second test sees where the client of the first was closed.
READING = """
    import asyncio

    import pytest

    from liner_async import LinerClient

    aclose, loops = LinerClient.aclose, []

    @pytest.fixture(autouse=True)
    def noting(monkeypatch):
        async def noted(client):
            loops.append(asyncio.get_running_loop())
            await aclose(client)

        monkeypatch.setattr(LinerClient, "aclose", noted)

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    @pytest.mark.MARKER
    async def test_read(liner_client):
        loops.append(asyncio.get_running_loop())
        assert len(await liner_client.orders.list()) == 250

    def test_it_was_closed_in_the_loop_of_its_test():
        used, closed = loops
        assert used is closed
"""


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_a_client_works_in_both_modes_of_pytest_asyncio(run, mode):
    """It is opened and closed in the loop of the test, and nothing is left to warn of."""
    run(READING.replace("MARKER", "asyncio"), mode=mode).assert_outcomes(passed=2)


@pytest.mark.parametrize("first", ["asyncio", "anyio"])
def test_a_client_works_with_anyio_beside_pytest_asyncio(run_alone, first):
    """anyio runs the client of its own tests, whichever of the two was loaded first."""
    result = run_alone(READING.replace("MARKER", "anyio"), "-p", first, mode="strict")
    result.assert_outcomes(passed=2)


def test_a_client_works_with_anyio_where_pytest_asyncio_is_missing(
    run_alone, without_pytest_asyncio
):
    """Neither plugin is needed for the other."""
    code, ini = READING.replace("MARKER", "anyio"), "[pytest]\nfilterwarnings = error\n"
    run_alone(code, *without_pytest_asyncio, ini=ini).assert_outcomes(passed=2)


def test_a_client_that_nothing_can_run_says_what_it_needs(run_alone, without_pytest_asyncio):
    """A plain test with the server alone still runs."""
    code = """
        def test_client(liner_client):
            pass

        def test_server(liner_server):
            assert liner_server.url
    """
    result = run_alone(code, *without_pytest_asyncio, "-p", "no:anyio", ini="[pytest]\n")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["liner_client needs pytest-asyncio, or anyio and its marker"])


def test_the_marker_sets_any_option_and_the_closest_one_wins(run):
    """Options of the module, the class and the test add up."""
    result = run(
        """
        import pytest

        from liner_async.testing import Fault, make_custom_field, make_order

        pytestmark = pytest.mark.liner(total=7, api_key="of-the-module")

        @pytest.mark.liner(prefix="/api")
        class TestOptions:
            @pytest.mark.liner(total=3, faults={0: [Fault.status(503), Fault.cut()]})
            async def test_all_three(self, liner_server, liner_client):
                orders = await liner_client.orders.list()
                assert (len(orders), orders.report.retries) == (3, 2)
                assert liner_server.api_key == "of-the-module"
                assert liner_server.url.endswith("/api")
                statuses = [request.status for request in liner_server.requests_at(0)]
                assert statuses == [503, 200, 200]

        @pytest.mark.liner(orders=[make_order(id=5, title="Mine")])
        async def test_own_orders(liner_client):
            assert [order.title async for order in liner_client.orders.list()] == ["Mine"]

        @pytest.mark.liner(custom_fields=[make_custom_field(id=5)], sizes={"call_attempts": 2})
        def test_of_other_resources(liner_server):
            assert [field["id"] for field in liner_server.custom_fields] == [5]
            assert len(liner_server.call_attempts) == 2

        @pytest.mark.parametrize(
            "total", [pytest.param(n, marks=pytest.mark.liner(total=n)) for n in (0, 101)]
        )
        async def test_of_a_parameter(liner_client, total):
            assert await liner_client.orders.count() == total
        """
    )
    result.assert_outcomes(passed=5)


def test_retries_after_faults_hardly_wait(run):
    """The client has the default number of attempts, without the default waits."""
    result = run(
        """
        import pytest

        from liner_async import ServerError
        from liner_async.testing import Fault

        @pytest.mark.liner(faults={"any": Fault.status(500)})
        async def test_outage(liner_client, liner_server):
            with pytest.raises(ServerError):
                await liner_client.orders.count()
            first, *_, last = liner_server.requests
            assert len(liner_server.requests) == 5
            assert last.at - first.at < 1.0  # by default it is 3.75 s on average
        """
    )
    result.assert_outcomes(passed=1)


def test_a_wrong_use_of_the_marker_is_told_in_a_line(run):
    """It names the wrong option and those there are, without a traceback of ours."""
    result = run(
        """
        import pytest

        @pytest.mark.liner(totl=3)
        def test_misspelt(liner_server):
            pass

        @pytest.mark.liner(3)
        def test_positional(liner_server):
            pass
        """
    )
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.liner: FakeLiner has no option totl; it has total, orders, *",
            "@pytest.mark.liner takes keyword arguments only",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_liner_async.py*")


def test_the_plugin_can_be_switched_off(run_alone):
    """By the name of its entry point; then the marker is unknown."""
    code = "import pytest\n\n@pytest.mark.liner\ndef test_it():\n    pass\n"
    run_alone(code).assert_outcomes(passed=1)
    result = run_alone(code, "-p", "no:liner_async")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["'liner' not found in `markers` configuration option"])


def test_the_marker_takes_rows_and_sizes_of_every_kind(run):
    """And what is odd about a server."""
    run(
        """
        import pytest

        from liner_async.testing import make_user

        @pytest.mark.liner(users=[make_user(id=7)], sizes={"agent_groups": 3}, sort="desc")
        async def test_people(liner_client, liner_server):
            assert [user.id async for user in liner_client.users.list()] == [7]
            groups = [group.id async for group in liner_client.agent_groups.list()]
            assert groups == [group["id"] for group in liner_server.agent_groups]
            assert len(groups) == 3
        """
    ).assert_outcomes(passed=1)


def test_a_project_that_reads_leads_calls_and_users_is_tested_with_them(run):
    """Against a server with limits, faults and moves of its own, awaited or in partitions."""
    run(
        """
        from datetime import UTC, datetime, timedelta

        import pytest

        from liner_async import JobReport, ListSource, PagingError
        from liner_async.testing import Change, Fault

        YEAR = {
            "created_from": datetime(2024, 1, 1, tzinfo=UTC),
            "created_to": datetime(2025, 1, 1, tzinfo=UTC),
        }
        SIZES = {"leads": 300, "calls": 200, "users": 120}
        FAULTS = {("leads", 0): [Fault.status(503)], ("users", 100): [Fault.disconnect()]}
        pytestmark = pytest.mark.liner(sizes=SIZES)

        @pytest.mark.liner(sort="desc", paths="plural", faults=FAULTS)
        async def test_lists(liner_client, liner_server):
            leads = await liner_client.leads.list(**YEAR)
            assert {lead.id for lead in leads} == {each["id"] for each in liner_server.leads}
            assert len(await liner_client.calls.list(**YEAR, order_ids="all")) == 200
            assert len(await liner_client.users.list()) == 120
            assert leads.report.retries == 1

        @pytest.mark.liner(ignored={"createdAt"})
        async def test_a_server_that_ignores_the_period(liner_client):
            with pytest.raises(PagingError):
                await liner_client.leads.list(
                    created_from=YEAR["created_from"] - timedelta(days=90),
                    created_to=YEAR["created_from"] - timedelta(days=60),
                )

        @pytest.mark.liner(changes=[Change(at_request=2, resource="users", delete=1)])
        async def test_a_list_that_moves(liner_client):
            assert (await liner_client.users.list(concurrency=1)).report.drifted

        def test_partitions(liner_server):
            source = ListSource(resource="leads", query=YEAR)
            reads = [source.read(part) for part in source.plan()]
            assert sum(map(len, reads)) == 300
            assert JobReport.of(read.report for read in reads).complete
        """
    ).assert_outcomes(passed=4)


def test_the_fixtures_and_the_marker_are_explained_by_pytest_itself(run):
    """`pytest --fixtures` and `pytest --markers` list them."""
    result = run("", "--fixtures")
    result.stdout.fnmatch_lines(["liner_client -- *", "    Open a client *"])
    result.stdout.fnmatch_lines(["liner_server -- *", "    Start a fake LINER, *"])
    result = run("", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.liner(?*options): *"])


def test_a_project_that_does_not_use_the_plugin_pays_nothing_for_it(run_alone):
    """The plugin is loaded, and neither the package nor any of its libraries is."""
    result = run_alone(
        f"""
        import sys

        def test_unrelated():
            assert "pytest_liner_async" in sys.modules
            assert [name for name in {HEAVY} if name in sys.modules] == []
        """
    )
    result.assert_outcomes(passed=1)

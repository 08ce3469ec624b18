"""The SDK in a notebook: real cells in a real Jupyter kernel, against a fake server."""

from __future__ import annotations

import re
import time

import pytest

from liner_async.testing import Change, FakeLiner, Fault, make_order
from tests.support.kernel import notebook

OPEN = "from liner_async import LinerClient\nliner = LinerClient()"
READ = "orders = await liner.orders.list()"
CLOSE = "await liner.aclose()"
TASKS = "[task for task in __import__('asyncio').all_tasks() if 'liner_async' in repr(task)]"


@pytest.fixture(scope="module", params=["signal", "message"])
def kernel(request, tmp_path_factory):
    """A kernel for all tests; Jupyter interrupts some with a signal, others with a message."""
    with notebook(tmp_path_factory.mktemp("nb"), interrupts=request.param) as running:
        yield running


@pytest.fixture
def cells(kernel):
    """That kernel with nothing left of the test before."""
    kernel.do("%reset -f")
    return kernel


def lead(cells, server):
    """Have clients find the server as they do in production, by two variables."""
    cells.do(
        f"import os\nos.environ.update(LINER_HOST={server.url!r}, LINER_API_KEY={server.api_key!r})"
    )
    return cells


def rows(html):
    """Count the rows of the bodies of tables."""
    return sum(body.count("<tr>") for body in re.findall(r"<tbody>.*?</tbody>", html))


def wait_for_request(server, offset):
    """Look until a request for an offset has come."""
    give_up = time.monotonic() + 30
    while not server.requests_at(offset):
        assert time.monotonic() < give_up, f"no request for offset {offset}"
        time.sleep(0.005)


class TestWhatIsShown:
    """The last value of a cell, as HTML for the page and as text for other places."""

    def test_a_list_is_a_table_of_its_first_orders(self, cells, server):
        """However long it is, with a caption that counts."""
        lead(cells, server).do(OPEN)
        cells.do(READ)
        cell = cells.do("orders")
        assert "<caption>250 orders, the first 10 shown</caption>" in cell.html
        assert rows(cell.html) == 10
        assert cell.text == "<ResultList: 250 of 250 items>"
        cells.do(CLOSE)

    def test_an_order_is_a_table_of_its_fields(self, cells, server):
        """Those that are set."""
        lead(cells, server).do(OPEN)
        html = cells.do("await liner.orders.list().first()").html
        assert "<caption>Order 123</caption>" in html
        assert '<th scope="row">call_schedule</th>' in html
        cells.do(CLOSE)

    def test_a_page_and_a_report_are_tables(self, cells, server):
        """A page counts what the list holds; a report tells how the run went."""
        lead(cells, server).do(OPEN)
        cell = cells.do("await liner.orders.page(offset=200, limit=50)")
        assert "50 of 250 orders, from offset 200, the first 10 shown" in cell.html
        assert cell.text == "<Page: 50 of 250 items, from offset 200>"
        cells.do(READ)
        assert "<caption>PagingReport</caption>" in cells.do("orders.report").html
        cells.do(CLOSE)

    def test_a_pager_shows_its_plan_and_reads_nothing(self, cells, server):
        """Naming it in a cell is safe; once used, it shows how that went, too."""
        lead(cells, server).do(OPEN)
        html = cells.do("pager = liner.orders.list(max_items=120)\npager").html
        assert "Pager of orders" in html
        assert '<th scope="row">max_items</th><td>120</td>' in html
        assert len(server.requests) == 0
        cells.do("_ = await pager")
        requests = len(server.requests)
        assert '<th scope="row">handed_out</th><td>120</td>' in cells.do("pager").html
        assert len(server.requests) == requests
        cells.do(CLOSE)

    def test_hostile_titles_are_text(self, cells):
        """Nothing runs, nothing is typeset, and control characters are escapes."""
        title = '<script>alert(1)</script> & "quoted" $x^2$ \x00'
        with FakeLiner(orders=[make_order(id=1, title=title)]) as server:
            lead(cells, server).do(OPEN)
            html = cells.do("await liner.orders.list()").html
            cells.do(CLOSE)
        shown = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot; $x^2$ \\x00"
        assert f">{shown}</td>" in html
        assert "mathjax_ignore" in html


class TestFromCellToCell:
    """One client for the whole notebook."""

    def test_a_client_is_opened_used_and_closed_in_different_cells(self, cells, server):
        """Its session lives as long as it does."""
        lead(cells, server).do(OPEN)
        cells.do(READ)
        assert cells.do("await liner.orders.count()").text == "250"
        cells.do(CLOSE)
        assert cells.run(READ).error[0] == "ClientClosedError"
        assert cells.do(TASKS).text == "[]"

    def test_an_iterator_is_stepped_in_different_cells(self, cells, server):
        """What it read ahead waits between them."""
        lead(cells, server).do(OPEN)
        cells.do("pages = liner.orders.list().pages()")
        offsets = [cells.do("(await anext(pages)).offset").text for _ in range(3)]
        assert offsets == ["0", "100", "200"]
        cells.do(CLOSE)

    def test_a_break_leaves_nothing_running(self, cells):
        """The requests under way are cancelled, and the client is ready for the next cell."""
        with FakeLiner(total=5_000) as server:
            lead(cells, server).do(OPEN)
            cells.do("async for order in liner.orders.list():\n    break")
            assert cells.do(TASKS).text == "[]"
            assert cells.do("len(await liner.orders.list())").text == "5000"
            cells.do(CLOSE)

    def test_a_forgotten_client_is_named_once_warnings_are_on(self, cells, server):
        """Running the cell that opens a client again replaces the first, and closes it."""
        lead(cells, server).do("import warnings\nwarnings.simplefilter('default')")
        cells.do(OPEN)
        cells.do("_ = await liner.orders.count()")
        printed = cells.do(OPEN).printed
        assert f"LinerClient(host='{server.url}', api_key='***') was never closed" in printed
        assert "await client.aclose()" in printed
        assert "Unclosed" not in printed
        assert server.api_key not in printed


class TestInterrupting:
    """The button with the square ends the cell, not the client."""

    def test_a_list_that_is_being_read_stops_and_can_be_read_again(self, cells):
        """Its requests are cancelled at once; the next cell finds a working client."""
        with FakeLiner(total=1_000, faults={300: [Fault.stall(300, after="headers")]}) as server:
            lead(cells, server).do(OPEN)
            number = cells.start(READ)
            wait_for_request(server, 300)
            cells.interrupt()
            assert cells.end(number).error[0] in {"CancelledError", "KeyboardInterrupt"}
            assert cells.do(TASKS).text == "[]"
            assert cells.do("len(await liner.orders.list())").text == "1000"
            cells.do(CLOSE)

    def test_an_interrupted_step_can_be_taken_again(self, cells):
        """The iterator goes on where it was: no page is lost."""
        with FakeLiner(total=300, faults={100: [Fault.stall(300)]}) as server:
            lead(cells, server).do(OPEN)
            cells.do("pages = liner.orders.list(concurrency=1).pages()")
            cells.do("_ = await anext(pages)")
            number = cells.start("print('waiting', flush=True)\n_ = await anext(pages)")
            cells.wait_for_output(number)
            cells.interrupt()
            assert cells.end(number).error[0] in {"CancelledError", "KeyboardInterrupt"}
            assert cells.do(TASKS).text == "[]"
            assert cells.do("[page.offset async for page in pages]").text == "[100, 200]"
            cells.do(CLOSE)

    def test_a_cell_without_await_is_interrupted_between_two_steps(self, cells, server):
        """A KeyboardInterrupt in somebody's own code does the run no harm."""
        lead(cells, server).do(OPEN)
        cells.do("items = aiter(liner.orders.list())\nfirst = await anext(items)")
        number = cells.start("print('busy', flush=True)\nwhile True:\n    pass")
        cells.wait_for_output(number)
        cells.interrupt()
        assert cells.end(number).error[0] == "KeyboardInterrupt"
        assert cells.do("len([order async for order in items])").text == "249"
        cells.do(CLOSE)


class TestProgressBar:
    """The bar of the extra "tqdm"."""

    BAR = "from liner_async.contrib.tqdm import progress_bar\n"

    def test_it_is_a_widget_that_grows_with_the_list(self, cells):
        """It ends full and green."""
        growing = [Change(at_request=3, insert=100, position=-1)]
        with FakeLiner(total=600, changes=growing) as server:
            lead(cells, server).do(OPEN)
            cell = cells.do(
                f"{self.BAR}with progress_bar() as bar:\n"
                "    _ = await liner.orders.list(concurrency=1, on_progress=bar)"
            )
            cells.do(CLOSE)
        assert cell.gauge("max")[-2:] == [600, 700]
        assert [value for value in cell.gauge("value") if isinstance(value, float)][-1] == 700
        assert cell.gauge("bar_style")[-1] == "success"
        assert any("700/700" in str(value) for value in cell.gauge("value"))

    def test_it_stays_where_a_break_left_it(self, cells, server):
        """And turns red, as tqdm's bars do."""
        lead(cells, server).do(OPEN)
        cell = cells.do(
            f"{self.BAR}with progress_bar() as bar:\n"
            "    async for order in liner.orders.list(on_progress=bar):\n"
            "        break"
        )
        assert cell.gauge("bar_style")[-1] == "danger"
        assert cells.do(TASKS).text == "[]"
        cells.do(CLOSE)

    def test_without_widgets_it_is_a_line_of_text(self, server, tmp_path):
        """The kernel's error stream is no terminal, but somebody reads it."""
        variables = {"LINER_HOST": server.url, "LINER_API_KEY": server.api_key}
        with notebook(tmp_path, **variables) as cells:
            cells.do("import sys\nsys.modules['ipywidgets'] = None")
            cells.run(self.BAR)
            cells.do(OPEN)
            cell = cells.do(
                "with progress_bar() as bar:\n    _ = await liner.orders.list(on_progress=bar)"
            )
            cells.do(CLOSE)
        assert "250/250" in cell.printed
        assert cell.shown == []

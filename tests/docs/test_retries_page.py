"""The page on retries tells the figures of an outage as the code has them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from liner_async import RetryPolicy, TransportError
from liner_async._transport.outage import Outage
from tests.support.fences import PROJECT
from tests.support.markdown_tables import rows

TABLE = rows(PROJECT / "docs" / "retries.md", "Outages")


def survived(attempts, sent):
    """Return how long an outage may last at least, from requests that were sent so often before."""
    now = 0.0
    outage = Outage(RetryPolicy(attempts=attempts), clock=lambda: now, random=lambda: 0.0)
    for _ in range(2):
        outage.record_failure(
            TransportError("cannot connect", reason="connect"), in_flight=1, is_stale=False
        )
    while outage.is_on and sent[0] < attempts:
        now = outage.due(sent)
        sent = [sent[0] + (len(sent) == 1), *sent[1:]]
        outage.record_failed_probe()
    return now


@pytest.mark.parametrize(("attempts", "by_list", "alone"), TABLE)
def test_the_table_gives_the_shortest_time_that_is_survived(attempts, by_list, alone):
    """Without any luck in the jitter; eight requests wait, or one."""
    assert f"{survived(int(attempts), [2] * 8):.3g} s" == by_list
    assert f"{survived(int(attempts), [2]):.3g} s" == alone


def test_the_picture_is_drawn_for_readers_who_cannot_see_it_too():
    """It parses, and describes itself."""
    picture = ET.parse(PROJECT / "docs" / "_static" / "outage.svg").getroot()
    texts = {child.tag.rpartition("}")[2]: child.text for child in picture}
    assert texts["title"] == "The waits of an outage"
    assert "1, 3, 7 and 15 seconds" in texts["desc"]

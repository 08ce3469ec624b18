"""Strict JSON: half characters are found wherever they are escaped."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import ResponseError
from liner_async.parsing import parse

pieces = st.sampled_from(
    ["\\\\", "\\n", "\\u0041", "\\ud83d", "\\uDE00", "\\uD83D\\uDE00", "\\ude00", "a", "ud83d", "é"]
)


@given(st.lists(pieces, max_size=8).map("".join))
def test_text_is_read_unless_it_holds_half_a_character(escaped):
    """As encoding the text again would tell, for any mix of escapes and backslashes."""
    body = f'["{escaped}", 1]'.encode()
    expected = json.loads(body)
    try:
        expected[0].encode()
    except UnicodeEncodeError:
        with pytest.raises(ResponseError, match="half a character") as caught:
            parse(body)
        assert caught.value.reason == "shape"
    else:
        assert parse(body) == expected

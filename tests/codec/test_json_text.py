"""Strict JSON: half characters are found wherever they are escaped."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import ResponseError
from liner_async._codec import json_text
from liner_async._codec.json_text import parse, peek

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


@given(
    st.binary(max_size=12)
    | st.text(max_size=12).map(str.encode)
    | st.builds(bytes.__add__, st.text(max_size=9).map(str.encode), st.binary(max_size=3))
)
def test_utf_8_is_checked_by_pieces_as_it_is_whole(body):
    """Wherever a piece ends, in the middle of a character too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_PIECE", 4)
        try:
            body.decode()
        except UnicodeDecodeError:
            with pytest.raises(UnicodeDecodeError):
                json_text._check_utf_8(body)
        else:
            json_text._check_utf_8(body)


@pytest.mark.parametrize("place", [0, 40_000, 99_000])
def test_a_page_that_is_not_utf_8_is_not_vouched_for(place):
    """A broken character anywhere in the texts that msgspec skips."""
    text = bytearray(b"\xd0\xaf" * 50_000)
    page = b'{"success":true,"data":{"list":["%s"],"next":null,"total":1}}'
    assert peek(page % bytes(text)) is not None
    text[place] = 0x41
    assert peek(page % bytes(text)) is None


@pytest.mark.parametrize("opening", [b"[", b'{"a":'], ids=["arrays", "objects"])
def test_how_deep_json_may_be_is_the_same_on_every_python(opening):
    """Brackets in texts do not count, nor do those that stand beside each other."""
    closing = b"]" if opening == b"[" else b"}"
    beside = b'[%s"[[[\\"[[["]' % (b"[]," * 600)
    assert parse(beside)[600] == '[[["[[['
    parse(opening * 500 + b"1" + closing * 500)
    with pytest.raises(ResponseError, match="nested too deeply") as caught:
        parse(opening * 501 + b"1" + closing * 501)
    assert caught.value.reason == "nesting"

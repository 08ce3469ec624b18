"""Part C of the failure catalogue: the envelope, through the socket. The pure function has more."""

from __future__ import annotations

import json
import tracemalloc

import attrs
import pytest

from liner_async import ApiError, LinerError, ResponseError
from liner_async.testing import MISSING, FakeLiner, Fault
from tests.support.reading import broken, failure, ids_of, read_all
from tests.support.wire_faults import endless, gzip_bomb


async def one_request(fault: Fault, *, offset: int = 0) -> LinerError:
    """The error of a list whose page at `offset` has this fault; it must come at once."""
    with FakeLiner(total=300, faults={offset: fault}) as server:
        error = await failure(server)
        assert len(server.requests_at(offset)) == 1
    assert error.offset == offset
    return error


@pytest.mark.parametrize("offset", [0, 100, 200])
async def test_34_success_false_is_an_api_error_on_any_page(offset):
    """Not an empty page, and not retried."""
    error = await one_request(Fault.envelope(success=False, message="no way"), offset=offset)
    assert type(error) is ApiError
    assert "'no way'" in str(error)


@pytest.mark.parametrize("success", ["false", "true", 1, 0, None, MISSING], ids=repr)
async def test_35_success_that_is_no_boolean_is_an_error(success):
    """Neither truthy text nor 1 passes."""
    assert type(await one_request(Fault.envelope(success=success))) is ResponseError


@pytest.mark.parametrize("data", [None, [], "", MISSING, 3], ids=repr)
async def test_36_data_of_another_shape_is_an_error(data):
    """Nothing is read out of it."""
    assert type(await one_request(Fault.envelope(data=data))) is ResponseError


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"3", b"true"])
async def test_36_a_body_that_is_no_object_is_an_error(body):
    """The same one level higher."""
    assert type(await one_request(Fault.body(body))) is ResponseError


@pytest.mark.parametrize("rows", [None, {}, {"0": {}}, "", MISSING], ids=repr)
async def test_37_a_list_that_is_none_is_an_error(rows):
    """An object is not zero orders."""
    assert type(await one_request(Fault.envelope(list=rows))) is ResponseError


async def test_37_an_empty_object_of_php_is_an_empty_list_where_total_is_zero():
    """The one place where `{}` can only mean that."""
    with FakeLiner(faults={0: Fault.envelope(list={}, total=0)}) as server:
        assert await read_all(server) == []


@pytest.mark.parametrize("total", [None, "1000", True, 1.5, -5, MISSING, [], {}], ids=repr)
async def test_38_a_total_that_is_no_count_is_an_error(total):
    """No guess is made."""
    assert type(await one_request(Fault.envelope(total=total))) is ResponseError


async def test_38_a_total_of_nan_is_an_error():
    """NaN is no JSON."""
    body = b'{"success": true, "message": "", "data": {"list": [], "next": 0, "total": NaN}}'
    assert type(await one_request(Fault.body(body))) is ResponseError


async def test_39_an_absurd_total_ends_at_the_first_empty_page(caplog):
    """250 rows and a total of 10**12: what there is, a few requests, and a warning."""
    with FakeLiner(total=250, total_override=10**12) as server:
        assert await read_all(server, concurrency=8) == ids_of(server)
        assert len(server.requests) <= 3 + 32
    assert "empty page" in caplog.text


@pytest.mark.parametrize("following", [None, 0, 50, 900, "100", MISSING, -1], ids=repr)
async def test_40_next_never_drives_the_paging_and_is_warned_of_once(following, caplog):
    """Null, behind, ahead or nonsense: every order once, one line in the log."""
    with FakeLiner(total=500, faults={None: Fault.envelope(next=following)}) as server:
        assert await read_all(server) == ids_of(server)
        assert len(server.requests) == 5
    assert caplog.text.count("`next`") == 1


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 2_000_000,
        b'{"success": true, "message": "", "data": {"list": [{"id": 1, "extra": '
        + b"[" * 200_000
        + b"]" * 200_000
        + b'}], "next": 1, "total": 1}}',
    ],
    ids=["brackets", "inside an order"],
)
async def test_41_deep_nesting_is_an_error(body):
    """RecursionError does not come out, nor does the body."""
    with broken(Fault.body(body)) as server:
        error = await failure(server)
    assert type(error) is ResponseError
    assert error.__context__ is None


@pytest.mark.parametrize(
    "value", ["9" * 5000, "NaN", "Infinity", "-Infinity", "1e999", '"\\ud800"']
)
async def test_42_values_that_are_no_json_are_an_error(value):
    """Inside an order's unknown field, where no model would look."""
    with FakeLiner(total=1) as server:
        order = json.dumps(server.orders[0])[:-1] + f', "new": {value}}}'
    body = (
        f'{{"success": true, "message": "", "data": {{"list": [{order}], "next": 1, "total": 1}}}}'
    )
    with broken(Fault.body(body.encode())) as server:
        assert isinstance(await failure(server), ResponseError)


async def test_42_of_duplicate_keys_the_last_one_wins():
    """As documented."""
    data = b'{"list": [], "total": 9, "total": 0}'
    body = b'{"success": false, "success": true, "message": "", "data": ' + data + b"}"
    with broken(Fault.body(body)) as server:
        assert await read_all(server) == []


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "no-such-charset"])
async def test_43_the_body_is_utf_8_whatever_the_header_says(charset):
    """A byte-order mark is accepted."""

    def marked(response):
        headers = {"Content-Type": f"application/json; charset={charset}"}
        return attrs.evolve(response, body=b"\xef\xbb\xbf" + response.body, headers=headers)

    with broken(Fault(name="marked", change=marked)) as server:
        assert len(await read_all(server)) == 3


@pytest.mark.parametrize(
    "body", ['{"success": true}'.encode("utf-16"), b'{"success": "\xff\xfe"}'], ids=["16", "bad"]
)
async def test_43_bytes_that_are_not_utf_8_are_an_error(body):
    """After the retries that a corrupt body deserves."""
    with broken(Fault.body(body)) as server:
        error = await failure(server)
    assert type(error) is ResponseError
    assert error.reason == "json"


@pytest.mark.parametrize("kind", ["bomb", "endless"])
async def test_44_a_body_over_the_cap_is_an_error_and_never_in_memory(kind):
    """Decompressed bytes count: 389 kB of gzip are 400 MB."""
    if kind == "bomb":
        fault = gzip_bomb(400_000_000)
    else:
        fault = endless(b" " * 65_536, start=b"HTTP/1.1 200 OK\r\n\r\n")
    with broken(fault) as server:
        tracemalloc.start()
        try:
            error = await failure(server)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert len(server.requests) == 1
    assert type(error) is ResponseError
    assert error.reason == "too_large"
    assert peak < 100 * 2**20

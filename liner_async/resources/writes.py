"""One write: its body is encoded, sent, and forgotten before anything can fail.

No frame in an error's traceback holds a field of a body, since error trackers show locals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from liner_async._codec.bodies import encode
from liner_async._codec.query import identifier
from liner_async._transport.request import Request
from liner_async._transport.sender import Sender
from liner_async._transport.tasks import outcome
from liner_async._transport.written import read_identifier, read_updated, read_written
from liner_async.errors import ClientClosedError, ConfigError
from liner_async.resources.bodies import BODIES
from liner_async.resources.bulk import BulkWrite
from liner_async.resources.bulk_job import BulkJob, BulkOptions
from liner_async.resources.bulk_options import BULK_DEFAULTS, BulkWriteOptions, Items
from liner_async.resources.endpoints import ENDPOINTS
from liner_async.resources.signature import unexpected_argument

__all__ = ["bulk_write", "write", "write_request"]

T = TypeVar("T")


def write_request(
    name: str, fields: object, *, object_id: int | None = None
) -> Request | ConfigError:
    """Return the request of a write, or the error that says what is wrong with its fields.

    Args:
        name: the endpoint's, such as "leads.create".
        fields: what is written, by name.
        object_id: whose fields are changed, if not those of a new object.
    """
    endpoint = ENDPOINTS[name]
    body = encode(BODIES[name], fields)
    if isinstance(body, ConfigError):
        return body
    return Request(
        method="POST",
        path=endpoint.path if object_id is None else f"{endpoint.path}{object_id}/",
        body=body,
        endpoint=name,
        repeatable=endpoint.repeatable,
    )


async def write(
    sender: Sender,
    name: str,
    fields: Any,
    *,
    read: Callable[..., T],
    object_id: int | None = None,
    argument: str = "",
) -> T:
    """Send one write and return what `read` makes of its answer; `fields` is emptied.

    Args:
        sender: the client's.
        name: the endpoint's, such as "leads.create".
        fields: the keyword arguments of the method that was called, a TypedDict.
        read: reads a Response, given the `key` of the client.
        object_id: whose fields are changed, if not those of a new object.
        argument: what `object_id` is called in errors; empty where there is none.

    Raises:
        TypeError: there is no such field.
        ConfigError: the identifier or a field is wrong; nothing was sent.
        OutcomeUnknownError: no answer tells whether it was carried out.
        LinerError: it was refused, or not sent; see `outcome`.
    """
    unknown = BODIES[name].unknown(fields)
    request = None if unknown else write_request(name, fields, object_id=object_id)
    fields.clear()
    if request is None:
        raise unexpected_argument(name, unknown[0], BODIES[name].fields.__annotations__)
    try:
        if argument:
            identifier(argument, object_id)
        if isinstance(request, ConfigError):
            raise request
        return await outcome(sender.start(request, partial(read, key=sender.key)))
    except (ConfigError, ClientClosedError) as error:
        error.outcome = error.outcome or "not_sent"  # found before its task began
        raise
    finally:
        request = None  # it holds the body, and this frame stays part of an error


_READERS = {"create": read_identifier, "submit": read_written, "update": read_updated}


def bulk_write(sender: Sender, name: str, items: Items, options: BulkWriteOptions) -> BulkWrite:
    """Return the bulk that writes these items; nothing is sent yet.

    Args:
        sender: the client's.
        name: the endpoint's, such as "leads.create".
        items: the fields of each new object; for an update, pairs of an identifier and changes.
        options: those of `BulkWriteOptions`.

    Raises:
        ConfigError: an option is out of its range.
        TypeError: there is no such option.
    """
    method = f"{name}_many"
    for option in options.keys() - BULK_DEFAULTS.keys():
        raise unexpected_argument(method, option, BULK_DEFAULTS)
    is_new, verb = BODIES[name].is_new, name.rpartition(".")[2]
    job = BulkJob(
        name=method,
        prepare=partial(write_request if is_new else _update_request, name),
        read=_READERS[verb],
        gives_ids=verb == "create",
        creates=is_new,
    )
    return BulkWrite(sender, job, items, BulkOptions(**options))


def _update_request(name: str, pair: object) -> Request | ConfigError:
    """Return the request of one update of a bulk, or what is wrong with it."""
    if not isinstance(pair, Sequence) or isinstance(pair, str | bytes) or len(pair) != 2:
        return ConfigError("expected a pair of an identifier and changes")
    object_id, changes = pair
    if type(object_id) is not int or object_id < 1:
        return ConfigError("the identifier must be an integer of at least 1")
    return write_request(name, changes, object_id=object_id)

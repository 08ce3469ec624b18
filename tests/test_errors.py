"""The tree of errors: what is a kind of what, and that errors travel well."""

from __future__ import annotations

import builtins
import copy
import pickle

import pytest

import liner_async
from liner_async import DecodeError, LinerError, TransportTimeoutError, errors

TREE = {
    "LinerError": {
        "ConfigError": {},
        "ClientClosedError": {},
        "TransportError": {"TransportTimeoutError": {}},
        "StatusError": {
            "AuthError": {},
            "NotFoundError": {},
            "RateLimitError": {},
            "ServerError": {},
        },
        "ApiError": {},
        "ResponseError": {"DecodeError": {}},
        "PagingError": {"PagingDriftError": {}},
    }
}
ATTRIBUTES = {
    "offset": 200,
    "attempts": 3,
    "status": 503,
    "retry_after": 1.5,
    "reason": "because",
}


def below(kind):
    """Give the tree of the SDK's classes below a class."""
    return {
        each.__name__: below(each)
        for each in kind.__subclasses__()
        if each.__module__ == errors.__name__
    }


def walk(kind):
    """Give a class and all below it."""
    return [kind, *(each for child in kind.__subclasses__() for each in walk(child))]


EVERY_KIND = [kind for kind in walk(LinerError) if kind.__module__ == errors.__name__]
every_kind = pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.__name__)


def make(kind, message="went wrong"):
    """Make an error of a kind with every attribute set."""
    error = kind(message)
    for name, value in ATTRIBUTES.items():
        setattr(error, name, value)
    if isinstance(error, DecodeError):
        error.index, error.item_id, error.problems = 4, 77, ("id: expected an integer",)
    return error


def test_the_tree_is_the_documented_one():
    """One root; every class where the documentation has it."""
    assert {"LinerError": below(LinerError)} == TREE


@pytest.mark.parametrize(
    ("name", "builtin"),
    [("ConfigError", "ValueError"), ("TransportTimeoutError", "TimeoutError")],
)
def test_two_errors_are_also_what_python_would_raise(name, builtin):
    """`except ValueError` and `except TimeoutError` catch them, and no other."""
    base = getattr(builtins, builtin)
    assert [kind.__name__ for kind in EVERY_KIND if issubclass(kind, base)] == [name]


def test_every_error_is_public():
    """The module and the package list all of them."""
    names = sorted(kind.__name__ for kind in EVERY_KIND)
    assert sorted(errors.__all__) == sorted([*names, "ItemProblem"])
    assert set(names) <= set(liner_async.__all__)


@every_kind
def test_every_error_is_documented(kind):
    """A class says when it is raised."""
    assert kind.__doc__


@every_kind
def test_an_error_has_every_attribute_even_where_it_does_not_apply(kind):
    """None, so that a handler can look without asking first."""
    error = kind("went wrong")
    known = {name: getattr(error, name) for name in ATTRIBUTES}
    reason = "decode" if kind is DecodeError else None
    assert known == {**dict.fromkeys(ATTRIBUTES), "reason": reason}
    assert (str(error), error.args) == ("went wrong", ("went wrong",))


@every_kind
@pytest.mark.parametrize(
    "again",
    [
        pytest.param(lambda error: pickle.loads(pickle.dumps(error, 2)), id="oldest pickle"),
        pytest.param(lambda error: pickle.loads(pickle.dumps(error)), id="pickle"),
        pytest.param(copy.copy, id="copy"),
        pytest.param(copy.deepcopy, id="deepcopy"),
    ],
)
def test_an_error_survives_pickling_and_copying(kind, again):
    """Type, text, attributes and notes are the same on the other side of a process."""
    error = make(kind)
    error.add_note("seen in a worker")
    twin = again(error)
    assert type(twin) is kind
    assert (str(twin), repr(twin), vars(twin)) == (str(error), repr(error), vars(error))


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({}, "went wrong"),
        ({"offset": 0}, "went wrong (offset 0)"),
        ({"attempts": 5}, "went wrong (attempts 5)"),
        ({"offset": 200, "attempts": 5}, "went wrong (offset 200, attempts 5)"),
        ({"status": 503, "retry_after": 3.0, "reason": "x"}, "went wrong"),
    ],
    ids=["nothing", "offset", "attempts", "both", "others"],
)
def test_the_text_tells_offset_and_attempts_where_they_are_known(context, expected):
    """What a log needs to find the place."""
    assert str(LinerError("went wrong", **context)) == expected


def test_the_text_follows_attributes_set_later():
    """The pager and the transport add what they know on the way."""
    error = LinerError("went wrong")
    error.offset, error.attempts = 100, 2
    assert str(error) == "went wrong (offset 100, attempts 2)"


def test_an_error_stripped_of_its_arguments_still_has_a_text():
    """Whatever a framework does to it, `str` does not fail."""
    error = LinerError("went wrong", offset=5)
    error.args = ()
    assert str(error) == " (offset 5)"


def test_a_decode_error_tells_its_place():
    """Page, item, identifier and fields are attributes, not only text."""
    error = DecodeError("bad", index=4, item_id=77, problems=("id: bad",), offset=100, attempts=2)
    assert (error.index, error.item_id, error.problems) == (4, 77, ("id: bad",))
    assert str(error) == "bad (offset 100, attempts 2)"
    plain = DecodeError("bad")
    assert (plain.index, plain.item_id, plain.problems) == (None, None, ())


def test_a_timeout_has_no_errno():
    """It is a TimeoutError by kind, not by a number of the operating system."""
    assert TransportTimeoutError("late").errno is None

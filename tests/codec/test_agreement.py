"""The two ways of reading agree on every model: equal objects or equal errors."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async._codec.kinds import fields_of
from liner_async._transport import envelope
from tests.support.decoding import PageDecoder, body_of, described
from tests.support.examples import EXAMPLES

pytestmark = pytest.mark.unmeasured

every_model = pytest.mark.parametrize("model", EXAMPLES, ids=lambda model: model.__name__)
decoder_of = cache(PageDecoder)

json_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('0a:-\n"é😀', max_size=12)
    | st.sampled_from(
        ["24:00", "2024-01-01", "2024-01-01T00:00:00.1234565Z", "2024-01-01 00:00:00+05", 10**19]
    )
)
json_values = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("01a-", max_size=3), inner),
    max_leaves=6,
)


def by_cattrs(model, body, **options):
    """Describe a body as it is read without msgspec's help."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(envelope, "peek", lambda _: None)
        return described(body, decoder_of(model, fast=False), **options)


def agree(model, rows, decode, **options):
    """Check that both ways say the same of a page."""
    body = body_of(rows)
    assert described(body, decode, **options) == by_cattrs(model, body, **options)


def declined(model, rows):
    """Return how many rows a new fast path leaves to cattrs."""
    reader = PageDecoder(model).decoder._fast
    return len([*reader.declined(envelope.peek(body_of(rows)).rows, [])])


@every_model
def test_the_usual_rows_are_not_left_to_cattrs(model):
    """Or the speed were only claimed: the example, every optional field null, and only the rest."""
    example = EXAMPLES[model]
    optional = [each.wire_name for each in fields_of(model) if not each.required]
    sparse = {name: value for name, value in example.items() if name not in optional}
    assert declined(model, [example, example | dict.fromkeys(optional), sparse]) == 0


@every_model
@given(data=st.data(), skip=st.booleans())
def test_on_rows_whose_fields_hold_anything(model, data, skip):
    """Wrong kinds, missing and unknown fields, odd spellings."""
    names = st.sampled_from([*EXAMPLES[model], "unknown", "extra"])
    changes = data.draw(st.lists(st.dictionaries(names, json_values, max_size=4), max_size=3))
    rows = [EXAMPLES[model] | each for each in changes]
    agree(model, rows, decoder_of(model), on_invalid="skip" if skip else "raise")


ODD = [None, 0, 1, -1, 1.0, True, "", "text", "2024-01-01T00:00:00Z", [], [1], {}, {"1": 1}]


@every_model
def test_on_each_field_with_each_odd_value(model):
    """One field at a time, so that nothing else hides it; twice, since the first may teach."""
    for name in EXAMPLES[model]:
        decode = PageDecoder(model)
        for value in ODD * 2:
            agree(model, [EXAMPLES[model] | {name: value}], decode, on_invalid="skip")


@every_model
def test_on_each_field_missing(model):
    """One at a time."""
    for missing in EXAMPLES[model]:
        row = {name: value for name, value in EXAMPLES[model].items() if name != missing}
        agree(model, [row], decoder_of(model), on_invalid="skip")

"""The API key: checked once, shown never."""

from __future__ import annotations

import copy
import pickle

import pytest

from liner_async import ConfigError
from liner_async._transport.credentials import ApiKey

SECRET = "s3cr3t-Token"


def refusal(make, *arguments, **options):
    """Give the error that an argument is refused with."""
    with pytest.raises(ConfigError) as caught:
        make(*arguments, **options)
    return caught.value


class TestTheKey:
    """Checked once, shown never."""

    @pytest.mark.parametrize(
        "given",
        [SECRET, f"{SECRET}\n", f"{SECRET}\r\n"],
        ids=["as it is", "a newline", "a windows newline"],
    )
    def test_one_trailing_newline_is_dropped(self, given):
        """A key read from a file usually ends with one."""
        assert ApiKey(given).headers()["X-Api-Key"] == SECRET

    def test_a_key_may_hold_any_printable_ascii(self):
        """No alphabet is documented."""
        key = "".join(map(chr, range(0x21, 0x7F)))
        assert ApiKey(key).headers()["X-Api-Key"] == key

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "\n",
            " ",
            f" {SECRET}",
            f"{SECRET} ",
            f"{SECRET}\n\n",
            f"{SECRET}\n{SECRET}",
            f"{SECRET}\r\nX-Evil: 1",
            f"{SECRET}\t",
            f"{SECRET}\x00",
            f"{SECRET}\x7f",
            f"{SECRET}é",
            f"ключ-{SECRET}",
            f"{SECRET}\u2028",
            f"\ufeff{SECRET}",
            f"{SECRET}\ud800",
            None,
            SECRET.encode(),
            bytearray(SECRET.encode()),
            12345,
            [SECRET],
            {SECRET: SECRET},
        ],
        ids=ascii,
    )
    def test_what_is_no_key_is_refused_without_showing_it(self, value):
        """Neither the error nor what it is chained to holds the value."""
        error = refusal(ApiKey, value)
        assert str(error).startswith("api_key must be ")
        assert SECRET not in f"{error!r} {vars(error)}"
        assert (error.__cause__, error.__context__) == (None, None)

    def test_no_view_of_a_key_shows_it(self):
        """Not in text, format, attributes by name, or a container's representation."""
        key = ApiKey(SECRET)
        views = [repr(key), str(key), f"{key}", f"{key!s:>40}", repr([key]), repr({"k": key})]
        assert not [view for view in views if SECRET in view]
        assert not hasattr(key, "__dict__")
        assert SECRET not in dir(key)

    @pytest.mark.parametrize("attempt", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_a_key_does_not_travel(self, attempt):
        """Pickles end up in queues and files."""
        with pytest.raises(TypeError, match="not pickled") as caught:
            attempt(ApiKey(SECRET))
        assert SECRET not in str(caught.value)

    def test_the_headers_are_the_documented_ones(self):
        """The vendor's example sends the first two."""
        assert ApiKey(SECRET).headers() == {
            "X-Api-Key": SECRET,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def test_headers_are_made_anew_for_each_request(self):
        """Nobody can change those of another."""
        key = ApiKey(SECRET)
        key.headers().clear()
        assert key.headers()["X-Api-Key"] == SECRET

    def test_every_occurrence_is_masked(self):
        """Whatever the server repeats."""
        said = f"{SECRET} and {SECRET}{SECRET}"
        assert ApiKey(SECRET).redact(said) == "*** and ******"
        assert ApiKey(SECRET).redact("nothing") == "nothing"

    @pytest.mark.parametrize(
        "said",
        [
            "the wrong key",
            "wrong key",
            "this is wrong.",
            "wrong, and wrongly so; wrongful",
        ],
    )
    def test_a_short_key_leaves_ordinary_words_alone(self, said):
        """A message that lost its words helps nobody, and shows that they were the key."""
        assert ApiKey("wrong").redact(said) == said

    @pytest.mark.parametrize(
        "said",
        [
            "bad key 'wrong'",
            'bad key "wrong", sorry',
            "bad key «wrong»",
            "bad key `wrong`",
            "key=wrong",
            "key = wrong",
            "X-Api-Key: wrong",
            "X-Api-Key:  wrong",
            '{"key":"wrong"}',
            "https://x.example/wrong/orders",
            "https://x.example/?k=wrong&page=1",
            "https://wrong@x.example",
            "https://u:wrong@x.example",
            "wrong:secret",
            "the API key wrong is not known",
            "no such token wrong.",
            "[wrong]",
            "(wrong)",
            "https://x.example/?q=k%3Dwrong",
            "https://x.example/?q=%22wrong%22",
            "<b>wrong</b>",
            r"key\nwrong",
            r"{\"key\":\"wrong\"}",
        ],
    )
    def test_a_short_key_is_masked_as_a_value(self, said):
        """Whatever marks it as one."""
        assert ApiKey("wrong").redact(said) == said.replace("wrong", "***")

    @pytest.mark.parametrize("key", ["wrong1", "wr-ng", "wrongkey", "12345", "a.b"])
    def test_what_is_no_short_word_is_masked_within_words(self, key):
        """Eight characters, or one that is no letter, make it a key."""
        assert ApiKey(key).redact(f"x{key}y {key}") == "x***y ***"

    @pytest.mark.parametrize("said", ["wrong", "wrong\n", " wrong "])
    def test_a_text_that_is_the_key_alone_is_masked(self, said):
        """A word that a server sends back without another is what it was sent."""
        assert ApiKey("wrong").redact(said) == "***"

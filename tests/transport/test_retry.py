"""When to try again: the policy, the verdict, and the call."""

from __future__ import annotations

import asyncio
import math

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import (
    ApiError,
    AuthError,
    ClientClosedError,
    ConfigError,
    DecodeError,
    LinerError,
    NotFoundError,
    PagingError,
    RateLimitError,
    ResponseError,
    RetryPolicy,
    ServerError,
    StatusError,
    TransportError,
    TransportTimeoutError,
)
from liner_async._transport.retry import (
    pause_after,
    prolonged_pause,
    retry_cost,
    retrying,
    wait_before_retry,
)

POLICY = RetryPolicy()
PATIENT = RetryPolicy(attempts=10_000, deadline=1e9)


def wait(error, policy=POLICY, *, attempt=1, elapsed=0.0, jitter=0.5):
    """Decide about a failed attempt."""
    return wait_before_retry(policy, error, attempt=attempt, elapsed=elapsed, jitter=jitter)


def transport(reason):
    """Make the error of a connection that failed."""
    return TransportError("failed", reason=reason)


def status(code, retry_after=None, kind=StatusError):
    """Make the error of a status."""
    return kind("status", status=code, retry_after=retry_after)


RETRIED = {
    **{reason: transport(reason) for reason in ("connect", "dns", "closed", "body", "not_http")},
    "timeout": TransportTimeoutError("late", reason="timeout"),
    **{str(code): status(code) for code in (408, 425)},
    "429": status(429, kind=RateLimitError),
    **{str(code): status(code, kind=ServerError) for code in (500, 502, 503, 504)},
    "204": StatusError("none", status=204, reason="empty"),
    "json": ResponseError("cut", status=200, reason="json"),
    "empty": ResponseError("empty", status=200, reason="empty"),
}
FINAL = {
    "tls": transport("tls"),
    "unknown reason": transport("meteor"),
    "no reason": transport(None),
    **{str(code): status(code) for code in (201, 206, 301, 302, 400, 405, 409, 422, 501, 505, 999)},
    **{str(code): status(code, kind=AuthError) for code in (401, 403)},
    "404": status(404, kind=NotFoundError),
    "400 with retry-after": status(400, 1.0),
    "api": ApiError("no", status=200),
    **{reason: ResponseError("no", reason=reason) for reason in ("shape", "too_large", "nesting")},
    "decode": DecodeError("no"),
    "config": ConfigError("no"),
    "closed client": ClientClosedError("no"),
    "paging": PagingError("no", reason="hole"),
    "root": LinerError("no", reason="timeout"),
}


class TestWhatIsRetried:
    """A positive list."""

    @pytest.mark.parametrize("error", RETRIED.values(), ids=RETRIED)
    def test_a_passing_failure_is_tried_again(self, error):
        """The first retry comes within half a second, or a second later after a 429."""
        least = 1.0 if error.status == 429 else 0.0
        assert wait(error) == least + 0.25

    @pytest.mark.parametrize("error", FINAL.values(), ids=FINAL)
    def test_any_other_failure_is_final(self, error):
        """Trying again would not help, or would do harm."""
        assert wait(error, PATIENT) is None

    @pytest.mark.parametrize("error", RETRIED.values(), ids=RETRIED)
    def test_no_failure_is_tried_again_without_attempts_left(self, error):
        """The policy's number counts the first attempt too."""
        assert wait(error, RetryPolicy.never()) is None
        assert wait(error, RetryPolicy(attempts=2), attempt=1) is not None
        assert wait(error, RetryPolicy(attempts=2), attempt=2) is None

    @pytest.mark.parametrize(
        ("error", "most"),
        [
            (RETRIED["dns"], 3),
            (RETRIED["not_http"], 3),
            (RETRIED["empty"], 2),
            (RETRIED["204"], 2),
            (RETRIED["connect"], math.inf),
            (RETRIED["closed"], math.inf),
            (RETRIED["body"], math.inf),
            (RETRIED["timeout"], math.inf),
            (RETRIED["json"], math.inf),
            (RETRIED["429"], math.inf),
            (RETRIED["503"], math.inf),
        ],
        ids=lambda of: getattr(of, "reason", None) or str(getattr(of, "status", of)),
    )
    def test_some_failures_are_worth_few_attempts(self, error, most):
        """A name that does not resolve three times will not resolve the tenth time."""
        tried = [n for n in range(1, 100) if wait(error, PATIENT, attempt=n) is not None]
        assert tried == list(range(1, min(most, 100)))

    @pytest.mark.parametrize(("reason", "most"), [("dns", 3), ("not_http", 3), ("empty", 2)])
    def test_only_failures_of_the_same_kind_in_a_row_count_for_that(self, reason, most):
        """A passing fault before them takes none of their attempts."""
        tried = [
            alike
            for alike in range(1, 9)
            if wait_before_retry(
                PATIENT, RETRIED[reason], attempt=9, alike=alike, elapsed=0.0, jitter=0.5
            )
            is not None
        ]
        assert tried == list(range(1, most))

    @pytest.mark.parametrize(("attempt", "again"), [(1, True), (2, False), (3, False)])
    def test_a_doubt_is_worth_a_second_attempt_and_no_third(self, attempt, again):
        """Where the failure itself is worth none."""
        seconds = wait_before_retry(
            POLICY, FINAL["501"], attempt=attempt, alike=1, elapsed=0.0, jitter=0.5, in_doubt=True
        )
        assert (seconds is not None) is again


class TestBackOff:
    """Full jitter: uniform(0, min(wait_max, wait_initial * 2**n))."""

    @pytest.mark.parametrize(
        ("attempt", "most"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0), (99, 8.0)]
    )
    def test_the_bound_doubles_up_to_wait_max(self, attempt, most):
        """Half the bound at half the jitter, and nothing at none."""
        error = RETRIED["connect"]
        assert wait(error, PATIENT, attempt=attempt, jitter=0.5) == most / 2
        assert wait(error, PATIENT, attempt=attempt, jitter=0.0) == 0.0

    @given(
        st.floats(0, 1, exclude_max=True),
        st.integers(1, 9_999),
        st.floats(0, 100),
        st.floats(0, 1000),
    )
    def test_a_wait_is_within_its_bound_at_every_attempt(self, jitter, attempt, initial, most):
        """However many attempts a policy allows; no wait is negative or infinite."""
        policy = attrs.evolve(PATIENT, wait_initial=initial, wait_max=most)
        seconds = wait(RETRIED["closed"], policy, attempt=attempt, jitter=jitter)
        assert 0 <= seconds <= min(most, initial * 2.0 ** min(attempt - 1, 1000))

    @given(st.floats(0, 1, exclude_max=True), st.floats(0, 60), st.sampled_from([429, 503, 500]))
    def test_a_server_that_asks_for_a_wait_never_gets_a_shorter_one(self, jitter, asked, code):
        """What it asks for, and the jitter on top."""
        seconds = wait(status(code, asked), jitter=jitter)
        assert asked <= seconds <= asked + 0.5

    def test_a_429_that_asks_for_nothing_is_waited_for_a_second(self):
        """A server that is busy is not hammered."""
        assert wait(RETRIED["429"], jitter=0.0) == 1.0

    def test_a_429_that_asks_for_less_than_a_second_is_obeyed(self):
        """The server knows best, 0 included."""
        assert wait(status(429, 0.0), jitter=0.0) == 0.0

    def test_a_cap_on_what_servers_ask_for_is_none_on_what_they_do_not_ask_for(self):
        """`retry_after_max=0` refuses Retry-After, not every 429."""
        policy = RetryPolicy(retry_after_max=0.0)
        assert wait(RETRIED["429"], policy, jitter=0.0) == 1.0


class TestGivingUp:
    """A wait that would be too long is not shortened: the error surfaces at once."""

    @pytest.mark.parametrize(("asked", "expected"), [(60.0, 60.25), (60.001, None), (1e300, None)])
    def test_a_wait_over_the_cap_is_not_waited_for(self, asked, expected):
        """The cap is 60 s; a day is refused."""
        assert wait(status(503, asked)) == expected

    @pytest.mark.parametrize(("elapsed", "expected"), [(119.0, 0.25), (119.75, None), (500, None)])
    def test_a_wait_past_the_deadline_is_not_begun(self, elapsed, expected):
        """The deadline counts from the first attempt."""
        assert wait(RETRIED["connect"], elapsed=elapsed) == expected

    def test_what_the_server_asks_for_counts_towards_the_deadline(self):
        """Waiting 50 s after 70.1 s would be too late."""
        assert wait(status(429, 50.0), elapsed=69.0, jitter=0.0) == 50.0
        assert wait(status(429, 50.0), elapsed=70.1, jitter=0.0) is None


class TestThePolicy:
    """What may be set, and to what."""

    def test_the_defaults_are_the_documented_ones(self):
        """Five attempts within two minutes."""
        assert attrs.asdict(RetryPolicy()) == {
            "attempts": 5,
            "deadline": 120.0,
            "wait_initial": 0.5,
            "wait_max": 8.0,
            "retry_after_max": 60.0,
            "budget": 500,
            "writes": "repeatable",
        }

    def test_never_is_one_attempt(self):
        """Everything else is as it was."""
        assert RetryPolicy.never() == RetryPolicy(attempts=1)

    def test_a_policy_is_frozen_and_given_by_names(self):
        """It is shared by a whole client."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            POLICY.attempts = 2
        with pytest.raises(TypeError):
            RetryPolicy(3)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *(("attempts", value) for value in (0, -1, 1.0, True, "3", None, math.inf)),
            *(("writes", value) for value in ("always", "", None, True)),
            *(("budget", value) for value in (-1, 5.0, True, None)),
            *(
                (name, value)
                for name in ("wait_initial", "wait_max", "retry_after_max", "deadline")
                for value in (-0.1, math.nan, math.inf, None, "1", True)
            ),
            ("deadline", 0),
            ("deadline", 0.0),
        ],
    )
    def test_a_value_that_makes_no_sense_is_a_config_error(self, name, value):
        """Found when the policy is made, and named."""
        with pytest.raises(ConfigError, match=f"^{name} must be "):
            RetryPolicy(**{name: value})

    def test_every_wait_can_be_switched_off(self):
        """Tests and impatient users set waits to 0, and integers are seconds too."""
        policy = RetryPolicy(wait_initial=0, wait_max=0, retry_after_max=0, budget=0, deadline=1)
        assert wait(RETRIED["connect"], policy) == 0


@pytest.mark.parametrize(
    ("error", "policy", "expected"),
    [
        (status(429), POLICY, 1.0),
        (status(429, 7.0), POLICY, 7.0),
        (status(429, 0.0), POLICY, 0.0),
        (status(503, 7.0), POLICY, 7.0),
        (status(503), POLICY, None),
        (status(500, 7.0), POLICY, None),
        (status(400, 7.0), POLICY, None),
        (transport("connect"), POLICY, None),
        (status(429, 61.0), POLICY, None),
        (status(503, 61.0), POLICY, None),
        (status(429, 7.0), RetryPolicy.never(), None),
    ],
    ids=[
        "429",
        "429 asking for 7 s",
        "429 asking for none",
        "503 asking for 7 s",
        "503",
        "500 asking for 7 s",
        "400 asking for 7 s",
        "no connection",
        "429 over the cap",
        "503 over the cap",
        "retries off",
    ],
)
def test_a_busy_server_pauses_the_whole_client(error, policy, expected):
    """A 429, and a 503 that names a wait; not one that nobody would wait for."""
    assert pause_after(error, policy) == expected


@pytest.mark.parametrize(
    ("asked", "was_served", "pauses"),
    [
        (1.0, True, [1.0, 4.0, 16.0, 60.0, 60.0]),
        (20.0, True, [20.0, 60.0, 60.0, 60.0, 60.0]),
        (0.0, True, [0.0] * 5),
        (1.0, False, [1.0, 2.0, 4.0, 8.0, 16.0]),
    ],
)
def test_a_prolonged_pause_grows_with_each_refusal(asked, was_served, pauses):
    """Up to what the policy waits for at most; less for a client that may have no quota."""
    assert pauses == [
        prolonged_pause(asked, POLICY, attempt=attempt, was_served=was_served)
        for attempt in range(1, 6)
    ]


def test_a_prolonged_pause_is_no_shorter_than_asked_and_always_a_number():
    """Of two limits the server's is the one to keep, and a policy may allow many attempts."""
    short = RetryPolicy(retry_after_max=5.0)
    assert prolonged_pause(9.0, short, attempt=2, was_served=True) == 9.0
    assert prolonged_pause(1.0, PATIENT, attempt=5_000, was_served=True) == 60.0


def test_a_wait_outlasts_the_pause_of_the_client_or_is_not_begun():
    """Whatever the pause is for; the deadline counts as ever."""
    error = status(500)
    known = {"attempt": 1, "elapsed": 100.0, "jitter": 0.0}
    assert wait_before_retry(POLICY, error, pause=16.0, **known) == 16.0
    assert wait_before_retry(POLICY, error, pause=20.0, **known) is None


@pytest.mark.parametrize(
    ("error", "cost"),
    [(RETRIED["timeout"], 10), (RETRIED["connect"], 5), (RETRIED["429"], 5), (RETRIED["json"], 5)],
    ids=["timeout", "connect", "429", "json"],
)
def test_a_retry_after_a_timeout_costs_twice_as_much(error, cost):
    """A server that does not answer is harder hit by another try."""
    assert retry_cost(error) == cost


async def call(attempt, decide, sleep):
    """Call until it succeeds or the loop gives up, as the sender does."""
    async for turn in retrying(decide, sleep):
        with turn:
            return await attempt()
    raise AssertionError("the loop ended without a result")


class Script:
    """An attempt that fails or succeeds as written, and a sleep that takes no time."""

    def __init__(self, *outcomes, waits=()):
        self.outcomes = list(outcomes)
        self.waits = list(waits)
        self.attempts = 0
        self.judged = []
        self.slept = []

    async def attempt(self):
        """Take the next outcome."""
        self.attempts += 1
        await asyncio.sleep(0)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def decide(self, error):
        """Take the next wait, or give up."""
        self.judged.append(error)
        return self.waits.pop(0) if self.waits else None

    async def sleep(self, seconds):
        """Note the wait and let others run."""
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def call(self):
        """Run the script."""
        return call(self.attempt, self.decide, self.sleep)


class TestTheCall:
    """Attempts until one succeeds, or the verdict says enough."""

    async def test_a_success_is_one_attempt_and_no_verdict(self):
        """Nothing is asked, nothing is waited for."""
        script = Script("page")
        assert await script.call() == "page"
        assert (script.attempts, script.judged, script.slept) == (1, [], [])

    async def test_each_failure_is_judged_once_and_waited_for_as_decided(self):
        """Three failures, three verdicts, three waits, four attempts."""
        errors = [transport("connect"), status(503), transport("body")]
        script = Script(*errors, "page", waits=[0.5, 7.0, 0.0])
        assert await script.call() == "page"
        assert (script.attempts, script.judged, script.slept) == (4, errors, [0.5, 7.0, 0.0])

    async def test_the_last_error_surfaces_itself(self):
        """Not the first, not a wrapper of it."""
        last = status(503)
        script = Script(transport("connect"), transport("body"), last, waits=[1.0, 2.0])
        with pytest.raises(LinerError) as caught:
            await script.call()
        assert caught.value is last
        assert (script.attempts, script.slept) == (3, [1.0, 2.0])

    async def test_a_final_error_ends_the_call_at_once(self):
        """It was judged, and not waited for."""
        error = ApiError("no")
        script = Script(error)
        with pytest.raises(ApiError) as caught:
            await script.call()
        assert caught.value is error
        assert (script.attempts, script.judged, script.slept) == (1, [error], [])

    @pytest.mark.parametrize("first", [True, False], ids=["at first", "at the retry"])
    @pytest.mark.parametrize(
        "error",
        [KeyError("bug"), TimeoutError(), OSError(), KeyboardInterrupt(), SystemExit()],
        ids=lambda error: type(error).__name__,
    )
    async def test_an_error_that_is_not_ours_passes_at_once(self, error, first):
        """Programming errors are neither judged nor retried."""
        script = Script(error) if first else Script(transport("body"), error, waits=[0.0, 0.0])

        async def outcome():
            try:
                await script.call()
            except BaseException as raised:  # noqa: BLE001 - SystemExit would end the loop
                return raised

        assert await outcome() is error
        assert error not in script.judged

    @pytest.mark.parametrize("retries", [0, 1], ids=["first attempt", "second attempt"])
    async def test_cancelling_an_attempt_cancels_the_call(self, retries):
        """The cancellation is neither swallowed nor retried."""
        started = asyncio.Event()
        attempts = 0

        async def attempt():
            nonlocal attempts
            attempts += 1
            if attempts <= retries:
                raise transport("body")
            started.set()
            await asyncio.Event().wait()

        script = Script(waits=[0.0] * 5)
        task = asyncio.create_task(call(attempt, script.decide, script.sleep))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (task.cancelled(), attempts) == (True, retries + 1)

    async def test_cancelling_a_wait_cancels_the_call(self):
        """No attempt follows."""
        sleeping = asyncio.Event()

        async def sleep(_):
            sleeping.set()
            await asyncio.Event().wait()

        script = Script(transport("body"), "page", waits=[5.0])
        task = asyncio.create_task(call(script.attempt, script.decide, sleep))
        await sleeping.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (task.cancelled(), script.attempts) == (True, 1)

    async def test_concurrent_calls_do_not_mix(self):
        """Each of 50 calls has its own attempts, waits and errors."""
        scripts = [
            Script(*[transport("body")] * failures, failures, waits=range(failures))
            for failures in range(50)
        ]
        results = await asyncio.gather(*(script.call() for script in scripts))
        assert results == list(range(50))
        assert [script.attempts for script in scripts] == list(range(1, 51))
        assert [script.slept for script in scripts] == [list(range(n)) for n in range(50)]

    @given(st.lists(st.floats(0, 100), max_size=8), st.booleans())
    async def test_there_is_one_attempt_more_than_waits(self, waits, ends_well):
        """Whatever is decided, each wait leads to exactly one attempt."""
        last = "page" if ends_well else status(500)
        script = Script(*(transport("body") for _ in waits), last, waits=waits)
        try:
            outcome = await script.call()
        except StatusError as error:
            outcome = error
        assert (outcome, script.attempts, script.slept) == (last, len(waits) + 1, waits)

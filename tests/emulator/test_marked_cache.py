"""Tests of modelroute_cli.emulator.marked_cache."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.emulator.asked import CacheMark
from modelroute_cli.emulator.marked_cache import CacheUse, Marked, MarkedCache, least_tokens
from modelroute_cli.emulator.media import Medium

OWNER = "anthropic|claude-haiku-5-5"


def mark(prefix: str, tokens: int, kept_s: float = 300.0) -> Marked:
    """A mark after a prefix of so many tokens."""
    return Marked(mark=CacheMark(prefix=prefix, kept_s=kept_s), tokens=tokens)


def test_the_first_request_writes_and_the_next_reads() -> None:
    """The whole marked beginning, to the token."""
    cache = MarkedCache()
    assert cache.use(OWNER, [mark("system", 1000)], 0.0) == CacheUse(written=1000)
    assert cache.use(OWNER, [mark("system", 1000)], 1.0) == CacheUse(read=1000)


def test_nothing_is_kept_without_a_mark() -> None:
    """However long the prompt."""
    cache = MarkedCache()
    assert [cache.use(OWNER, [], now) for now in (0.0, 1.0)] == [CacheUse(), CacheUse()]


def test_a_short_beginning_is_not_kept() -> None:
    """Below the model's least it is input like any other."""
    cache = MarkedCache()
    assert [cache.use(OWNER, [mark("system", 511)], now) for now in (0.0, 1.0)] == [CacheUse(), CacheUse()]


@pytest.mark.parametrize(
    ("model", "least"),
    [("claude-haiku-5-5", 512), ("claude-sonnet-5.5", 512), ("claude-haiku-4-5", 4096), ("claude-sonnet-4-5", 1024)],
)
def test_each_generation_has_its_least(model: str, least: int) -> None:
    """As the provider's table has it."""
    assert least_tokens(f"anthropic|{model}") == least


def test_use_keeps_a_beginning_alive() -> None:
    """Five minutes from the last use, not from the writing."""
    cache = MarkedCache()
    cache.use(OWNER, [mark("system", 1000)], 0.0)
    assert cache.use(OWNER, [mark("system", 1000)], 299.0).read == 1000
    assert cache.use(OWNER, [mark("system", 1000)], 598.0).read == 1000
    assert cache.use(OWNER, [mark("system", 1000)], 898.0) == CacheUse(written=1000)


def test_an_hour_is_written_as_such() -> None:
    """It costs more to write."""
    cache = MarkedCache()
    assert cache.use(OWNER, [mark("system", 1000, 3600.0)], 0.0) == CacheUse(written=1000, written_long=1000)
    assert cache.use(OWNER, [mark("system", 1000, 3600.0)], 3599.0).read == 1000


def test_the_longest_known_beginning_is_read_and_the_rest_is_written() -> None:
    """Marks after one another: the system message for an hour, the chat so far for five minutes."""
    cache = MarkedCache()
    system = mark("system", 1000, 3600.0)
    assert cache.use(OWNER, [system, mark("system chat", 1500)], 0.0) == CacheUse(written=1500, written_long=1000)
    assert cache.use(OWNER, [system, mark("system other", 1700)], 1.0) == CacheUse(read=1000, written=700)


def test_requests_that_come_together_all_write() -> None:
    """What another request is just writing cannot be read yet."""
    cache = MarkedCache(reading_s=2.0)
    uses = [cache.use(OWNER, [mark("system", 1000)], now) for now in (0.0, 1.0, 2.5)]
    assert uses == [CacheUse(written=1000), CacheUse(written=1000), CacheUse(read=1000)]


def test_another_picture_is_another_beginning() -> None:
    """Also after the same words."""
    cache = MarkedCache()
    for key in ("a", "b"):
        carried = (Medium(kind="image", key=key),)
        one = Marked(mark=CacheMark(prefix="look", media=carried, kept_s=300.0), tokens=1000)
        assert cache.use(OWNER, [one], 0.0) == CacheUse(written=1000)


def test_models_do_not_share() -> None:
    """Each has its own cache."""
    cache = MarkedCache()
    cache.use(OWNER, [mark("system", 5000)], 0.0)
    assert cache.use("anthropic|claude-haiku-4-5", [mark("system", 5000)], 1.0) == CacheUse(written=5000)


@given(st.lists(st.tuples(st.floats(0, 200), st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_what_is_read_and_written_is_never_more_than_what_is_marked(steps: list[tuple[float, int, int]]) -> None:
    """And an hour's writing is a part of the writing."""
    cache, now = MarkedCache(reading_s=1.0), 0.0
    for delay_s, system, chat in steps:
        now += delay_s
        first = mark(f"s{system}", 1000 + system, 3600.0)
        use = cache.use(OWNER, [first, mark(f"s{system}c{chat}", 2000 + 10 * chat)], now)
        assert use.read + use.written == 2000 + 10 * chat
        assert 0 <= use.written_long <= use.written

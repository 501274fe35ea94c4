"""One request of each group pays for writing the shared beginning; all sums stay exact."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.planning.writers import setup_total, with_writers

SCHEMA = {
    "kind": pl.Int64,
    "prefix": pl.Int64,
    "model": pl.String,
    "service_tier": pl.String,
    "requests": pl.Int64,
    "cost_pusd": pl.Int64,
    "cost_low_pusd": pl.Int64,
    "cost_range_pusd": pl.Int64,
    "cost_high_pusd": pl.Int64,
    "setup_pusd": pl.Int64,
    "write_tokens": pl.Int64,
    "cache_read_tokens": pl.Int64,
    "cache_write_tokens": pl.Int64,
}


def portion(kind: int, prefix: int | None, requests: int, setup: int = 50, model: str = "m") -> dict[str, object]:
    """Requests of 100 pico-dollars each that read 900 of 1,000 shared tokens, where they share any."""
    return {
        "kind": kind,
        "prefix": prefix,
        "model": model,
        "service_tier": "standard",
        "requests": requests,
        "cost_pusd": 100,
        "cost_low_pusd": 80,
        "cost_range_pusd": 150,
        "cost_high_pusd": 180,
        "setup_pusd": setup,
        "write_tokens": 1_000,
        "cache_read_tokens": 900,
        "cache_write_tokens": 0,
    }


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    """Portions by hand."""
    return pl.DataFrame(rows, schema=SCHEMA)


def test_the_first_of_a_group_writes_and_the_others_read() -> None:
    """It costs what writing costs, reads nothing, and stays inside what is reserved for it."""
    made = with_writers(frame(portion(0, 7, 3), portion(1, 7, 2)))
    shown = made.select("kind", "requests", "cost_pusd", "cost_low_pusd", "cost_range_pusd").rows()
    assert shown == [(0, 1, 150, 130, 180), (0, 2, 100, 80, 150), (1, 2, 100, 80, 150)]
    assert made.select("cache_read_tokens", "cache_write_tokens").rows() == [(0, 1_000), (900, 0), (900, 0)]


def test_a_group_of_one_is_all_writing() -> None:
    """Nobody is left to read."""
    made = with_writers(frame(portion(0, 7, 1)))
    assert made.select("requests", "cost_pusd").rows() == [(1, 150)]


def test_each_offer_keeps_its_own_cache() -> None:
    """A beginning that goes to two models is written twice."""
    made = with_writers(frame(portion(0, 7, 2, model="a"), portion(0, 7, 2, model="b")))
    assert made.select("model", "requests", "cost_pusd").rows() == [
        ("a", 1, 150),
        ("a", 1, 100),
        ("b", 1, 150),
        ("b", 1, 100),
    ]


def test_without_shared_beginnings_nothing_changes() -> None:
    """Neither without a group nor where the model caches nothing."""
    plain = frame(portion(0, None, 3), portion(1, 7, 2, setup=0))
    assert with_writers(plain).equals(plain)


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(0, 2)), st.integers(1, 5), st.sampled_from("ab")),
        min_size=1,
        max_size=8,
    )
)
def test_requests_and_money_are_those_of_the_portions_and_one_charge_a_group(
    drawn: list[tuple[int | None, int, str]],
) -> None:
    """Nobody is lost, and each (beginning, offer) is charged exactly once."""
    before = frame(*(portion(at, prefix, count, model=model) for at, (prefix, count, model) in enumerate(drawn)))
    after = with_writers(before)
    assert int(after["requests"].sum()) == int(before["requests"].sum())
    groups = {(prefix, model) for prefix, _, model in drawn if prefix is not None}
    spent = int((after["cost_pusd"] * after["requests"]).sum()) - int((before["cost_pusd"] * before["requests"]).sum())
    assert spent == 50 * len(groups)
    assert after["kind"].is_sorted()
    assert setup_total(before, before["prefix"]) == spent


def test_a_setup_total_of_one_offer_counts_each_beginning_once() -> None:
    """Baselines are of one offer: their quotes name none."""
    quotes = frame(portion(0, 7, 1), portion(1, 7, 1, setup=60), portion(2, 8, 1), portion(3, None, 1))
    assert setup_total(quotes.select("setup_pusd"), quotes["prefix"]) == 60 + 50

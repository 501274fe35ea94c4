"""Which answers people see."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.pilot_answers import answer

from modelroute_cli.pilot.scorers.answers import Answer
from modelroute_cli.pilot.scorers.sheet_draw import drawn

TOLD: list[Answer] = [
    structs.replace(answer(f"{template}{place}", model), template=template)
    for template, count in (("mail", 30), ("label", 3))
    for place in range(count)
    for model in ("m", "n")
]


def test_whole_requests_are_drawn_from_every_template() -> None:
    """As many as were asked for, or all there are."""
    found = drawn(TOLD, 5, seed=1)
    assert Counter(each.template for each in found) == {"mail": 10, "label": 6}
    assert set(Counter(each.custom_id for each in found).values()) == {2}
    assert [each for each in TOLD if each in found] == list(found)


def test_another_seed_draws_others() -> None:
    """The same seed the same."""
    assert drawn(TOLD, 5, seed=1) == drawn(TOLD[::-1], 5, seed=1)[::-1]
    assert set(drawn(TOLD, 5, seed=1)) != set(drawn(TOLD, 5, seed=2))


@given(few=st.integers(0, 31), more=st.integers(0, 31), seed=st.integers(0, 99))
def test_a_larger_draw_holds_a_smaller_one(few: int, more: int, seed: int) -> None:
    """What was labelled stays in the sheet when more is exported."""
    few, more = sorted((few, more))
    assert set(drawn(TOLD, few, seed)) <= set(drawn(TOLD, more, seed))


def test_every_request_is_drawn_as_often() -> None:
    """In 600 draws of 10 of 30 each about 200 times, whatever its place."""
    times = Counter(each.custom_id for seed in range(600) for each in drawn(TOLD[:60:2], 10, seed))
    assert len(times) == 30
    assert all(150 < count < 250 for count in times.values())

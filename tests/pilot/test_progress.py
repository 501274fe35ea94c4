"""Where a pilot stands, and what it asks next, by its journal and what was measured alone."""

from support.pilot_designs import design, part, seen

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.progress import Due, due, standing_of
from modelroute_cli.pilot.rounds import Standing

MUCH = PicoUSD(10**9)
NAMES = ("base", "cheap", "mid")


def rows(*places: int, models: int = 3) -> frozenset[int]:
    """The rows of the pilot's own job file of these places, on the first so many models."""
    return frozenset(place * 3 + at for place in places for at in range(models))


def test_a_pilot_begins_with_ten_requests_on_every_model() -> None:
    """The same ones on each."""
    made = design()
    assert due(made, standing_of(made, (), frozenset()), MUCH, frozenset()) == Due(rows(*range(10)), is_short=False)


def test_a_round_that_was_broken_off_is_gone_on_with() -> None:
    """What ended is not asked again, with an answer or without."""
    made = design()
    ended = rows(0, 1, 2) | {9}
    found = due(made, standing_of(made, (), ended), MUCH, ended)
    assert found.rows == rows(*range(10)) - ended


def test_after_all_was_asked_what_was_drawn_beyond_the_size_follows() -> None:
    """Ten at a time, while anything is open and there is money."""
    made = design(part(size=20, drawn=35))
    ended = rows(*range(20))
    standing = standing_of(made, seen(made, dict.fromkeys(NAMES, (1.0, 0.0) * 10)), ended)
    assert due(made, standing, MUCH, ended).rows == rows(*range(20, 30))
    assert due(made, standing, PicoUSD(0), ended) == Due(frozenset(), is_short=False)


def test_a_model_that_is_known_to_be_worse_is_asked_no_more() -> None:
    """The others go on, beside the baseline."""
    made = design(part(size=60), slack=0.02)
    ended = rows(*range(50))
    told = seen(made, {"base": [1.0] * 50, "cheap": [0.0] * 50, "mid": [1.0] * 50})
    standing = standing_of(made, told, ended)
    assert standing[0].models == {"cheap": Standing.WORSE, "mid": Standing.OPEN}
    assert standing[0].open_models == ("base", "mid")
    found = due(made, standing, MUCH, ended).rows
    assert found == {row for row in rows(*range(50, 60)) if row % 3 != 1}


def test_what_answers_cost_counts_for_more_than_what_was_expected() -> None:
    """A round that the money left does not pay for is left out, and that is told."""
    made = design()
    ended = rows(*range(10))
    dear = seen(made, dict.fromkeys(NAMES, (1.0, 0.0) * 5), {"base": 5000, "cheap": 10, "mid": 200})
    standing = standing_of(made, dear, ended)
    assert standing[0].asked.each_pusd == 5210
    assert due(made, standing, PicoUSD(52_099), ended) == Due(frozenset(), is_short=True)
    assert due(made, standing, PicoUSD(52_100), ended).rows == rows(*range(10, 20))


def test_a_template_of_which_all_is_known_ends() -> None:
    """With nothing left open, nothing is short either."""
    made = design(part(size=20), slack=0.02)
    ended = rows(*range(10))
    told = seen(made, {"base": [1.0] * 10, "cheap": [0.0] * 10, "mid": [0.0] * 10})
    standing = standing_of(made, told, ended)
    assert standing[0].asked.asked == 10
    assert due(made, standing, PicoUSD(1), ended).is_open


def test_templates_stand_apart() -> None:
    """What was seen of one says nothing of the other."""
    made = design(part("a", 20), part("b", 20, first=50), part("none", 0))
    ended = rows(*range(20))
    standing = standing_of(made, seen(made, dict.fromkeys(NAMES, (1.0, 0.0) * 10)), ended)
    assert [each.asked.asked for each in standing] == [20, 0]
    assert due(made, standing, MUCH, ended).rows == {60 + row for row in rows(*range(10))}

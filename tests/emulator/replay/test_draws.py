"""Tests of modelroute_cli.emulator.replay.draws."""

from modelroute_cli.emulator.replay.draws import digest, draw, pick


def test_a_draw_is_above_zero_and_at_most_one_and_repeats() -> None:
    """So that a quality of 0 is never right and one of 1 always."""
    drawn = [draw("r", number, 1) for number in range(2000)]
    assert drawn == [draw("r", number, 1) for number in range(2000)]
    assert 0.0 < min(drawn) < 0.01
    assert 0.99 < max(drawn) <= 1.0
    assert 0.47 < sum(drawn) / 2000 < 0.53


def test_draws_about_different_things_differ() -> None:
    """Neighbours are not run together."""
    assert len({draw("a", "bc", 1), draw("ab", "c", 1), draw("a", "bc", 2), draw("a", "bc")}) == 4


def test_a_pick_is_one_of_the_places() -> None:
    """Each of them is picked."""
    assert {pick(3, "x", number) for number in range(50)} == {0, 1, 2}


def test_texts_that_are_no_unicode_have_a_digest() -> None:
    """Half a surrogate pair, as a judge may be shown one."""
    assert len(digest("\ud83d")) == 16

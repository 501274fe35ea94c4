"""The curve as it is drawn on a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.report.curve_plot import Spot, curve_plot
from modelroute_cli.report.screen import width_of

SPOTS = (
    Spot(from_usd("1.00"), 0.80),
    Spot(from_usd("2.00"), 0.90),
    Spot(from_usd("3.00"), 0.95),
    Spot(from_usd("2.00"), 0.90, "P"),
    Spot(from_usd("4.00"), 1.00, "B"),
)


def texts(spots: tuple[Spot, ...], width: int | None) -> list[str]:
    """The lines of the drawing."""
    return [line.text for line in curve_plot(spots, width)]


def test_quality_goes_up_and_cost_to_the_right() -> None:
    """Each point holds until the next; what has a name is a letter."""
    assert texts(SPOTS, 40) == [
        "1.000 |                                B",
        "0.982 |",
        "0.964 |",
        "0.945 |                     .",
        "0.927 |",
        "0.909 |",
        "0.891 |           P.........",
        "0.873 |",
        "0.855 |",
        "0.836 |",
        "0.818 |",
        "0.800 |...........",
        "      +---------------------------------",
        "       $1.000         cost        $4.000",
    ]


def test_where_costs_are_far_apart_each_step_is_a_share() -> None:
    """And that is said."""
    far = (*SPOTS, Spot(from_usd("100"), 1.0, "S"))
    shown = texts(far, 60)
    assert shown[-1] == "       $1.000        cost, each step a share        $100.000"
    assert shown[0].index("B") - 7 == round(0.301 * 52)


def test_letters_never_hide_each_other() -> None:
    """The second stands beside the first."""
    both = (Spot(from_usd("1.00"), 0.8, "P"), Spot(from_usd("1.00"), 0.8, "S"), Spot(from_usd("2.00"), 0.9))
    assert any("|PS" in line for line in texts(both, 60))


def test_nothing_stands_for_a_drawing_where_nothing_is_drawn() -> None:
    """The numbers below say the same."""
    assert all(line.plain == "" for line in curve_plot(SPOTS, None))


def test_no_room_or_no_point_is_no_drawing() -> None:
    """Nor is anything divided by zero where all points are one."""
    assert texts(SPOTS, 36) == []
    assert texts((), 80) == []
    assert texts((Spot(PicoUSD(1), 0.8),), 80)[0].endswith(".")


COSTS = st.integers(0, 10**15).map(PicoUSD)


@given(
    st.lists(st.builds(Spot, COSTS, st.floats(0, 1), st.sampled_from(["", "", "P", "B", "S"])), max_size=30),
    st.integers(1, 200),
)
def test_it_fits_and_shows_every_letter(spots: list[Spot], width: int) -> None:
    """Whatever the points are."""
    lines = [line.text for line in curve_plot(spots, width)]
    assert len(lines) in (0, 14)
    assert all(width_of(line) <= min(width, 80) for line in lines)
    drawn = "".join(line[7:] for line in lines[:12])
    if lines:
        assert all(drawn.count(letter) == sum(spot.letter == letter for spot in spots) for letter in "PBS")

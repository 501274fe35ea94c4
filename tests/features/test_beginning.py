"""Rules of first words."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.beginning import beginning


def test_a_beginning_is_four_words() -> None:
    """Lower case, masked, without punctuation."""
    assert beginning("Dear team, order 12: please check https://a.example now") == "dear team order §"


def test_what_varies_is_masked() -> None:
    """Numbers, names in quotes, addresses and placeholders do not make another beginning."""
    assert beginning("Order 4711 is late.") == beginning("Order 12 is late.")
    assert beginning('Tell "Ann" that we moved.') == beginning('Tell "Bo" that we moved.')
    assert beginning("Mail {{name}} about it.") == beginning("Mail {{customer}} about it.")


@given(st.text(max_size=200))
def test_any_text_has_at_most_four_first_words(text: str) -> None:
    """None is crashed on."""
    assert len(beginning(text).split(" ")) <= 4

"""Rules of texts that are shown."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.privacy.hiding import hidden


def test_the_kind_stands_in_place_of_what_was_found() -> None:
    """All else stays."""
    text = "From anna@web.de: call +49 171 1234567 or pay DE89 3704 0044 0532 0130 00, order 4711."
    assert hidden(text) == "From <email>: call <phone> or pay <iban>, order 4711."


def test_a_text_without_personal_data_is_itself() -> None:
    """To the letter."""
    assert hidden("Write 3 lines about tea, 2026-11-23.") == "Write 3 lines about tea, 2026-11-23."


@given(before=st.text(alphabet="ab \n", max_size=30), after=st.text(alphabet="ab \n", max_size=30))
def test_nothing_of_it_is_left(before: str, after: str) -> None:
    """Wherever it stands."""
    assert hidden(f"{before} anna@web.de {after}") == f"{before} <email> {after}"

"""Rules of constant words between short fields."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.refining import refined

COUNTRIES = ("Austria", "Kenya", "Ireland", "Canada")
LANGUAGES = ("French", "Polish", "German", "Danish")


def test_what_all_values_of_a_field_have_is_constant() -> None:
    """With the blanks around it, so that it is never found inside a word."""
    values = [(f"{one} into {other}", "a") for one, other in zip(COUNTRIES, LANGUAGES, strict=True)]
    assert refined((", keep",), values) == (" into ", ", keep")


def test_what_some_values_have_is_not() -> None:
    """Nor what stands in another order."""
    assert refined((), [("Ann into it",), ("Bo onto it all",), ("Cleo or it",), ("Dan it into",)]) == ()


def test_material_is_left_alone() -> None:
    """Long values are no place for constants."""
    values = [(f"{word} into {'x' * 120}",) for word in COUNTRIES]
    assert refined((), values) == ()


def test_too_few_values_tell_nothing() -> None:
    """Three names may have a word in common by chance."""
    values = [(f"{one} into {other}",) for one, other in zip(COUNTRIES[:3], LANGUAGES, strict=False)]
    assert refined((), values) == ()
    assert refined((), [None, None]) == ()


@given(st.lists(st.text("ab ", max_size=12), min_size=4, max_size=8))
def test_every_value_has_what_is_constant(values: list[str]) -> None:
    """In this order."""
    for value in values:
        place = 0
        for part in refined((), [(each,) for each in values]):
            place = value.index(part, place) + len(part)

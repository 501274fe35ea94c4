"""Rules of the first pass."""

from modelroute_cli.features.privacy.suspects import suspects

PLAIN = ["Write 3 lines about 50 euros.", "", "Call at 10:30 in room 12, 5 people", "COBADEFF", "MIXED Case 12 345"]
WORTH = [
    "a@b",
    "meet (at) noon",
    "030 12 34",
    "2026-11-23",
    "RSSMRA85",
    "GB29 NWBK",
    "12\u00a034\u00a056",
    "+49(0)30-12",
]


def test_texts_without_a_sign_or_six_digits_are_left_alone() -> None:
    """Most texts of most jobs."""
    assert suspects(PLAIN) == []


def test_halves_of_characters_are_passed_over() -> None:
    """JSON can hold them, UTF-8 cannot."""
    assert suspects(["\ud800", "\ud800 a@b", "x"]) == [1]


def test_all_others_are_named_by_their_place() -> None:
    """In order."""
    assert suspects(WORTH) == list(range(len(WORTH)))
    assert suspects([*PLAIN, "a@b"]) == [len(PLAIN)]
    assert suspects([]) == []

"""Gates that no answer passes, or that nothing can apply."""

import pytest

from modelroute_cli.base.schema import GateRules
from modelroute_cli.catalog.gate_checks import LANGUAGES, GateFault, gate_faults
from modelroute_cli.features.language import known_languages

IMPOSSIBLE = "no answer would pass: correct one of them"


def _faults(**rules: object) -> list[GateFault]:
    return list(gate_faults(GateRules(**rules)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"min_words": 3, "max_words": 3, "min_chars": 1, "max_chars": 100},
        {"must_contain": ("sale",), "must_not_contain": ("sales",)},
        {"language": "de", "labels": ("yes", "no"), "pattern": r"^\w+$"},
        {"language": "same"},
        {"language": "any"},
        {"labels": ("-1", "0", "1")},
    ],
)
def test_gates_that_can_be_passed_have_no_fault(rules: dict[str, object]) -> None:
    """Nothing is said of them."""
    assert _faults(**rules) == []


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        (
            {"min_words": 9, "max_words": 8},
            GateFault("min_words", "`9` is more than `max_words`, which is `8`", IMPOSSIBLE),
        ),
        (
            {"min_chars": 9, "max_chars": 8},
            GateFault("min_chars", "`9` is more than `max_chars`, which is `8`", IMPOSSIBLE),
        ),
        ({"must_contain": (" ",)}, GateFault("must_contain", "holds blank text", "leave it out")),
        ({"must_mention": ("\t",)}, GateFault("must_mention", "holds blank text", "leave it out")),
        (
            {"must_contain": ("Summer Sale",), "must_not_contain": ("sale",)},
            GateFault("must_not_contain", "`sale` is in `must_contain` as well", IMPOSSIBLE),
        ),
        (
            {"language": "German"},
            GateFault("language", "`German` is no language that is told from others", "did you mean `de`?"),
        ),
        (
            {"language": "en-GB"},
            GateFault("language", "`en-GB` is no language that is told from others", "did you mean `en`?"),
        ),
        (
            {"language": "tlh"},
            GateFault(
                "language",
                "`tlh` is no language that is told from others",
                f"use `same`, `any` or one of {', '.join(LANGUAGES)}",
            ),
        ),
        (
            {"labels": ("a", " ")},
            GateFault("labels", "hold blank text", "leave it out, or write out what it stands for"),
        ),
        (
            {"labels": ("Yes", "no", "yes ")},
            GateFault(
                "labels",
                "`Yes` and `yes ` are told apart by no more than case and blanks",
                "name them so that each is its own word",
            ),
        ),
        (
            {"pattern": "(a"},
            GateFault(
                "pattern",
                "`(a` cannot be used: unclosed group",
                "write it as Rust's crate `regex` reads it: without looking around and references back",
            ),
        ),
    ],
)
def test_a_gate_that_cannot_be_kept_says_why_and_what_to_write(rules: dict[str, object], fault: GateFault) -> None:
    """A bad value each."""
    assert _faults(**rules) == [fault]


def test_a_long_pattern_is_cut_where_it_is_shown() -> None:
    """A message stays on a line."""
    assert _faults(pattern="(" + "a" * 500)[0].message == f"`({'a' * 59}...` cannot be used: unclosed group"


def test_the_languages_are_those_that_texts_are_told_apart_by() -> None:
    """What is accepted here can be judged later; `LANGUAGES` stands apart since this room knows no detector."""
    assert frozenset(LANGUAGES) == known_languages()

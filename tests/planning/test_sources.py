"""What a plan says of where its qualities come from."""

import polars as pl
from msgspec import structs
from support.measured_plans import FLASH, LUNA, cell, measured

from modelroute_cli.planning.sources import measured_warnings, source_counts, source_text

OLD = structs.replace(cell(0.7), source="history", n=0, history_n=31.5)
KNOWN = measured({"g": {LUNA: cell(0.6), FLASH: OLD}, "h": {LUNA: structs.replace(cell(0.5), source="prior", n=0)}})
KINDS = pl.DataFrame({"row": [0, 3, 5], "group": ["g", "h", None]})
PORTIONS = pl.DataFrame(
    {"row": [0, 0, 3, 5], "model": [LUNA, FLASH, LUNA, LUNA], "requests": [4, 3, 2, 1], "copies": [1, 2, 1, 1]}
)


def test_requests_are_counted_by_the_nearest_thing_their_quality_rests_on() -> None:
    """Duplicates too; a request without a group, and a cell that the prior alone made, are the prior's."""
    assert source_counts(PORTIONS, KINDS, KNOWN) == {"pilot": 4, "history": 6, "prior": 3}
    assert source_counts(PORTIONS.head(1), KINDS, KNOWN) == {"pilot": 4}


def test_a_model_without_a_cell_is_the_priors() -> None:
    """In a measured group as well."""
    strangers = PORTIONS.with_columns(model=pl.lit("stranger"))
    assert source_counts(strangers, KINDS, KNOWN) == {"prior": 13}


def test_the_source_in_words() -> None:
    """By what it was measured, for how many requests; emulated answers are said to be that."""
    assert source_text(None, {}) == "unmeasured: prior only"
    assert source_text(KNOWN, {"pilot": 4, "history": 6, "prior": 1}) == (
        "measured (expected answers) for 11 requests: 4 by a pilot, 6 by your history, 1 by the prior table alone"
    )
    assert source_text(structs.replace(KNOWN, emulated=True), {"pilot": 4}) == (
        "measured (expected answers, emulated) for 4 requests: 4 by a pilot"
    )


def test_warnings_tell_of_emulated_answers_and_of_another_baseline() -> None:
    """Where nothing was measured, or all is as it should be, there are none."""
    assert measured_warnings(None, "gpt-5") == ()
    assert measured_warnings(KNOWN, "gpt-5") == ()
    assert measured_warnings(structs.replace(KNOWN, emulated=True), "gpt-6-sol") == (
        "quality was measured on emulated answers: it says nothing of the real models",
        "quality was measured beside `gpt-5`, not beside `gpt-6-sol`: what is kept is less certain",
    )

"""What the screen of one request says of what was measured."""

from msgspec import structs
from support.measured_plans import FLASH, LUNA, SOL, cell, measured

from modelroute_cli.planning.evidence import evidence_of
from modelroute_cli.report.evidence_screen import evidence_lines

BOTH = structs.replace(cell(0.9, 0.03), n=1, history_n=12.4)
PRIOR = structs.replace(cell(0.7, 0.1), n=0, source="prior")
KNOWN = measured({"g": {LUNA: cell(0.6, 0.04), FLASH: BOTH, SOL: PRIOR}}, {"t1": "g"})


def texts(template: str, *, emulated: bool = False) -> list[str]:
    """The lines for a template."""
    return [line.text for line in evidence_lines(evidence_of(structs.replace(KNOWN, emulated=emulated), template), 80)]


def test_each_model_is_told_with_interval_and_source() -> None:
    """What a pilot measured, what an older run did, and what nobody did."""
    assert texts("t1") == [
        "",
        "Measured for group g (expected answers):",
        "Model           Quality  90% interval  known from",
        "deepseek-flash     0.90  0.85 to 0.95  pilot, 1 request; history, 12 aged",
        "gpt-6-sol          0.70  0.54 to 0.86  prior only, by what its kind has shown",
        "gpt-6-luna         0.60  0.53 to 0.67  pilot, 50 requests",
    ]


def test_emulated_answers_are_said_to_be_that() -> None:
    """Loudly."""
    assert texts("t1", emulated=True)[1] == "Measured for group g (expected answers, emulated):"


def test_a_template_that_was_not_measured_is_said_to_rest_on_the_prior() -> None:
    """And a plan without any measurement says nothing here."""
    assert texts("t9") == ["", "Quality of this template is unmeasured: prior only"]
    assert evidence_lines(None, 80) == ()

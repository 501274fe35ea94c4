"""A pilot on the screen: what it would send, what it learned, what it cost."""

from pathlib import Path

import pytest
from support.pilot_designs import design, part, seen

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.pilot.design import Design
from modelroute_cli.pilot.folder import CEILING, FINISHED, PilotEnd, PilotFolder
from modelroute_cli.report.json_out import public
from modelroute_cli.report.pilot_screen import design_screen, learned_screen
from modelroute_cli.report.pilot_summary import PilotSummary, pilot_summary
from modelroute_cli.report.screen import Screen

MADE = design(part("math-en-1"), part("code-en-2", 0))


def texts(screen: Screen) -> list[str]:
    """Its lines."""
    return [line.text for line in screen]


def ended(folder: Path, status: str = FINISHED, held: int = 0) -> PilotSummary:
    """The pilot at its end."""
    made = PilotFolder(RunFolder(folder, "0123456789ab"))
    made.make()
    told = seen(MADE, {"base": [1.0] * 20, "cheap": [1.0, 0.0] * 10})
    end = PilotEnd(status=status, spent_pusd=PicoUSD(700_000), held_pusd=PicoUSD(held), emulated=False)
    made.finish(told, end)
    return pilot_summary(MADE, "jobs.jsonl", False, made)


def before(made: Design = MADE) -> PilotSummary:
    """The pilot before anything was sent."""
    return pilot_summary(made, "jobs.jsonl", False)


def test_what_would_be_sent_is_shown_with_what_it_can_cost() -> None:
    """Template by template, the reason where one is left out."""
    lines = texts(design_screen(before(), None))
    assert lines[0].split() == ["Template", "Requests", "Measured", "Models", "Cost", "To", "gain"]
    assert lines[1].split() == ["math-en-1", "100", "20", "3", "~$0.000000024", "~$0.000000099"]
    assert lines[2].split("  ")[0] == "code-en-2"
    assert lines[2].endswith("too small to measure")
    assert lines[4:] == [
        "Pilot: 20 requests of 1 template on 3 models, ~$0.000000024; base for all of the job is ~$0.000010",
        "  models: base, cheap, mid",
        "  ceiling: $0.0000010, never passed: the worst case of each request is set aside before it is sent",
    ]


def test_where_nothing_is_measured_the_figures_say_why() -> None:
    """What it could have cost, and what all of the job does."""
    lines = texts(design_screen(before(design(part("a", 0))), None))
    assert lines[-2:] == [
        "Nothing to measure: no template is worth a pilot of at most $0.0000010.",
        "base for all of the job would cost ~$0.000010.",
    ]


def test_twenty_templates_are_shown_and_the_others_counted() -> None:
    """A job may have hundreds."""
    many = design(*(part(f"t{number}", first=number * 20) for number in range(23)))
    assert "and 3 templates more" in texts(design_screen(before(many), None))


def test_what_was_learned_is_shown_by_template_and_model(tmp_path: Path) -> None:
    """With intervals, the difference to the baseline, what an answer costs, and by whom it was scored."""
    lines = texts(learned_screen(ended(tmp_path), None))
    assert lines[0] == "math-en-1  100 requests"
    assert lines[2].split() == ["base", "20", "1.00", "0.89", "to", "1.00", "-", "$0.0000000010", "pilot,", "expected"]
    cheap = lines[3].split()
    assert (cheap[:3], cheap[6]) == (["cheap", "20", "0.50"], "-0.50")
    assert "Not measured: 1 template (100 requests), planned by what is believed of the models" in lines
    assert lines[-1].startswith("Measuring cost $0.00000070, ")


@pytest.mark.parametrize("width", [40, 60, 80])
def test_model_names_are_never_cut(tmp_path: Path, width: int) -> None:
    """Columns go first."""
    lines = texts(learned_screen(ended(tmp_path), width))
    assert any(line.startswith("cheap") for line in lines)
    assert all(len(line) <= width for line in lines if line.startswith(("base", "cheap", "mid")))


def test_a_pilot_that_ended_at_its_ceiling_says_so(tmp_path: Path) -> None:
    """And what may have been billed beside."""
    lines = texts(learned_screen(ended(tmp_path, CEILING, held=9), None))
    assert "  it ended at its ceiling of $0.0000010: less was measured than drawn" in lines
    assert "  and $0.0000000000090 may have been billed for requests whose outcome is unknown" in lines


def test_the_numbers_are_there_for_programs(tmp_path: Path) -> None:
    """Money as decimal strings, unknown as null."""
    shown = public(ended(tmp_path))
    assert (shown["baseline"], shown["ceiling_usd"], shown["calls"]) == ("base", "0.000001", 60)
    assert shown["end"] == {"status": "finished", "spent_usd": "0.0000007", "held_usd": "0", "emulated": False}
    assert public(before())["end"] is None

"""Every screen on a terminal of 80 cells: nothing is cut, nothing runs over the edge; on one of 40 nothing breaks."""

from collections.abc import Callable, Mapping

import msgspec
import pytest
from msgspec import Struct, structs
from support.compared import made_up, measured, planned, ran, unfinished
from support.summaries import full_run, small_plan

from modelroute_cli.report.comparison import compare
from modelroute_cli.report.comparison_screen import comparison_screen
from modelroute_cli.report.curve_screen import curve_screen
from modelroute_cli.report.details_screen import details_screen
from modelroute_cli.report.layout import laid_out
from modelroute_cli.report.plan_screen import plan_screen
from modelroute_cli.report.run_screen import report_screen
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.screen import Line, Screen, width_of
from modelroute_cli.report.summary import PlanSummary

LONG = "openrouter/anthropic/claude-haiku-5-5-20261001-thinking"  # 55 cells
JOB = f"jobs/{'a-very-long-folder/' * 4}mails-of-november.jsonl"
NAMES = frozenset({"model", "name", "template", "tenant", "escalate_to"})  # fields that hold a name
MANY = 12_345_678


def stretched(value: object, field: str = "") -> object:
    """The same with long names and many digits; texts, shares and times as they are."""
    match value:
        case Struct():
            fields = value.__struct_fields__
            return structs.replace(value, **{name: stretched(getattr(value, name), name) for name in fields})
        case tuple():
            return tuple(stretched(item, field) for item in value)
        case Mapping():
            return {f"{LONG}-{name}" if field != "personal_data" else name: each for name, each in value.items()}
        case str():
            return _long(value, field)
        case bool() | float() | None:
            return value
    return value * 10**11 if field.endswith("_pusd") else value + MANY  # type: ignore[operator]  # a whole number


def _long(text: str, field: str) -> str:
    """A name of somebody who likes long ones."""
    if field == "source":
        return JOB
    return f"{LONG}-{text}" if field in NAMES and text else text


def wide_run() -> RunSummary:
    """A run with all that a report can say."""
    return msgspec.convert(stretched(structs.replace(full_run(), details=None)), RunSummary, from_attributes=True)


def wide_plan() -> PlanSummary:
    """A plan with a curve."""
    found = stretched(small_plan())
    assert isinstance(found, PlanSummary)
    return found


def details(width: int | None) -> Screen:
    """All that a report says beyond its totals."""
    found = stretched(full_run().details)
    return details_screen(found, width)  # type: ignore[arg-type]  # the same type as before


def compared(width: int | None) -> Screen:
    """Four sides."""
    sides = [planned(), ran(run_id="a1", realised=measured()), made_up("b2"), unfinished()]
    return comparison_screen(compare(sides), width)


SCREENS: Mapping[str, Callable[[int | None], Screen]] = {
    "plan": lambda width: plan_screen(wide_plan(), width),
    "curve": lambda width: curve_screen(wide_plan(), width),
    "report": lambda width: report_screen(wide_run(), width),
    "details": details,
    "compare": compared,
}


def shown(name: str, width: int) -> tuple[Line, ...]:
    """A screen as it is written."""
    return laid_out(SCREENS[name](width), width)


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_terminal_that_could_be_shorter(name: str, width: int) -> None:
    """One word may be: names are never cut."""
    for line in shown(name, width):
        assert width_of(line.text) <= width or len(line.text.split()) == 1, line.text


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("width", [40, 80])
def test_no_name_is_cut_and_none_is_missing(name: str, width: int) -> None:
    """Each that stands on a wide screen stands on a narrow one, whole."""
    wide = {word.strip("():,;") for line in SCREENS[name](None) for word in line.text.split() if LONG in word}
    narrow = "\n".join(line.text for line in shown(name, width))
    assert all(word in narrow for word in wide)
    assert "…" not in narrow


@pytest.mark.parametrize("name", SCREENS)
def test_a_table_that_stays_one_is_never_broken(name: str) -> None:
    """Rows that do not fit become sentences before that."""
    for line in SCREENS[name](80):
        is_row = bool(line.plain)
        assert not is_row or width_of(line.text) <= 80, line.text


@pytest.mark.parametrize("name", SCREENS)
def test_plain_output_lays_nothing_out(name: str) -> None:
    """No columns, no indentation, no drawing; and all the names."""
    said = [line.text for line in laid_out(SCREENS[name](None), None, plain=True)]
    assert all(text == text.strip() and "  " not in text for text in said)
    wide = {word.strip("():,;") for line in SCREENS[name](None) for word in line.text.split() if LONG in word}
    assert all(word in "\n".join(said) for word in wide)

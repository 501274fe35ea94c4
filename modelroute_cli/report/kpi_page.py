"""`results.md`: targets beside what was measured, for people; and `baseline.yaml`."""

import json
from collections.abc import Iterator
from decimal import Decimal

from modelroute_cli.report.kpis import BaselineFile, KpiResult, KpisMeasured
from modelroute_cli.report.markdown.text import prose
from modelroute_cli.report.own_words import marked

_UNKNOWN = "-"
_DIGITS = Decimal("0.0001")
_HUNDREDTH = Decimal("0.01")


def results_page(found: KpisMeasured) -> str:
    """The page, with the mark that says that nobody else wrote in it."""
    return marked("\n".join(_lines(found)) + "\n\n", "markdown")


def baseline_page(found: BaselineFile) -> str:
    """`baseline.yaml`, with the same mark."""
    lines = [
        "# The baseline: the same requests, all of them answered by one model. Money is dollars; null is not known.",
        "# Correct what you know better, such as last month's bill: modelroute then leaves this file alone.",
        f"format: {found.format}",
        f"model: {_quoted(found.model)}",
        f"basis: {_quoted(found.basis)}",
        "measures:",
        *(f"  {name}: {'null' if value is None else f'{value:f}'}" for name, value in found.measures.items()),
    ]
    return marked("\n".join(lines) + "\n", "yaml")


def _quoted(text: str | None) -> str:
    """A text as YAML, which takes JSON's form."""
    return json.dumps(text)


def _lines(found: KpisMeasured) -> Iterator[str]:
    yield "# Results of the pilot"
    yield ""
    if found.emulated:
        yield "**EMULATED: nothing was sent to a provider. No number here says anything of a model; no target is met.**"
        yield ""
    yield _rests_on(found)
    yield ""
    yield "| What | Target | Today | Measured | Outcome | How it is measured |"
    yield "|---|---|---|---|---|---|"
    for line in found.results:
        cells = (line.name, _target(line), _number(line, line.baseline), _value(line), line.status, line.how)
        yield f"| {' | '.join(prose(cell) for cell in cells)} |"
    yield ""
    yield _sum(found)


def _rests_on(found: KpisMeasured) -> str:
    prices = f"Prices of {found.prices_at[:10]}."
    beside = f" Beside {prose(found.baseline_model)} for everything." if found.baseline_model else ""
    source = prose(found.source)
    if found.run_id is None:
        return f"Planned, not run: {source}. Nothing was measured yet. {prices}{beside}"
    if found.state != "finished":
        return f"Run {found.run_id} of {source} is not finished: nothing is measured until it is. {prices}{beside}"
    return f"Run {found.run_id} of {source}. {prices}{beside}"


def _sum(found: KpisMeasured) -> str:
    met = sum(line.status.startswith("met") for line in found.results)
    missed = sum(line.status == "not met" for line in found.results)
    rest = len(found.results) - met - missed
    return f"{met} met, {missed} not met, {rest} without a verdict."


def _target(line: KpiResult) -> str:
    """`at least 0.95`; a dash without one."""
    told = [f"at least {_number(line, line.at_least)}"] if line.at_least is not None else []
    told += [f"at most {_number(line, line.at_most)}"] if line.at_most is not None else []
    return ", ".join(told) or _UNKNOWN


def _value(line: KpiResult) -> str:
    if line.low is None or line.high is None:
        return _number(line, line.value)
    return f"{_number(line, line.value)} ({_number(line, line.low)} to {_number(line, line.high)})"


def _number(line: KpiResult, told: str | None) -> str:
    """Four decimals, or two significant digits where the value is below a hundredth; dollars with their sign."""
    if told is None:
        return _UNKNOWN
    value = Decimal(told)
    small = value and abs(value) < _HUNDREDTH
    shown = f"{value.quantize(Decimal(1).scaleb(value.adjusted() - 1) if small else _DIGITS):f}"
    text = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return f"${text}" if line.measure.endswith("_usd") else text

"""`results.md`: targets beside what was measured, for people; and a mark by which their own words are recognised."""

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal

from modelroute_cli.report.kpis import KpiResult, KpisMeasured
from modelroute_cli.report.markdown.text import prose

_MARK = re.compile(r"\n<!-- written by modelroute: ([0-9a-f]{64}) -->\n\Z")
_UNKNOWN = "-"
_DIGITS = Decimal("0.0001")


def results_page(found: KpisMeasured) -> str:
    """The page with its mark."""
    text = "\n".join(_lines(found)) + "\n"
    return f"{text}\n<!-- written by modelroute: {_digest(text)} -->\n"


def is_untouched(page: str) -> bool:
    """Whether a page is just as `results_page` made it."""
    mark = _MARK.search(page)
    return mark is not None and _digest(page[: mark.start()]) == mark[1]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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
        cells = (line.name, _target(line), _number(line.baseline), _value(line), line.status, line.how)
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
    told = [f"at least {_number(line.at_least)}"] if line.at_least is not None else []
    told += [f"at most {_number(line.at_most)}"] if line.at_most is not None else []
    return ", ".join(told) or _UNKNOWN


def _value(line: KpiResult) -> str:
    if line.low is None or line.high is None:
        return _number(line.value)
    return f"{_number(line.value)} ({_number(line.low)} to {_number(line.high)})"


def _number(value: Decimal | None) -> str:
    """Four decimals, or two significant digits where the value is below that."""
    if value is None:
        return _UNKNOWN
    if value == 0 or abs(value) >= _DIGITS * 100:
        shown = value.quantize(_DIGITS)
    else:
        shown = value.quantize(Decimal(1).scaleb(value.adjusted() - 1))
    text = f"{shown:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

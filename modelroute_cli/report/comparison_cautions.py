"""What makes runs and plans not comparable, said in sentences, the gravest first."""

from collections.abc import Callable, Iterator, Sequence

from modelroute_cli.report.comparison_types import Side
from modelroute_cli.report.screen import plural, safe


def cautions(sides: Sequence[Side]) -> Iterator[str]:
    """Nothing where they can be held against each other as they are."""
    yield from _same_run(sides)
    yield from _emulated(sides)
    yield from _jobs(sides)
    yield from _unfinished(sides)
    yield from _planned(sides)
    yield from _prices(sides)
    yield from _qualities(sides)
    yield from _baselines(sides)


def _same_run(sides: Sequence[Side]) -> Iterator[str]:
    for at, side in enumerate(sides):
        twin = next((other for other in sides[:at] if other.run_id == side.run_id and side.kind == "run"), None)
        if twin is not None and twin.began_at == side.began_at:
            yield f"{twin.mark} and {side.mark} are the same run"


def _emulated(sides: Sequence[Side]) -> Iterator[str]:
    """Answers of the emulator say nothing of a model, and cost nothing."""
    made_up, real = _marks(sides, _is_emulated), _marks(sides, _is_real)
    if made_up and real:
        yield f"{made_up} EMULATED, {real} real: neither money nor quality can be compared between them"
    elif made_up:
        yield f"{made_up} EMULATED: nothing was paid, and answers say nothing of the models"


def _is_emulated(side: Side) -> bool:
    return side.emulated


def _is_real(side: Side) -> bool:
    return side.kind == "run" and not side.emulated


def _jobs(sides: Sequence[Side]) -> Iterator[str]:
    """Totals of different requests are no comparison."""
    if len({side.job.digest for side in sides}) > 1:
        told = "; ".join(f"{at.mark} {safe(at.job.source)}, {plural(at.job.planned, 'request')}" for at in sides)
        yield f"different job files: compare the cost per request, not the totals ({told})"
    elif len({side.job.planned for side in sides}) > 1:
        told = ", ".join(f"{side.mark} {side.job.planned:,}" for side in sides)
        yield f"different parts of the same job file were planned ({told} requests): compare the cost per request"


def _unfinished(sides: Sequence[Side]) -> Iterator[str]:
    if marks := _marks(sides, lambda side: side.state == "unfinished"):
        yield f"{marks} not finished: the cost is what is expected at the end, the rest is so far"


def _planned(sides: Sequence[Side]) -> Iterator[str]:
    marks = _marks(sides, lambda side: side.kind == "plan")
    if marks and any(side.kind == "run" for side in sides):
        yield f"{marks} not run: the numbers are projections"


def _prices(sides: Sequence[Side]) -> Iterator[str]:
    days = {side.mark: side.settings["Prices of"] for side in sides}
    if len(set(days.values())) > 1:
        yield f"prices of different days: {', '.join(f'{letter} {day}' for letter, day in days.items())}"
    if marks := _marks(sides, lambda side: side.historic):
        yield f"{marks} planned with prices of the past: a study"


def _qualities(sides: Sequence[Side]) -> Iterator[str]:
    """Planned quality is an expectation, realised quality a measurement, by one judge or another."""
    measured = [side for side in sides if side.quality_realised is not None]
    if measured and len(measured) < len(sides):
        marks = _marks(sides, lambda side: side.quality_realised is None)
        yield f"realised quality of {_bare(marks)} was not measured: planned quality is an expectation, no measurement"
    if len({side.realised_by for side in measured}) > 1:
        told = ", ".join(f"{side.mark} by {' and '.join(side.realised_by)}" for side in measured)
        yield f"realised quality was measured in different ways: {told}"
    if len({side.quality_source for side in sides}) > 1:
        yield "planned qualities rest on different measurements"


def _baselines(sides: Sequence[Side]) -> Iterator[str]:
    chosen = {side.mark: next((base.model for base in side.baselines if base.kind == "chosen"), None) for side in sides}
    if len(set(chosen.values())) > 1:
        told = ", ".join(f"{letter} {name or 'none'}" for letter, name in chosen.items())
        yield f"saved against different baselines: {told}"


def _marks(sides: Sequence[Side], holds: Callable[[Side], bool]) -> str:
    """`A and C are`, `B is`; empty where it holds for none."""
    marks = [side.mark for side in sides if holds(side)]
    if len(marks) <= 1:
        return f"{marks[0]} is" if marks else ""
    return f"{', '.join(marks[:-1])} and {marks[-1]} are"


def _bare(marks: str) -> str:
    """The same without its verb."""
    return marks.removesuffix(" is").removesuffix(" are")

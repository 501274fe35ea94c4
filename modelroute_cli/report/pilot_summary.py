"""A pilot in numbers: what it asks, what it may cost, and what it learned."""

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.design import Design
from modelroute_cli.pilot.folder import PilotEnd, PilotFolder
from modelroute_cli.pilot.learned import Learned, learned


class PartSummary(Struct, frozen=True, kw_only=True):
    """One template: how many of its requests are measured on which models (the baseline first), or why none is."""

    template: str
    task_type: str
    language: str
    requests: int
    measured: int
    models: tuple[str, ...]
    reason: str
    cost_pusd: PicoUSD
    gain_pusd: PicoUSD


class PilotSummary(Struct, frozen=True, kw_only=True):
    """A pilot before it began, while it goes on (`end` null) or at its end."""

    pilot_id: str | None
    source: str
    baseline: str
    emulated: bool
    calls: int
    cost_pusd: PicoUSD
    ceiling_pusd: PicoUSD
    bill_pusd: PicoUSD
    templates: tuple[PartSummary, ...]
    learned: tuple[Learned, ...] = ()
    end: PilotEnd | None = None


def pilot_summary(design: Design, source: str, emulated: bool, folder: PilotFolder | None = None) -> PilotSummary:  # noqa: FBT001 - as the order has it
    """The numbers of a pilot; with its folder, what it learned."""
    population = {part.template: part.requests for part in design.parts}
    return PilotSummary(
        pilot_id=None if folder is None else folder.pilot_id,
        source=source,
        baseline=design.baseline,
        emulated=emulated,
        calls=design.calls,
        cost_pusd=design.cost_pusd,
        ceiling_pusd=design.ceiling_pusd,
        bill_pusd=design.bill_pusd,
        templates=tuple(
            PartSummary(
                template=part.template,
                task_type=part.task_type,
                language=part.language,
                requests=part.requests,
                measured=part.size,
                models=tuple(each.model for each in part.models) if part.size else (),
                reason=part.reason,
                cost_pusd=part.cost_pusd,
                gain_pusd=part.gain_pusd,
            )
            for part in design.parts
        ),
        learned=() if folder is None else learned(folder.measured(design.baseline), design.baseline, population),
        end=None if folder is None else folder.end(),
    )

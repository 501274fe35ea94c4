"""Plans under a promise: the certificate that fits, the rung's plan made again, the hold-out's answers taken in."""

from dataclasses import dataclass, replace

import polars as pl
from msgspec import structs

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import format_usd, from_usd
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.cli.ladder_plans import Making, plan_for, plan_of_baseline
from modelroute_cli.cli.workspace import HOLD_OUTS
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.pilot.adoption import adopted
from modelroute_cli.pilot.certify import Promise
from modelroute_cli.pilot.folder import PilotFolder
from modelroute_cli.pilot.gathered import gathered
from modelroute_cli.pilot.promise.certificate import Certificate
from modelroute_cli.pilot.promise.kept import read_certificate
from modelroute_cli.pilot.promise.rungs import plan_digest
from modelroute_cli.planning.piloted import with_certificate
from modelroute_cli.planning.plan import CertifiedBy, Piloted, Plan, PlanHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedCertificate:
    """A certificate of the pilot that a plan rests on, and what of its hold-out is taken in."""

    certificate: Certificate
    adopted: pl.DataFrame  # ADOPTED
    taken: Piloted


def certificate_for(pilot: PilotFolder, objective: Objective) -> UsedCertificate | None:
    """The certificate of what is asked: the same share of the baseline's quality at the same confidence, or None."""
    if not objective.baseline_share:
        return None
    found = read_certificate(pilot.run.path, Promise(objective.baseline_share, objective.confidence))
    folder = None if found is None else PilotFolder(RunFolder(HOLD_OUTS, found.hold_out_id))
    if found is None or folder is None or not folder.run.exists():
        return None
    design, seen = folder.design(), folder.scored()
    answers = tuple(gathered(folder.run.journal, design))
    return UsedCertificate(
        certificate=found,
        adopted=adopted(answers, seen, design.baseline),
        taken=Piloted(
            pilot_id=folder.pilot_id,
            requests=len({each.custom_id for each in seen}),
            calls=len(answers),
            spent_pusd=found.spent_pusd,
            held_pusd=found.held_pusd,
            emulated=found.emulated,
        ),
    )


@dataclass(frozen=True, slots=True)
class Under:
    """The plan that a certificate leads to; `plan` None: the pilot's own, for the reason in `warning`.

    `is_tested`: the certificate is of what is planned, so its hold-out's answers and its words belong to the plan.
    """

    plan: Plan | None
    warning: str | None = None
    is_tested: bool = True


def certified_plan(used: UsedCertificate, making: Making) -> Under:
    """The rung that was certified, where planning leads to it still; where none was, every request to the baseline.

    Rules that keep requests from the baseline are kept: then the plan is the pilot's own, and promises nothing.
    """
    found = used.certificate
    if found.target is None:
        return _without_promise(found, making)
    plan = _again(found.target, making)
    if plan is None or plan_digest(plan) != found.plan_digest:
        changed = (
            f"the certificate of {found.at[:10]} is of another plan: what is believed or charged has changed since"
        )
        return Under(None, f"{changed}; `modelroute certify` tests the new one", is_tested=False)
    asked = making.workspace.settings.objective
    cost = plan.header.totals.cost_pusd
    if asked.max_cost is not None and cost + used.taken.spent_pusd > from_usd(asked.max_cost):
        dearer = f"the plan that was certified costs {format_usd(cost)}, with its test more than --max-cost"
        return Under(None, f"{dearer}: this one is not certified", is_tested=False)
    return Under(replace(plan, header=_as_asked(plan, asked, found)))


def _without_promise(found: Certificate, making: Making) -> Under:
    """The baseline's plan, where the rules allow it."""
    try:
        plan = plan_of_baseline(making)
    except InfeasibleError:
        kept = f"your rules keep requests from {found.baseline}, so this plan is by the pilot alone"
        return Under(None, f"{kept}: it promises nothing")
    header = _as_asked(plan, making.workspace.settings.objective, found)
    told = f"every request goes to {found.baseline}, as nothing less was certified; `--uncertified` plans without that"
    return Under(replace(plan, header=header), told)


def with_hold_out(plan: Plan, used: UsedCertificate) -> Plan:
    """The plan with the hold-out's answers as results, and with what is certified of it."""
    return with_certificate(plan, used.adopted, _told(used))


def _again(target: float, making: Making) -> Plan | None:
    try:
        return plan_for(making, target)
    except InfeasibleError:
        return None


def _as_asked(plan: Plan, asked: Objective, found: Certificate) -> PlanHeader:
    """The header with what the user asked for, not what this rung of the ladder was made for."""
    header, ratio = plan.header, found.promise.ratio
    objective = structs.replace(
        header.objective, baseline_share=ratio, min_quality=_floor(header.objective, found), max_cost=asked.max_cost
    )
    chosen = next((each.quality for each in header.baselines if each.kind == "chosen"), None)
    quality = None if chosen is None else ratio * chosen
    cap = header.hard_cap_pusd if asked.max_cost is None else from_usd(asked.max_cost)
    return structs.replace(header, objective=objective, asked_quality=quality, hard_cap_pusd=cap)


def _floor(objective: Objective, found: Certificate) -> float | None:
    """The floor that was asked for as a number; the baseline's plan is made with one of 0 in its place."""
    return None if found.target is None else objective.min_quality


def _told(used: UsedCertificate) -> CertifiedBy:
    found = used.certificate
    return CertifiedBy(
        ratio=found.promise.ratio,
        confidence=found.promise.confidence,
        method=found.method.value,
        baseline=found.baseline,
        scorers=found.scorers,
        target=found.target,
        pairs=found.pairs,
        missing=found.missing,
        population=found.population,
        at=found.at,
        hold_out=used.taken,
    )

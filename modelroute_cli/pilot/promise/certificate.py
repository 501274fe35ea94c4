"""A certificate: what a hold-out came to, kept beside the pilot whose plans it tested."""

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.ladder import Certified
from modelroute_cli.pilot.promise.hold_out import HoldOut

CERTIFICATE_FORMAT = 1


class RungFinding(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rung that was tested: `p` is the chance of such draws if the promise were just broken."""

    target: float
    cost_pusd: PicoUSD
    p: float
    passed: bool
    mean: float | None  # of D over what could be drawn


class Certificate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was certified: the plan of `plan_digest`, made for `target`; None: only the baseline itself may run."""

    format: int = CERTIFICATE_FORMAT
    hold_out_id: str
    pilot_id: str
    promise: Promise
    method: Method
    baseline: str
    scorers: tuple[str, ...]  # whose word it rests on
    target: float | None
    plan_digest: str | None
    pairs: int  # paired requests that were looked at
    missing: int  # of them, with an answer that never came or could not be scored: they count against the plan
    population: int  # requests that they were drawn from
    tested: tuple[RungFinding, ...]
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    at: str  # ISO, UTC
    emulated: bool = False

    @property
    def certified(self) -> bool:
        """Whether a plan may run under the promise."""
        return self.plan_digest is not None


class Facts(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is known of a hold-out besides its statistics."""

    hold_out_id: str
    scorers: tuple[str, ...]
    missing: int
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    at: str
    emulated: bool


def make_certificate(held: HoldOut, found: Certified, facts: Facts) -> Certificate:
    """The certificate of what a ladder came to."""
    rungs = {rung.name: rung for rung in held.rungs}
    best = None if found.rung is None else rungs[found.rung.name]
    return Certificate(
        hold_out_id=facts.hold_out_id,
        pilot_id=held.pilot_id,
        promise=held.promise,
        method=held.method,
        baseline=held.baseline,
        scorers=facts.scorers,
        target=None if best is None else best.target,
        plan_digest=None if best is None else best.plan_digest,
        pairs=found.draws,
        missing=facts.missing,
        population=held.population,
        tested=tuple(
            RungFinding(
                target=rungs[each.rung.name].target,
                cost_pusd=each.rung.cost_pusd,
                p=each.finding.p,
                passed=each.finding.passed,
                mean=each.finding.mean,
            )
            for each in found.climbed
        ),
        spent_pusd=facts.spent_pusd,
        held_pusd=facts.held_pusd,
        at=facts.at,
        emulated=facts.emulated,
    )

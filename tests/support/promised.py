"""Hold-outs and their answers, made by hand."""

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.certify_answers import Choice
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.promise.hold_out import HeldRung, HoldOut

BASE, CHEAP = "gpt-5", "flash"


def hold_out(
    *,
    rows: tuple[int, ...],
    choices: tuple[Choice, ...] | None = None,
    safe: tuple[bool, ...] | None = None,
    population: int | None = None,
    method: Method = Method.ANY_TIME,
) -> HoldOut:
    """One rung for 98% of the baseline's quality, under a promise of 90%; all of it on the cheap model unless said."""
    stratum = tuple(int(each) for each in safe or (False,) * len(rows))
    every = population or len(rows)
    rung = HeldRung(
        target=0.98, cost_pusd=PicoUSD(10), plan_digest="d", choices=choices or (Choice(CHEAP),) * len(rows)
    )
    return HoldOut(
        pilot_id="p",
        promise=Promise(0.9),
        method=method,
        baseline=BASE,
        rungs=(rung,),
        rows=rows,
        custom_ids=tuple(f"r{row}" for row in rows),
        stratum=stratum,
        sizes=(every - sum(stratum), sum(stratum)),
    )


def right(custom_id: str, *, base: float, cheap: float, template: str = "t") -> tuple[Observation, Observation]:
    """What both models' answers to a request are worth."""
    return seen(custom_id, BASE, base, template), seen(custom_id, CHEAP, cheap, template)


def seen(custom_id: str, model: str, quality: float, template: str = "t", *, passed: bool | None = None) -> Observation:
    """One scored answer."""
    return Observation(
        custom_id=custom_id,
        template=template,
        task_type=TaskType.EMAIL,
        language="en",
        model=model,
        quality=quality,
        scorer="expected",
        passed=passed,
    )

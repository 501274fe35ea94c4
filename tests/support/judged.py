"""Plans whose answers a judge looks at, and providers that judge."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from msgspec import structs
from support.fake_transport import Act, Script, answer
from support.plans import OTHER, PlanParts, Row, plan_of

from modelroute_cli.base.schema import GateRules, JudgeRule, Request
from modelroute_cli.planning.plan import JudgeTerms, Plan
from modelroute_cli.providers.base import Call, Reply, TransportError

TERMS = JudgeTerms(output_tokens=80, max_tokens=400)


def judged_plan(
    rows: Sequence[Row], *judges: str, rule: JudgeRule | None = None, parts: PlanParts | None = None
) -> Plan:
    """A plan of these rows, whose rule `all` has a judge gate that stands for `judges` (one other model by default)."""
    models = judges or (OTHER,)
    gate = rule or JudgeRule(model="judge")
    plan = plan_of(rows, parts)
    header = structs.replace(
        plan.header,
        gates={"all": GateRules(judge=gate)},
        judges={"all": {gate.model: models}},
        judge_terms=dict.fromkeys(models, TERMS),
    )
    return replace(plan, header=header)


def is_judge(call: Call) -> bool:
    """Whether a call asks a judge."""
    return call.request.custom_id.startswith("judge:")


def points(score: float, reason: str = "so it is") -> Reply:
    """A judge's answer by a rubric."""
    return answer(f'{{"reason": "{reason}", "score": {score}}}', output_tokens=20)


def better(which: str) -> Reply:
    """A judge's answer to a comparison."""
    return answer(f'{{"reason": "so it is", "better": "{which}"}}', output_tokens=20)


Judge = Callable[[Call, int], Reply | TransportError | None]


def judging(judge: Reply | Judge, writer: Script | None = None) -> Script:
    """A script that judges by `judge` (or always so), and answers all else by `writer`."""

    def script(call: Call, nth: int) -> Act:
        if is_judge(call):
            return Act(judge(call, nth) if callable(judge) else judge)
        return writer(call, nth) if writer is not None else Act(answer())

    return script


def user_text(request: Request) -> str:
    """What a judge is shown."""
    return request.turns()[-1].content

"""Gates that rules add to those of their requests."""

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from support.fake_transport import FakeProvider, always, answer
from support.plans import PlanParts, Row, plan_of
from support.runs import Job, run

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.results import result_rows
from modelroute_cli.planning.plan import Plan

OWN = Request(custom_id="own", prompt="x", gates=GateRules(must_contain=("sale",)))


def gated(rows: list[Row], gates: dict[str, GateRules]) -> Plan:
    """A plan whose rules add gates and escalate nowhere."""
    plan = plan_of(rows, PlanParts(escalations={"all": (), "short": ()}))
    return replace(plan, header=structs.replace(plan.header, gates=gates))


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("Our sale", ["pass", "pass", "pass"]),
        ("Our great summer sale begins", ["length", "length", "pass"]),
        ("Our shop", ["must_contain", "pass", "pass"]),
    ],
)
def test_an_answer_passes_its_own_gates_and_those_of_its_rule(text: str, verdicts: list[str], tmp_path: Path) -> None:
    """Requests under other rules are not held to them."""
    rows = [Row(rule="short", request=OWN), Row(rule="short"), Row()]
    job = Job.of(rows, tmp_path, gated(rows, {"short": GateRules(max_words=3)}))
    run(job, FakeProvider(always(answer(text))))
    assert [str(row.verdict).partition(":")[0] for row in result_rows(job.journal, job.plan)] == verdicts

"""The command gate in whole runs, on the real clock: verdicts, restarts, and answers that no program judged."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import structs
from support.fake_transport import Act, FakeProvider, answer
from support.judge_program import command
from support.judged import TERMS
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, plan_of
from support.runs import Job, Setup, session

from modelroute_cli.base.schema import CommandRule, GateRules, JudgeRule, Request
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.run_log import RunLog
from modelroute_cli.execution.work import RunOutcome
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.base import Call


def gated(rows: list[Row], gates: GateRules, *escalations: str) -> Plan:
    """A plan under one rule with these gates."""
    plan = plan_of(rows, PlanParts(escalations={"all": escalations}))
    header = structs.replace(
        plan.header, gates={"all": gates}, judges={"all": {"judge": (OTHER,)}}, judge_terms={OTHER: TERMS}
    )
    return Plan(header, plan.assignments)


def by(how: str, *, least: float = 0.5, timeout_s: float = 10.0) -> GateRules:
    """A command gate."""
    return GateRules(command=CommandRule(run=command(how), least=least, timeout_s=timeout_s))


def texts(*of: str) -> FakeProvider:
    """Answers row by row, at once."""

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(answer(of[int(call.request.custom_id[1:])]), after_s=0.001)

    return FakeProvider(script)


def send(job: Job, provider: FakeProvider, setup: Setup | None = None) -> RunOutcome:
    """One session on the real clock."""
    return asyncio.run(session(job, provider, setup or Setup()))


def verdicts(job: Job) -> list[tuple[str, str | None, str | None]]:
    """Of all attempts."""
    return list(attempts_frame(job.journal).select("model", "verdict", "detail").iter_rows())


def children() -> Iterator[str]:
    """The judging programs that this process has left running, where the system tells."""
    for told in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = told.read_text().rpartition(")")[2].split()
            if int(after_name[1]) == os.getpid() and "judge_program" in (told.parent / "cmdline").read_text():
                yield told.parent.name


def test_a_program_accepts_and_rejects(tmp_path: Path) -> None:
    """By the quality it tells; its detail stands in the verdict."""
    rows = [Row(), Row()]
    job = Job.of(rows, tmp_path, gated(rows, by("length")))

    outcome = send(job, texts("a long answer", "no"))

    assert (outcome.accepted, outcome.failed) == (1, 1)
    assert sorted(verdicts(job)) == [(CHEAP, "command", "2 characters"), (CHEAP, "pass", "13 characters")]


def test_what_a_program_rejects_is_escalated(tmp_path: Path) -> None:
    """And the program looks at the stronger model's answer."""
    rows = [Row()]
    job = Job.of(rows, tmp_path, gated(rows, by("length", least=0.9), STRONG))

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(answer("short" if call.card.name == CHEAP else "long enough now"), after_s=0.001)

    assert send(job, FakeProvider(script)).accepted == 1
    assert [(model, verdict) for model, verdict, _ in verdicts(job)] == [(CHEAP, "command"), (STRONG, "pass")]


def test_a_program_that_dies_is_started_once_more(tmp_path: Path) -> None:
    """The answer it died of passes unjudged; when it dies again, so do all others."""
    rows = [Row() for _ in range(5)]
    job = Job.of(rows, tmp_path, gated(rows, by("poison")))
    setup = Setup(settings=structs.replace(Setup().settings, concurrency=1))
    with RunLog(tmp_path / "log.jsonl") as log:
        outcome = send(job, texts("a", "poison", "c", "poison", "e"), Setup(settings=setup.settings, log=log))

    dead = "not judged by command: it ended with code 3"
    assert outcome.accepted == 5
    assert [detail for _, _, detail in verdicts(job)] == ["", dead, "", dead, dead]
    assert (tmp_path / "log.jsonl").read_text().count("is started again: it ended with code 3") == 1


def test_a_program_that_is_not_there_leaves_all_answers_unjudged(tmp_path: Path) -> None:
    """That is said once."""
    rows = [Row(), Row()]
    gates = GateRules(command=CommandRule(run=(str(tmp_path / "none"),)))
    job = Job.of(rows, tmp_path, gated(rows, gates))
    setup = Setup()

    assert send(job, texts("a", "b"), setup).accepted == 2
    why = "not judged by command: it cannot be started: No such file or directory"
    assert setup.watcher.notices == [
        f"an answer that passed all else is accepted {why}; the report counts such answers"
    ]


def test_the_judge_comes_after_the_program(tmp_path: Path) -> None:
    """What the program rejects costs no judge; what it could not judge is still before the judge."""
    rows = [Row(), Row()]
    gates = structs.replace(by("hangs", timeout_s=0.05), judge=JudgeRule(model="judge"))
    job = Job.of(rows, tmp_path, gated(rows, gates))

    def script(call: Call, nth: int) -> Act:
        del nth
        judged = answer('{"reason": "good", "score": 5}')
        return Act(judged if call.request.custom_id.startswith("judge") else answer("hang"), after_s=0.001)

    assert send(job, FakeProvider(script)).accepted == 2
    told = [detail for _, verdict, detail in verdicts(job) if verdict == "pass"]
    assert told == ["not judged by command: no verdict within 0.05 s; good"] * 2


def test_the_programs_of_a_run_end_with_it(tmp_path: Path) -> None:
    """Also one that is stopped while it is asked; nothing is left running."""
    rows = [Row()]
    job = Job.of(rows, tmp_path, gated(rows, by("hangs", timeout_s=30)))

    async def stopped() -> RunOutcome:
        setup = Setup()
        loop = asyncio.get_running_loop()
        loop.call_later(0.5, setup.stop.request)
        loop.call_later(0.6, setup.stop.request)
        return await session(job, texts("hang"), setup)

    outcome = asyncio.run(stopped())

    assert (outcome.accepted, outcome.unsent) == (0, 1)
    assert not list(children())


def test_a_row_starts_no_program_even_where_its_job_file_changed(tmp_path: Path) -> None:
    """What a row asks for is refused when the file is read; where it is read again, it is passed over."""
    started = tmp_path / "started"
    gate = CommandRule(run=("touch", str(started)))
    rows = [Row(request=Request(custom_id="r0", prompt="x", gates=GateRules(command=gate)))]
    job = Job.of(rows, tmp_path)

    assert send(job, texts("fine")).accepted == 1
    assert not started.exists()

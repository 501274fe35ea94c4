"""Where a run stands, on a terminal."""

from msgspec.structs import replace
from support.progress import progress

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.in_doubt import Doubt
from modelroute_cli.execution.journal_totals import ModelSums
from modelroute_cli.execution.live import Live
from modelroute_cli.execution.run_folder import Holder
from modelroute_cli.execution.work import ModelProgress
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.realised import FallLine
from modelroute_cli.report.realised_screen import fall_words
from modelroute_cli.report.run_status import RunStatus, StatusCounts, StatusMoney
from modelroute_cli.report.status_screen import doubt_lines, standing_screen
from modelroute_cli.report.summary import PlanJob

STATUS = RunStatus(
    kind="run",
    run_id="abc",
    state="unfinished",
    emulated=False,
    job=PlanJob(source="jobs.jsonl", digest="sha256:1", requests=10, planned=10, duplicates=0),
    counts=StatusCounts(requests=10, duplicates=0, accepted=3, failed=1, waiting=6),
    money=StatusMoney(
        projected_pusd=PicoUSD(10**11),
        spent_pusd=PicoUSD(4 * 10**10),
        held_pusd=PicoUSD(2 * 10**9),
        hard_cap_pusd=PicoUSD(10**12),
    ),
    questions=None,
    projection=None,
    models=(
        ModelSums("gpt-6-luna", 5, 3, 1, 0, 500, 250, PicoUSD(3 * 10**10), PicoUSD(2 * 10**9)),
        ModelSums("gpt-6-sol", 1, 0, 0, 1, 100, 50, PicoUSD(10**10), PicoUSD(0)),
    ),
    doubt=(Doubt("gpt-6-luna", 2, PicoUSD(2 * 10**9)),),
    failures=(),
    holder=None,
    live=None,
)
MODEL = ModelProgress(
    model="gpt-6-luna",
    done=4,
    in_flight=2,
    waiting=4,
    per_minute=None,
    limit=None,
    holds="",
    spent_pusd=PicoUSD(10**10),
)
RUNNING = replace(
    STATUS,
    state="running",
    models=(),
    doubt=(),
    holder=Holder(4711, "vm", "2026-11-23T10:00:00+00:00"),
    live=Live(
        at="2026-11-23T10:01:00.000+00:00",
        started_at="2026-11-23T10:00:00.000+00:00",
        progress=replace(progress(4), models=(MODEL,)),
    ),
)


def _texts(status: RunStatus, width: int | None = None) -> list[str]:
    return [line.text for line in standing_screen(status, width)]


def test_a_run_that_was_cut_off() -> None:
    """What it has, what is in doubt and what becomes of it, what each model did."""
    assert _texts(STATUS) == [
        "Run abc of jobs.jsonl: unfinished",
        "10 requests: 3 accepted, 1 failed, 6 waiting",
        "Spent $0.040 of at most $1.000, up to $0.0020 more for requests whose outcome is unknown",
        "2 requests were in flight when the run was cut off (gpt-6-luna 2):",
        "  billed or not, nobody knows: up to $0.0020 stays counted under the hard cap",
        "  when the run goes on they are sent again, last, and may so be paid twice",
        "  `--leave-unknown` ends them as failed instead",
        "",
        "Model       Attempts  Accepted  Failed  Escalations    Cost",
        "gpt-6-luna         5         3       1            0  $0.030",
        "gpt-6-sol          1         0       0            1  $0.010",
    ]


def test_a_run_that_goes_on() -> None:
    """Who executes it, and what goes on model by model."""
    assert _texts(RUNNING) == [
        "Run abc of jobs.jsonl: running",
        "Executed by process 4711 on `vm` since 2026-11-23 10:00 UTC",
        "10 requests: 3 accepted, 1 failed, 6 waiting",
        "Spent $0.040 of at most $1.000, up to $0.0020 more for requests whose outcome is unknown",
        "4/10 done, 2 in flight",
        "Model       Done  In flight  Waiting  Per min     Limit   Spent  Held up by",
        "gpt-6-luna     4          2        4        -  learning  $0.010",
    ]


def test_the_holder_stands_below_the_title_of_an_emulated_run_too() -> None:
    """And says how slow the run was asked to be."""
    live = replace(progress(4), paced="paused")
    assert RUNNING.live is not None
    paused = replace(RUNNING, emulated=True, live=replace(RUNNING.live, progress=live))
    assert _texts(paused)[:3] == [
        "EMULATED: nothing was sent to a provider, nothing was paid",
        "Run abc of jobs.jsonl: running",
        "Executed by process 4711 on `vm` since 2026-11-23 10:00 UTC, paused",
    ]


def test_a_narrow_terminal_drops_columns() -> None:
    """Names stay whole."""
    assert _texts(STATUS, 30)[-3:] == [
        "Model       Accepted    Cost",
        "gpt-6-luna         3  $0.030",
        "gpt-6-sol          0  $0.010",
    ]


def test_one_request_in_doubt_is_spoken_of_as_one() -> None:
    """And none at all is nothing."""
    assert doubt_lines([Doubt("m", 1, PicoUSD(10**9))])[0].text == (
        "1 request was in flight when the run was cut off (m 1):"
    )
    assert doubt_lines([]) == ()


def test_json_has_the_money_of_every_level_in_dollars() -> None:
    """Exact strings, in what its process tells too."""
    told = to_json(RUNNING)
    assert '"held_usd": "0.002"' in told
    assert '"cap_usd": "1"' in told
    assert "_pusd" not in told


def test_when_a_run_begins_is_told_until_something_ended() -> None:
    """Below the title; no word of it afterwards."""
    none = replace(STATUS.counts, accepted=0, failed=0, waiting=10)
    begins = replace(STATUS, start_at="2026-11-24T10:30:00+00:00")
    line = "Starts at 2026-11-24 10:30 UTC (--start-at)"
    assert [each.text for each in standing_screen(replace(begins, counts=none), None)][1] == line
    assert line not in [each.text for each in standing_screen(begins, None)]
    assert line not in [each.text for each in standing_screen(replace(STATUS, counts=none), None)]


def test_models_that_do_worse_are_told_while_it_runs_and_afterwards() -> None:
    """By the words of its process, else by its journal."""
    told = "`a` does worse on `t`: quality 0.61 in its last 45 answers, 0.95 was expected"
    assert RUNNING.live is not None
    live = replace(RUNNING.live, progress=replace(RUNNING.live.progress, falls=(told,)))
    assert told in [line.text for line in standing_screen(replace(RUNNING, live=live), None)]
    fall = FallLine(
        at="2026-11-23T10:14:05+00:00",
        template="t",
        model="a",
        expected=0.95,
        seen=0.61,
        answers=45,
        before=100,
        versus="",
    )
    assert fall_words(fall) in [line.text for line in standing_screen(replace(STATUS, falls=(fall,)), None)]

"""A run's control sample as measured answers."""

import polars as pl
from support.measured import day, part

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.execution.realised.journaled import PAIRS, SEEN
from modelroute_cli.pilot.history.from_run import RunFrames, run_observations
from modelroute_cli.pilot.history.sums import summed
from modelroute_cli.pilot.observation import Observation

CHEAP, BEST = "gpt-6-luna", "gpt-5"
Seen = tuple[bool, float | None, str | None]


def attempt(number: int, row: int, kind: str, model: str) -> dict[str, object]:
    """One that was answered."""
    return {
        "attempt": number,
        "row": row,
        "kind": kind,
        "model": model,
        "model_served": f"{model}-08",
        "service_tier": "standard",
        "started_at": day("2026-11-23"),
        "outcome": "answered",
        "verdict": "pass",
        "input_tokens": 10,
        "output_tokens": 20 + number,
        "cost_pusd": number * 1_000,
        "emulated": False,
    }


def run(*pairs: tuple[float, float, str, Seen], kind: str = "first", model: str = CHEAP) -> RunFrames:
    """A run of these pairs: own quality, the baseline's, who compared them, and what was said of the first answer."""
    rows = range(len(pairs))
    attempts = [
        each for row in rows for each in (attempt(row, row, kind, model), attempt(100 + row, row, "control", BEST))
    ]
    return RunFrames(
        pairs=pl.DataFrame(
            [(row, model, True, row, 100 + row, own, other, who) for row, (own, other, who, _) in enumerate(pairs)],
            schema=PAIRS,
            orient="row",
        ),
        seen=pl.DataFrame([(row, model, *pairs[row][3]) for row in rows], schema=SEEN, orient="row"),
        attempts=pl.DataFrame(attempts, schema=ATTEMPTS),
        requests=pl.DataFrame(
            {
                "row": list(rows),
                "custom_id": [f"r{row}" for row in rows],
                "template": "email-en-1234abcd",
                "task_type": "email",
                "language": "en",
            },
            schema_overrides={"row": pl.Int64},
        ),
    )


def test_a_pair_is_two_measured_answers() -> None:
    """With the versions that answered, tokens and costs of both."""
    own, base = run_observations(run((0.5, 1.0, "expected", (True, 0.5, "expected"))))
    assert own == Observation(
        custom_id="r0",
        template="email-en-1234abcd",
        task_type=TaskType.EMAIL,
        language="en",
        model=CHEAP,
        quality=0.5,
        scorer="expected",
        model_served=f"{CHEAP}-08",
        passed=True,
        cost_pusd=PicoUSD(0),
        input_tokens=10,
        output_tokens=20,
    )
    assert (base.model, base.quality, base.passed, base.output_tokens, base.cost_pusd) == (
        BEST,
        1.0,
        None,
        120,
        100_000,
    )


def test_pairs_of_a_run_are_paired_in_the_history() -> None:
    """The difference to the baseline on the same requests."""
    pairs = [(own, 1.0, "expected", (True, own, "expected")) for own in (0.5, 1.0, 0.0)]
    rows = summed(run_observations(run(*pairs)), part("run-1", "run"))
    assert [(row.model, row.n, row.quality_sum, row.n_paired, row.difference_sum) for row in rows] == [
        (BEST, 3, 3.0, 0, 0.0),
        (CHEAP, 3, 1.5, 3, -1.5),
    ]


def test_an_escalated_request_measures_the_first_model_by_its_first_answer() -> None:
    """What the stronger model made of it is not the cheap one's; a failed answer that nobody scored is worth 0."""
    escalated = run(
        (1.0, 1.0, "expected", (False, 0.25, "expected")),
        (1.0, 1.0, "expected", (False, None, None)),
    )
    assert [each.quality for each in run_observations(escalated) if each.model == CHEAP] == [0.25, 0.0]


def test_what_nobody_measured_is_left_out() -> None:
    """Gates are no measure, another scorer's word is on another scale, an answer without a word has no quality."""
    assert run_observations(run((1.0, 1.0, "gates", (True, None, None)))) == ()
    assert run_observations(run((1.0, 1.0, "expected", (True, 0.5, "judge")))) == ()
    assert run_observations(run((1.0, 1.0, "expected", (True, None, None)))) == ()


def test_what_the_pilot_measured_is_not_measured_again() -> None:
    """It is in the history already; nor is the baseline compared with itself."""
    pair = (0.5, 1.0, "expected", (True, 0.5, "expected"))
    assert run_observations(run(pair, kind="pilot")) == ()
    assert run_observations(run(pair, model=BEST)) == ()


def test_a_run_without_pairs_measured_nothing() -> None:
    """Most runs have no control sample."""
    assert run_observations(run()) == ()

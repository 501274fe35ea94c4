"""What is known from before."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from support.measured import EMAIL, NOON, About, day, observations, observed, part

from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.history.keeping import record
from modelroute_cli.pilot.history.moments import Moments
from modelroute_cli.pilot.history.recall import NOTHING, Question, recall, recalled
from modelroute_cli.pilot.history.sums import Sums, summed
from modelroute_cli.pilot.history.weighing import Ageing
from modelroute_cli.pilot.observation import Observation

QUESTION = Question(templates=frozenset({EMAIL}), at=NOON, baseline="gpt-5", emulated=False)
BEST = observed("gpt-5", [1.0, 1.0, 0.5, 0.5])
CHEAP = observed("gpt-6-luna", [1.0, 0.5, 0.5, 0.0])


def rows(measured: list[Observation], run: str = "k3f9", on: str = "2026-11-23") -> tuple[Sums, ...]:
    """What a run recorded on a day."""
    return summed(measured, part(run, at=day(on)))


def test_what_was_measured_today_counts_whole() -> None:
    """Mean, unbiased variance, and the same of paired differences."""
    found = recalled(rows([*BEST, *CHEAP]), QUESTION).of_template(EMAIL, "gpt-6-luna")
    assert found is not None
    assert found.quality == Moments(4, 4.0, 0.5, 0.5 / 3)
    assert found.paired == Moments(4, 4.0, -0.25, 0.25 / 3)
    assert found.output_tokens == Moments(4, 4.0, 100.0, 0.0)
    assert (found.scorer, found.last_seen, found.runs, found.older_n) == ("expected", NOON.date(), 1, 0)


def test_an_old_measurement_counts_as_fewer() -> None:
    """90 days ago: half; the mean leans to the newer one."""
    old = rows(observed("gpt-6-luna", [0.0] * 8), "old", "2026-08-25")
    found = recalled([*old, *rows(observed("gpt-6-luna", [1.0] * 4))], QUESTION).of_template(EMAIL, "gpt-6-luna")
    assert found is not None
    assert (found.quality.n, found.quality.effective_n, found.quality.mean) == (12, 8.0, 0.5)
    assert (found.runs, found.last_seen) == (2, NOON.date())


def test_another_version_counts_a_quarter_and_is_told() -> None:
    """Also where the newest one was seen on another template."""
    old = rows(observed("gpt-6-luna", [1.0] * 8, About(served="v1")))
    new = rows(observed("gpt-6-luna", [1.0], About(served="v2", template="math-en-0000ffff")), "new", "2026-11-24")
    found = recalled([*old, *new], replace(QUESTION, at=day("2026-11-23"))).of_template(EMAIL, "gpt-6-luna")
    assert found is not None
    assert (found.quality.n, found.quality.effective_n, found.older_n) == (8, 2.0, 8)


def test_the_ageing_is_as_the_settings_say() -> None:
    """Half-life and weight of versions."""
    old = rows(observed("gpt-6-luna", [1.0] * 8), "old", "2026-11-13")
    asked = replace(QUESTION, ageing=Ageing(half_life_days=10.0))
    found = recalled(old, asked).of_template(EMAIL, "gpt-6-luna")
    assert found is not None
    assert found.quality.effective_n == 4.0


def test_pairs_with_another_baseline_are_no_pairs_with_this_one() -> None:
    """The quality counts, the difference does not."""
    found = recalled(rows([*BEST, *CHEAP]), replace(QUESTION, baseline="gpt-4.1")).of_template(EMAIL, "gpt-6-luna")
    assert found is not None
    assert (found.quality.n, found.paired) == (4, None)


def test_emulated_measurements_are_for_emulated_runs_alone() -> None:
    """And real ones for real runs."""
    emulated = rows(observed("gpt-6-luna", [0.0], About(emulated=True)))
    both = [*emulated, *rows(CHEAP)]
    answers = [
        recalled(both, replace(QUESTION, emulated=sort)).of_template(EMAIL, "gpt-6-luna") for sort in (True, False)
    ]
    assert [None if found is None else found.quality.n for found in answers] == [1, 4]


def test_one_scorer_is_taken_for_a_template() -> None:
    """The one that measured most models, then most of all; models are compared by one measure."""
    judged = observed("gpt-6-luna", [0.9], About(scorer="judge:strict"))
    found = recalled(rows([*CHEAP, *judged]), QUESTION)
    assert [(key, one.scorer, one.quality.n) for key, one in found.templates.items()] == [
        ((EMAIL, "gpt-6-luna"), "expected", 4)
    ]


def test_a_scorer_that_saw_one_model_alone_does_not_hide_one_that_compared() -> None:
    """However much it measured."""
    alone = observed("gpt-5", [1.0] * 50, About(scorer="gates"))
    found = recalled(rows([*BEST, *CHEAP, *alone]), QUESTION)
    assert {key: one.scorer for key, one in found.templates.items()} == {
        (EMAIL, "gpt-5"): "expected",
        (EMAIL, "gpt-6-luna"): "expected",
    }


def test_a_scorer_that_is_not_asked_for_counts_nowhere() -> None:
    """A judge's marks are on another scale than exact matches."""
    assert recalled(rows(CHEAP), replace(QUESTION, scorers=("judge:strict",))) == NOTHING


def test_of_the_scorers_that_are_asked_for_the_first_that_measured_something_is_taken() -> None:
    """On each template."""
    judged = observed("gpt-6-luna", [0.9], About(scorer="judge:strict"))
    asked = replace(QUESTION, scorers=("labels", "judge:strict", "expected"))
    found = recalled(rows([*CHEAP, *judged]), asked).of_template(EMAIL, "gpt-6-luna")
    assert found is not None
    assert (found.scorer, found.quality.n) == ("judge:strict", 1)


def test_a_run_does_not_recall_itself() -> None:
    """Its pilot has its measurements already; the versions that it saw count."""
    old = rows(observed("gpt-6-luna", [1.0] * 4, About(served="v1")), "old")
    own = rows(observed("gpt-6-luna", [0.0] * 4, About(served="v2")), "own", "2026-11-24")
    found = recalled([*old, *own], replace(QUESTION, without_run="own")).of_template(EMAIL, "gpt-6-luna")
    assert found is not None
    assert (found.quality.mean, found.quality.effective_n, found.older_n) == (1.0, 1.0, 4)


def test_a_template_whose_task_type_was_named_otherwise_is_found() -> None:
    """Its words are the same."""
    named = About(template="other-en-1234abcd", task_type=TaskType.OTHER)
    found = recalled(rows(observed("gpt-6-luna", [1.0], named)), QUESTION).of_template(EMAIL, "gpt-6-luna")
    assert found is not None
    assert found.quality.n == 1


def test_templates_that_nobody_asks_for_show_in_their_kind_alone() -> None:
    """What is known of mails in general says something of a new template of mails."""
    other = About(template="email-en-99999999")
    found = recalled(rows([*CHEAP, *observed("gpt-6-luna", [1.0] * 4, other)]), QUESTION)
    assert [key for key, _ in found.templates] == [EMAIL]
    kind = found.of_kind(TaskType.EMAIL, "en", "gpt-6-luna")
    assert kind is not None
    assert (kind.quality.n, kind.quality.mean, kind.templates) == (8, 0.75, 2)
    assert kind.between is not None
    assert kind.between > 0
    assert found.of_kind(TaskType.EMAIL, "de", "gpt-6-luna") is None


def test_one_template_says_nothing_of_how_templates_of_its_kind_differ() -> None:
    """Unknown is None."""
    kind = recalled(rows([*BEST, *CHEAP]), QUESTION).of_kind(TaskType.EMAIL, "en", "gpt-6-luna")
    assert kind is not None
    assert (kind.templates, kind.between, kind.paired_between) == (1, None, None)


def test_groups_of_a_batch_are_known_as_a_kind_alone() -> None:
    """Each run's third group is another template of it."""
    loose = About(template="email-en~3")
    held = [
        *rows(observed("gpt-6-luna", [1.0] * 4, loose), "one"),
        *rows(observed("gpt-6-luna", [0.0] * 4, loose), "two"),
    ]
    found = recalled(held, replace(QUESTION, templates=frozenset({"email-en~3"})))
    assert found.templates == {}
    kind = found.of_kind(TaskType.EMAIL, "en", "gpt-6-luna")
    assert kind is not None
    assert (kind.templates, kind.quality.mean) == (2, 0.5)


def test_of_an_empty_history_nothing_is_known(tmp_path: Path) -> None:
    """And of a model that was never measured."""
    assert recall(tmp_path / "history.db", QUESTION) == NOTHING
    assert recalled(rows(CHEAP), QUESTION).of_template(EMAIL, "gpt-5") is None


def test_what_was_recorded_is_recalled(tmp_path: Path) -> None:
    """Through the file."""
    record(tmp_path / "history.db", [*BEST, *CHEAP], part())
    assert recall(tmp_path / "history.db", QUESTION) == recalled(rows([*BEST, *CHEAP]), QUESTION)


several = st.lists(observations(8), min_size=1, max_size=3)


@given(several, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(runs: list[list[Observation]], random: Random) -> None:
    """Sums of sums are exact."""
    held = [
        row for number, measured in enumerate(runs) for row in rows(measured, f"run-{number}", f"2026-11-1{number}")
    ]
    mixed = list(held)
    random.shuffle(mixed)
    assert recalled(mixed, QUESTION) == recalled(held, QUESTION)


@given(several, st.integers(0, 1000))
def test_nothing_counts_more_as_time_goes_by(runs: list[list[Observation]], later: int) -> None:
    """The same is known, and less surely."""
    held = [
        row for number, measured in enumerate(runs) for row in rows(measured, f"run-{number}", f"2026-11-1{number}")
    ]
    asked = replace(QUESTION, scorers=("expected", "gates"))
    now, then = recalled(held, asked), recalled(held, replace(asked, at=NOON + timedelta(later)))
    assert now.templates.keys() == then.templates.keys()
    for key, one in now.templates.items():
        assert then.templates[key].quality.effective_n <= one.quality.effective_n
        assert then.templates[key].quality.n == one.quality.n


@given(observations())
def test_a_history_recorded_in_parts_tells_the_same_as_one_recorded_whole(measured: list[Observation]) -> None:
    """Qualities add up over runs of the same day: templates that the runs have apart."""
    kinds = sorted({each.template for each in measured})
    apart = [row for name in kinds for row in rows([each for each in measured if each.template == name], f"run {name}")]
    whole = rows(measured)
    asked = replace(QUESTION, templates=frozenset(kinds))
    told = [
        {key: (one.quality, one.paired, one.output_tokens) for key, one in recalled(held, asked).templates.items()}
        for held in (apart, whole)
    ]
    assert told[0] == told[1]

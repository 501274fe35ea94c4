"""Samples of what failed."""

from pathlib import Path

from support.journal_of import journal_of
from support.random_runs import Asked, Tried, facts_of
from support.report_plans import facts

from modelroute_cli.report.detail_types import SAMPLE_CHARS, FailureSample
from modelroute_cli.report.failure_samples import MOST_SAMPLES, failure_samples
from modelroute_cli.report.run_types import RunFacts


def failed(reason: str, answers: int = 1) -> Asked:
    """A request that failed after so many answers."""
    tried = Tried(kind="first", model="cheap-1", cost_pusd=1, tokens=1, latency_s=1.0, refused=False)
    return Asked("t1", None, 1, (tried,) * answers, "failed", reason)


def samples(run: RunFacts, folder: Path, texts: dict[int, str]) -> tuple[FailureSample, ...]:
    """Those of a run whose answers said this."""
    return failure_samples(journal_of(run, folder / "journal.db", texts), run)


def test_a_run_without_failures_reads_no_journal(tmp_path: Path) -> None:
    """Nothing failed, nothing is looked up."""
    assert failure_samples(tmp_path / "none.db", facts()) == ()


def test_a_sample_shows_what_a_request_ended_on(tmp_path: Path) -> None:
    """The last answer's text, and whose it is."""
    found = samples(facts_of([failed("refusal", answers=2)]), tmp_path, {1: "first", 2: "I cannot do that"})
    assert found == (
        FailureSample(
            custom_id="id-0", reason="refusal", model="cheap-1", template="t1", text="I cannot do that", cut=False
        ),
    )


def test_a_request_that_was_never_answered_has_no_text(tmp_path: Path) -> None:
    """No model and no text, but its reason."""
    found = samples(facts_of([failed("no model could do it", answers=0)]), tmp_path, {})
    assert (found[0].model, found[0].text, found[0].reason) == (None, "", "no model could do it")


def test_personal_data_in_answers_stays_out_of_reports(tmp_path: Path) -> None:
    """Reports go to many; the kind is told in its place."""
    found = samples(facts_of([failed("refusal")]), tmp_path, {1: "Dear anna.schmidt@web.de, no."})
    assert found[0].text == "Dear <email>, no."


def test_long_texts_are_cut(tmp_path: Path) -> None:
    """A megabyte of an answer does not get into a report."""
    found = samples(facts_of([failed("x" * 10_000)]), tmp_path, {1: "y" * 1_000_000})
    assert (len(found[0].text), len(found[0].reason), found[0].cut) == (SAMPLE_CHARS, SAMPLE_CHARS, True)


def test_there_are_three_of_each_reason_the_most_frequent_first(tmp_path: Path) -> None:
    """And never more than MOST_SAMPLES."""
    rare, often = [failed("rare")], [failed("often") for _ in range(5)]
    found = samples(facts_of([*rare, *often]), tmp_path, {})
    assert [(each.reason, each.custom_id) for each in found] == [
        ("often", "id-1"),
        ("often", "id-2"),
        ("often", "id-3"),
        ("rare", "id-0"),
    ]


def test_many_reasons_are_cut_to_the_most_frequent(tmp_path: Path) -> None:
    """A provider that words each failure anew does not make a report grow."""
    found = samples(facts_of([failed(f"reason {number:02}") for number in range(40)]), tmp_path, {})
    assert (len(found), found[-1].reason) == (MOST_SAMPLES, "reason 29")

"""The top of the page: a sentence and four figures."""

from msgspec import structs
from support.html_text import text_of
from support.summaries import full_run, small_plan, small_run, usd

from modelroute_cli.report.html.answer import (
    Figure,
    answer,
    plan_figures,
    plan_sentence,
    run_figures,
    run_sentence,
)
from modelroute_cli.report.realised import ControlUse, Realised, Within
from modelroute_cli.report.run_types import RunSummary


def figure(summary: RunSummary, name: str) -> list[str]:
    """One figure of a run: its value, and what is said of it."""
    found = next(each for each in run_figures(summary) if each.name == name)
    return text_of(answer("", "", (found,), emulated=False).text).split("\n")[1:]


def realised(quality: Within | None, ratio: Within | None) -> Realised:
    """What was measured of 992 answers."""
    return Realised(
        requests=992,
        measured=400,
        scorers=("expected",),
        quality=quality,
        covered=992,
        pairs=60,
        pair_scorers=("expected",),
        ratio=ratio,
        control=ControlUse(baseline="gpt-5", asked=60, pairs=60, cost_pusd=usd(0.1), held_pusd=usd(0)),
        planned=0.93,
        planned_by="prior",
        templates=(),
        falls=(),
    )


def test_the_sentence_says_what_was_spent_instead_of_what() -> None:
    """Less, more, or without a baseline."""
    run = full_run()
    dear = structs.replace(run.baselines[0], actual_saved_share=-0.05)
    assert run_sentence(run) == "989 requests answered for $6.400, 77.8% less than with gpt-5 for all"
    assert run_sentence(structs.replace(run, baselines=(dear,))).endswith("$6.400, 5.0% more than with gpt-5 for all")
    assert run_sentence(structs.replace(run, baselines=())) == "989 requests answered for $6.400"


def test_an_unfinished_run_is_not_passed_off_as_a_whole_one() -> None:
    """So far; and how many wait."""
    run = full_run()
    half = structs.replace(run, counts=structs.replace(run.counts, accepted=500, waiting=489))
    assert run_sentence(half) == "500 requests answered for $6.400 so far, 77.8% less than with gpt-5 for all"
    assert figure(half, "Failed") == ["3", "of 992 requests", "489 waiting", "most often: ", "server error"]


def test_spent_carries_the_cap_the_projection_and_what_is_unknown() -> None:
    """What may have been billed is not hidden."""
    assert figure(full_run(), "Spent") == [
        "$6.400",
        "of at most $10.000; projected $7.900",
        "up to $0.020 more may have been billed",
    ]
    assert figure(small_run(), "Spent") == ["$0.0000000045", "of at most $0.0000000099; projected $0.0000000053"]


def test_an_unknown_saving_is_called_unknown() -> None:
    """Never 0."""
    unknown = structs.replace(full_run(), baselines=())
    assert figure(unknown, "Saved") == ["unknown", "what the baseline would have cost is not known"]


def test_planned_quality_is_called_planned() -> None:
    """Nothing was measured: the number is the plan's."""
    run = structs.replace(full_run(), realised=realised(None, None))
    assert figure(run, "Quality") == ["0.93", "planned (prior)", "realised: not measured"]
    assert figure(structs.replace(run, realised=None), "Quality") == ["unknown", "nothing has come to its end"]


def test_realised_quality_comes_first_with_its_interval() -> None:
    """And says by whose word, and of how many."""
    run = structs.replace(full_run(), realised=realised(Within(value=0.912, low=0.88, high=0.94), None))
    assert figure(run, "Quality") == [
        "0.912",
        "90% interval 0.880 to 0.940",
        "realised by expected, 400 requests measured",
        "planned 0.93 (prior)",
    ]


def test_quality_beside_the_baseline_is_a_share_of_it() -> None:
    """Where nothing but pairs was measured."""
    run = structs.replace(full_run(), realised=realised(None, Within(value=0.985, low=0.961, high=1.004)))
    assert figure(run, "Quality") == [
        "98.5%",
        "realised, of gpt-5's quality (60 pairs)",
        "90% interval 96.1% to 100.4%",
        "planned 0.93 (prior)",
    ]


def test_a_plan_says_what_it_would_cost() -> None:
    """Every figure is an expectation, and the cap is the most."""
    plan = small_plan()
    assert plan_sentence(plan) == "Planned: 2 requests for ~$0.0000000053, 93% less than with gpt-5 for all"
    assert [(each.name, each.value) for each in plan_figures(plan)] == [
        ("Cost", "~$0.0000000053"),
        ("Saved", "92.8%"),
        ("Quality", "0.85"),
        ("Hard cap", "$0.0000000099"),
    ]


def test_a_plan_without_a_baseline_saves_nobody_knows_what() -> None:
    """The baseline cannot do the job."""
    alone = structs.replace(small_plan(), baselines=())
    assert plan_sentence(alone) == "Planned: 2 requests for ~$0.0000000053"
    assert plan_figures(alone)[1] == Figure("Saved", "unknown", ("no baseline can do this job",))

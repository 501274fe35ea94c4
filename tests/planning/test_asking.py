"""The questions about a job as a job of their own: which, to whom, what they cost, and what they may show."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import polars as pl
import pytest
from support.planning_jobs import OPTIONS, job_of, requests_of, settings_of

from modelroute_cli.base.errors import InfeasibleError, SettingsError, UsageError
from modelroute_cli.base.money import PicoUSD, from_usd, to_usd_string
from modelroute_cli.base.schema import DataClass, TaskType
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Match, Rule, Settings
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.asking import Asking, digest, make_asking
from modelroute_cli.planning.header import PlanOptions
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.plan import Plan

MODEL = "gpt-6-luna"
UNSURE: Mapping[str, object] = {"task_type": "other", "task_confidence": 0.3}
TWO = [{**UNSURE, "template": name} for name in ("a", "b") for _ in range(5)]


def job_in(folder: Path, rows: Sequence[Mapping[str, object]]) -> JobFile:
    """A job whose requests stand in a file, too: row n says `text n`."""
    path, placed, offset = folder / "jobs.jsonl", [], 0
    lines = []
    for number, row in enumerate(rows):
        line = json.dumps({"custom_id": f"r{number}", "prompt": f"text {number}"})
        lines.append(line)
        placed.append({**row, "offset": offset, "length": len(line)})
        offset += len(line) + 1
    path.write_text("\n".join(lines) + "\n")
    return replace(job_of(requests_of(*placed)), path=path)


def asking_of(
    folder: Path, rows: Sequence[Mapping[str, object]], settings: Settings | None = None, options: PlanOptions = OPTIONS
) -> Asking | None:
    """What is asked about such rows."""
    held = settings or settings_of()
    return make_asking(job_in(folder, rows), load_catalog(held), held, options, MODEL)


def asking_two(folder: Path) -> Asking:
    """The two questions of TWO."""
    found = asking_of(folder, TWO)
    assert found is not None
    return found


def shown(asking: Asking | None) -> list[str]:
    """The texts of the job that the questions show."""
    lines = [] if asking is None else asking.content.decode().splitlines()
    return [json.loads(line)["messages"][1]["content"].split("\n")[2] for line in lines]


def planned(folder: Path, asking: Asking, settings: Settings, **options: object) -> Plan:
    """The plan of TWO with these questions."""
    counted = replace(OPTIONS, questions=asking.questions, **options)  # type: ignore[arg-type]
    return make_plan(job_in(folder, TWO), load_catalog(settings), settings, counted)


def test_each_uncertain_template_is_asked_once_by_its_first_request(tmp_path: Path) -> None:
    """The questions are a plan of their own, all on the one model, named by their templates."""
    asking = asking_two(tmp_path)
    frame = asking.plan.assignments.collect()
    assert shown(asking) == ["text 0", "text 5"]
    assert frame["custom_id"].to_list() == ["a", "b"]
    assert set(frame["model"]) == {MODEL}
    assert asking.plan.header.escalations["pinned"] == ()
    assert asking.plan.header.job.digest == digest(asking.content)
    assert asking.plan.header.job.source == "questions.jsonl"


def test_the_sum_of_the_questions_is_their_plan_s(tmp_path: Path) -> None:
    """Expected, range, and the most that each attempt can cost."""
    asking = asking_two(tmp_path)
    questions, totals = asking.questions, asking.plan.header.totals
    frame = asking.plan.assignments.collect()
    assert (questions.model, questions.templates, questions.requests) == (MODEL, 2, 10)
    assert questions.cost_pusd == totals.cost_pusd == frame["cost_pusd"].sum()
    assert questions.cost_high_pusd == frame["cost_high_pusd"].sum()
    assert questions.cost_low_pusd <= questions.cost_pusd <= questions.cost_range_pusd <= questions.cost_high_pusd
    assert questions.pending
    assert (questions.expected_pusd, questions.most_pusd) == (questions.cost_pusd, questions.cost_high_pusd)


def test_the_same_job_gives_the_same_questions(tmp_path: Path) -> None:
    """To the byte: a run that goes on asks nothing anew."""
    assert asking_two(tmp_path).content == asking_two(tmp_path).content


def test_nothing_is_asked_where_all_is_known(tmp_path: Path) -> None:
    """No template, no question."""
    assert asking_of(tmp_path, [{}] * 9) is None


def test_only_requests_that_are_taken_are_asked_about(tmp_path: Path) -> None:
    """With --limit 5 the second template is not there; duplicates count unless they are sent again."""
    assert shown(asking_of(tmp_path, TWO, options=replace(OPTIONS, limit=5))) == ["text 0"]
    twins = [{**UNSURE, "template": "a"}, *({**UNSURE, "template": "a", "duplicate_of": 0} for _ in range(5))]
    assert asking_of(tmp_path, twins) is None
    assert shown(asking_of(tmp_path, twins, options=replace(OPTIONS, dedupe=False))) == ["text 0"]


@pytest.mark.parametrize(
    ("data_class", "seen"), [("personal", ["text 1"]), ("confidential", ["text 1"]), ("public", ["text 0"])]
)
def test_private_requests_are_never_an_example(tmp_path: Path, data_class: str, seen: list[str]) -> None:
    """Another request of the template is shown, or none is."""
    rows = [{**UNSURE, "template": "a", "data_class": data_class}, *({**UNSURE, "template": "a"} for _ in range(5))]
    assert shown(asking_of(tmp_path, rows)) == seen
    private = [{**UNSURE, "template": "a", "data_class": data_class}] * 6
    assert bool(shown(asking_of(tmp_path, private))) is (data_class == "public")


@pytest.mark.parametrize(("allow", "seen"), [(MODEL, ["text 0"]), ("deepseek-flash", [])])
def test_a_rule_about_data_decides_who_may_see_it(tmp_path: Path, allow: str, seen: list[str]) -> None:
    """Personal requests whose own rule allows the model may be shown to it; those of a tenant it bars may not."""
    settings = settings_of()
    for match in (Match(data_class=(DataClass.PERSONAL,)), Match(tenant=("clinic",))):
        rule = Rule(name="data", match=match, allow=(allow,))
        ruled = replace(settings, rules=(rule, *settings.rules))
        fields = {"data_class": "personal"} if match.data_class else {"tenant": "clinic"}
        assert shown(asking_of(tmp_path, [{**UNSURE, "template": "a", **fields}] * 6, ruled)) == seen


def test_one_model_is_asked(tmp_path: Path) -> None:
    """An alias of several and a name that nobody knows are refused."""
    settings = settings_of()
    catalog, job = load_catalog(settings), job_in(tmp_path, TWO)
    with pytest.raises(UsageError, match="`premium` names 2 models"):
        make_asking(job, catalog, settings, OPTIONS, "premium")
    with pytest.raises(SettingsError, match="gpt-6-lunar"):
        make_asking(job, catalog, settings, OPTIONS, "gpt-6-lunar")


def test_a_budget_is_planned_without_the_most_that_asking_can_cost(tmp_path: Path) -> None:
    """Job and questions together stay within --max-cost, whatever the questions come to."""
    asking = asking_two(tmp_path)
    settings = settings_of(objective__max_cost="0.02")
    header = planned(tmp_path, asking, settings).header
    job_cost = header.totals.cost_pusd - asking.questions.cost_pusd
    assert job_cost + asking.questions.cost_high_pusd <= from_usd("0.02") == header.hard_cap_pusd
    assert header.models[MODEL].name == MODEL


def test_a_budget_below_the_questions_is_refused(tmp_path: Path) -> None:
    """Before anything is planned or sent."""
    asking = asking_two(tmp_path)
    little = to_usd_string(asking.questions.cost_high_pusd - 1)
    with pytest.raises(InfeasibleError, match=f"asking {MODEL} about 2 templates can cost "):
        planned(tmp_path, asking, settings_of(objective__max_cost=little))


def test_quality_and_money_together_count_the_questions(tmp_path: Path) -> None:
    """What would fit without them is too dear with them."""
    asking = asking_two(tmp_path)
    plain = make_plan(
        job_in(tmp_path, TWO),
        load_catalog(settings_of()),
        settings_of(objective__min_quality=0.75),
        OPTIONS,
    )
    just = to_usd_string(plain.header.totals.cost_pusd + 1)
    with pytest.raises(InfeasibleError, match="more than `--max-cost`"):
        planned(tmp_path, asking, settings_of(objective__min_quality=0.75, objective__max_cost=just))


def test_answers_turn_what_was_expected_into_what_was_spent(tmp_path: Path) -> None:
    """In the total, the savings, the bound and the range; the cap that was accepted stays."""
    asking = asking_two(tmp_path)
    spent, held = PicoUSD(7_000), PicoUSD(500)
    answered = replace_questions(asking, spent, held)
    before = planned(tmp_path, asking, settings_of()).header
    after = planned(tmp_path, answered, settings_of(), accepted_cap_pusd=PicoUSD(10**10)).header
    job_cost = before.totals.cost_pusd - asking.questions.cost_pusd
    assert after.totals.cost_pusd == job_cost + spent
    assert [item.saved_pusd for item in after.savings if item.cause == "questions"] == [-spent]
    assert after.baselines[0].cost_pusd == after.totals.cost_pusd + sum(item.saved_pusd for item in after.savings)
    assert before.lower_bound_pusd is not None
    assert after.lower_bound_pusd == before.lower_bound_pusd - asking.questions.cost_pusd + spent
    assert (
        after.totals.cost_range_pusd - before.totals.cost_range_pusd == spent + held - asking.questions.cost_range_pusd
    )
    assert (after.hard_cap_pusd, after.hard_cap_source) == (10**10, "as it was accepted, questions included")


def replace_questions(asking: Asking, spent: PicoUSD, held: PicoUSD) -> Asking:
    """The same after they were asked."""
    done = msgspec.structs.replace(asking.questions, answers={"a": TaskType.EMAIL}, spent_pusd=spent, held_pusd=held)
    return replace(asking, questions=done)


def test_an_example_is_shown_with_placeholders(tmp_path: Path) -> None:
    """As it would be sent itself: by the settings, and by its own rule; half an address is never shown."""
    rules = (Rule(name="hidden", match=Match(template=("a",)), redact=True), *settings_of().rules)
    held = replace(settings_of(privacy__redact_terms=["text"]), rules=rules)
    job = job_in(tmp_path, TWO)
    long = "x" * 991 + " anna.schmidt@web.de " + "y" * 600
    job.path.write_text(job.path.read_text().replace("text 0", long))
    rows = job.requests.with_columns(
        pl.when(pl.col("row") == 0).then(pl.col("length") + len(long) - 6).otherwise("length").alias("length"),
        pl.when(pl.col("row") > 0).then(pl.col("offset") + len(long) - 6).otherwise("offset").alias("offset"),
    )
    asking = make_asking(replace(job, requests=rows), load_catalog(held), held, OPTIONS, MODEL)
    assert asking is not None
    shown = [json.loads(line)["messages"][1]["content"] for line in asking.content.splitlines()]
    assert "anna" not in shown[0]
    assert "[EMAIL_1" in shown[0]
    assert "[NAME_1] 5" in shown[1]

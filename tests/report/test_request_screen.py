"""One request's screen: the request, its rule, the alternatives."""

import msgspec
import polars as pl
import pytest
from support.report_plans import assignments

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.evidence import Evidence
from modelroute_cli.planning.explain import Alternative, Explanation, Facts
from modelroute_cli.report.request_screen import RequestSummary, request_screen, request_summary


def alternative(model: str, cost: int, problem: str | None = None) -> Alternative:
    """A model for the request."""
    return Alternative(
        model=model,
        service_tier="standard",
        input_tokens=100,
        output_tokens=200,
        reasoning_tokens=0,
        max_tokens=400,
        cost_pusd=PicoUSD(cost),
        cost_low_pusd=PicoUSD(cost),
        cost_range_pusd=PicoUSD(cost),
        cost_high_pusd=PicoUSD(3 * cost),
        quality=0.8,
        quality_low=0.7,
        problem=problem,
    )


FACTS = Facts(
    custom_id="mail-1",
    line=1,
    task_type="email",
    task_confidence=0.9,
    task_source="classifier",
    template="t1",
    language="en",
    importance="bulk",
    modality="text",
    model=None,
    min_quality=None,
    max_output_tokens=None,
    has_schema=False,
    input_tokens=90,
    length_hint_tokens=None,
    duplicate_of=None,
)


def summary(facts: Facts = FACTS, evidence: tuple[str, ...] = ()) -> RequestSummary:
    """The first e-mail, with two allowed models of which one cannot do it."""
    about = Explanation(
        facts=facts,
        rule="bulk",
        alternatives=(
            alternative("cheap-1", 3 * 10**8),
            alternative("small-1", 2 * 10**8, "its context window is too small"),
        ),
        escalations=("good-1",),
        baseline=alternative("gpt-5", 10**10),
    )
    return request_summary(about, assignments().filter(pl.col("row") == 0), evidence)


def texts(shown: RequestSummary) -> list[str]:
    """The lines of the screen."""
    return [line.text for line in request_screen(shown, None)]


def test_screen_names_task_reason_and_alternatives() -> None:
    """The chosen model is marked, the impossible one says why, the baseline stands last."""
    assert texts(summary(evidence=("the word e-mail",))) == [
        "Request mail-1 (line 1)",
        "  email (classified, confidence 0.90), bulk, language en",
        "  went by: the word e-mail",
        "  cheapest",
        "",
        "Model    Tier      Input  Output  Quality       Cost      Most",
        "cheap-1  standard    100    ~200     0.80  ~$0.00030  $0.00090  <- chosen",
        "small-1  standard    100    ~200     0.80  ~$0.00020  $0.00060  its context window is too small",
        "gpt-5    standard    100    ~200     0.80    ~$0.010    $0.030",
        "",
        "An answer that fails its gates goes to: good-1",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (msgspec.structs.replace(FACTS, model="gpt-5"), "  asks for: model gpt-5"),
        (msgspec.structs.replace(FACTS, min_quality=0.9), "  asks for: min_quality 0.9"),
        (
            msgspec.structs.replace(FACTS, max_output_tokens=700, length_hint_tokens=120),
            "  asks for: max_output_tokens 700, length asked for in the text about 120 tokens",
        ),
        (msgspec.structs.replace(FACTS, has_schema=True), "  asks for: response_schema yes"),
    ],
)
def test_what_the_row_demands_is_said(facts: Facts, said: str) -> None:
    """Its own model, quality, length, schema."""
    assert said in texts(summary(facts))


def test_a_task_type_of_the_row_is_told_from_a_classified_one() -> None:
    """The row's own word wins, and is said to be its own."""
    named = msgspec.structs.replace(FACTS, task_source="row")
    assert texts(summary(named))[1] == "  email (named by the row), bulk, language en"


def test_a_request_without_escalations_says_so() -> None:
    """Nowhere else to go is an answer too."""
    alone = msgspec.structs.replace(summary(), escalations=())
    assert texts(alone)[-1] == "An answer that fails its gates goes to: nowhere else"


@pytest.mark.parametrize(("emulated", "mark"), [(False, ""), (True, ", emulated")])
def test_the_model_that_was_asked_about_the_template_is_named(mark: str, *, emulated: bool) -> None:
    """Its word is no guess of the classifier, and no number says how sure it is."""
    facts = msgspec.structs.replace(FACTS, task_type="math", task_source="model", task_confidence=None)
    told = msgspec.structs.replace(summary(facts), answered_by="cheap-1", answer_emulated=emulated)
    line = request_screen(told, None)[1].text
    assert line == f"  math (answered by cheap-1 for this template{mark}), bulk, language en"


def test_a_planned_escalation_is_named_first() -> None:
    """Before the others that the rule names, and not twice."""
    cascade = msgspec.structs.replace(summary(), escalate_to="best-1", escalations=("good-1", "best-1"))
    assert texts(cascade)[-1] == "An answer that fails its gates goes to: best-1 (planned), good-1"


def test_what_was_measured_stands_under_the_models() -> None:
    """And what was not is said to rest on the prior."""
    known = Evidence(scorer="expected answers", baseline="gpt-5", emulated=False, group=None)
    told = msgspec.structs.replace(summary(), measured=known)
    assert texts(told)[-3:-1] == ["Quality of this template is unmeasured: prior only", ""]

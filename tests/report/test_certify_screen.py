"""What is said of a promise before and after its test."""

from msgspec import structs

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.promise.certificate import Certificate, RungFinding
from modelroute_cli.pilot.promise.sizing import RungSize
from modelroute_cli.planning.plan import CertifiedBy, Piloted
from modelroute_cli.report.certify_screen import certificate_screen, sizes_screen
from modelroute_cli.report.certify_summary import CertifySummary
from modelroute_cli.report.certify_words import promise_text
from modelroute_cli.report.screen import Screen

CENT = 10_000_000_000
CERTIFIED = CertifiedBy(
    ratio=0.97,
    confidence=0.95,
    method="any_time",
    baseline="gpt-5",
    scorers=("expected",),
    target=1.0,
    pairs=412,
    missing=0,
    population=9000,
    at="2026-11-23T10:00:00+00:00",
    hold_out=Piloted(pilot_id="h", requests=412, calls=824, spent_pusd=PicoUSD(CENT), held_pusd=PicoUSD(0)),
)
RUNG = RungSize(target=1.0, cost_pusd=PicoUSD(40 * CENT), ratio=0.995, differ=0.04, measured=50, needed=412, could=0.97)
BEFORE = CertifySummary(
    source="jobs.jsonl",
    pilot_id="p",
    hold_out_id="h",
    baseline="gpt-5",
    promise=Promise(0.97),
    method="any_time",
    emulated=False,
    rungs=(RUNG,),
    population=9000,
    most=1000,
    expected=412,
    drawn=824,
    cost_pusd=PicoUSD(10 * CENT),
    drawn_pusd=PicoUSD(20 * CENT),
    budget_pusd=PicoUSD(50 * CENT),
    bill_pusd=PicoUSD(100 * CENT),
)
AFTER = Certificate(
    hold_out_id="h",
    pilot_id="p",
    promise=Promise(0.97),
    method=Method.ANY_TIME,
    baseline="gpt-5",
    scorers=("gates",),
    target=1.0,
    plan_digest="d",
    pairs=412,
    missing=2,
    population=9000,
    tested=(RungFinding(target=1.0, cost_pusd=PicoUSD(40 * CENT), p=0.00001, passed=True, mean=0.0251),),
    spent_pusd=PicoUSD(12 * CENT),
    held_pusd=PicoUSD(0),
    at="2026-11-23T10:00:00+00:00",
)


def texts(screen: Screen) -> list[str]:
    """The lines."""
    return [line.text for line in screen]


def test_a_promise_says_of_whom_how_surely_and_on_how_many() -> None:
    """One line, with the judge where no right answer was known."""
    said = "Certified quality: at least 97% of gpt-5's (95% confidence, 412 paired requests)"
    assert promise_text(CERTIFIED) == said
    judged = structs.replace(CERTIFIED, scorers=("expected", "judge:opus"))
    assert promise_text(judged) == said[:-1] + ", as judged by judge:opus)"
    emulated = structs.replace(CERTIFIED, hold_out=structs.replace(CERTIFIED.hold_out, emulated=True))
    assert promise_text(emulated) == said[:-1] + ", emulated)"


def test_without_a_promise_that_is_said_and_without_a_test_nothing() -> None:
    """Never a word of certainty that is not there."""
    assert promise_text(structs.replace(CERTIFIED, target=None)) == (
        "Not certified: at least 97% of gpt-5's was not shown (95% confidence, 412 paired requests)"
    )
    assert promise_text(None) is None


def test_before_the_test_the_screen_says_what_it_takes() -> None:
    """Rows, money, and what a smaller number could show."""
    assert texts(sizes_screen(BEFORE, None)) == [
        "To certify: at least 97% of gpt-5's quality, 95% confidence, looked at as it goes",
        "Plan for  Plan cost  Saves  Pilot saw  Differ  Takes  Within reach",
        "    100%    ~$0.400    60%      99.5%      4%    412  97%",
        "",
        "Certifying 97% takes about 412 paired requests, ~$0.100",
        "Hold-out: at most 824 requests, ~$0.200, never more than $0.500",
        "  drawn from 9,000 requests that the pilot did not ask",
    ]


def test_what_is_too_small_says_what_could_be_shown_and_what_limits_it() -> None:
    """The budget, or the job itself."""
    small = structs.replace(BEFORE, rungs=(structs.replace(RUNG, could=0.93),), expected=None, drawn=0, cost_pusd=None)
    assert texts(sizes_screen(small, None))[-2:] == [
        "Too small to certify 97%: 1,000 paired requests could certify 93%",
        "  a budget of $0.500 pays for no more; raise it with `--certify-budget`",
    ]
    of_job = structs.replace(small, population=300)
    assert texts(sizes_screen(of_job, None))[-2:] == [
        "Too small to certify 97%: 300 paired requests could certify 93%",
        "  the job has 300 requests that the pilot did not ask",
    ]
    assert texts(sizes_screen(structs.replace(small, rungs=()), None))[-1] == (
        "There is no plan to test that is cheaper than gpt-5 for all"
    )


def test_after_the_test_every_rung_is_told_with_its_chance() -> None:
    """What was promised, on what, what it cost and what was missing."""
    assert texts(certificate_screen(AFTER, None)) == [
        "Plan for  Plan cost  Mean of D        p",
        "    100%    ~$0.400    +0.0251  <0.0001  held",
        "",
        "Certified quality: at least 97% of gpt-5's (95% confidence, 412 paired requests, as judged by gates)",
        "  of the plan made for 100%, on the 9,000 requests drawn from",
        "Testing cost $0.120; its answers are results of their requests",
        "  2 requests without an answer or a score counted against the plans",
    ]
    lost = structs.replace(AFTER, target=None, plan_digest=None, missing=0)
    said, then = texts(certificate_screen(lost, None))[3:5]
    assert said == (
        "Not certified: at least 97% of gpt-5's quality was not shown "
        "(95% confidence, 412 paired requests, as judged by gates)"
    )
    assert then == "  with this floor, plans give every request to gpt-5 where your rules allow that"

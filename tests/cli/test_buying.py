"""How requests may be bought: deadlines, service tiers, shares of the baseline, curves."""

import json
from datetime import UTC, datetime

import pytest
from support.cli import Cli, Finished, mails

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.cli.buying import deadline_of, tiers_of
from modelroute_cli.planning.offers import SENT_TIERS

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
LUNA = ("--models", "gpt-6-luna", "--min-quality", "0")


def planned(cli: Cli, *more: str) -> dict[str, object]:
    """The plan of eight e-mails on gpt-6-luna, as JSON."""
    cli.jobs(*mails(8))
    done = cli("plan", "jobs.jsonl", "--json", *LUNA, *more)
    assert done.code == ExitCode.OK
    found: dict[str, object] = json.loads(done.out)
    return found


def tiers(plan: dict[str, object]) -> list[str]:
    """The service tiers of a plan's lines."""
    lines = plan["models"]
    assert isinstance(lines, list)
    return [line["service_tier"] for line in lines]


@pytest.mark.parametrize(
    ("flags", "bought"),
    [
        ((), "standard"),
        (("--deadline", "10m"), "standard"),
        (("--deadline", "1h"), "flex"),
        (("--deadline", "1h", "--tiers", "standard"), "standard"),
        (("--deadline", "2d", "--tiers", "standard,batch"), "batch"),
    ],
)
def test_requests_that_can_wait_are_bought_for_less(cli: Cli, flags: tuple[str, ...], bought: str) -> None:
    """Flex within fifteen minutes, a batch within a day, as far as `--tiers` lets them."""
    assert tiers(planned(cli, *flags)) == [bought]


def test_what_a_tier_saves_is_a_cause_of_its_own(cli: Cli) -> None:
    """Causes add up to the difference to the baseline to the pico-dollar."""
    plan = planned(cli, "--deadline", "1h", "--baseline", "gpt-6-sol")
    savings, baselines, totals = plan["savings"], plan["baselines"], plan["totals"]
    assert isinstance(savings, list)
    assert isinstance(baselines, list)
    assert isinstance(totals, dict)
    assert [each["cause"] for each in savings] == ["cheaper_models", "duplicates", "flex"]
    pico = [round(float(each["saved_usd"]) * 10**12) for each in savings]
    assert sum(pico) == round((float(baselines[0]["cost_usd"]) - float(totals["cost_usd"])) * 10**12)


def sent(cli: Cli, *more: str) -> Finished:
    """Eight e-mails planned with a deadline, then sent to the emulator."""
    planned(cli, *more, "-o", "jobs.plan")
    return cli("run", "jobs.plan", "--emulator", "--yes")


def test_a_flex_plan_is_sent_at_the_flex_tier_and_billed_so(cli: Cli) -> None:
    """The tier is in every row of the results; each costs what its tokens cost at the flex price, half the standard."""
    assert sent(cli, "--deadline", "1h").code == ExitCode.OK
    rows = [json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text().splitlines()]
    assert {row["service_tier"] for row in rows} == {"flex"}
    assert {row["status"] for row in rows} == {"accepted"}
    prices = [json.loads(cli("models", "gpt-6-luna", "--json").out)["models"][0]["prices"][0]]
    for row in rows:
        tokens = {"input": row["input_tokens"], "output": row["output_tokens"]}
        standard = sum(count * float(prices[0][f"{name}_per_mtok_usd"]) / 10**6 for name, count in tokens.items())
        assert float(row["cost_usd"]) == pytest.approx(standard / 2, abs=1e-12)


def test_a_plan_with_batches_is_handed_in_and_billed_so(cli: Cli) -> None:
    """The plan told what that saves: half of what the standard tier would cost."""
    plan = planned(cli, "--deadline", "2d", "--tiers", "standard,batch", "-o", "jobs.plan")
    totals = plan["totals"]
    assert isinstance(totals, dict)
    assert plan["tiers"] == [
        {
            "service_tier": "batch",
            "requests": 8,
            "cost_usd": totals["cost_usd"],
            "saved_usd": totals["cost_usd"],
            "saved_share": 0.5,
            "waits_s": 86_400,
            "typical_s": None,
            "batches": 1,
        }
    ]
    done = cli("run", "jobs.plan", "--emulator", "--yes")
    assert (done.code, "8 requests handed in as `batch_" in done.err) == (ExitCode.OK, True)


def test_the_same_command_with_another_deadline_is_another_run(cli: Cli) -> None:
    """What was bought at one tier is not continued at another."""
    cli.jobs(*mails(3))
    sending = ("run", "jobs.jsonl", "--emulator", "--yes", *LUNA)
    ends = [cli(*sending, *more).out for more in ((), ("--deadline", "1h"), ())]
    runs = [next(line for line in end.splitlines() if line.startswith("Run ")).split()[1] for end in ends]
    assert runs[0] == runs[2] != runs[1]


def test_a_share_of_the_baseline_is_asked_for_in_words(cli: Cli) -> None:
    """And kept."""
    cli.jobs(*mails(8))
    done = cli("plan", "jobs.jsonl", "--baseline-share", "0.9")
    assert "(90% of gpt-5's quality is asked for, 0.8" in done.out


def test_the_curve_has_the_plan_among_its_points(cli: Cli) -> None:
    """On the screen with `--curve`, in JSON always."""
    cli.jobs(*mails(8))
    done = cli("plan", "jobs.jsonl", "--curve")
    assert sum(line.endswith("  this plan") for line in done.out.splitlines()) == 1
    points = planned(cli)["curve"]
    assert isinstance(points, list)
    assert points
    assert "  this plan" not in cli("plan", "jobs.jsonl").out


@pytest.mark.parametrize(
    ("text", "left"), [(None, None), ("90m", 5_400), ("2d", 172_800), ("2026-11-23T13:00:00Z", 3_600)]
)
def test_deadlines_are_spans_or_times(text: str | None, left: int | None) -> None:
    """From the time of the plan."""
    assert deadline_of(text, AT) == left


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soon", "--deadline: `soon` is no span of time"),
        ("2026-11-24T13:00", "--deadline: `2026-11-24T13:00` has no time zone"),
        ("2026-11-22T13:00:00Z", "--deadline: `2026-11-22T13:00:00Z` is past"),
    ],
)
def test_a_wrong_deadline_is_said(text: str, said: str) -> None:
    """With what to type instead."""
    with pytest.raises(UsageError) as caught:
        deadline_of(text, AT)
    assert caught.value.message == said
    assert caught.value.hint


def test_tiers_are_names_that_are_known() -> None:
    """In their own order; without the flag those that a run can send."""
    assert tiers_of(None) == SENT_TIERS
    assert tiers_of("batch,standard") == (ServiceTier.STANDARD, ServiceTier.BATCH)
    with pytest.raises(UsageError) as caught:
        tiers_of("standard,flax")
    assert (caught.value.message, caught.value.hint) == ("--tiers: `flax` is no service tier", "did you mean `flex`?")


def test_show_counts_a_deadline_from_the_time_of_the_plan(cli: Cli) -> None:
    """A row that waits until a far day may be bought at the flex tier, and `show --request` says so."""
    cli.jobs({**mails(1)[0], "deadline": "2099-01-01T00:00:00Z"})
    assert cli("plan", "jobs.jsonl", *LUNA, "-o", "jobs.plan").code == ExitCode.OK
    shown = cli("show", "jobs.plan", "--request", "mail-0").out
    (chosen,) = [line for line in shown.splitlines() if "<- chosen" in line]
    assert chosen.split()[:2] == ["gpt-6-luna", "flex"]

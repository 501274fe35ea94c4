"""What ships as an example works as it is written: every sample job plans, every settings file plans one."""

import json
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from support.cli import QUICK_EMULATOR, Cli, Finished

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import from_usd
from modelroute_cli.planning import plan_file

REPO = Path(__file__).parents[2]
SAMPLES = sorted(path.name for path in (REPO / "sample_jobs").iterdir() if path.suffix in (".jsonl", ".csv", ".gz"))
TEMPLATES = {"products.csv": ("--prompt-file", str(REPO / "sample_jobs" / "products.prompt.txt"))}
CONFIGS = sorted(path.name for path in (REPO / "configs").glob("*.yaml"))
AS_OF = "2026-11-20"  # prices of a fixed day, so that these plans are the same next year


def plan(cli: Cli, sample: str, *flags: str, prices: str = AS_OF) -> Finished:
    """A plan of a sample job at pinned prices."""
    done = cli("plan", str(REPO / "sample_jobs" / sample), "--prices-as-of", prices, *flags)
    assert done.code == ExitCode.OK, done.err
    return done


def models(done: Finished) -> dict[str, dict[str, object]]:
    """The lines of a JSON plan by model."""
    lines = cast("list[dict[str, object]]", done.json["models"])
    return {str(line["model"]): line for line in lines}


def usd(value: object) -> Decimal:
    """Money as JSON carries it."""
    return Decimal(str(value))


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_job_plans(cli: Cli, sample: str) -> None:
    """Each is valid, and its JSON totals are the sum of its assignments to the last pico-dollar."""
    done = plan(cli, sample, *TEMPLATES.get(sample, ()), "--json", "-o", "sample.plan")
    kept = plan_file.read(cli.folder / "sample.plan")
    totals = cast("dict[str, object]", done.json["totals"])
    assert from_usd(str(totals["cost_usd"])) == sum(kept.assignments.collect()["cost_pusd"].to_list())
    assert from_usd(str(totals["cost_usd"])) == sum(from_usd(str(line["cost_usd"])) for line in models(done).values())


def test_the_samples_show_every_form_of_a_job_file(cli: Cli) -> None:
    """JSONL, CSV, the lines of three batch APIs, a template, a packed file, pictures."""
    checked = {
        name: cli("check", str(REPO / "sample_jobs" / name), *TEMPLATES.get(name, ()), "--json").json
        for name in SAMPLES
        if name != "marketing.jsonl"
    }
    assert {name: (seen["file_format"], seen["packed"], seen["requests"]) for name, seen in checked.items()} == {
        "anthropic_batch.jsonl": ("anthropic_batch", None, 7),
        "gemini_batch.jsonl": ("gemini_batch", None, 10),
        "mixed.csv": ("csv", None, 60),
        "openai_batch.jsonl": ("openai_batch", None, 12),
        "products.csv": ("csv", None, 12),
        "reviews.jsonl.gz": ("jsonl", "gzip", 20),
        "vision.jsonl": ("jsonl", None, 7),
    }


def test_the_new_samples_stay_small() -> None:
    """A sample is no burden on a checkout."""
    folder = REPO / "sample_jobs"
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "marketing.jsonl"]
    assert sum(path.stat().st_size for path in files) < 300_000


def test_the_pictures_of_the_sample_are_sent(cli: Cli) -> None:
    """Every request of the vision sample is answered by the emulator."""
    sample = str(REPO / "sample_jobs" / "vision.jsonl")
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    done = cli("run", sample, "--emulator", "--yes", "--max-cost", "1", "-o", "answers.jsonl")
    assert done.code in (ExitCode.OK, ExitCode.SOME_FAILED)
    rows = [json.loads(line) for line in (cli.folder / "answers.jsonl").read_text("utf-8").splitlines()]
    assert [row["custom_id"] for row in rows][:2] == ["receipt", "chart"]
    assert all(row["input_tokens"] > 765 for row in rows if row["custom_id"] != "text-only")


@pytest.mark.parametrize("config", CONFIGS)
def test_every_settings_file_plans_the_mixed_sample(cli: Cli, config: str) -> None:
    """A settings file that ships can be used as it is, the study of 2025 at the prices of 2025."""
    prices = "2025-03-01" if config == "seed_2025.yaml" else AS_OF
    done = plan(cli, "mixed.csv", "--config", str(REPO / "configs" / config), prices=prices)
    first = "\n".join(done.out.splitlines()[:10])
    assert all(
        words in first for words in ("Plan: $", " instead of $", "90% range", "saved by:", "rests on: prices of")
    )


def test_the_study_of_2025_needs_no_flag(cli: Cli) -> None:
    """Its settings name the day; it is no plan that could be sent."""
    config = str(REPO / "configs" / "seed_2025.yaml")
    done = cli("plan", str(REPO / "sample_jobs" / "mixed.csv"), "--config", config, "--json")
    assert done.json["prices_at"] == "2025-03-01T12:00:00+00:00"
    assert done.json["historic"] is True


def test_the_2025_study_gives_the_figures_of_2025(cli: Cli) -> None:
    """E-mails about $0.50 on DeepSeek, ten headlines about $0.15 on GPT-5, about $15 on GPT-5 alone."""
    config = str(REPO / "configs" / "seed_2025.yaml")
    done = plan(cli, "marketing.jsonl", "--config", config, "--json", prices="2025-03-01")
    by_model = models(done)
    baseline = cast("list[dict[str, object]]", done.json["baselines"])[0]
    assert set(by_model) == {"deepseek-chat", "gpt-5"}
    assert by_model["gpt-5"]["requests"] == 10
    assert usd(by_model["deepseek-chat"]["cost_usd"]) == pytest.approx(Decimal("0.50"), rel=Decimal("0.1"))
    assert usd(by_model["gpt-5"]["cost_usd"]) == pytest.approx(Decimal("0.15"), rel=Decimal("0.1"))
    assert usd(baseline["cost_usd"]) == pytest.approx(Decimal(15), rel=Decimal("0.05"))


def test_a_study_of_the_past_is_not_sent_to_providers(cli: Cli) -> None:
    """Its prices no longer hold, so only the emulator may get it."""
    sample = str(REPO / "sample_jobs" / "mixed.csv")
    done = cli("run", sample, "--prices-as-of", "2025-03-01", "--yes")
    assert done.code == ExitCode.USAGE
    assert "--emulator" in done.err

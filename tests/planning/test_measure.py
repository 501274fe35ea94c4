"""How a job's own texts say what a token of another vendor is."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from support.planning_jobs import job_of, requests_of
from support.plans import card

from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.features.family_counts import count_many
from modelroute_cli.features.tokens import TokenFamily, count_o200k, family
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.measure import LEAST, Sample, count_texts, measure_families

LINE = "Bitte \u00fcbersetze Satz {at} in h\u00f6fliches Deutsch: {rest}"


def of_family(name: str) -> ModelCard:
    """A model that counts so."""
    return msgspec.structs.replace(card("any-1"), tokenizer=name)


def texts_of(count: int) -> list[str]:
    """German prompts that differ."""
    return [LINE.format(at=at, rest="gr\u00f6\u00dfer " * (at % 7 + 1)) for at in range(count)]


def job(folder: Path, count: int) -> JobFile:
    """A job file of such prompts."""
    path, rows, offset = folder / "jobs.jsonl", [], 0
    lines = [msgspec.json.encode({"custom_id": f"r{at}", "prompt": text}) for at, text in enumerate(texts_of(count))]
    path.write_bytes(b"\n".join(lines) + b"\n")
    for line in lines:
        rows.append({"offset": offset, "length": len(line)})
        offset += len(line) + 1
    return replace(job_of(requests_of(*rows)), path=path)


def measured(folder: Path, count: int, name: str) -> TokenFamily:
    """One family on a job of `count` prompts."""
    made = job(folder, count)
    return measure_families(Sample(made, made.requests, made.count), [of_family(name)])[name]


def test_a_family_with_an_engine_is_measured_on_the_job(tmp_path: Path) -> None:
    """The ratio is that of the job's own texts, with the sampling error as the bound."""
    found = measured(tmp_path, LEAST, "deepseek")
    assert found.method == "calibrated"
    assert 1.0 < found.ratio < 1.6
    assert 0 < found.bound < 0.05
    assert found.ratio_high == family("deepseek").ratio_high


def test_a_sample_says_what_the_whole_job_takes(tmp_path: Path) -> None:
    """The ratio of a sample of 200 is within its bound of the ratio of all 1,000."""
    found = measured(tmp_path, 1_000, "mistral")
    whole = measured_on_all("mistral", 1_000)
    assert found.ratio == pytest.approx(whole, rel=found.bound + 1e-4)


def measured_on_all(name: str, count: int) -> float:
    """The ratio over all texts."""
    texts = texts_of(count)
    return sum(count_many(texts, of_family(name)).counts) / sum(count_o200k(texts))


def test_a_small_job_takes_the_ratios_of_its_classes(tmp_path: Path) -> None:
    """No other vocabulary is loaded for a few requests: accented text, within the class's bound."""
    found = measured(tmp_path, LEAST - 1, "deepseek")
    assert found.ratio == pytest.approx(1.12)
    assert (found.method, found.bound) == ("calibrated", 0.2)


def test_o200k_stays_exact(tmp_path: Path) -> None:
    """There is nothing to measure."""
    assert measured(tmp_path, 120, "o200k") == family("o200k")


def test_a_job_without_a_file_keeps_what_ships() -> None:
    """Nothing can be read again."""
    made = job_of(requests_of({}))
    assert measure_families(Sample(made, made.requests, made.count), [of_family("claude_5")]) == {
        "claude_5": family("claude_5")
    }


def test_the_same_job_gives_the_same_ratios(tmp_path: Path) -> None:
    """The sample is no draw."""
    assert measured(tmp_path, 300, "llama") == measured(tmp_path, 300, "llama")


def test_the_words_name_method_and_bound() -> None:
    """What a reader of the plan needs to judge an input count."""
    known = replace_family("claude_5", ratio=1.64, bound=0.12)
    assert count_texts({"claude_5": known, "o200k": family("o200k"), "unknown": family("unknown")}) == (
        "input tokens of claude_5: 1.64 x o200k, calibrated, within 12.0%",
        "input tokens of o200k: exact",
        "input tokens of unknown: 1.10 x o200k, assumed, up to 2.70 x",
    )


def replace_family(name: str, *, ratio: float, bound: float) -> TokenFamily:
    """A family as measured."""
    return msgspec.structs.replace(family(name), ratio=ratio, bound=bound)

"""Microseconds of CPU that describing a request costs, beside reading each one for itself, in one run.

    python benchmarks/describe_speed.py [ROWS] [OUTCOMES_FOLDER]

Jobs: requests of 300 characters from 50 templates; some from templates that are hard to tell apart, one in twenty of
them one of a kind; the patterns of scale_job.py; the sample job, whose briefs come in many wordings; and, with a
folder of outcomes, real prompts that are one of a kind. The least of five rounds, counting of tokens apart. The clock
of a busy machine is slow: the first line says how long a fixed loop took, in every run the same work.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import msgspec
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from scale_job import prompts
from support.hard_templates import hard
from support.templated import templated

from modelroute_cli.base.schema import Request
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.content_tokens import content_tokens
from modelroute_cli.features.describe import Describer
from modelroute_cli.features.hints import length_hint
from modelroute_cli.features.output import output_language
from modelroute_cli.features.reading import read

ROUNDS = 5
BLOCK = 1_000
ALONE = 5_000
SAMPLE = Path(__file__).parents[1] / "sample_jobs" / "marketing.jsonl"


def cpu_s(*works: Callable[[], object]) -> list[float]:
    """The least CPU seconds of one round of each, done by turns, so that a slow hour of the machine is one for all."""
    return [min(times) for times in zip(*([_once(work) for work in works] for _ in range(ROUNDS)), strict=True)]


def _once(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def blocks(requests: Sequence[Request]) -> list[Sequence[Request]]:
    """A job in blocks."""
    return [requests[start : start + BLOCK] for start in range(0, len(requests), BLOCK)]


def shared(requests: Sequence[Request], classifier: Classifier) -> None:
    """A job from its first block to its templates."""
    describer = Describer(classifier)
    for block in blocks(requests):
        describer.block(block)
    describer.finish()


def alone(requests: Sequence[Request], classifier: Classifier) -> None:
    """Every request read for itself, as before there were templates; without tokens."""
    for start in range(0, len(requests), 200):
        readings = [read(request) for request in requests[start : start + 200]]
        for reading, guess in zip(readings, classifier.guess(readings), strict=True):
            length_hint(reading, guess.task_type)
            output_language(reading, guess.task_type)


def measure(name: str, requests: Sequence[Request], classifier: Classifier) -> None:
    """Print what a request costs."""
    some = requests[:ALONE]
    tokens, described, before = cpu_s(
        lambda: [content_tokens(block) for block in blocks(requests)],
        lambda: shared(requests, classifier),
        lambda: alone(some, classifier),
    )
    tokens, described, before = tokens / len(requests), described / len(requests), before / len(some)
    chars = sum(len(request.prompt or "") for request in requests) / len(requests)
    print(
        f"{name}: {len(requests):,} requests of {chars:.0f} characters: {(described - tokens) * 1e6:.1f} us beyond "
        f"{tokens * 1e6:.1f} us for tokens; each read for itself {before * 1e6:.1f} us"
    )


def one_of_a_kind(folder: Path) -> list[Request]:
    """Real prompts."""
    prompts = pl.read_parquet(folder / "routellm.prompts.parquet")["prompt"].drop_nulls()
    return [Request(custom_id=str(row), prompt=text) for row, text in enumerate(prompts) if text][:5_000]


def main() -> None:
    """Print all."""
    classifier = Classifier.load()
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    loop = cpu_s(lambda: [sum(range(100)) for _ in range(10_000)])[0]
    print(f"{loop * 1e6 / 10_000:.2f} us for a loop of a hundred")
    measure("50 templates", templated(rows).requests, classifier)
    measure("templates hard to tell apart", hard(rows).requests, classifier)
    patterned = [Request(custom_id="-", prompt=prompt) for _, prompt in prompts(rows, Random(1))]  # noqa: S311 - test data
    measure("scale_job.py", patterned, classifier)
    marketing = [msgspec.json.decode(line, type=Request) for line in SAMPLE.read_bytes().splitlines()]
    measure("marketing.jsonl", marketing, classifier)
    if len(sys.argv) > 2:
        measure("real prompts", one_of_a_kind(Path(sys.argv[2])), classifier)


if __name__ == "__main__":
    main()

"""What a history is worth on the next batch of the same work: are its means as near as their errors say?

    python benchmarks/history_worth.py OUTCOMES_FOLDER [SEEDS]

Each set of recorded outcomes is cut in halves by a seed. In the first, up to 50 requests of each template are measured on
every model, and kept as a history keeps them; the second is described by itself, as the batch of another day. For each
of its templates of 40 requests or more and each model, what the history says is held against the mean of all outcomes
there: of the template itself, and of its kind alone (without its own history), as for a template never seen. Printed:
root mean square errors, beside that of the model's mean over the whole history, and how often the difference is within
1.645 of its standard errors (of both sides), which should be 90%.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path
from statistics import fmean, variance

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from template_keys import Batch, parts

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.pilot.history.before import of_kind
from modelroute_cli.pilot.history.naming import known_as
from modelroute_cli.pilot.history.recall import Question, recalled
from modelroute_cli.pilot.history.sums import Part, Sums, summed
from modelroute_cli.pilot.observation import Observation

MEASURED = 50
LEAST = 40
WITHIN = 1.645
PART = Part(run="before", source="pilot", baseline="none", at=datetime(2026, 11, 23, tzinfo=UTC))
SHARE = 0.5

Qualities = Mapping[str, Mapping[str, float]]  # by request and model


@dataclass(frozen=True, slots=True)
class Guess:
    """What was said of a mean, what it is, and the squared errors of both; `by` is who said it."""

    by: str
    said: float
    true: float
    error_squared: float

    @property
    def holds(self) -> bool:
        """Whether the difference is within its errors."""
        return abs(self.said - self.true) <= WITHIN * sqrt(self.error_squared)


def rows_of(batch: Batch) -> Mapping[str, list[str]]:
    """The requests of each template."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for template, request in zip(batch.templates, batch.truth, strict=True):
        found[template].append(request)
    return found


def measured(batch: Batch, qualities: Qualities) -> tuple[Sums, ...]:
    """What a pilot of the batch leaves in a history."""
    seen = [
        Observation(
            custom_id=request,
            template=template,
            task_type=TaskType(template.split("-")[0]),
            language=template.split("-")[1],
            model=model,
            quality=quality,
            scorer="expected",
        )
        for template, requests in rows_of(batch).items()
        for request in requests[:MEASURED]
        for model, quality in qualities[request].items()
    ]
    return summed(seen, PART)


def guesses(history: tuple[Sums, ...], later: Batch, qualities: Qualities) -> Iterator[Guess]:
    """What the history says of each template and model of a later batch."""
    whole = _by_model(history)
    for template, requests in rows_of(later).items():
        if len(requests) < LEAST:
            continue
        named = known_as(frozenset({template}), {row.template for row in history})
        others = tuple(row for row in history if row.template not in named and row.template != template)
        asked = Question(templates=frozenset({template}), at=PART.at, baseline="none", emulated=False)
        own, rest = recalled(history, asked), recalled(others, asked)
        task_type, language = TaskType(template.split("-")[0]), template.split("-")[1]
        for model, (true, error) in _true(requests, qualities).items():
            found, kind = own.of_template(template, model), rest.of_kind(task_type, language, model)
            if found is None or found.quality.variance is None:
                continue
            soft = found.quality
            share = (soft.mean * soft.n + 1) / (soft.n + 2)
            yield Guess("template", soft.mean, true, max(soft.variance, share * (1 - share) / 4) / soft.n + error)
            yield Guess("model", whole[model], true, 0.0)
            if kind is not None:
                known = of_kind(kind)
                mean = (known.mean * known.n + 0.5) / (known.n + 1)
                by = "kind of one" if kind.between is None else "kind"
                yield Guess(by, known.mean, true, mean * (1 - mean) / known.n + error)
                yield Guess(f"{by}, template", soft.mean, true, 0.0)


def _by_model(history: tuple[Sums, ...]) -> Mapping[str, float]:
    total: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for row in history:
        total[row.model] += row.quality_sum  # type: ignore[assignment]  # a sum of shares
        count[row.model] += row.n
    return {model: total[model] / count[model] for model in count}


def _true(requests: list[str], qualities: Qualities) -> Mapping[str, tuple[float, float]]:
    """Mean and squared error of each model on these requests."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for request in requests:
        for model, quality in qualities[request].items():
            found[model].append(quality)
    return {
        model: (fmean(each), variance(each) / len(each)) for model, each in found.items() if len(each) >= LEAST
    }


def told(label: str, found: list[Guess]) -> None:
    """A line for each who said something."""
    for by in dict.fromkeys(guess.by for guess in found):
        mine = [guess for guess in found if guess.by == by]
        error = sqrt(fmean((guess.said - guess.true) ** 2 for guess in mine))
        holds = f", within its errors {fmean(guess.holds for guess in mine):.1%}" if by != "model" else ""
        print(f"  {label}, {by}: {len(mine):,} means, error {error:.3f}{holds}", flush=True)


def main() -> None:
    """Print all."""
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    for path in sorted(Path(sys.argv[1]).glob("*.prompts.parquet")):
        outcomes = pl.read_parquet(path.with_name(path.name.replace("prompts", "outcomes")))
        qualities: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for request, model, quality in outcomes.select("prompt_id", "model", "quality").iter_rows():
            qualities[str(request)][model] = quality
        prompts = pl.read_parquet(path).filter(pl.col("prompt").str.len_chars() > 0)
        names = [str(name) for name in prompts["prompt_id"]]
        requests = [Request(custom_id=name, prompt=text) for name, text in zip(names, prompts["prompt"], strict=True)]
        found: list[Guess] = []
        for seed in range(seeds):
            first, second = parts(requests, names, SHARE, seed)
            found += guesses(measured(first, qualities), second, qualities)
        told(path.name.partition(".")[0], found)


if __name__ == "__main__":
    main()

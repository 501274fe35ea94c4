"""What a history is worth on the next batch of the same work: are its means as near as their errors say?

    python benchmarks/history_worth.py OUTCOMES_FOLDER [SEEDS]

Each set of recorded outcomes is cut in halves by a seed. In the first, up to 50 requests of each template are measured
on every model, and kept as a history keeps them; the second is described by itself, as the batch of another day. For
each of its templates of 40 requests or more and each model, what the history says is held against the mean of all
outcomes there: of the template itself, and of its kind alone (without its own history), as for a template never seen.
Once by template, once by the groups that a pilot measures by. Printed: root mean square errors, beside those of the
model's mean over the whole history, and how often the difference is within 1.645 of its standard errors (that of the
history as the quality model takes it, and that of the outcomes), which should be 90%.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import fsum, sqrt
from pathlib import Path
from statistics import fmean, variance

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from template_keys import Batch, parts

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.pilot.groups import group_requests
from modelroute_cli.pilot.history.before import of_kind
from modelroute_cli.pilot.history.naming import known_as
from modelroute_cli.pilot.history.recall import Question, recalled
from modelroute_cli.pilot.history.sums import Part, Sums, summed
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.posterior import Known

MEASURED = 50
LEAST = 40
WITHIN = 1.645
SHARE = 0.5
PART = Part(run="before", source="pilot", baseline="none", at=datetime(2026, 11, 23, tzinfo=UTC))

Qualities = Mapping[str, Mapping[str, float]]  # by request and model


@dataclass(frozen=True, slots=True)
class Guess:
    """What was said of a mean, what it is, what the model's own mean is, and the squared errors of saying and being."""

    by: str
    said: float
    true: float
    of_model: float
    error_squared: float

    @property
    def holds(self) -> bool:
        """Whether the difference is within its errors."""
        return abs(self.said - self.true) <= WITHIN * sqrt(self.error_squared)


@dataclass(frozen=True, slots=True)
class Mean:
    """Of a model's outcomes on a template, with its squared error."""

    value: float
    error_squared: float


def grouped(batch: Batch, texts: Mapping[str, str]) -> Batch:
    """The batch by the groups that a pilot measures by: what shares no words is divided by its letters."""
    return Batch(list(group_requests(batch.templates, lambda at: texts[batch.truth[at]])), batch.truth)


def rows_of(batch: Batch) -> Mapping[str, list[str]]:
    """The requests of each template."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for template, request in zip(batch.templates, batch.truth, strict=True):
        found[template].append(request)
    return found


def kind_of(template: str) -> tuple[TaskType, str]:
    """The task type and language that a name holds."""
    task_type, language = template.partition("~")[0].split("-")[:2]
    return TaskType(task_type), language


def measured(batch: Batch, qualities: Qualities) -> tuple[Sums, ...]:
    """What a pilot of the batch leaves in a history."""
    seen = [
        Observation(
            custom_id=request,
            template=template,
            task_type=kind_of(template)[0],
            language=kind_of(template)[1],
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
    whole = by_model(history)
    for template, requests in rows_of(later).items():
        if len(requests) < LEAST:
            continue
        asked = Question(templates=frozenset({template}), at=PART.at, baseline="none", emulated=False)
        named = known_as(asked.templates, {row.template for row in history})
        own = recalled(history, asked)
        rest = recalled([row for row in history if row.template not in named], asked)
        for model, mean in true_means(requests, qualities).items():
            found, kind = own.of_template(template, model), rest.of_kind(*kind_of(template), model)
            if found is not None:
                known = Known(found.quality.mean, found.quality.effective_n)
                yield guess("template", known, mean, whole[model])
            if kind is not None:
                yield guess("kind" if kind.templates > 1 else "kind of one", of_kind(kind), mean, whole[model])


def guess(by: str, known: Known, mean: Mean, of_model: float) -> Guess:
    """With the error that the quality model takes for a mean of so many requests."""
    share = (known.mean * known.n + 0.5) / (known.n + 1)
    return Guess(by, known.mean, mean.value, of_model, share * (1 - share) / known.n + mean.error_squared)


def by_model(history: tuple[Sums, ...]) -> Mapping[str, float]:
    """The mean of each model over a whole history."""
    held = {model: [row for row in history if row.model == model] for model in {row.model for row in history}}
    return {model: fsum(row.quality_sum for row in rows) / sum(row.n for row in rows) for model, rows in held.items()}


def true_means(requests: list[str], qualities: Qualities) -> Mapping[str, Mean]:
    """Of each model that answered enough of these requests."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for request in requests:
        for model, quality in qualities[request].items():
            found[model].append(quality)
    enough = {model: each for model, each in found.items() if len(each) >= LEAST}
    return {model: Mean(fmean(each), variance(each) / len(each)) for model, each in enough.items()}


def told(label: str, found: list[Guess]) -> None:
    """A line for each who said something."""
    for by in dict.fromkeys(each.by for each in found):
        mine = [each for each in found if each.by == by]
        error = sqrt(fmean((each.said - each.true) ** 2 for each in mine))
        model = sqrt(fmean((each.of_model - each.true) ** 2 for each in mine))
        holds = fmean(each.holds for each in mine)
        print(
            f"  {label}, {by}: {len(mine):,} means, error {error:.3f} (model alone {model:.3f}), holds {holds:.1%}",
            flush=True,
        )


def main() -> None:
    """Print all."""
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    for path in sorted(Path(sys.argv[1]).glob("*.prompts.parquet")):
        outcomes = pl.read_parquet(path.with_name(path.name.replace("prompts", "outcomes")))
        qualities: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for name, model, quality in outcomes.select("prompt_id", "model", "quality").iter_rows():
            qualities[str(name)][model] = quality
        prompts = pl.read_parquet(path).filter(pl.col("prompt").str.len_chars() > 0)
        texts = dict(zip([str(name) for name in prompts["prompt_id"]], prompts["prompt"], strict=True))
        requests = [Request(custom_id=name, prompt=text) for name, text in texts.items()]
        found: list[Guess] = []
        of_groups: list[Guess] = []
        for seed in range(seeds):
            one, other = parts(requests, list(texts), SHARE, seed)
            found += guesses(measured(one, qualities), other, qualities)
            one, other = grouped(one, texts), grouped(other, texts)
            of_groups += guesses(measured(one, qualities), other, qualities)
        told(f"{path.name.partition('.')[0]} by template", found)
        told(f"{path.name.partition('.')[0]} by group", of_groups)


if __name__ == "__main__":
    main()

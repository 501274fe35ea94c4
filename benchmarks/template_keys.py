"""How often two batches of the same work give the same name to the same template: what a history can be kept by.

    python benchmarks/template_keys.py OUTCOMES_FOLDER [SEEDS]

Each set of prompts is cut in two by a seed, and each part is described by itself, as two batches of two days would be:
in halves, and a tenth beside nine tenths. Printed is the share of the first part's requests whose template the other
part has by its name, and by `known_as` (the same words, the task type voted otherwise); the same of those in templates
of 20 or more; and how often a template that both have has the same commonest category in both (in generated batches,
where the truth is known: is the same one).
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.hard_templates import hard
from support.templated import templated
from templates_found import described

from modelroute_cli.base.schema import Request
from modelroute_cli.features.classify import Classifier
from modelroute_cli.pilot.history.naming import known_as

MANY = 20
SHARES = (0.5, 0.1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Template and truth of each request."""

    templates: list[str]
    truth: list[str]

    def meant(self, template: str) -> str:
        """The commonest truth of a template."""
        rows = zip(self.templates, self.truth, strict=True)
        return Counter(said for name, said in rows if name == template).most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class Compared:
    """Shares of the first batch's requests; those of large templates are None where there is none."""

    named: float
    known: float
    large: float
    named_of_large: float | None
    known_of_large: float | None
    alike: float  # of those known


def compared(one: Batch, other: Batch) -> Compared:
    """What the second batch has of the first one's templates."""
    there = frozenset(other.templates)
    today = known_as(frozenset(one.templates), there)
    known = {name: before for before, name in today.items()}
    sizes = Counter(one.templates)
    large = [name for name in one.templates if sizes[name] >= MANY]
    alike = {name: one.meant(name) == other.meant(before) for name, before in known.items()}
    return Compared(
        named=fmean(name in there for name in one.templates),
        known=fmean(name in known for name in one.templates),
        large=len(large) / len(one.templates),
        named_of_large=fmean(name in there for name in large) if large else None,
        known_of_large=fmean(name in known for name in large) if large else None,
        alike=fmean([alike[name] for name in one.templates if name in known] or [1.0]),
    )


def parts(requests: Sequence[Request], truth: Sequence[str], share: float, seed: int) -> list[Batch]:
    """Two batches, each described by itself; the first has `share` of the requests."""
    order = list(range(len(requests)))
    Random(seed).shuffle(order)  # noqa: S311 - a cut of measured data
    cut = round(len(order) * share)
    classifier = Classifier.load()
    return [
        Batch(
            described([requests[row] for row in rows], classifier)["template"].to_list(), [truth[row] for row in rows]
        )
        for rows in (order[:cut], order[cut:])
    ]


def show(label: str, requests: Sequence[Request], truth: Sequence[str], seeds: int) -> None:
    """The means over seeds."""
    for share in SHARES:
        found = [compared(*parts(requests, truth, share, seed)) for seed in range(seeds)]
        large = [(each.named_of_large, each.known_of_large) for each in found]
        told = [(named, known) for named, known in large if named is not None and known is not None]
        of_large = (
            f"{fmean(each[0] for each in told):.1%}, known {fmean(each[1] for each in told):.1%}" if told else "-"
        )
        print(
            f"  {label}, {share:.0%} of {len(requests):,}: same name {fmean(each.named for each in found):.1%}, "
            f"known {fmean(each.known for each in found):.1%}; "
            f"of the {fmean(each.large for each in found):.0%} in templates of {MANY}+: {of_large}; "
            f"alike {fmean(each.alike for each in found):.1%}",
            flush=True,
        )


def main() -> None:
    """Print all."""
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    for name, made in (("generated", templated(4_000)), ("hard", hard(4_000))):
        show(name, made.requests, [str(number) for number in made.truth], seeds)
    for path in sorted(Path(sys.argv[1]).glob("*.prompts.parquet")):
        prompts = pl.read_parquet(path).filter(pl.col("prompt").str.len_chars() > 0)
        requests = [Request(custom_id=str(at), prompt=text) for at, text in enumerate(prompts["prompt"])]
        show(path.name.partition(".")[0], requests, prompts["category"].cast(pl.String).to_list(), seeds)


if __name__ == "__main__":
    main()

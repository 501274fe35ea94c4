"""How often two batches of the same work give the same name to the same template: what a history can be kept by.

    python benchmarks/template_keys.py OUTCOMES_FOLDER [SEEDS]

Each set of prompts is cut into disjoint halves by a seed, and each half is described by itself, as two batches of two
days would be. Printed is the share of a half's requests whose template's name the other half has too (of all requests,
and of those in templates of 20 or more), and whether a name means the same in both: the share of requests whose template
has the same commonest category in the other half. For generated batches the truth is known: the share of requests whose
true template has the same commonest name in both. A tenth against nine tenths stands for a small batch after a large one.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.hard_templates import hard
from support.templated import templated
from templates_found import described

from modelroute_cli.base.schema import Request
from modelroute_cli.features.classify import Classifier

MANY = 20
SHARES = (0.5, 0.1)


def commonest(names: Sequence[str], truth: Sequence[str], of: str) -> str:
    """The commonest truth of the rows of a name."""
    return Counter(said for name, said in zip(names, truth, strict=True) if name == of).most_common(1)[0][0]


def compared(one: pl.DataFrame, other: pl.DataFrame) -> tuple[float, float, float, float]:
    """Shares of `one`'s requests: the name known to `other`; the same in large templates; meaning alike; large at all."""
    sizes = one.group_by("template").len("rows")
    known = set(other["template"])
    rows = one.join(sizes, on="template", maintain_order="left")
    is_known, large = rows["template"].is_in(list(known)), rows["rows"] >= MANY
    meant = {name: commonest(other["template"], other["truth"], name) for name in known & set(one["template"])}
    mean = {name: commonest(one["template"], one["truth"], name) for name in meant}
    alike = [mean[name] == meant[name] for name in one["template"] if name in meant]
    of_large = is_known.filter(large).mean()
    return (
        float(is_known.cast(float).mean() or 0),
        float(of_large) if isinstance(of_large, float) else float("nan"),
        sum(alike) / max(len(alike), 1),
        float(large.cast(float).mean() or 0),
    )


def halves(requests: Sequence[Request], truth: Sequence[str], share: float, seed: int) -> list[pl.DataFrame]:
    """Two batches, each described by itself; the first has `share` of the requests."""
    order = list(range(len(requests)))
    Random(seed).shuffle(order)  # noqa: S311 - a cut of measured data
    cut = round(len(order) * share)
    parts = (order[:cut], order[cut:])
    classifier = Classifier.load()
    return [
        described([requests[row] for row in part], classifier).with_columns(
            truth=pl.Series([truth[row] for row in part], dtype=pl.String)
        )
        for part in parts
    ]


def show(label: str, requests: Sequence[Request], truth: Sequence[str], seeds: int) -> None:
    """The means over seeds."""
    for share in SHARES:
        found = [compared(*halves(requests, truth, share, seed)) for seed in range(seeds)]
        known, large, alike, of_large = (sum(each) / len(found) for each in zip(*found, strict=True))
        print(
            f"  {share:.0%} of {len(requests):,} {label}: name known {known:.1%}; of the {of_large:.0%} in templates of "
            f"{MANY}+ {large:.1%}; commonest category alike {alike:.1%}",
            flush=True,
        )


def main() -> None:
    """Print all."""
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    for name, made in (("generated", templated(4_000)), ("hard", hard(4_000))):
        show(name, made.requests, [str(number) for number in made.truth], seeds)
    for path in sorted(Path(sys.argv[1]).glob("*.prompts.parquet")):
        prompts = pl.read_parquet(path).filter(pl.col("prompt").str.len_chars() > 0)
        requests = [Request(custom_id=str(at), prompt=text) for at, text in enumerate(prompts["prompt"])]
        show(path.name.partition(".")[0], requests, prompts["category"].cast(pl.String).to_list(), seeds)


if __name__ == "__main__":
    main()

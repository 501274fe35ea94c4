"""How well templates are found: in generated batches whose truth is known, and in real prompts beside their categories.

    python benchmarks/templates_found.py OUTCOMES_FOLDER [ROWS]

For generated batches the share of requests in the right group in four orders of rows, and how much the groups depend on
the order (adjusted Rand index, and the share of rows whose template has the same name). For real prompts the adjusted
Rand index against `category`, and the share of outcome variance (quality of each prompt, mean over its models) that
groups explain on prompts that were left out (five folds; a group not seen in a fold is given the mean).
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from scale_job import prompts
from support.hard_templates import hard
from support.templated import Templated, share_right, templated

from modelroute_cli.base.described import OWN, TASK_TYPES
from modelroute_cli.base.schema import Request
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.describe import Describer

BLOCK = 1_000
FOLDS = 5


def described(requests: Sequence[Request], classifier: Classifier) -> pl.DataFrame:
    """The template and task type of each request of a job."""
    describer = Describer(classifier)
    blocks = [describer.block(requests[start : start + BLOCK]) for start in range(0, len(requests), BLOCK)]
    templates = describer.finish()
    places = np.concatenate([block.template for block in blocks])
    voted, alone = templates.task_type[places], np.concatenate([block.task_type for block in blocks])
    return pl.DataFrame(
        {
            "template": [templates.names[number] for number in templates.number[places]],
            "task type": [TASK_TYPES[place].value for place in np.where(voted == OWN, alone, voted)],
        }
    )


def patterned(rows: int) -> Templated:
    """Requests of scale_job.py."""
    made = list(prompts(rows, Random(1)))  # noqa: S311 - a generator of measured data
    return Templated([Request(custom_id="-", prompt=prompt) for _, prompt in made], [number for number, _ in made])


def generated(batch: Templated, classifier: Classifier) -> None:
    """The share in the right group, in no order, by template, by text, and turned around."""
    rows = range(len(batch.requests))
    texts = ["\n".join(turn.content for turn in request.turns()) for request in batch.requests]
    orders = {
        "mixed": list(rows),
        "by template": sorted(rows, key=batch.truth.__getitem__),
        "by text": sorted(rows, key=texts.__getitem__),
        "turned around": list(reversed(rows)),
    }
    first: list[str] = []
    for name, order in orders.items():
        start = time.process_time()
        found = described([batch.requests[row] for row in order], classifier)["template"].to_list()
        spent_us = (time.process_time() - start) / len(texts) * 1e6
        known = [(key, batch.truth[row]) for key, row in zip(found, order, strict=True) if batch.truth[row] >= 0]
        right = share_right([key for key, _ in known], [number for _, number in known])
        placed = [key for _, key in sorted(zip(order, found, strict=True))]
        first = first or placed
        same = sum(one == other for one, other in zip(first, placed, strict=True)) / len(texts)
        print(
            f"  {right:8.2%} right, {len(set(found))} templates, {name}: Rand index {rand_index(first, placed):.4f} "
            f"and {same:.2%} the same names beside mixed, {spent_us:.0f} us a request"
        )


def rand_index(one: Sequence[str], other: Sequence[str]) -> float:
    """The adjusted Rand index of two groupings (Hubert and Arabie 1985)."""
    frame = pl.DataFrame({"one": one, "other": other})
    pairs = [frame.group_by(by).len()["len"].cast(pl.Float64) for by in (["one", "other"], ["one"], ["other"])]
    both, first, second = ((count * (count - 1) / 2).sum() for count in pairs)
    expected = first * second / (len(frame) * (len(frame) - 1) / 2)
    return float((both - expected) / ((first + second) / 2 - expected))


def explained(groups: Sequence[str], quality: NDArray[np.float64]) -> float:
    """The share of variance that the means of groups explain on prompts left out."""
    fold = np.random.default_rng(1).integers(0, FOLDS, len(groups))
    frame = pl.DataFrame({"group": groups, "quality": quality, "fold": fold})
    rest = 0.0
    for left_out in range(FOLDS):
        seen, tested = frame.filter(pl.col("fold") != left_out), frame.filter(pl.col("fold") == left_out)
        means = seen.group_by("group").agg(pl.col("quality").mean().alias("mean"))
        guessed = tested.join(means, on="group", how="left", maintain_order="left")["mean"]
        rest += float(((tested["quality"] - guessed.fill_null(seen["quality"].mean())) ** 2).sum())
    return 1 - rest / float(((quality - quality.mean()) ** 2).sum())


def real(folder: Path, classifier: Classifier) -> None:
    """Each set of real prompts."""
    for path in sorted(folder.glob("*.prompts.parquet")):
        outcomes = pl.read_parquet(path.with_name(path.name.replace("prompts", "outcomes")))
        quality = outcomes.group_by("prompt_id").agg(pl.col("quality").mean())
        prompts = (
            pl.read_parquet(path)
            .filter(pl.col("prompt").str.len_chars() > 0)
            .join(quality, on="prompt_id", maintain_order="left")
        )
        requests = [Request(custom_id=str(at), prompt=text) for at, text in enumerate(prompts["prompt"])]
        found = described(requests, classifier).with_columns(prompts["category"])
        print(f"{path.name}: {len(found):,} prompts")
        for name in found.columns:
            groups = found[name].cast(pl.String).to_list()
            share = explained(groups, prompts["quality"].to_numpy())
            index = rand_index(groups, found["category"].cast(pl.String).to_list())
            print(f"  {name:10} {len(set(groups)):5} groups, Rand index {index:6.3f}, variance explained {share:6.1%}")


def main() -> None:
    """Print all."""
    classifier = Classifier.load()
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    print(f"{rows:,} requests of 50 generated templates")
    generated(templated(rows), classifier)
    print(f"{rows:,} requests of templates that are hard to tell apart, strays left out of the share")
    generated(hard(rows), classifier)
    print(f"{rows:,} requests of the patterns of scale_job.py")
    generated(patterned(rows), classifier)
    real(Path(sys.argv[1]), classifier)


if __name__ == "__main__":
    main()

"""How well templates are found: in generated batches whose truth is known, and in real prompts beside their categories.

    python benchmarks/templates_found.py OUTCOMES_FOLDER [ROWS]

For generated batches the share of requests in the right group, in three orders of rows. For real prompts the adjusted
Rand index against `category`, and the share of outcome variance (quality of each prompt, mean over its models) that
groups explain on prompts that were left out (five folds; a group not seen in a fold is given the mean), for task type
alone and for templates.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.templated import Templated, share_right, templated

from modelroute_cli.base.schema import Features, Request
from modelroute_cli.features.describe import make_describe

BLOCK = 1_000
FOLDS = 5


def described(requests: Sequence[Request]) -> list[Features]:
    """The features of a job, block by block."""
    describe = make_describe()
    blocks = (requests[start : start + BLOCK] for start in range(0, len(requests), BLOCK))
    return [each for block in blocks for each in describe(block)]


def generated(batch: Templated) -> None:
    """The share in the right group, in the file's order, by template, and by text."""
    texts = [request.prompt or "" for request in batch.requests]
    orders = {
        "mixed": sorted(range(len(texts)), key=range(len(texts)).__getitem__),
        "by template": sorted(range(len(texts)), key=batch.truth.__getitem__),
        "by text": sorted(range(len(texts)), key=texts.__getitem__),
    }
    for name, order in orders.items():
        start = time.process_time()
        found = described([batch.requests[place] for place in order])
        spent = (time.process_time() - start) / len(texts) * 1e6
        share = share_right([each.template for each in found], [batch.truth[place] for place in order])
        groups = len({each.template for each in found})
        print(f"{share:8.2%} right, {groups} groups, {spent:.0f} us a request, rows {name}")


def rand_index(one: Sequence[str], other: Sequence[str]) -> float:
    """The adjusted Rand index of two groupings (Hubert and Arabie 1985)."""
    frame = pl.DataFrame({"one": one, "other": other})
    pairs = [frame.group_by(by).len()["len"].cast(pl.Float64) for by in (["one", "other"], ["one"], ["other"])]
    both, first, second = ((count * (count - 1) / 2).sum() for count in pairs)
    expected = first * second / (len(frame) * (len(frame) - 1) / 2)
    return float((both - expected) / ((first + second) / 2 - expected))


def explained(groups: Sequence[str], quality: np.ndarray) -> float:
    """The share of variance that the means of groups explain on prompts left out."""
    fold = np.random.default_rng(1).integers(0, FOLDS, len(groups))
    frame = pl.DataFrame({"group": groups, "quality": quality, "fold": fold})
    rest = 0.0
    for left_out in range(FOLDS):
        seen, tested = frame.filter(pl.col("fold") != left_out), frame.filter(pl.col("fold") == left_out)
        means = seen.group_by("group").agg(pl.col("quality").mean().alias("mean"))
        guessed = tested.join(means, on="group", how="left")["mean"].fill_null(seen["quality"].mean())
        rest += float(((tested["quality"] - guessed) ** 2).sum())
    return 1 - rest / float(((quality - quality.mean()) ** 2).sum())


def real(folder: Path) -> None:
    """Each set of real prompts."""
    for path in sorted(folder.glob("*.prompts.parquet")):
        outcomes = pl.read_parquet(path.with_name(path.name.replace("prompts", "outcomes")))
        quality = outcomes.group_by("prompt_id").agg(pl.col("quality").mean())
        prompts = (
            pl.read_parquet(path)
            .filter(pl.col("prompt").str.len_chars() > 0)
            .join(quality, on="prompt_id", maintain_order="left")
        )
        found = described([Request(custom_id=str(at), prompt=text) for at, text in enumerate(prompts["prompt"])])
        print(f"{path.name}: {len(found):,} prompts, {prompts['category'].n_unique()} categories")
        groupings = {
            "task type": [each.task_type.value for each in found],
            "template": [each.template for each in found],
            "category": prompts["category"].to_list(),
        }
        outcome = prompts["quality"].to_numpy()
        for name, groups in groupings.items():
            share, index = explained(groups, outcome), rand_index(groups, groupings["category"])
            print(f"  {name:10} {len(set(groups)):5} groups, Rand index {index:6.3f}, variance explained {share:6.1%}")


if __name__ == "__main__":
    generated(templated(int(sys.argv[2]) if len(sys.argv) > 2 else 100_000))
    real(Path(sys.argv[1]))

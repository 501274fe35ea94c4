"""How good plans after a pilot are, on recorded outcomes: floors and budgets, beside other ways of choosing.

    python benchmarks/quality.py FOLDER/*.outcomes.parquet [--seeds 20] [--floors 0.95,0.98,0.99,1] [--budgets 0.3,0.5]

Beside each NAME.outcomes.parquet lies NAME.prompts.parquet. For each set: how much of the differences between models
templates and groups explain on prompts that were left out; then for each floor the realised cost and quality (mean and
worst of the seeds) of plans after a pilot of at most 50 requests a group, and of all other methods told by the same
pilot; and what a budget buys. `modelroute eval` prints the same for one floor.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.describe import Describer
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.outcomes import read_outcomes
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.recorded_prompts import as_job_file
from modelroute_cli.pilot.evaluate.evaluate import Prompts, evaluate, prepared
from modelroute_cli.pilot.evaluate.recorded import Recorded
from modelroute_cli.pilot.evaluate.scoreboard import Asked, Scoreboard
from modelroute_cli.pilot.groups import prompt_text

FOLDS, PRIOR = 5, 5.0
PER_GROUP, CONFIDENCE = 50, 0.95


def prompts_of(path: Path) -> Prompts:
    """The prompts beside an outcomes file, with the templates that our own stage finds."""
    beside = path.with_name(path.name.replace(".outcomes.", ".prompts."))
    with tempfile.TemporaryDirectory() as folder:
        job = index(
            as_job_file(str(beside), Path(folder)), Describer(Classifier.load()), IndexOptions(spool_dir=Path(folder))
        )
        rows = job.requests.select("custom_id", "template", "offset", "length").collect()
        with RequestReader(job.path) as reader:
            texts = tuple(prompt_text(reader.at(*place)) for place in rows.select("offset", "length").iter_rows())
    return Prompts(tuple(rows["custom_id"]), tuple(rows["template"]), texts)


def explained(batch: Recorded, groups: Sequence[str]) -> float:
    """The share of the variance of differences to the baseline that groups' means explain on folds left out."""
    places = np.unique(list(groups), return_inverse=True)[1]
    apart = np.nan_to_num(batch.quality - batch.quality[:, [batch.baseline]])
    folds = np.random.default_rng(0).integers(0, FOLDS, len(places))
    missed = np.zeros_like(apart)
    for fold in range(FOLDS):
        here = folds == fold
        mean = apart[~here].mean(axis=0)
        sums = np.zeros((places.max() + 1, apart.shape[1]))
        np.add.at(sums, places[~here], apart[~here])
        counts = np.bincount(places[~here], minlength=len(sums))[:, None]
        missed[here] = apart[here] - ((sums + PRIOR * mean) / (counts + PRIOR))[places[here]]
    whole: NDArray[np.float64] = apart - apart.mean(axis=0)
    return 1 - float((missed**2).sum() / (whole**2).sum())


def told(board: Scoreboard) -> None:
    """One floor or budget."""
    asked = f"floor {board.floor:.0%}" if board.floor is not None else f"budget {board.budget:.0%}"
    gap = board.predicted_minus_realised
    print(
        f"  {asked}: pilot {board.pilot_cost.mean:.0%} of the bill; predicted minus realised quality "
        f"{100 * gap.quality.mean:+.1f}, cost {100 * gap.cost.mean:+.1f} points; "
        f"bound kept {gap.bound_kept}/{board.seeds}"
    )
    for row in board.rows:
        held = "" if row.held is None else f"  held {row.held}/{board.seeds}"
        print(
            f"    {row.name:<26}cost {row.cost.mean:7.1%} ±{100 * row.cost.sd:4.1f}  "
            f"quality {row.quality.mean:7.2%}  worst {row.quality.low:7.2%}{held}"
        )


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outcomes", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--floors", default="0.95,0.98,0.99,1")
    parser.add_argument("--budgets", default="0.3,0.5")
    arguments = parser.parse_args()
    for path in arguments.outcomes:
        start = time.process_time()
        prompts = prompts_of(path)
        loaded = prepared(prompts, read_outcomes(path), "best")
        batch = loaded.recorded
        print(f"{path.name}: {len(batch.ids):,} requests, {len(batch.models)} models, {len(batch.groups)} groups")
        print(f"  baseline {batch.models[batch.baseline]}; left out: {'; '.join(loaded.left_out) or 'nothing'}")
        place = {name: at for at, name in enumerate(prompts.ids)}
        templates = [prompts.templates[place[name]] for name in batch.ids]
        groups = [batch.groups[at] for at in batch.group]
        print(f"  explained by templates {explained(batch, templates):.1%}, by groups {explained(batch, groups):.1%}")
        for floor in filter(None, arguments.floors.split(",")):
            told(evaluate(loaded, _asked(path, float(floor), None), range(arguments.seeds)))
        for budget in filter(None, arguments.budgets.split(",")):
            told(evaluate(loaded, _asked(path, 1.0, float(budget)), range(arguments.seeds)))
        print(f"  {time.process_time() - start:.0f} s of CPU", flush=True)


def _asked(path: Path, floor: float, budget: float | None) -> Asked:
    return Asked(
        jobs=path.name.replace(".outcomes.", ".prompts."),
        outcomes=path.name,
        floor=floor,
        budget=budget,
        confidence=CONFIDENCE,
        pilot_per_template=PER_GROUP,
    )


if __name__ == "__main__":
    main()

"""What a replay of recorded outcomes costs: CPU of one answer against the ordinary emulator's.

    PYTHONPATH=tests:. python benchmarks/emulator_replay.py [--prompts 20000] [--models 60]

Both sides in this process, in turns, without HTTP: labels, whose right answers the job file has, and prose, whose right
answers are made up. What HTTP costs on both sides is left out, so the ratio of a run is nearer to 1.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from support.catalog_room import default_catalog
from support.emulating import UNLIMITED, NotingClock, chat_body
from support.replaying import CHAT, as_it_is, job_of

from modelroute_cli.base.schema import Request
from modelroute_cli.emulator.answering import Answering
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.replay.opening import opened, recorded_in

_WORDS = ("the", "quick", "brown", "fox", "jumps", "over", "lazy", "dogs", "while", "seven", "wizards", "brew", "tea")
_LABELS = ("billing", "technical", "other")
_ROUNDS, _ASKED = 5, 1000


def _requests(count: int, *, labelled: bool) -> list[Request]:
    """Each of 120 words."""
    dice = random.Random(1)  # noqa: S311 - varied texts, no secrets
    task = f"Classify as {', '.join(_LABELS[:-1])} or {_LABELS[-1]}." if labelled else "Sum up in 80 words."
    return [
        Request(
            custom_id=f"r{number}",
            prompt=f"{task}\n\nText {number}: {' '.join(dice.choices(_WORDS, k=120))}",
            expected=dice.choice(_LABELS) if labelled else None,
        )
        for number in range(count)
    ]


def _outcomes(folder: Path, prompts: int, models: list[str]) -> Path:
    """An outcome of every model for every request."""
    count, dice = prompts * len(models), np.random.default_rng(1)
    columns = {
        "custom_id": np.repeat([f"r{number}" for number in range(prompts)], len(models)),
        "model": models * prompts,
        "quality": (dice.random(count) < 0.8).astype(float),
        "output_tokens": dice.integers(1, 120, count),
    }
    path = folder / "outcomes.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return path


def _cpu_us(answering: Answering, requests: list[Request]) -> float:
    """Microseconds of CPU for one answer."""
    card = default_catalog().models[CHAT]
    bodies = [chat_body(request.prompt or "", model=card.model_id, max_tokens=2000) for request in requests]
    incomings = [Incoming(provider=card.provider, client_id=None, body=body) for body in bodies]
    began = time.process_time()
    for incoming in incomings:
        answering.answer(incoming)
    return (time.process_time() - began) / len(requests) * 1e6


def _measure(prompts: int, models: list[str], *, labelled: bool) -> None:
    """One kind of request: what opening takes, then both sides in turns, the median of the ratios."""
    requests, catalog = _requests(prompts, labelled=labelled), default_catalog()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job, outcomes = job_of(folder, requests, inline=as_it_is), _outcomes(folder, prompts, models)
        began = time.process_time()
        recorded = recorded_in(outcomes, job.frame, catalog, UNLIMITED)
        with opened(job, recorded, catalog, UNLIMITED) as replay:
            opening_s = time.process_time() - began
            ratios = []
            for nth in range(_ROUNDS):
                asked = requests[nth * _ASKED : (nth + 1) * _ASKED]
                ordinary = _cpu_us(Answering(UNLIMITED, NotingClock()), asked)
                replayed = _cpu_us(Answering(UNLIMITED, NotingClock(), replay), asked)
                ratios.append(replayed / ordinary)
                print(f"  ordinary {ordinary:.0f} us, replay {replayed:.0f} us, ratio {replayed / ordinary:.2f}")
    kind = "labels" if labelled else "prose"
    print(f"{kind}: median ratio {np.median(ratios):.2f}; opened in {opening_s:.2f} s of CPU")


def main() -> None:
    """Both kinds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=20_000)
    parser.add_argument("--models", type=int, default=60)
    asked = parser.parse_args()
    models = [CHAT, *(name for name in default_catalog().models if name != CHAT)][: asked.models]
    for labelled in (True, False):
        _measure(asked.prompts, models, labelled=labelled)


if __name__ == "__main__":
    main()

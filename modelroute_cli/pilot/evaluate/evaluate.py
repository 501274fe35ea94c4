"""An evaluation: the prompts' own templates, recorded outcomes, and as many trials as there are seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from modelroute_cli.pilot.evaluate.own_plan import Wish
from modelroute_cli.pilot.evaluate.recorded import Loaded, load
from modelroute_cli.pilot.evaluate.scoreboard import Asked, Scoreboard, scoreboard
from modelroute_cli.pilot.evaluate.trial import trial
from modelroute_cli.pilot.groups import group_requests


@dataclass(frozen=True, slots=True)
class Prompts:
    """Requests side by side: ids, the template that each was found to have, and its text."""

    ids: tuple[str, ...]
    templates: tuple[str, ...]
    texts: tuple[str, ...]


def prepared(prompts: Prompts, outcomes: pl.DataFrame, baseline: str) -> Loaded:
    """The batch with its groups and outcomes; OutcomesError where they do not meet."""
    groups = group_requests(prompts.templates, prompts.texts.__getitem__)
    return load(prompts.ids, groups, outcomes, baseline)


def evaluate(
    loaded: Loaded, asked: Asked, seeds: Sequence[int], tell: Callable[[int], None] = lambda _done: None
) -> Scoreboard:
    """One trial a seed; `tell` hears how many are done."""
    wish = Wish(floor=asked.floor, confidence=asked.confidence, budget=asked.budget)
    trials = []
    for seed in seeds:
        trials.append(trial(loaded.recorded, wish, asked.pilot_per_template, seed))
        tell(len(trials))
    return scoreboard(loaded, trials, asked)

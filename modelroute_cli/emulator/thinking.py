"""How many hidden tokens a model spends before it answers."""

import random
import re
from collections.abc import Callable
from functools import lru_cache

from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.chance import around
from modelroute_cli.emulator.text_bank import Thinker, text_bank

_SPREAD = 0.5  # of the logarithm: nine of ten lie between 0.44 and 2.3 times the median
_SMALLER = re.compile(r"(mini|nano|lite|flash|luna|haiku)")
_SMALLER_SHARE = 0.6
_LEAST_WHEN_ALWAYS = 30
_WHEN_SWITCHED_ON = Thinker(model="", effort="medium")


def reasoning_tokens(asked: Asked, dice: Callable[[], random.Random]) -> int:
    """Hidden tokens of one answer, lognormal around what the effort usually takes; 0 where the model does not think.

    A model that is given a number of tokens keeps within it and usually spends half.
    """
    median = _median(asked)
    if not median:
        return 0
    if asked.budget is not None:
        return min(round(around(asked.budget / 2, _SPREAD, dice())), asked.budget)
    share = _SMALLER_SHARE if _SMALLER.search(asked.model) else 1.0
    return round(around(median * share, _SPREAD, dice()))


def _median(asked: Asked) -> int:
    """What the effort usually takes, on a model of middle size."""
    thinker = _thinker(asked.model) or (_WHEN_SWITCHED_ON if asked.thinks else None)
    if thinker is None:
        return 0
    efforts = {str(name): tokens for name, tokens in text_bank().effort_tokens.items()}
    median = efforts.get(asked.effort or thinker.effort, efforts[thinker.effort])
    return max(median, _LEAST_WHEN_ALWAYS) if thinker.always else median


def default_effort(model: str) -> str | None:
    """How hard the model thinks unless told otherwise; None for one that cannot think."""
    thinker = _thinker(model)
    return None if thinker is None else thinker.effort


def thinks_always(model: str) -> bool:
    """Whether the model cannot be told not to think."""
    thinker = _thinker(model)
    return thinker is not None and thinker.always


@lru_cache(maxsize=256)
def _thinker(model: str) -> Thinker | None:
    """How the model of this name thinks, vendor prefixes aside."""
    return next((known for known in text_bank().thinking if re.search(known.model, model)), None)

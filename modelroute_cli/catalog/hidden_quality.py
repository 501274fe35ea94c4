"""What the emulator's models are worth, where the settings say so: hidden qualities, how bad answers look, drift."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from modelroute_cli.base.schema import Count, NonEmpty, Share

BadAnswer = Literal["refusal", "truncated", "empty", "wrong"]
ANY_MODEL = "*"


class EmulatorDrift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model that gets worse in the middle; of `after_requests` and `after_s` the first that is reached counts."""

    model: NonEmpty
    after_requests: Count | None = None  # different requests that it was asked and that the job knows
    after_s: Annotated[float, Meta(ge=0)] | None = None  # seconds after the first request that the job knows
    quality: Share  # of the answers that would be right, how many stay right
    template: NonEmpty | None = None  # a template or a task type; None: all requests


class EmulatorReplay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which answers are right, as far as no recorded outcome says it; models by name, `*` for those not named."""

    qualities: Mapping[NonEmpty, Mapping[NonEmpty, Share]] = {}  # template, task type, FIELD=VALUE or `*` -> model
    gate_catch: Mapping[NonEmpty, Share] = {}  # of a model's wrong answers, how many are seen to be bad
    bad_answers: BadAnswer = "refusal"  # what these are; `wrong`: nothing shows
    judges: Mapping[NonEmpty, Share] = {}  # of a judge's verdicts, how many are right; those not named: all
    drift: tuple[EmulatorDrift, ...] = ()

    def decides(self) -> bool:
        """Whether it says of any model which of its answers are right, without recorded outcomes."""
        return bool(self.qualities)


def share_of(shares: Mapping[str, float], model: str) -> float | None:
    """What is said of a model, by its name or as one of all; None where nothing is."""
    return shares.get(model, shares.get(ANY_MODEL))

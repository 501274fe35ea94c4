"""The settings section `scoring`: who says what the answers of a pilot are worth, where requests do not say it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from modelroute_cli.base.schema import NonEmpty


class ScoringJudge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model that scores the answers of a pilot; of an alias the first that writes none of them."""

    model: NonEmpty
    mode: Literal["rubric", "pairwise"] = "rubric"  # pairwise: against the baseline's answer
    rubric: NonEmpty | None = None  # what a good answer is, in words; None: what the task type asks for


class ScoringCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program of the user's own that scores them."""

    run: tuple[NonEmpty, ...]  # the program and its arguments, no shell
    timeout_s: Annotated[float, Meta(gt=0, le=3_600)] = 30.0  # for one answer


class ScoringSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the answers of a pilot are scored."""

    judge: ScoringJudge | None = None
    command: ScoringCommand | None = None
    tolerance: Annotated[float, Meta(gt=0, lt=1)] | None = None  # of an expected number, relative
    any_order: bool = False  # whether lists in an expected JSON may stand in another order

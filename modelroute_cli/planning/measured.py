"""What was measured of this very batch, as a plan takes it: for each group of templates and model a belief."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from modelroute_cli.base.schema import Share

Source = Literal["pilot", "history", "prior"]
Error = Annotated[float, Meta(ge=0)]


class Cell(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is believed of a model's answers to the requests of a group.

    `se` is the standard error of `mean`; `se_paired` that of its difference to the baseline on the same requests (0 for
    the baseline itself), which is the smaller the more the two agree. `source` is the nearest thing that it rests on.
    """

    mean: Share
    se: Error
    se_paired: Error
    source: Source
    n: Annotated[int, Meta(ge=0)] = 0  # requests of the pilot in it
    history_n: Error = 0.0  # of the user's history, aged
    output_tokens: Error | None = None  # mean, hidden reasoning with it; None: not measured

    def bound(self, z: float, *, paired: bool) -> float:
        """The mean less so many standard errors, within [0,1]."""
        return min(max(self.mean - z * (self.se_paired if paired else self.se), 0.0), 1.0)


class GateCell(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a group's pilot showed of two models and the gates of the first: counts of requests, and bills.

    Good is a quality of at least 0.5. The eight counts are (gates' verdict) x (first good) x (second good).
    """

    group: str
    cheap: str
    strong: str
    passed: tuple[int, int, int, int]  # both good, only the cheap one, only the strong one, neither
    rejected: tuple[int, int, int, int]
    strong_rejected_pusd: int  # what the strong model cost for the rejected ones
    strong_all_pusd: int  # and for all


class Measured(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The measured beliefs of a batch; a template that is not named has none, nor a model that a group lacks.

    A plan keeps its floor with `z` standard errors to spare: those of its own mean over the batch, in which the errors
    of groups average out. The errors are taken as independent between groups.
    """

    baseline: str
    scorer: str  # what the qualities are measured by, in words
    confidence: Annotated[float, Meta(gt=0.5, lt=1)]
    z: Error
    groups: Mapping[str, str]  # template -> group
    cells: Mapping[str, Mapping[str, Cell]]  # group -> model -> belief
    gates: tuple[GateCell, ...] = ()
    emulated: bool = False

    def cell(self, template: str, model: str) -> Cell | None:
        """The belief of a model on a template; None: nothing is known beyond the prior table."""
        group = self.groups.get(template)
        return None if group is None else self.cells[group].get(model)

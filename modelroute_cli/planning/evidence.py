"""What was measured for one request: of which group it is, and what is known of each model there."""

from msgspec import Struct

from modelroute_cli.planning.beliefs import INTERVAL_Z
from modelroute_cli.planning.measured import Cell, Measured, Source


class ModelEvidence(Struct, frozen=True, kw_only=True):
    """What is known of one model's answers: a mean with its 90% interval, and from how many requests."""

    model: str
    quality: float
    quality_low: float
    quality_high: float
    difference_error: float  # standard error of the difference to the baseline on the same requests
    source: Source
    pilot_requests: int
    history_requests: float  # aged: an old one counts for less than one


class Evidence(Struct, frozen=True, kw_only=True):
    """What was measured of the templates that a request's own is one of; `group` None: nothing of them."""

    scorer: str
    baseline: str
    emulated: bool
    group: str | None
    models: tuple[ModelEvidence, ...] = ()  # the best first


def evidence_of(measured: Measured | None, template: str) -> Evidence | None:
    """What is known for a template; None where nothing was measured at all."""
    if measured is None:
        return None
    group = measured.groups.get(template)
    cells = {} if group is None else measured.cells.get(group, {})
    known = (_known(model, cell) for model, cell in cells.items())
    return Evidence(
        scorer=measured.scorer,
        baseline=measured.baseline,
        emulated=measured.emulated,
        group=group,
        models=tuple(sorted(known, key=lambda each: (-each.quality, each.model))),
    )


def _known(model: str, cell: Cell) -> ModelEvidence:
    return ModelEvidence(
        model=model,
        quality=cell.mean,
        quality_low=cell.bound(INTERVAL_Z, paired=False),
        quality_high=min(cell.mean + INTERVAL_Z * cell.se, 1.0),
        difference_error=cell.se_paired,
        source=cell.source,
        pilot_requests=cell.n,
        history_requests=cell.history_n,
    )

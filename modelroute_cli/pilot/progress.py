"""Where a pilot stands by what was measured so far, and what is to be asked next; the same from the same journal."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.design import Design, TemplatePart
from modelroute_cli.pilot.learned import mean_cost, paired
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.rounds import Asked, Seen, Standing, StopRule, next_round, standings


@dataclass(frozen=True, slots=True)
class TemplateStanding:
    """A template of a pilot: the verdict on each model beside the baseline, and where its measurement stands."""

    part: TemplatePart
    models: Mapping[str, Standing]
    asked: Asked

    @property
    def open_models(self) -> tuple[str, ...]:
        """The baseline, and those of which more is to be known; nothing where there are none of these."""
        open_ones = tuple(model for model, standing in self.models.items() if standing is Standing.OPEN)
        return (self.part.models[0].model, *open_ones) if open_ones else ()


def standing_of(design: Design, seen: Sequence[Observation], ended: AbstractSet[int]) -> tuple[TemplateStanding, ...]:
    """Every measured template; `ended` are rows of the pilot's own job file."""
    own_rows = {(pair.row, pair.model): at for at, pair in enumerate(design.pairs())}
    by_cell: dict[tuple[str, str], dict[str, Observation]] = {}
    for each in seen:
        by_cell.setdefault((each.template, each.model), {})[each.custom_id] = each
    found = []
    for part in design.measured:
        cells = {price.model: _ordered(part, by_cell.get((part.template, price.model), {})) for price in part.models}
        places = {price.model: _asked_of(part, price.model, own_rows, ended) for price in part.models}
        found.append(_standing(part, cells, places, design.slack))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Due:
    """The rows of the pilot's own job file that the next round asks; none when the pilot is over.

    `is_short` tells that the money left does not pay for all that was to be asked.
    """

    rows: frozenset[int]
    is_short: bool

    @property
    def is_open(self) -> bool:
        """Whether anything that was to be asked is not asked yet."""
        return bool(self.rows) or self.is_short


def due(design: Design, standing: Sequence[TemplateStanding], left_pusd: PicoUSD, ended: AbstractSet[int]) -> Due:
    """What the next round asks, for at most `left_pusd` by expected costs; `ended` as in `standing_of`."""
    upto = next_round([each.asked for each in standing], left_pusd)
    asked_of = {each.part.template: each.open_models for each in standing}
    rows = frozenset(
        own_row
        for own_row, pair in enumerate(design.pairs())
        if pair.place < upto.get(pair.template, 0) and pair.model in asked_of[pair.template] and own_row not in ended
    )
    below = {each.asked.template for each in standing if each.asked.is_open and each.asked.asked < each.asked.size}
    return Due(rows, is_short=bool(below - upto.keys()))


def _standing(
    part: TemplatePart,
    cells: Mapping[str, Sequence[Observation]],
    places: Mapping[str, int],
    slack: float | None,
) -> TemplateStanding:
    """One template."""
    prices = {each.model: mean_cost(cells[each.model]) or each.cost_pusd for each in part.models}
    baseline, *others = (each.model for each in part.models)
    seen = [Seen(model, prices[model], paired(cells[model], cells[baseline])) for model in others]
    models = standings(seen, prices[baseline], StopRule(slack))
    open_ones = [model for model in others if models[model] is Standing.OPEN]
    asked = Asked(
        template=part.template,
        asked=min((places[model] for model in (baseline, *open_ones)), default=0),
        size=part.size,
        most=len(part.rows),
        is_open=bool(open_ones),
        each_pusd=sum(prices[model] for model in (baseline, *open_ones)),
        gain_pusd=part.gain_pusd,
    )
    return TemplateStanding(part, models, asked)


def _asked_of(part: TemplatePart, model: str, own_rows: Mapping[tuple[int, str], int], ended: AbstractSet[int]) -> int:
    """How many of a template's first requests have come to their end on a model."""
    return next((place for place, row in enumerate(part.rows) if own_rows[row, model] not in ended), len(part.rows))


def _ordered(part: TemplatePart, seen: Mapping[str, Observation]) -> tuple[Observation, ...]:
    """What was measured of a model, in the order of asking."""
    return tuple(seen[name] for name in part.custom_ids if name in seen)

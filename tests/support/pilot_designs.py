"""Pilots made by hand: designs, and observations of their pairs."""

from collections.abc import Mapping, Sequence

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.design import Design, ModelPrice, TemplatePart
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.stakes import Reason

PRICES = {"base": 1000, "cheap": 10, "mid": 200}


def part(name: str = "t1", size: int = 20, first: int = 0, drawn: int | None = None) -> TemplatePart:
    """A template of 100 requests whose first rows were drawn, on three models; of size 0 it is not measured."""
    rows = tuple(range(first, first + (size if drawn is None else drawn)))
    return TemplatePart(
        template=name,
        task_type=TaskType.MATH,
        language="en",
        requests=100,
        reason=Reason.MEASURED if size else Reason.TOO_SMALL,
        size=size,
        rows=rows,
        custom_ids=tuple(f"r{row}" for row in rows),
        models=tuple(
            ModelPrice(model=name, cost_pusd=PicoUSD(cost), high_pusd=PicoUSD(9 * cost))
            for name, cost in PRICES.items()
        ),
        cost_pusd=PicoUSD(size * sum(PRICES.values())),
        gain_pusd=PicoUSD(99_000),
    )


def design(*parts: TemplatePart, slack: float | None = 0.1) -> Design:
    """A pilot of these templates."""
    return Design(
        baseline="base",
        seed=1,
        ceiling_pusd=PicoUSD(10**6),
        bill_pusd=PicoUSD(10**7),
        slack=slack,
        parts=parts or (part(),),
    )


def seen(
    made: Design, qualities: Mapping[str, Sequence[float]], cost: Mapping[str, int] = PRICES
) -> tuple[Observation, ...]:
    """Observations of the first requests of the first template: the qualities of each model, in order."""
    first = made.measured[0]
    return tuple(
        Observation(
            custom_id=name,
            template=first.template,
            task_type=first.task_type,
            language=first.language,
            model=model,
            quality=quality,
            scorer="expected",
            passed=True,
            cost_pusd=PicoUSD(cost[model]),
            output_tokens=5,
        )
        for model, each in qualities.items()
        for name, quality in zip(first.custom_ids, each, strict=False)
    )

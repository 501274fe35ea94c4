"""What a pilot asks: fixed before its first request, the same for the same job and seed."""

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.pilot.design import Pair, TemplatePart, Wanted, make_design
from modelroute_cli.pilot.stakes import Reason
from modelroute_cli.planning.measurable import MEASURABLE, PRICED, Measurable

WANTED = Wanted(ceiling_pusd=PicoUSD(10**9), per_template=20, seed=1)
SHARE = Objective(baseline="base", baseline_share=0.98)
ALL = {"base": 1000, "cheap": 10, "mid": 200}


def ground(
    counts: dict[str, int],
    prices: dict[str, int] = ALL,
    objective: Objective = SHARE,
    blind: dict[str, int] | None = None,
) -> Measurable:
    """Templates of so many requests; `blind` models can do none but the first so many of all."""
    names = [template for template, count in counts.items() for _ in range(count)]
    requests = [
        (row, f"r{row}", name, "math", "en", "standard", row % 50, row * 10, 9, row) for row, name in enumerate(names)
    ]
    priced = [
        (row, model, cost, 9 * cost, 0.9 if model == "base" else 0.8, 0.85 if model == "base" else 0.6)
        for row in range(len(names))
        for model, cost in prices.items()
        if row < (blind or {}).get(model, len(names))
    ]
    return Measurable(
        objective=objective,
        requests=pl.DataFrame(requests, schema=MEASURABLE, orient="row"),
        priced=pl.DataFrame(priced, schema=PRICED, orient="row"),
        bill_pusd=PicoUSD(1000 * len(names)),
    )


def test_a_measured_template_has_its_requests_and_its_models_the_baseline_first() -> None:
    """Each request once, all of the template."""
    (part,) = make_design(ground({"a": 200}), WANTED).parts
    assert (part.template, part.task_type, part.language, part.requests) == ("a", "math", "en", 200)
    assert (part.reason, part.size, [each.model for each in part.models]) == (
        Reason.MEASURED,
        20,
        ["base", "cheap", "mid"],
    )
    assert part.custom_ids == tuple(f"r{row}" for row in part.rows)
    assert len(set(part.rows)) == 20
    assert part.cost_pusd == 20 * 1210


def test_the_design_is_the_same_for_the_same_seed() -> None:
    """And another one for another."""
    assert make_design(ground({"a": 200}), WANTED) == make_design(ground({"a": 200}), WANTED)
    other = Wanted(ceiling_pusd=WANTED.ceiling_pusd, per_template=20, seed=2)
    assert make_design(ground({"a": 200}), other).parts[0].rows != make_design(ground({"a": 200}), WANTED).parts[0].rows


def test_pairs_put_every_request_before_every_model() -> None:
    """In the order of asking: the beginning of the pilot is the beginning of each template."""
    design = make_design(ground({"a": 200, "b": 10}), WANTED)
    pairs = list(design.pairs())
    first = design.measured[0].rows[0]
    assert pairs[:3] == [Pair("a", 0, first, "base"), Pair("a", 0, first, "cheap"), Pair("a", 0, first, "mid")]
    assert len(pairs) == design.calls == 60
    assert pairs[1].custom_id == f"{first}:cheap"
    assert design.ids() == {row: f"r{row}" for row in design.measured[0].rows}


def test_a_template_that_is_not_measured_stands_in_it_with_the_reason() -> None:
    """What there was to gain is told."""
    design = make_design(ground({"a": 200, "b": 10}), WANTED)
    assert [(part.template, part.reason, part.size, part.rows) for part in design.parts if not part.size] == [
        ("b", Reason.TOO_SMALL, 0, ())
    ]
    assert design.cost_pusd == design.measured[0].cost_pusd


def test_a_model_that_can_do_few_of_a_templates_requests_is_not_asked() -> None:
    """One that can do nearly all is, on those that all can do."""
    assert [each.model for each in _part(blind={"cheap": 100}).models] == ["base", "mid"]
    nearly = _part(blind={"cheap": 190})
    assert [each.model for each in nearly.models] == ["base", "cheap", "mid"]
    assert max(nearly.rows) < 190


def _part(blind: dict[str, int]) -> TemplatePart:
    return make_design(ground({"a": 200}, blind=blind), WANTED).parts[0]


def test_how_much_may_be_given_up_follows_from_what_is_asked() -> None:
    """A share of the baseline's believed quality, a number below it, or anything where money is the limit."""
    for objective, slack in (
        (SHARE, 0.018),
        (Objective(baseline="base", min_quality=0.85), 0.05),
        (Objective(baseline="base", min_quality=0.99), 0.0),
        (Objective(baseline="base", max_cost="5"), None),
    ):
        found = make_design(ground({"a": 200}, objective=objective), WANTED).slack
        assert (found if found is None else round(found, 6)) == slack


def test_without_a_baseline_that_may_be_asked_nothing_is_measured() -> None:
    """Differences to it are what plans are made from."""
    design = make_design(ground({"a": 200}, prices={"cheap": 10}), WANTED)
    assert (design.parts[0].reason, design.calls) == (Reason.NO_BASELINE, 0)

"""Who may judge the answers of a job: the models that judge gates of rules and rows name, as far as rules allow them.

A judge reads the request and its answer, so what rules ask of a model that a request is sent to holds for it too: its
region, what its provider keeps, what is forbidden. Where a rule about whose data it is decides who answers, nobody else
judges either, unless that rule names the judge itself. `--exclude` holds; `--models` says who writes, and no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec
import polars as pl

from modelroute_cli.base.errors import JobFileError, SettingsError
from modelroute_cli.base.schema import JudgeRule
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.restrictions import Effects, refusal
from modelroute_cli.catalog.settings import Rule
from modelroute_cli.catalog.variants import base_name
from modelroute_cli.planning.offers import Terms, is_ended
from modelroute_cli.planning.policy import Policy
from modelroute_cli.planning.rules import rules_named

_NOTHING_ASKED = Effects()


@dataclass(frozen=True, slots=True)
class Seat:
    """One judge gate, as the requests of one rule are held to it; `own` is what their rows say, as JSON."""

    rule: str
    own: str | None
    gate: JudgeRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The judge gates of a job, and who may judge: rule -> what a gate names -> models, in order of asking."""

    seats: tuple[Seat, ...] = ()
    models: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    terms: Mapping[str, Terms] = field(default_factory=dict)  # by judge model, at the standard tier

    def names(self) -> tuple[str, ...]:
        """Every model that may judge."""
        named = (models for by_name in self.models.values() for models in by_name.values())
        return tuple(dict.fromkeys(name for models in named for name in models))


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchGround:
    """What decides who may judge, beside the gates: models, rules, `--exclude`, and the day."""

    catalog: Catalog
    rules: Sequence[Rule]
    without: tuple[str, ...]
    on: date


def make_bench(kinds: pl.DataFrame, policy: Policy, ground: BenchGround) -> Bench:
    """The bench without its terms; SettingsError or JobFileError for a judge that nobody knows."""
    seats = tuple(_seats(kinds, policy))
    if not seats:
        return Bench()
    lines = {} if all(seat.own is None for seat in seats) else _lines(kinds)
    excluded = set(expand(ground.catalog, ground.without))
    models: dict[str, dict[str, tuple[str, ...]]] = {}
    for seat in seats:
        asked = policy.effects.get(seat.rule, _NOTHING_ASKED)
        named = [name for name in _named(seat, ground.catalog, lines) if name not in excluded]
        left = (name for name in named if _may_read(name, seat, asked, ground))
        models.setdefault(seat.rule, {})[seat.gate.model] = tuple(left)
    return Bench(seats=seats, models=models)


def _may_read(name: str, seat: Seat, asked: Effects, ground: BenchGround) -> bool:
    """Whether a model is there, and may be sent the requests of a seat."""
    if is_ended(ground.catalog.models[name], ground.on) or refusal(name, ground.catalog, asked) is not None:
        return False
    rule = rules_named(seat.rule, ground.rules).keeper
    if rule is None or (rule.gates is not None and rule.gates.judge == seat.gate):
        return True
    let_in = expand(ground.catalog, (*(rule.allow or ()), *rule.escalate))
    return base_name(name) in {base_name(each) for each in let_in}


def judges_itself(bench: Bench, policy: Policy, catalog: Catalog) -> tuple[str, ...]:
    """Warnings where what a judge rejects goes to the judge itself, whose answers then nobody judges."""
    found = []
    for rule, named in bench.models.items():
        stronger = policy.escalations.get(rule, ())[:1]
        for gate, judges in named.items():
            own = {catalog.models[name].base_model for name in judges}
            if own and {catalog.models[name].base_model for name in stronger} == own:
                found.append(
                    f"rule `{rule}`: answers that the judge rejects go to `{stronger[0]}`, which is the only judge of "
                    f"`{gate}`: its own answers pass unjudged; name an alias of two models as judge"
                )
    return tuple(found)


def shut_out(bench: Bench) -> tuple[str, ...]:
    """Warnings where rules leave a gate no judge."""
    empty = [(rule, name) for rule, named in bench.models.items() for name, models in named.items() if not models]
    return tuple(
        f"rule `{rule}`: no model of the judge gate `{name}` may read these requests, so their answers are not judged"
        for rule, name in empty
    )


def _seats(kinds: pl.DataFrame, policy: Policy) -> Iterator[Seat]:
    """The judge gates that requests are held to; a row's own wins over its rules'."""
    gates = {rule: gate.judge for rule, gate in policy.gates().items() if gate.judge is not None}
    if not gates and not kinds["judge"].count():
        return
    for rule, own in kinds.select("rule", "judge").unique(maintain_order=True).iter_rows():
        gate = msgspec.json.decode(own, type=JudgeRule) if own is not None else gates.get(rule)
        if gate is not None:
            yield Seat(rule, own, gate)


def _lines(kinds: pl.DataFrame) -> dict[str, str]:
    """The first request of each gate that rows name themselves."""
    first = kinds.filter(pl.col("judge").is_not_null()).unique("judge", keep="first", maintain_order=True)
    rows = first.select("judge", "line", "custom_id").iter_rows()
    return {own: f"line {line} (`{custom_id}`), field `gates.judge.model`" for own, line, custom_id in rows}


def _named(seat: Seat, catalog: Catalog, lines: Mapping[str, str]) -> tuple[str, ...]:
    """What a gate names, as models."""
    try:
        return expand(catalog, (seat.gate.model,))
    except SettingsError as error:
        if seat.own is None:
            raise
        message = f"{lines[seat.own]}: {error.message}"
        raise JobFileError(message, hint=error.hint) from error

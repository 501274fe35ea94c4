"""Rules that together leave no model for a request: which of them collide, and for whom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.schema import Modality, ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.restrictions import added_up, refusal
from modelroute_cli.catalog.settings import Restrictions, Rule
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.planning.needed import lacks
from modelroute_cli.planning.rules import rules_named

_SHOWN = 5
_STANDARD = frozenset({ServiceTier.STANDARD})


@dataclass(frozen=True, slots=True)
class Collision:
    """A minimal set of rules that leave no model, with the kinds of requests that they strand."""

    rules: tuple[Rule, ...]
    kinds: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a collision is judged on: quotes of every model (with `problem` and `quality`) for all `kinds`, in order."""

    kinds: pl.DataFrame
    quotes: Mapping[str, pl.DataFrame]
    catalog: Catalog
    rules: tuple[Rule, ...]
    tiers: Mapping[str, frozenset[ServiceTier]]  # that each model is offered at
    may_fetch: bool = False  # the run may read what stands at an address


def refuse_contradictions(stranded: pl.DataFrame, ground: Ground) -> None:
    """InfeasibleError where restrictions are why `stranded` kinds have no model left, with the rules that collide.

    Nothing is raised where no model could do the requests without them either, or where an `allow` alone is at fault.
    """
    found = collisions(stranded, ground)
    if found:
        raise _refused(found)


def collisions(stranded: pl.DataFrame, ground: Ground) -> tuple[Collision, ...]:
    """The collisions behind `stranded` kinds, judged by the first kind of each `rule`; those with one rule, once."""
    found = []
    for (name,), kinds in stranded.group_by("rule", maintain_order=True):
        held = rules_named(str(name), ground.rules)
        deciders = () if held.decider is None else (held.decider,)
        others = [rule for rule in held.restricting if rule not in deciders]
        fault = minimal([*deciders, *others], _Judge(kinds, ground).leaves_some)
        if any(rule in held.restricting for rule in fault):
            found.append(Collision(fault, kinds))
    return tuple(found)


def minimal(rules: Sequence[Rule], leaves_some: Callable[[Sequence[Rule]], bool]) -> tuple[Rule, ...]:
    """Rules that leave nothing together, and something without any one; () where there are none such."""
    if leaves_some(rules) or not leaves_some(()):
        return ()
    kept = list(rules)
    for rule in rules:
        others = [other for other in kept if other is not rule]
        if not leaves_some(others):
            kept = others
    return tuple(kept)


class _Judge:
    """Says for one kind of requests whether rules leave it a model."""

    def __init__(self, kinds: pl.DataFrame, ground: Ground) -> None:
        first = kinds.row(0, named=True)
        self._place = ground.kinds["row"].to_list().index(first["row"])
        self._needs, self._input_tokens = int(first["needs"] or 0), int(first["input_tokens"])
        self._modality, self._may_fetch = Modality(first["modality"]), ground.may_fetch
        pin = first["model"]
        self._names = list(ground.catalog.models) if pin is None else list(expand(ground.catalog, (str(pin),)))
        self._ground = ground

    def leaves_some(self, rules: Sequence[Rule]) -> bool:
        """Whether some model can do the requests under these rules alone."""
        catalog = self._ground.catalog
        allowed = [set(expand(catalog, rule.allow)) for rule in rules if rule.allow is not None]
        asked = added_up(rules, {rule.name: frozenset(expand(catalog, rule.forbid)) for rule in rules})
        names = [name for name in self._names if not allowed or name in allowed[0]]
        if asked.service_tiers is not None:
            names = [
                name for name in names if not self._ground.tiers.get(name, _STANDARD).isdisjoint(asked.service_tiers)
            ]
        return any(
            refusal(name, catalog, asked) is None and self._does(name, asked.min_quality or 0.0) for name in names
        )

    def _does(self, name: str, min_quality: float) -> bool:
        """Whether a model can do the requests, as well as that; one that was not quoted, by its card alone."""
        if name not in self._ground.quotes:
            card = self._ground.catalog.models[name]
            provider = self._ground.catalog.providers[card.provider]
            able = not lacks(card, provider, self._needs, may_fetch=self._may_fetch)
            return able and self._modality in card.modalities and self._input_tokens < card.context_tokens
        problem, quality = self._ground.quotes[name].select("problem", "quality").row(self._place)
        return problem is None and quality >= min_quality


def _refused(found: Sequence[Collision]) -> InfeasibleError:
    """The collisions, each with what its rules say and its first requests."""
    count = sum(int(each.kinds["requests"].sum()) for each in found)
    lines = [_told(each) for each in found[:_SHOWN]]
    more = [f"and {len(found) - _SHOWN} more collisions"] if len(found) > _SHOWN else []
    message = "\n  ".join([f"rules leave no model for {count_requests(count)}:", *lines, *more])
    names = _joined([f"`{rule.name}`" for rule in found[0].rules])
    one = len(found[0].rules) == 1
    return InfeasibleError(
        message,
        hint=f"loosen {names}{'' if one else ' where they meet'}: allow a model that meets what is asked, say by `not` "
        "in `match` whom a rule is not for, or state under `providers` what your contract says",
    )


def _told(collision: Collision) -> str:
    """One collision in words."""
    said = "; ".join(f"`{rule.name}` {wants(rule)}" for rule in collision.rules)
    first = collision.kinds.sort("row").head(_SHOWN).select("line", "custom_id").iter_rows()
    shown = ", ".join(f"line {line} (`{custom_id}`)" for line, custom_id in first)
    return f"{said}: {count_requests(int(collision.kinds['requests'].sum()))}, such as {shown}"


def wants(rule: Rule) -> str:
    """What a rule asks, in words."""
    allowed = [f"allows {_listed(rule.allow)}"] if rule.allow is not None else []
    return _joined([*allowed, *_restrictions(rule)])


def _restrictions(rule: Restrictions) -> list[str]:
    """What a rule asks besides its `allow`; gates and effort leave every model."""
    days = rule.max_retention_days
    return [
        *([f"forbids {_listed(rule.forbid)}"] if rule.forbid else []),
        *([f"asks for a quality of {rule.min_quality:g}"] if rule.min_quality is not None else []),
        *([f"buys at {_listed(rule.service_tiers)} alone"] if rule.service_tiers else []),
        *([f"stays in {_listed(rule.regions)}"] if rule.regions else []),
        *(["lets providers keep nothing"] if rule.zero_data_retention else []),
        *([f"lets providers keep texts for {days} days at most"] if days is not None else []),
        *(["lets nobody train on its texts"] if rule.no_training else []),
    ]


def _listed(names: Sequence[str]) -> str:
    """Names as a sentence shows them."""
    return ", ".join(f"`{name}`" for name in names)


def _joined(parts: Sequence[str]) -> str:
    """Parts of a sentence."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

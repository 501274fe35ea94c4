"""Which rules hold for each request, and the name of those that matter to it.

A request's `held` says which rules hold, pins included: a number whose bits are the rules in their order. Its `rule`
names those that matter, joined by ` + `: the first with `allow`, then all that restrict. `rule` follows from `held`,
so that planning without one of the rules needs no request to be read again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.frames import Frame
from modelroute_cli.catalog.restrictions import restricts
from modelroute_cli.catalog.rule_checks import JOINT
from modelroute_cli.catalog.settings import Rule
from modelroute_cli.planning.matching import holds

PINNED = "pinned"
"""The rule of a request that names its own model; it is never escalated to another."""

_BITS = 62  # of one number in a frame
_CHUNKS = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The rules that matter to some requests."""

    pinned: bool
    decider: Rule | None  # whose `allow` says which models; None for pinned requests
    restricting: tuple[Rule, ...]  # in order of the settings, the decider among them where it restricts
    keeper: Rule | None = None  # the rule about whose data it is that decides, or would but for a pin: who may read it

    @property
    def names(self) -> tuple[str, ...]:
        """All of their names, as requests carry them."""
        first = PINNED if self.pinned else self.decider.name if self.decider is not None else None
        kept = [self.keeper.name] if self.pinned and self.keeper is not None else []
        others = [rule.name for rule in self.restricting if rule.name not in {first, *kept}]
        return (*([] if first is None else [first]), *kept, *others)


def refuse_reserved(rules: Sequence[Rule]) -> None:
    """SettingsError where a rule has the name of the rule that requests make for themselves."""
    if any(rule.name == PINNED for rule in rules):
        message = f"a rule may not be named `{PINNED}`: that is the rule of requests that name their model"
        raise SettingsError(message, hint="rename it in `rules`")


def with_rule(requests: Frame, rules: Sequence[Rule]) -> Frame:
    """`requests` with what is `held` for each and the `rule` it comes under; null where none with `allow` holds."""
    refuse_reserved(rules)
    return with_names(requests.with_columns(_held(rules).alias("held")), rules)


def with_names(requests: Frame, rules: Sequence[Rule], without: str | None = None) -> Frame:
    """The `rule` of requests whose `held` is known, as if the rule named `without` were not there."""

    def named(held: pl.Series) -> pl.Series:
        known = held.unique().to_list()
        names = {each: rule_key(held_rules(each, rules, without)) for each in known}
        if not names:
            return pl.Series(held.name, [], pl.String)
        return held.replace_strict(list(names), list(names.values()), return_dtype=pl.String)

    return requests.with_columns(
        pl.col("held").map_batches(named, return_dtype=pl.String, is_elementwise=True).alias("rule")
    )


def rule_key(held: Held) -> str | None:
    """The name of such requests' `rule`; None where no rule says which models they may use."""
    return JOINT.join(held.names) if held.pinned or held.decider is not None else None


def held_rules(held: str, rules: Sequence[Rule], without: str | None = None) -> Held:
    """The rules that matter, of those whose bits are set in `held`."""
    places = _places(held)
    found = [rule for at, rule in enumerate(rules, 1) if at in places and rule.name != without]
    pinned = 0 in places
    first = next((rule for rule in found if rule.allow is not None), None)
    return Held(
        pinned=pinned,
        decider=None if pinned else first,
        restricting=tuple(rule for rule in found if restricts(rule)),
        keeper=_keeper(first),
    )


def _keeper(decider: Rule | None) -> Rule | None:
    """The rule that decides, where it is about whose data it is."""
    return decider if decider is not None and is_about_data(decider) else None


def rules_named(key: str, rules: Sequence[Rule]) -> Held:
    """The rules that a request's `rule` names; of a pinned one that names several about data, the first keeps it."""
    names = key.split(JOINT)
    found = [rule for rule in rules if rule.name in names]
    pinned = names[0] == PINNED
    by_name: Mapping[str, Rule] = {rule.name: rule for rule in found}
    deciding = (rule for rule in found if rule.allow is not None and is_about_data(rule))
    return Held(
        pinned=pinned,
        decider=None if pinned else by_name[names[0]],
        restricting=tuple(rule for rule in found if restricts(rule)),
        keeper=next(deciding, None) if pinned else _keeper(by_name[names[0]]),
    )


def is_about_data(rule: Rule) -> bool:
    """Whether a rule is for requests by whose data they carry."""
    return bool(rule.match.data_class or rule.match.tenant or rule.match.personal_data)


def is_pinned_rule(rule: str) -> bool:
    """Whether a `rule` is that of requests that name their own model."""
    return rule.split(JOINT, maxsplit=1)[0] == PINNED


def is_pinned() -> pl.Expr:
    """Whether a request (by its `rule`) names its own model."""
    return (pl.col("rule") == PINNED) | pl.col("rule").str.starts_with(f"{PINNED}{JOINT}")


def holds_for(name: str, rules: Sequence[Rule], held: Sequence[str]) -> bool:
    """Whether the rule of that name holds for any of the requests whose `held` these are."""
    place = next(at for at, rule in enumerate(rules, 1) if rule.name == name)
    return any(place in _places(each) for each in held)


def _held(rules: Sequence[Rule]) -> pl.Expr:
    """The bits of all rules that hold, the lowest for a pin; one number for each 62 rules."""
    tests = [pl.col("model").is_not_null(), *(holds(rule.match) for rule in rules)]
    chunks = [tests[start : start + _BITS] for start in range(0, len(tests), _BITS)]
    return pl.concat_str([_bits(chunk).cast(pl.String) for chunk in chunks], separator=_CHUNKS)


def _bits(tests: Sequence[pl.Expr]) -> pl.Expr:
    """A number with a bit for each test that holds."""
    return pl.sum_horizontal(*(test.cast(pl.Int64) * (1 << at) for at, test in enumerate(tests)))


def _places(held: str) -> set[int]:
    """The places of the bits that are set: 0 for a pin, then the rules in order."""
    numbers = [int(chunk) for chunk in held.split(_CHUNKS)]
    return {chunk * _BITS + at for chunk, bits in enumerate(numbers) for at in range(_BITS) if bits >> at & 1}

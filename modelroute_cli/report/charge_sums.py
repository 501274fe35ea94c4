"""What each name comes to in a run: its requests, what was planned, saved and left, beside what it is charged."""

from collections.abc import Iterable, Mapping

import polars as pl
from msgspec import structs

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.report.accepted_answers import accepted_answers
from modelroute_cli.report.actual_baseline import actual_costs, chosen_baseline
from modelroute_cli.report.apportion import apportion, shared_out
from modelroute_cli.report.charge_facts import ChargeFacts, asked
from modelroute_cli.report.charge_types import Charge, ChargeLine

_DEFAULT = "default"


def charges_of(facts: ChargeFacts, owners: pl.DataFrame, lines: Iterable[ChargeLine]) -> tuple[Charge, ...]:
    """The sums of `lines` by name, the dearest first, with what is known of a whole run; each name is there."""
    money = sums(lines)
    counts = {str(row["name"]): row for row in _counts(facts).iter_rows(named=True)}
    projected, baseline, caps = _projected(facts, owners), _baseline(facts), _caps(facts)
    charges = []
    for name in sorted({*money, *counts}):
        base = None if baseline is None else PicoUSD(baseline.get(name, 0))
        own = money.get(name) or _nothing(name)
        charges.append(
            structs.replace(
                own,
                **{key: value for key, value in counts.get(name, _NO_COUNTS).items() if key != "name"},
                projected_pusd=PicoUSD(projected.get(name, 0)),
                baseline_pusd=base,
                saved_pusd=None if base is None else PicoUSD(base - own.charged_pusd),
                cap_pusd=caps[name][0] if name in caps else None,
                cap_left_pusd=caps[name][1] if name in caps else None,
            )
        )
    return dearest_first(charges)


def sums(lines: Iterable[ChargeLine]) -> dict[str, Charge]:
    """Money and tokens by name; what only whole runs have is None."""
    found: dict[str, Charge] = {}
    for line in lines:
        before = found.get(line.name) or _nothing(line.name)
        found[line.name] = structs.replace(
            before, **{key: getattr(before, key) + getattr(line, key) for key in _SUMMED}
        )
    return found


def together(charges: Iterable[Charge]) -> tuple[Charge, ...]:
    """Those of several runs by name, the dearest first; what is unknown of one is unknown of all, and caps are."""
    found: dict[str, Charge] = {}
    for charge in charges:
        before = found.get(charge.name)
        found[charge.name] = charge if before is None else _both(before, charge)
    return dearest_first(found.values())


def dearest_first(charges: Iterable[Charge]) -> tuple[Charge, ...]:
    """In the order in which they are shown: by what is charged, then by name."""
    return tuple(sorted(charges, key=lambda charge: (-charge.charged_pusd, charge.name)))


_SUMMED = ("input_tokens", "output_tokens", "direct_pusd", "overhead_pusd", "charged_pusd", "held_pusd")
_OF_WHOLE_RUNS = ("requests", "duplicates", "accepted", "failed", "projected_pusd", "baseline_pusd", "saved_pusd")
_NO_COUNTS: Mapping[str, int] = dict.fromkeys(_OF_WHOLE_RUNS[:4], 0)


def _nothing(name: str) -> Charge:
    """A name that is charged nothing."""
    none = dict.fromkeys((*_OF_WHOLE_RUNS, "cap_pusd", "cap_left_pusd"))
    return Charge(name=name, **dict.fromkeys(_SUMMED, 0), **none)  # type: ignore[arg-type]


def _both(one: Charge, other: Charge) -> Charge:
    """Two of one name."""
    values = {key: getattr(one, key) + getattr(other, key) for key in _SUMMED}
    for key in _OF_WHOLE_RUNS:
        first, second = getattr(one, key), getattr(other, key)
        values[key] = None if first is None or second is None else first + second
    return structs.replace(one, **values, cap_pusd=None, cap_left_pusd=None)


def _counts(facts: ChargeFacts) -> pl.DataFrame:
    """How the requests of each name fared, duplicates included."""
    accepted = pl.col("status") == "accepted"
    ended = asked(facts).join(facts.finals.select("row", "status"), on="row", how="left")
    return ended.group_by("name").agg(
        pl.len().cast(pl.Int64).alias("requests"),
        (pl.col("own_row") != pl.col("row")).sum().cast(pl.Int64).alias("duplicates"),
        accepted.sum().cast(pl.Int64).alias("accepted"),
        (~accepted).sum().cast(pl.Int64).alias("failed"),
    )


def _by_name(frame: pl.DataFrame, column: str) -> dict[str, int]:
    """The sums of a column."""
    sums = frame.group_by("name").agg(pl.col(column).sum())
    return {str(name): int(amount or 0) for name, amount in sums.iter_rows()}


def _projected(facts: ChargeFacts, owners: pl.DataFrame) -> dict[str, int]:
    """What was planned for each name: its requests, and its part of what is planned for the whole job."""
    sent = facts.plan.assignments.filter(pl.col("duplicate_of").is_null()).select("row", "cost_pusd").collect()
    own = _by_name(shared_out(sent, owners, ("cost_pusd",)), "cost_pusd")
    names = sorted(own)
    rest = facts.plan.header.totals.cost_pusd - sum(own.values())
    parts = apportion(max(rest, 0), [own[name] for name in names]) if names else []
    return {name: own[name] + part for name, part in zip(names, parts, strict=True)}


def _baseline(facts: ChargeFacts) -> dict[str, int] | None:
    """What the answers of each name would have cost on the chosen baseline; None where that is not known."""
    answers = accepted_answers(facts)
    costs = actual_costs(answers, facts.plan.header, chosen_baseline(facts.plan.header))
    if costs is None:
        return None
    priced = answers.select(pl.col("own_row").alias("row")).with_columns(costs.alias("cost_pusd"))
    return _by_name(priced.join(facts.names, on="row", how="left"), "cost_pusd")


def _caps(facts: ChargeFacts) -> dict[str, tuple[PicoUSD, PicoUSD]]:
    """The cap of each tenant and what is left of it, as a run keeps it: by whose request is sent, reserved or spent."""
    if not facts.caps:
        return {}
    cost = pl.coalesce("cost_pusd", "reserved_pusd").alias("cost_pusd")
    taken = _by_name(facts.attempts.select("row", cost).join(facts.names, on="row", how="left"), "cost_pusd")
    known = {}
    for name in facts.names["name"].unique().to_list():
        dollars = facts.caps.get(name, facts.caps.get(_DEFAULT)) if name else None
        if dollars is not None:
            cap = from_usd(dollars)
            known[str(name)] = (cap, PicoUSD(max(cap - taken.get(name, 0), 0)))
    return known

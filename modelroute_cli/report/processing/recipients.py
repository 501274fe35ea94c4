"""Who receives what: transmissions grouped by provider, what stands behind it, and terms."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import polars as pl

from modelroute_cli.base.schema import HANDED_IN, PersonalData
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.restrictions import data_terms
from modelroute_cli.planning.plan import PlanHeader, judges_of
from modelroute_cli.report.processing.reading import Part
from modelroute_cli.report.processing.types import Counted, OutsideEea, Recipient, Sent, Terms

_INSIDE = {"eu", "local"}
_NOT_SAID = "not said"
_NONE_FOUND = "none found"


class _Who(NamedTuple):
    """What one recipient is told apart by."""

    provider: str
    host: str
    upstream: str | None
    terms: Terms


def recipients(parts: Sequence[Part]) -> tuple[Recipient, ...]:
    """Those of all parts, the most requests first; of plans also those that a run of them may turn to."""
    got: dict[_Who, list[tuple[Part, list[str]]]] = {}
    for part in parts:
        for who, models in _by_recipient(part.plan.header, part.transmissions["model"].unique().sort()).items():
            got.setdefault(who, []).append((part, models))
    found = [_recipient(who, shares) for who, shares in got.items()]
    return tuple(sorted(found, key=lambda each: (-each.requests, each.provider, each.upstream or "", each.models)))


def possible(header: PlanHeader, planned: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """Recipients that a plan names without assigning anything: fallbacks, escalations, judges, the baseline."""
    known = {(each.provider, each.upstream, each.terms) for each in planned}
    found = _by_recipient(header, _named(header))
    return tuple(
        _recipient(who, [], tuple(models), possible=True)
        for who, models in found.items()
        if (who.provider, who.upstream, who.terms) not in known
    )


def _named(header: PlanHeader) -> list[str]:
    """Every model that a run of the plan may send something to."""
    met = header.allowed or header.escalations
    higher = (names for rule, names in header.escalations.items() if rule in met)
    lists = (*higher, *header.allowed.values(), judges_of(header))
    compared = [base.model for base in header.baselines if base.kind == "chosen" and header.control_rules]
    asked = [] if header.questions is None else [header.questions.model]
    names = {*(name for names in lists for name in names), *(name for name in compared if name), *asked}
    return sorted(name for name in names if name in header.models)


def _by_recipient(header: PlanHeader, models: Iterable[str]) -> Mapping[_Who, list[str]]:
    """The models of each."""
    groups: dict[_Who, list[str]] = {}
    for name in models:
        groups.setdefault(_who(header, name), []).append(name)
    return groups


def _who(header: PlanHeader, name: str) -> _Who:
    card = header.models[name]
    provider = header.providers[card.provider]
    host = urlsplit(provider.base_url).hostname or ""
    return _Who(provider.name, host, card.upstream, terms_of(header, name))


def terms_of(header: PlanHeader, name: str) -> Terms:
    """What is known of one model's handling of texts; its card wins over its provider."""
    card = header.models[name]
    provider = header.providers[card.provider]
    known = data_terms(card, Catalog(models=header.models, providers=header.providers, aliases={}))
    return Terms(
        regions=tuple(sorted(known.regions)),
        outside_eea=outside_eea(known.regions),
        retention_days=known.retention_days,
        zero_retention=card.zero_retention or provider.zero_retention,
        trains_on_data=known.trains,
        source=card.data_source or provider.data_source,
    )


def outside_eea(regions: Iterable[str]) -> OutsideEea:
    """Whether texts leave the EEA: `no` only where every known region is the EU or this machine; unknown is unknown."""
    named = set(regions)
    if not named:
        return "unknown"
    return "no" if named <= _INSIDE else "yes"


def _recipient(
    who: _Who, shares: Sequence[tuple[Part, list[str]]], models: tuple[str, ...] = (), *, possible: bool = False
) -> Recipient:
    """One recipient, from what each part sent to its models."""
    sent = [(part, part.transmissions.filter(pl.col("model").is_in(names))) for part, names in shares]
    every = pl.concat([frame for _, frame in sent]) if sent else None
    return Recipient(
        provider=who.provider,
        host=who.host,
        upstream=who.upstream,
        models=tuple(sorted({*models, *(name for _, names in shares for name in names)})),
        terms=who.terms,
        requests=sum(frame["row"].n_unique() for _, frame in sent),
        transmissions=0 if every is None else every.height,
        purposes=_counted(every, "purpose"),
        service_tiers=_counted(every, "service_tier"),
        stored_as_files=every is not None and every["service_tier"].is_in(sorted(HANDED_IN)).any(),
        first_at=None if every is None else _moment(every["at"].min()),
        last_at=None if every is None else _moment(every["at"].max()),
        redacted=0 if every is None else int(every["redacted"].sum()),
        emulated=0 if every is None else int(every["emulated"].sum()),
        sent=_sent(sent),
        possible=possible,
    )


def _moment(value: object) -> str | None:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else None


def _sent(shares: Sequence[tuple[Part, pl.DataFrame]]) -> Sent | None:
    """The categories of all requests; None where those of one part are not known."""
    known = [
        part.categories.join(frame.select("row").unique(), on="row", how="semi")
        for part, frame in shares
        if part.categories is not None
    ]
    if len(known) < len(shares) or not known:
        return None
    every = pl.concat(known)
    return Sent(
        data_classes=_counted(
            every.with_columns(pl.col("data_class").cast(pl.String).fill_null(_NOT_SAID)), "data_class"
        ),
        personal_data=_kinds(every["personal"]),
        modalities=_counted(every, "modality"),
        languages=_counted(every, "language"),
    )


def _kinds(bits: pl.Series) -> tuple[Counted, ...]:
    """In how many requests each kind was found, and in how many none."""
    found = [Counted(kind.value, int(((bits & kind.bit) > 0).sum())) for kind in PersonalData]
    none = Counted(_NONE_FOUND, int((bits == 0).sum()))
    return tuple(each for each in (*found, none) if each.count)


def _counted(frame: pl.DataFrame | None, column: str) -> tuple[Counted, ...]:
    """How often each value stands there, the most frequent first."""
    if frame is None:
        return ()
    counts = frame.group_by(pl.col(column).alias("name")).len("count").sort("count", "name", descending=[True, False])
    return tuple(Counted(name, count) for name, count in counts.iter_rows())

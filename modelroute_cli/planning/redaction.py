"""What is replaced before requests are sent, as a plan knows it: in how many, of which kinds, and what that adds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from msgspec import structs

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Need, PersonalData, Request
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.settings import PrivacySettings, Rule, Settings
from modelroute_cli.features.content_tokens import content_tokens, schema_tokens
from modelroute_cli.features.redaction.order import MEDIA_HINT, Redacting, Redactor, kinds_of
from modelroute_cli.features.redaction.sealing import Sealed
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.planning.privacy import with_data_class
from modelroute_cli.planning.rules import rules_named, with_rule

_BLOCK = 1_000  # requests whose tokens are counted together
_NEW = {"row": pl.Int64, "_input": pl.Int64, "_schema": pl.Int64}


@dataclass(frozen=True, slots=True)
class Replaced:
    """Requests that are planned with what their texts take as they are sent, and what is replaced in them."""

    requests: pl.LazyFrame
    order: Redacting | None  # None: nothing is, by settings or rows


def with_redaction(ruled: pl.LazyFrame, job: JobFile, settings: Settings) -> Replaced:
    """REQUESTS (with their `rule`) whose tokens are the larger count, before and after values are replaced.

    So what is reserved for a request holds for what is sent. JobFileError where requests that are to be redacted carry
    pictures, sound or documents, and the settings do not allow that.
    """
    met = ruled.select(pl.col("rule").unique()).collect()["rule"].drop_nulls().sort().to_list()
    order = ordered(settings.privacy, every_rule(settings), met)
    concerned = ruled.filter(_concerned(order, settings.privacy))
    places = concerned.select(*_Place.__match_args__).collect()
    if not places.height:
        return Replaced(ruled, order if order != Redacting() else None)
    if order.media == "refuse":
        _refuse_media(places)
    counted = _counted(places, job, Redactor(order))
    order = structs.replace(order, requests=counted.requests, found=dict(sorted(counted.found.items())))
    return Replaced(_raised(ruled, counted.grown), order)


def ordered(privacy: PrivacySettings, rules: Sequence[Rule], met: Sequence[str]) -> Redacting:
    """What the settings ask for, in all requests and by each `rule` that requests come under."""
    by_rule = {key: _kinds_by(rules_named(key, rules).restricting) for key in met}
    return Redacting(
        everywhere=kinds_of(privacy.redact),
        rules={key: kinds for key, kinds in by_rule.items() if kinds},
        terms=privacy.redact_terms,
        fields=privacy.redact_fields,
        ignore=privacy.ignore,
        media=privacy.redact_media,
    )


def _kinds_by(rules: Sequence[Rule]) -> tuple[PersonalData, ...]:
    """The kinds that any of some rules wants replaced."""
    kinds = {kind for rule in rules for kind in kinds_of(rule.redact)}
    return tuple(kind for kind in PersonalData if kind in kinds)


@dataclass(frozen=True)
class _Place:
    """The columns of a request that say where it is and whether it may be redacted."""

    row: int
    custom_id: str
    line: int
    offset: int
    length: int
    rule: str
    modality: str
    duplicate_of: int | None
    input_tokens: int
    schema_tokens: int


def _concerned(order: Redacting, privacy: PrivacySettings) -> pl.Expr:
    """The requests that something is looked for in. Kinds that were looked for before need no second look."""
    own = (pl.col("needs") & Need.REDACTED.bit) != 0
    if order.terms or order.fields:
        return pl.lit(value=True)
    by_rule = [
        (pl.col("rule") == key) & _may_hold((*order.everywhere, *kinds), privacy) for key, kinds in order.rules.items()
    ]
    return pl.any_horizontal(own, _may_hold(order.everywhere, privacy), *by_rule).fill_null(value=False)


def _may_hold(kinds: Sequence[PersonalData], privacy: PrivacySettings) -> pl.Expr:
    """Whether a request may hold some of these kinds, or carries what cannot be looked into."""
    if not kinds:
        return pl.lit(value=False)
    if not set(kinds) <= set(privacy.detect):
        return pl.lit(value=True)
    bits = sum(kind.bit for kind in set(kinds))
    return ((pl.col("personal") & bits) != 0) | (pl.col("modality") != "text")


def _refuse_media(places: pl.DataFrame) -> None:
    """JobFileError with the first request that carries what cannot be redacted."""
    carrying = places.filter(pl.col("modality") != "text")
    if carrying.height:
        first = carrying.row(0, named=True)
        which = f"{count_requests(carrying.height)}, the first on line {first['line']} (`{first['custom_id']}`)"
        message = f"what is to be redacted may carry no pictures, sound or documents: {which}"
        raise JobFileError(message, hint=MEDIA_HINT)


@dataclass(slots=True)
class _Counted:
    """What is replaced in all of them, and the rows that grow by it."""

    requests: int = 0
    found: Counter[str] = field(default_factory=Counter)
    grown: list[tuple[int, int, int]] = field(default_factory=list)  # row, tokens of content and of the schema


def _counted(places: pl.DataFrame, job: JobFile, redactor: Redactor) -> _Counted:
    """Look into the requests that are sent."""
    counted = _Counted()
    sent = places.filter(pl.col("duplicate_of").is_null())
    with RequestReader(job.path, ignore_models=job.reading.ignore_models) as reader:
        for block in sent.iter_slices(_BLOCK):
            _count_block(block, reader, redactor, counted)
    return counted


def _count_block(block: pl.DataFrame, reader: RequestReader, redactor: Redactor, counted: _Counted) -> None:
    changed: list[tuple[_Place, Request]] = []
    for values in block.iter_rows():
        place = _Place(*values)
        sealed = redactor.sealed(reader.at(place.offset, place.length), place.rule)
        if sealed is not None and sealed.vault.by_value:
            changed.append((place, sealed.request))
            counted.found.update(sealed.vault.counts.keys())
    counted.requests += len(changed)
    for (place, request), tokens in zip(changed, content_tokens([request for _, request in changed]), strict=True):
        schema = schema_tokens(request)
        if tokens > place.input_tokens or schema > place.schema_tokens:
            counted.grown.append((place.row, max(tokens, place.input_tokens), max(schema, place.schema_tokens)))


def _raised(ruled: pl.LazyFrame, grown: Sequence[tuple[int, int, int]]) -> pl.LazyFrame:
    """The requests with the tokens of those that grow."""
    if not grown:
        return ruled
    more = pl.LazyFrame(grown, schema=_NEW, orient="row")
    joined = ruled.join(more, on="row", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("_input", "input_tokens").alias("input_tokens"),
        pl.coalesce("_schema", "schema_tokens").alias("schema_tokens"),
    ).drop("_input", "_schema")


def redacted_in(request: Request, rule: str, order: Redacting | None) -> Mapping[str, int]:
    """How many values of each kind are replaced in one request; none where it cannot be redacted."""
    sealed = _sealed(request, rule, order)
    return {} if sealed is None else sealed.vault.counts


def as_planned(described: pl.DataFrame, request: Request, rule: str, order: Redacting | None) -> pl.DataFrame:
    """REQUESTS of one row with the tokens that its plan counted for it."""
    sealed = _sealed(request, rule, order)
    if sealed is None or not sealed.vault.by_value:
        return described
    tokens, schema = content_tokens([sealed.request])[0], schema_tokens(sealed.request)
    return described.with_columns(
        pl.max_horizontal("input_tokens", pl.lit(tokens, pl.Int64)).alias("input_tokens"),
        pl.max_horizontal("schema_tokens", pl.lit(schema, pl.Int64)).alias("schema_tokens"),
    )


def _sealed(request: Request, rule: str, order: Redacting | None) -> Sealed | None:
    try:
        return Redactor.of(order).sealed(request, rule)
    except JobFileError:
        return None


def saying_so(requests: Mapping[str, Request], job: JobFile, settings: Settings) -> dict[str, Request]:
    """Requests of a job, by custom_id, that say themselves what their rules want replaced.

    For what is asked about them later, as a job of its own that may come under other rules.
    """
    rules = every_rule(settings)
    ours = with_data_class(job.requests, settings.privacy).filter(pl.col("custom_id").is_in(list(requests)))
    named = dict(with_rule(ours, rules).select("custom_id", "rule").collect().iter_rows())
    order = ordered(settings.privacy, rules, sorted({rule for rule in named.values() if rule is not None}))
    return {name: _saying_so(request, order.rules.get(named.get(name) or "", ())) for name, request in requests.items()}


def _saying_so(request: Request, kinds: Sequence[PersonalData]) -> Request:
    both = {*kinds, *kinds_of(request.redact)}
    return structs.replace(request, redact=tuple(kind for kind in PersonalData if kind in both))

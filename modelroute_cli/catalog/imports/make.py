"""A list of models made into settings: what was taken, as YAML, and what was left out, with the reason."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.imports.cards import card_fields, our_name
from modelroute_cli.catalog.imports.document import ModelList, read_list
from modelroute_cli.catalog.imports.found import Entry, FoundModel, FoundPrice, LeftOut, UnfitError
from modelroute_cli.catalog.imports.settings_yaml import ImportedModel, Origin, settings_yaml
from modelroute_cli.catalog.suggest import did_you_mean

IN_CATALOG = "in the catalog already (name it with --only to take this price)"
_FREE = ":free"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What to take: `only` are names or patterns (`gpt-5.*`), none for every model of a known provider."""

    file: str
    day: date
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`yaml` of the models `taken`, which came from `origin`; the rest with reasons."""

    origin: Origin
    yaml: str
    taken: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def import_models(data: bytes, catalog: Catalog, options: ImportOptions) -> Imported:
    """Settings of the models in `data`, a file as downloaded from LiteLLM, models.dev or OpenRouter.

    UsageError when it is none of them, or when a name of `only` matches nothing in it. `taken` may be empty.
    """
    listed = read_list(data, options.file)
    results = list(_results(listed, catalog, options))
    taken = [item for item in results if isinstance(item, ImportedModel)]
    origin = Origin(listed.title, options.file, options.day)
    return Imported(
        origin=origin,
        yaml=settings_yaml(taken, origin),
        taken=tuple(model.name for model in taken),
        left_out=tuple(item for item in results if isinstance(item, LeftOut)),
    )


def _results(listed: ModelList, catalog: Catalog, options: ImportOptions) -> Iterator[ImportedModel | LeftOut]:
    """Every entry that was asked for, as what it became."""
    names: set[str] = set()
    for entry in _asked(listed.entries, options.only):
        result = _result(entry, listed, catalog, options)
        if isinstance(result, ImportedModel) and result.name in names:
            result = LeftOut(entry.listed, "a second entry of the same model")
        elif isinstance(result, ImportedModel):
            names.add(result.name)
        yield result


def _asked(entries: Sequence[Entry], only: tuple[str, ...]) -> Iterable[Entry]:
    """The entries that `only` names; UsageError for a name that none has."""
    for pattern in only:
        if not any(_matches(entry, pattern) for entry in entries):
            message = f"--only: no model of the list is named `{pattern}`"
            known = [name for entry in entries for name in (entry.listed, entry.model_id)]
            raise UsageError(message, hint=did_you_mean(pattern, known, "patterns may hold `*`, as in `gpt-5*`"))
    return [entry for entry in entries if not only or any(_matches(entry, pattern) for pattern in only)]


def _matches(entry: Entry, pattern: str) -> bool:
    """Whether a pattern means this entry, by the list's name, ours or the id."""
    names = (entry.listed, entry.model_id, f"{entry.provider}/{entry.model_id}")
    return any(fnmatchcase(name, pattern) for name in names)


def _result(entry: Entry, listed: ModelList, catalog: Catalog, options: ImportOptions) -> ImportedModel | LeftOut:
    """One entry as a model to write, or why not."""
    if entry.provider not in catalog.providers:
        return LeftOut(entry.listed, f"provider `{entry.provider}` is not known")
    try:
        found = listed.model(entry)
        _check_price(found)
        name = our_name(entry, catalog)
    except UnfitError as error:
        return LeftOut(entry.listed, str(error))
    reason = None if options.only else _unasked(name, found, catalog, options.day)
    return _imported(name, found, catalog) if reason is None else LeftOut(entry.listed, reason)


def _unasked(name: str, found: FoundModel, catalog: Catalog, day: date) -> str | None:
    """Why a model is taken only by name; None where it is not so."""
    if name in catalog.models:
        return IN_CATALOG
    is_gone = found.shutdown is not None and date.fromisoformat(found.shutdown) <= day
    return "switched off already" if is_gone else None


def _check_price(found: FoundModel) -> None:
    """UnfitError for a 0 that may stand for a price nobody knows."""
    prices = (found.price.input, found.price.output)
    if not all(prices) and not found.model_id.endswith(_FREE):
        message = "its price is 0, which may mean that nobody knows it"
        raise UnfitError(message)


def _imported(name: str, found: FoundModel, catalog: Catalog) -> ImportedModel:
    """What is written of one model: of one that is known, the price and what the price makes necessary."""
    fields = card_fields(found, catalog)
    is_capped = found.step_tokens is not None and found.step_tokens < found.context_tokens
    if name in catalog.models:
        fields = {"context_tokens": fields["context_tokens"]} if is_capped else {}
    step = (f"input above {found.step_tokens} tokens costs more: `context_tokens` ends there",) if is_capped else ()
    return ImportedModel(name=name, card=fields, price=found.price, tiers=_tiers(found), notes=(*found.notes, *step))


def _tiers(found: FoundModel) -> dict[str, FoundPrice]:
    """Prices of the other service tiers, by name."""
    return {tier.value: price for tier, price in found.tiers.items()}

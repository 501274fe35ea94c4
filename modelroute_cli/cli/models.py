"""`modelroute models`: what can be sent to, and for how much."""

from collections.abc import Iterable, Sequence

import msgspec

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.suggest import did_you_mean
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import ModelsFlags
from modelroute_cli.cli.workspace import names as separated
from modelroute_cli.cli.workspace import open_workspace, usd
from modelroute_cli.report.catalog_summary import ModelsSummary, models_summary
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.model_page import model_page
from modelroute_cli.report.models_choice import Wanted, choose
from modelroute_cli.report.models_screen import STANDARD_ALONE, models_screen
from modelroute_cli.report.screen import Screen


def models(flags: ModelsFlags, console: Console) -> ExitCode:
    """Show the named models and aliases, or all; one model that is named alone, in full."""
    space = open_workspace(flags.config, flags.prices_as_of, {})
    wanted = _wanted(flags, space.catalog)
    names = expand(space.catalog, flags.names or space.catalog.models)
    summary = models_summary(space.catalog, space.settings, names, space.at, SystemClock().now().date())
    summary = msgspec.structs.replace(summary, models=choose(summary.models, wanted, flags.sort))
    if flags.as_json:
        console.say(to_json(summary))
    else:
        console.show(_screen(flags, wanted, summary, console.width))
    return ExitCode.OK


def _screen(flags: ModelsFlags, wanted: Wanted, summary: ModelsSummary, width: int | None) -> Screen:
    """The page of one model, or the list."""
    is_page = len(summary.models) == 1 and list(flags.names or ()) == [summary.models[0].name]
    if is_page and not flags.all_tiers and wanted.tier is None:
        return model_page(summary.models[0], width)
    return models_screen(summary, width, _tiers(flags))


def _tiers(flags: ModelsFlags) -> Sequence[ServiceTier]:
    """The service tiers whose prices are listed."""
    if flags.all_tiers:
        return tuple(ServiceTier)
    return STANDARD_ALONE if flags.tier is None else (ServiceTier(flags.tier),)


def _wanted(flags: ModelsFlags, catalog: Catalog) -> Wanted:
    """What the flags ask for; UsageError for a provider that is not known or a price that is none."""
    return Wanted(
        providers=tuple(_known(separated(flags.provider), catalog.providers)),
        tier=None if flags.tier is None else ServiceTier(flags.tier),
        modality=flags.modality,
        schema=flags.schema,
        most_input=_price(flags.max_input_price, "--max-input-price"),
        most_output=_price(flags.max_output_price, "--max-output-price"),
        least_context=flags.min_context,
        region=flags.region,
    )


def _known(asked: Iterable[str], providers: Iterable[str]) -> Iterable[str]:
    """The names themselves; UsageError for one that no provider has."""
    known = list(providers)
    for name in asked:
        if name not in known:
            message = f"--provider: no provider is named `{name}`"
            raise UsageError(message, hint=did_you_mean(name, known, f"known: {', '.join(known)}"))
        yield name


def _price(amount: str | None, flag: str) -> PicoUSD | None:
    """Dollars per million tokens."""
    checked = usd(amount, flag)
    return None if checked is None else from_usd(checked)

"""Settings and catalogs for tests, from nothing but what is given."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.list_prices import DayPrices
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.catalog.price_library import tier_prices
from modelroute_cli.catalog.settings import Settings

REPO = Path(__file__).parents[2]
CONFIGS = REPO / "configs"
NOWHERE = Path("/nonexistent")


@cache
def default_settings() -> Settings:
    """The settings of a user who has set nothing."""
    return load_settings(NOWHERE, None, {}, {})


@cache
def default_catalog() -> Catalog:
    """The catalog of a user who has set nothing."""
    return load_catalog(default_settings())


def settings_of(text: str, folder: Path, env: Mapping[str, str] | None = None) -> Settings:
    """The settings where `text` is the project's file."""
    (folder / "modelroute.yaml").write_text(text, "utf-8")
    return load_settings(folder, None, env or {}, {})


def catalog_of(text: str, folder: Path) -> Catalog:
    """The catalog where `text` is the project's file."""
    return load_catalog(settings_of(text, folder))


def day_prices(provider: str, model: str, day: date, tier: ServiceTier = ServiceTier.STANDARD) -> DayPrices | None:
    """The prices of one tier of a model on a UTC day; None when the library has none that token counts can express."""
    return tier_prices(provider, model, day).get(tier)

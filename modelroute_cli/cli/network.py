"""How the settings say that providers are reached."""

from pathlib import Path

from modelroute_cli.catalog.settings import Settings
from modelroute_cli.providers.network import Network


def network_of(settings: Settings) -> Network:
    """Proxy, hosts reached directly and certificates; a file of certificates lies beside the file that names it."""
    asked = settings.network
    return Network(asked.proxy, asked.no_proxy, None if asked.ca_file is None else _beside(settings, asked.ca_file))


def _beside(settings: Settings, name: str) -> Path:
    """A file named in a settings file, from where that lies; from here when an environment variable names it."""
    source = Path(settings.origins.get("network.ca_file", "")).expanduser()
    return (source.parent if source.is_file() else Path()) / Path(name).expanduser()

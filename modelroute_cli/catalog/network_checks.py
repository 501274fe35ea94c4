"""Whether `network.proxy` is an address without a password; what is wrong with it is told without showing it."""

from urllib.parse import urlsplit

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.settings import Settings

_KEY = "network.proxy"


def check_network(settings: Settings) -> Settings:
    """The settings themselves; SettingsError, with its file, for a proxy that is none or carries a password."""
    proxy = settings.network.proxy
    if proxy is None:
        return settings
    where = f"{settings.origins.get(_KEY, 'defaults')}: `{_KEY}`"
    if "@" in proxy:
        message = f"{where} holds a user or a password, which no settings file may"
        raise SettingsError(message, hint="put the whole address into the environment variable `HTTPS_PROXY`")
    if not _is_address(proxy):
        message = f"{where} is no address of a proxy"
        raise SettingsError(message, hint="write it as `http://proxy.acme.com:8080`")
    return settings


def _is_address(proxy: str) -> bool:
    """Whether it is http or https with a host, a port perhaps, and nothing else."""
    try:
        parts = urlsplit(proxy)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and has_host and parts.path in {"", "/"} and not parts.query

"""The environment of programs of the user's own: without keys, and without what opens anything else."""

import os
from collections.abc import Mapping

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.cli.audited import without_audit_key
from modelroute_cli.execution.hooks.receivers import secrets_of
from modelroute_cli.execution.keys import Credentials, without_keys


def bare_env(
    settings: Settings, providers: Mapping[str, Provider], credentials: Mapping[str, Credentials]
) -> dict[str, str]:
    """This environment without the keys of providers, the addresses and secrets of webhooks, and the audit log's key.

    The variables of a proxy stay, with the password that may stand in one: without them a program reaches no network.
    """
    hidden = secrets_of(settings.hooks)
    bare = without_audit_key(without_keys(os.environ, providers.values(), credentials), settings.audit)
    return {name: value for name, value in bare.items() if name not in hidden}

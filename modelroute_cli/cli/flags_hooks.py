"""The flags of the commands about hooks."""

from dataclasses import dataclass

from modelroute_cli.cli.flags import Config, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class HooksFlags:
    """The flags of `hooks`."""

    config: Config = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HooksTestFlags:
    """The flags of `hooks test`."""

    config: Config = None

"""`modelroute models`: what can be sent to, and for how much."""

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.library import expand
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import ModelsFlags
from modelroute_cli.cli.workspace import open_workspace
from modelroute_cli.report.catalog_summary import models_screen, models_summary
from modelroute_cli.report.json_out import to_json


def models(flags: ModelsFlags, console: Console) -> ExitCode:
    """Show the named models and aliases, or all."""
    space = open_workspace(flags.config, flags.prices_as_of, {})
    names = expand(space.catalog, flags.names or space.catalog.models)
    summary = models_summary(space.catalog, space.settings, names, space.at)
    if flags.as_json:
        console.say(to_json(summary))
    else:
        console.show(models_screen(summary, console.width))
    return ExitCode.OK

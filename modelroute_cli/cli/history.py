"""`modelroute history` and `history show`: what was measured so far."""

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_measured import HistoryFlags, HistoryShowFlags
from modelroute_cli.cli.history_place import open_store, unknown
from modelroute_cli.pilot.history.keeping import rows
from modelroute_cli.report.history_screen import detail_screen, history_screen
from modelroute_cli.report.history_summary import HistoryDetail, HistorySummary, history_lines, history_parts
from modelroute_cli.report.json_out import to_json


def history(flags: HistoryFlags, console: Console) -> ExitCode:
    """List by template and model; HistoryError when the file cannot be read."""
    store = open_store(flags.config)
    lines = history_lines(rows(store.file), store.today, store.ageing)
    summary = HistorySummary(kind="history", file=str(store.file), kept=store.settings.keep, lines=lines)
    if flags.as_json:
        console.say(to_json(summary))
    else:
        console.show(history_screen(summary, console.width))
    return ExitCode.OK


def history_show(flags: HistoryShowFlags, console: Console) -> ExitCode:
    """Show each part of a template or a model; UsageError when the history knows neither of that name."""
    store = open_store(flags.config)
    held = rows(store.file)
    about = [row for row in held if flags.key in {row.template, row.model}]
    if not about:
        raise unknown(flags.key, {name for row in held for name in (row.template, row.model)}, "template or model")
    parts = tuple(history_parts(held, about, store.today, store.ageing))
    detail = HistoryDetail(kind="history_detail", file=str(store.file), key=flags.key, parts=parts)
    if flags.as_json:
        console.say(to_json(detail))
    else:
        console.show(detail_screen(detail, console.width))
    return ExitCode.OK

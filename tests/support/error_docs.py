"""Writes docs/errors.md from the table of errors: `python tests/support/error_docs.py`."""

from pathlib import Path

from modelroute_cli.providers.error_table import KINDS, ErrorRow, Meaning, rows

PLACE = Path(__file__).parents[2] / "docs" / "errors.md"
_MEANINGS: dict[Meaning, str] = {
    "retry_now": (
        "the same model again after a short pause, at most `run.max_attempts` times; then another model. "
        "While everything fails there, it is only probed and nothing counts"
    ),
    "retry_later": "the account waits as long as it is told; never counts as a failure of the request",
    "other_model": (
        "its requests go to others of their rule; nothing more goes to this model in this run, "
        "or nothing for as long as it asks, from 300 s to `run.patience_s`"
    ),
    "switch_tier": "the same model at once at the standard tier, where the rule allows it; no failure of the request",
    "stop_provider": "nothing more goes to this provider in this run; exit code 4 where nothing was answered at all",
    "fail_request": "the request goes to another model of its rule, or fails",
    "billed_unusable": "the same, and its reservation stays counted: it was billed, or may have been",
    "unknown": "its reservation stays counted; the same model again, since nobody knows whether it was answered",
}
_HEAD = """# What errors mean

Generated from `modelroute_cli/data/errors.yaml` (`python tests/support/error_docs.py`); a test checks that it is up to
date. The first row that holds decides, and all that it names must hold: the status (`none`: an error without one of its
own, such as one inside a success), one of the words that the body names as code, type or reason, the message. A row
holds whoever sends it, since gateways forward the errors of the providers behind them.

| what follows | that is | in the log |
|---|---|---|
"""
_TABLE = """
## In order

| | what follows | whose words | status | words | besides | because | source |
|---|---|---|---|---|---|---|---|
"""
_TAIL = """
## What comes without a status

| what happens | what follows | money |
|---|---|---|
| no connection: name, port, proxy, certificate | retry now | free |
| a header or address that HTTP does not carry | retry now | free |
| nothing came within `run.timeout_s`, also where bytes trickle in | unknown | counted |
| the connection broke after the request was sent | unknown | counted |
| the answer breaks off, or cannot be unpacked | unknown | counted |
| the answer passes 64 MiB, unpacked | unknown | counted |
| a success that is no JSON, or holds neither answer nor tokens | retry now | counted |
| an error inside a success that reports tokens | as the error says | counted |

## What is an answer all the same

An answer that was cut off (`length`), filtered (`content_filter`), refused, empty or against its schema is billed by
its tokens; the gates judge it, and what they refuse goes to a stronger model (see [how it
decides](how-it-decides.md)).

`x-should-retry: false` ends the tries on a model, `true` makes a refused request worth another one. Moments in
`Retry-After` are measured from the answer's own `Date`, so a wrong local clock changes nothing; in an answer without
one they are believed for a minute at most.
"""


def markdown() -> str:
    """The whole page."""
    meanings = "".join(f"| {_shown(word)} | {text} | `{KINDS[word].value}` |\n" for word, text in _MEANINGS.items())
    lines = "".join(_line(number, row) for number, row in enumerate(rows(), start=1))
    return f"{_HEAD}{meanings}{_TABLE}{lines}{_TAIL}"


def _shown(word: str) -> str:
    return word.replace("_", " ")


def _line(number: int, row: ErrorRow) -> str:
    statuses = ", ".join(str(status) for status in row.status)
    words = ", ".join(f"`{word}`" for word in row.words)
    cells = (str(number), _shown(row.means), row.who, statuses, words, _besides(row), row.why, row.source)
    return f"| {' | '.join(cells)} |\n"


def _besides(row: ErrorRow) -> str:
    said = (
        ("message", row.phrase and _code(row.phrase)),
        ("quota", row.quotas and _code(row.quotas)),
        ("blames", row.param and _code(row.param)),
        ("asks to wait longer than", row.waits_over_s and f"{row.waits_over_s:.0f} s"),
        ("the shape of", row.mark and {"gateway": "a refusing gateway", "in_flight": "a busy budget"}[row.mark]),
    )
    return "; ".join(f"{what} {text}" for what, text in said if text)


def _code(pattern: str) -> str:
    """A regular expression inside a table: its bars would end the cell."""
    return "`" + pattern.replace("|", "\\|") + "`"


if __name__ == "__main__":
    PLACE.write_text(markdown(), encoding="utf-8")

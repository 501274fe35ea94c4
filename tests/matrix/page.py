"""docs/providers.md from the matrix: `PYTHONPATH=tests python -m matrix.page` writes it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from matrix.accounts import Listed
from matrix.cells import ANSWERS, TROUBLES, Came, Case
from matrix.exchange import Exchanged, exchanges
from matrix.listing import EVERY
from matrix.portkey_table import ANSWER_DROPPED, DRESSES, FIELDS, HEADERS_DROPPED
from matrix.sending import sent_parts

from modelroute_cli.base.money import PicoUSD, to_usd_string

PLACE = Path(__file__).parents[2] / "docs" / "providers.md"
COMMAND = "PYTHONPATH=tests python -m matrix.page"
_HEAD = f"""# Providers

Generated from the provider matrix in `tests/matrix` (`{COMMAND}`); a test checks
that it is up to date. Each cell is the outcome of one exchange: a request encoded, sent over HTTP to this machine,
where a server answers in the provider's own words, then decoded, priced, and judged by the gates. **Nothing here was
tried against a live account.** The words are those of the official SDKs' types and of the providers' documents; which
programs of others checked our side stands with each provider.

Adding a provider that speaks one of these formats takes a few lines of settings and no code; each section shows them.
"""
_ANSWERS = """
## Answers

The same prices everywhere ($1 input, $0.10 cached, $1.25 written to the cache, $5 output per million tokens) and the
same size of answer (1,000 tokens in, 50 out), so that what differs is how a provider counts and what it tells of its
cache. An answer that a gate does not pass is paid for all the same, and the request goes to another model.
"""
_TROUBLES = """
## Troubles

What the failure is called in logs and results, and what a run does next. `unknown` and `malformed` may have been
billed: their reservation stays counted under the hard cap.
"""
_PORTKEY = """
## Through Portkey's gateway

Measured with `@portkey-ai/gateway` 1.15.2 between this program and a server on loopback, in every run of CI. Under
which name each field of a request arrives at the provider behind it:
"""
_PORTKEY_END = """
It never says so when it drops a field. The model cards of `portkey/...` are written accordingly: no schema for
Anthropic, no thinking switch for DeepSeek. Nothing that names an attempt reaches the provider ({headers}), so a retry
after a time-out may be paid twice; it stays counted.

What of an answer does not come back:

{dropped}

A config with `retry` or `fallback` (`x-portkey-config` under `headers`) works: the gateway's own retries are not seen
here, and each attempt of ours is one answer. Know three things about it. A target needs `api_key` in the config, which
settings do not take; `forward_headers: ["authorization"]` with `retry` in its place passes the key of the call on, to
**every** target, so all targets must belong to one account. An answer of another model is priced as the one that was
asked for, so let targets differ in where they are, not in what they cost. And `use_retry_after_header` breaks 1.15.2
after its last retry (it answers 500).
"""


def markdown() -> str:
    """The whole page."""
    return "".join(
        [
            _HEAD,
            _ANSWERS,
            _table(["Provider", *ANSWERS], [[row.name, *_cells(row, ANSWERS)] for row in EVERY]),
            _TROUBLES,
            _table(["Provider", *TROUBLES], [[row.name, *_cells(row, TROUBLES)] for row in EVERY]),
            *(_section(row) for row in EVERY),
            _PORTKEY,
            _portkey(),
        ]
    )


@cache
def cells_of(name: str) -> Mapping[Case, Exchanged]:
    """The cells of one provider, exchanged once."""
    listed = next(each for each in EVERY if each.name == name)
    return exchanges(listed.account, listed.shapes)


def _cells(listed: Listed, cases: Iterable[Case]) -> Iterable[str]:
    return [_cell(cells_of(listed.name)[case].came) for case in cases]


def _cell(came: Came) -> str:
    """One outcome, short."""
    if came.verdict == "pass":
        return f"{_dollars(came.cost_pusd)}{f', calls `{came.tool}`' if came.tool else ''}"
    if came.usage is not None:
        return f"gate `{came.verdict}`, {_dollars(came.cost_pusd)}"
    return f"`{came.verdict}`: {came.follows}{', money held' if came.cost_pusd is None else ''}"


def _dollars(cost_pusd: int | None) -> str:
    return "unknown" if cost_pusd is None else f"${to_usd_string(PicoUSD(cost_pusd))}"


def _section(listed: Listed) -> str:
    """What there is to know about one provider."""
    provider = listed.account.provider
    key = "none" if listed.key_header is None else f"`{listed.key_header}`"
    facts = [
        f"- Format: `{provider.format}`, sent to `{listed.path}`; key: {key}",
        f"- Declared: {_declared(listed)}",
        f"- Checked against: {listed.checked}; never tried live",
        *([f"- {listed.note}"] if listed.note else []),
    ]
    sent = [[part.part, part.fields] for part in sent_parts(listed.account)]
    messages = [
        [case, came.verdict, _escaped(came.text)] for case in TROUBLES for came in [cells_of(listed.name)[case].came]
    ]
    return "".join(
        [
            f"\n## {listed.name}\n\n",
            "\n".join(facts),
            "\n",
            _yaml(listed.declared),
            _table(["Part of a request", "sent as"], sent),
            _table(["Trouble", "class", "message"], messages),
        ]
    )


def _declared(listed: Listed) -> str:
    if listed.declared:
        return "as below, in your settings"
    return f"ships as `{listed.provider}`; its key is read from `{listed.account.provider.api_key_env}`"


def _yaml(declared: str) -> str:
    return f"\n```yaml\n{declared}\n```\n" if declared else ""


def _portkey() -> str:
    """The table of the gateway, and what to know about it."""
    rows = [
        [f"`{field.field}`", *(f"`{name}`" if (name := field.at(dress)) else "dropped" for dress in DRESSES)]
        for field in FIELDS
    ]
    dropped = "\n".join(f"- as {dress}: {', '.join(lost) or 'nothing'}" for dress, lost in ANSWER_DROPPED.items())
    headers = ", ".join(f"`{name}`" for name in HEADERS_DROPPED)
    return _table(["Field", *DRESSES], rows) + _PORTKEY_END.format(headers=headers, dropped=dropped)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _escaped(text: str) -> str:
    """Text that may stand in a cell."""
    return f"`{text}`" if text and "`" not in text else text


if __name__ == "__main__":
    PLACE.write_text(markdown(), encoding="utf-8")

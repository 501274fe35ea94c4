"""Rows of the results that say who wrote them: a model, which one, at whose, and when.

What a reader of the file can rely on, in words that are not our own: `trainedAlgorithmicMedia` is IPTC's digital source
type for what a trained model made. An emulated answer is nobody's: it is never marked as a model's.
"""

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.marking import ResultSettings
from modelroute_cli.execution.result_row import ResultRow

SOURCE_TYPE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_DEFAULT = "default"
_ANSWERED = (
    "SELECT i.started_at, o.latency_s FROM finals f JOIN intents i USING (attempt) JOIN outcomes o USING (attempt) "
    "WHERE f.row = ?"
)


class MarkedRow(ResultRow, frozen=True, kw_only=True):
    """A result with its marks; all None where nothing was answered, and no model where the answer is emulated."""

    ai_generated: bool | None = None  # False: emulated
    ai_model: str | None = None  # as the provider names what answered, else as it was asked for
    ai_provider: str | None = None  # the account; behind a gateway others answer
    generated_at: str | None = None  # ISO, UTC; None: unknown, as of what was answered in a provider batch
    digital_source_type: str | None = None
    ai_disclosure: str | None = None  # the user's own words, in the language of the request


class Marker:
    """Marks rows, with what the journal and the plan know."""

    def __init__(self, connection: sqlite3.Connection, models: Mapping[str, ModelCard], said: ResultSettings) -> None:
        self._connection = connection
        self._models = models
        self._said = said

    def marked(self, row: ResultRow, first: int, language: str) -> MarkedRow:
        """A result with its marks; `first` is the row that was answered for it, `language` that of the request."""
        plain: dict[str, Any] = {name: getattr(row, name) for name in ResultRow.__struct_fields__}
        if row.output is None and not row.tool_calls:
            return MarkedRow(**plain)
        if row.emulated:
            return MarkedRow(**plain, ai_generated=False)
        return MarkedRow(
            **plain,
            ai_generated=True,
            ai_model=row.model_served or row.model,
            ai_provider=self._provider(row.model),
            generated_at=self._answered_at(first),
            digital_source_type=SOURCE_TYPE,
            ai_disclosure=disclosure(self._said.disclosure, language),
        )

    def _provider(self, model: str | None) -> str | None:
        card = self._models.get(model or "")
        return None if card is None else card.provider

    def _answered_at(self, row: int) -> str | None:
        """When the whole answer was there, to the second."""
        found = self._connection.execute(_ANSWERED, (row,)).fetchone()
        if found is None or found[1] is None:
            return None
        ended = datetime.fromisoformat(found[0]) + timedelta(seconds=found[1])
        return ended.isoformat(timespec="seconds")


def disclosure(texts: Mapping[str, str], language: str) -> str | None:
    """The words for a language (`de`, `pt-BR` too by its first part), else those for all others; None without any."""
    return texts.get(language) or texts.get(language.split("-", 1)[0]) or texts.get(_DEFAULT)

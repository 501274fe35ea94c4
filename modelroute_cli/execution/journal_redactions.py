"""What a journal says of redaction."""

from pathlib import Path

from msgspec import Struct

from modelroute_cli.execution.database import reading

_SEEN = """
SELECT COUNT(DISTINCT row), COALESCE(SUM(unknown > 0), 0), COALESCE(SUM(unknown), 0)
FROM redactions JOIN intents USING (attempt)
"""


class Redactions(Struct, frozen=True):
    """Requests in which something was replaced, and answers with placeholders that nobody had given out."""

    requests: int
    strange: int  # answers
    unknown: int  # placeholders in them


def redactions(path: Path) -> Redactions:
    """What was replaced in a run so far; StorageError."""
    with reading(path) as connection:
        return Redactions(*connection.execute(_SEEN).fetchone())

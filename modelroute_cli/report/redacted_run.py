"""What was replaced in what a run sent, in a line."""

from modelroute_cli.execution.journal_redactions import Redactions
from modelroute_cli.report.screen import Line, Screen, plural


def redactions_line(seen: Redactions | None) -> Screen:
    """`Redacted: 812 requests; 3 answers hold placeholders that were never given out`; or no line."""
    if seen is None or not seen.requests:
        return ()
    strange = f"; {plural(seen.strange, 'answer')} with placeholders that were never given out" if seen.strange else ""
    return (Line(f"Redacted before they were sent: {plural(seen.requests, 'request')}{strange}"),)

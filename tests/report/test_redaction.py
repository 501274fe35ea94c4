"""What is said of redaction: numbers alone."""

from modelroute_cli.execution.journal_redactions import Redactions
from modelroute_cli.features.redaction.order import Redacting
from modelroute_cli.report.json_out import public
from modelroute_cli.report.redacted_run import redactions_line
from modelroute_cli.report.redaction import redacted_line, redaction_lines, redaction_of
from modelroute_cli.report.screen import Line

ORDER = Redacting(terms=("Anna Schmidt",), requests=812, found={"term": 40, "email": 800})


def test_a_plan_names_kinds_and_never_terms() -> None:
    """On the screen and in JSON."""
    told = redaction_of(ORDER)
    assert told is not None
    text = "Redacted before they are sent: 812 requests (e-mail addresses in 800, listed terms in 40)"
    assert redaction_lines(told) == (Line(text),)
    assert public(told) == {"requests": 812, "found": {"term": 40, "email": 800}, "media": "refuse"}


def test_a_plan_says_where_nothing_is_found_and_what_goes_unseen() -> None:
    """And nothing where nothing is looked for."""
    assert redaction_lines(redaction_of(None)) == ()
    assert redaction_lines(redaction_of(Redacting(media="send"))) == (
        Line(
            "Redacted before they are sent: no request holds what is looked for; "
            "pictures, sound and documents are sent as they are"
        ),
    )


def test_a_request_says_how_many_values_of_each_kind() -> None:
    """In a line, or in none."""
    assert redacted_line({}) == ()
    assert redacted_line({"term": 2, "email": 1}) == (
        Line("  redacted before it is sent: e-mail addresses 1, listed terms 2"),
    )


def test_a_run_says_what_came_back_unknown() -> None:
    """Answers with placeholders that nobody gave out are to be looked at."""
    assert redactions_line(None) == redactions_line(Redactions(0, 0, 0)) == ()
    assert redactions_line(Redactions(1, 0, 0)) == (Line("Redacted before they were sent: 1 request"),)
    assert redactions_line(Redactions(9, 1, 4)) == (
        Line("Redacted before they were sent: 9 requests; 1 answer with placeholders that were never given out"),
    )

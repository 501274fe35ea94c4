"""What is found in a text, beside what the detector alone would find."""

import pytest

from modelroute_cli.base.schema import PersonalData
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.privacy.detector import Detector
from modelroute_cli.features.redaction.finder import Finder
from modelroute_cli.features.redaction.terms import Terms


def kinds_in(text: str, *terms: str) -> list[tuple[str, str]]:
    """Kind and value of each mark, in order."""
    finder = Finder(Detector(PrivacySettings(detect=tuple(PersonalData))), (Terms(terms),))
    marks = sorted(set(finder.marks(text)), key=lambda mark: mark.span)
    return [(mark.kind, text[mark.span.start : mark.span.end]) for mark in marks]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("田中はanna@web.deです", [("email", "anna@web.de")]),
        ("電話は+49 30 901820-12です", [("phone", "+49 30 901820-12")]),
        ("3月4日に5555円", []),
        ("Anna (anna@web.de)", [("term", "Anna"), ("term", "anna"), ("email", "anna@web.de")]),
    ],
)
def test_values_are_found_where_writing_has_no_spaces(text: str, marks: list[tuple[str, str]]) -> None:
    """Beside letters that need none; terms are marked wherever they stand."""
    assert kinds_in(text, "Anna") == marks

"""Rules of the languages of a request."""

import pytest

from modelroute_cli.base.schema import Request
from modelroute_cli.features.reading import read
from modelroute_cli.features.tongues import NAMES, tongues

POEM = '"Der Abend legt sein Tuch auf unsre Tische, und was vom Tage bleibt, sind Gräten und Fische."'
SHOWN = [
    ("Put this into Danish: the lift is broken", "names a language that it is not written in"),
    ("Kannst du mir einen Brief in gutem Deutsch schreiben, bitte", "names the language it is written in"),
    (f"What does this German poem say about the evening? {POEM}", "names a language of the material"),
    (f"Put this into Polish for me please: {POEM}", "names a language that neither it nor the material is written in"),
    ("From Dutch to Swedish, please", "names two languages"),
    (f"What is this about, please tell me: {POEM}", "material in another language"),
    (f"Worum geht es in diesem Text, bitte kurz: {POEM}", "material in the language asked in"),
    ("EN→PL, keep the format", "a language to another"),
    ("DE-FR bitte: Aufzug", "a language to another"),
    ("consent form → Tagalog", "an arrow to a language"),
    ("EN please: der Aufzug", "an arrow to a language"),
    ('{"target_lang": "en", "segments": ["Aufzug"]}', "a field for a language"),
]


def said(prompt: str) -> list[str]:
    """What holds for a prompt."""
    return [NAMES[place] for place in tongues(read(Request(custom_id="r", prompt=prompt)))]


@pytest.mark.parametrize(("prompt", "name"), SHOWN)
def test_languages_are_told_apart(prompt: str, name: str) -> None:
    """Those named, the asker's, and the material's, whichever way they are written."""
    assert name in said(prompt)


def test_a_request_may_name_no_language() -> None:
    """Then there is nothing to say."""
    assert said("Name three rivers in the north of the country") == []

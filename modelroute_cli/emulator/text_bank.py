"""The phrases and patterns of data/emulator_text.yaml, read once."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml
from msgspec import Struct

Form = Literal["email", "headline", "label", "code", "number", "bullets", "prose"]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class FormPattern(Struct, frozen=True, forbid_unknown_fields=True):
    """What a request must say to be answered in a form."""

    form: Form
    pattern: str

    def place_in(self, lowered: str) -> int | None:
        """Where an instruction in lower case first asks for this form; None when it does not."""
        found = re.search(self.pattern, lowered)
        return found.start() if found else None


class Thinker(Struct, frozen=True, forbid_unknown_fields=True):
    """How hard models of a name think unless told otherwise; `always`: they cannot be told not to."""

    model: str
    effort: Effort
    always: bool = False


class Phrases(Struct, frozen=True, forbid_unknown_fields=True):
    """What is written in one language."""

    named: tuple[str, ...]
    topic: str
    subject: tuple[str, ...]
    greeting: tuple[str, ...]
    opening: tuple[str, ...]
    sentences: tuple[str, ...]
    call: tuple[str, ...]
    closing: tuple[str, ...]
    headline: tuple[str, ...]
    short: tuple[str, ...]
    label: str


class TextBank(Struct, frozen=True, forbid_unknown_fields=True):
    """All that the emulator can say."""

    forms: tuple[FormPattern, ...]
    thinking: tuple[Thinker, ...]
    effort_tokens: Mapping[Effort, int]
    words: Mapping[Form, int]
    languages: Mapping[str, Phrases]


@cache
def text_bank() -> TextBank:
    """The shipped phrases."""
    written = (files("modelroute_cli") / "data" / "emulator_text.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(written), TextBank)

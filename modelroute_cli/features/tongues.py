"""The languages of a request: the one it asks in, those it names, and that of its material.

Which is not which says more than any name: a language named in a text of that language is seldom one to translate
into, and material that the asker's language is not in often is to be understood.
"""

# ruff: noqa: RUF001 - marks of other scripts are meant

import re
from functools import cache

from modelroute_cli.features.language import UNDETERMINED, language
from modelroute_cli.features.language_names import codes, named_language, named_languages, wide_names
from modelroute_cli.features.reading import HEAD, SYSTEM, TAIL, Reading
from modelroute_cli.features.words import fold

_MATERIAL_CHARS = 160
_CODE_CHARS = 2
_CODE = r"[A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?"
_POINT = r"(?:->|→|=>|>|»|⇒)"
_PAIR = re.compile(rf"({_CODE})\s?{_POINT}\s?({_CODE})(?![^\W_])")
_CAPITALS = re.compile(r"([A-Z]+)(?:\s?[-–/:]\s?|\s(?:to|zu|nach|vers|a)\s)([A-Z]+)(?![^\W_])")
_TARGET = re.compile(rf"{_POINT}\s?([^\W\d_]{{2,20}})")
_ASKED = re.compile(r"([A-Z]+)(?:-[A-Z]{2})?,?\s?(?:please|pls|bitte|version|:)")
_FIELDED = ("{", "lang", "target", "to:", "locale", "ziel", "idioma", "lingua", "sprache")  # cheaper than the search
_BEHIND_CODE = ("", "-", "_")
_ARROWS = (">", "→", "»", "⇒")
_FIELDS = re.compile(
    r"(?:target|tgt|to|lang|language|locale|out|ziel|cible|idioma|lingua|sprache|langue|taal|język|språk|dil)"
    r"\W{1,4}([a-z]{2}(?:[-_][A-Za-z]{2,4})?)(?![\w-])",
    re.IGNORECASE,
)
NAMES = (
    "names a language",
    "names a language that it is not written in",
    "names the language it is written in",
    "names a language of the material",
    "names a language that neither it nor the material is written in",
    "names two languages",
    "material in another language",
    "material in the language asked in",
    "a language to another",
    "an arrow to a language",
    "a field for a language",
)
_ANY, _OTHER, _OWN, _OF_MATERIAL, _NEITHER, _TWO, _FOREIGN, _SAME, _PAIRED, _ARROW, _FIELD = range(len(NAMES))


def tongues(reading: Reading) -> list[int]:
    """The places in NAMES that hold."""
    named = _named(reading)
    spoken, material = reading.language, _material(reading)
    found = _pointed(reading.zones.instruction)
    if named:
        found += [_ANY, *([_TWO] if len(named) > 1 else [])]
        found += [_OWN] if spoken in named else []
        found += [_OTHER] if named - {spoken} else []
        found += [_OF_MATERIAL] if material in named and material != spoken else []
        found += [_NEITHER] if material != UNDETERMINED and named - {spoken, material} else []
    if UNDETERMINED not in (material, spoken):
        found.append(_SAME if material == spoken else _FOREIGN)
    return found


def _named(reading: Reading) -> set[str]:
    """The codes of the languages that the instruction names."""
    found = named_languages([word.text for zone in (SYSTEM, HEAD, TAIL) for word in reading.parts[zone].words])
    instruction = reading.zones.instruction
    if not instruction.isascii():
        found.update(codes()[name] for name in wide_names().findall(instruction))
    return found


def _material(reading: Reading) -> str:
    """The language of what is not the instruction."""
    zones = reading.zones
    for text in (zones.body, zones.middle, zones.tail):
        if text:
            return language(text[:_MATERIAL_CHARS])
    if zones.system:
        return reading.language
    return UNDETERMINED


def _pointed(text: str) -> list[int]:
    """Codes and arrows that lead to a language."""
    arrows = any(arrow in text for arrow in _ARROWS)
    pairs = [*(_PAIR.findall(text) if arrows else ()), *_CAPITALS.findall(text)]
    targets = [*(_TARGET.findall(text) if arrows else ()), *_ASKED.findall(text)]
    found = [_PAIRED] if any(_code(one) and _code(other) for one, other in pairs) else []
    if any(_code(target) or named_language(fold(target)) for target in targets):
        found.append(_ARROW)
    if any(mark in text for mark in _FIELDED) and any(map(_code, _FIELDS.findall(text))):
        found.append(_FIELD)
    return found


def _code(text: str) -> bool:
    """Whether this is the code of a language, perhaps with its country."""
    return text[:_CODE_CHARS].lower() in _known() and text[_CODE_CHARS : _CODE_CHARS + 1] in _BEHIND_CODE


@cache
def _known() -> frozenset[str]:
    """The codes of languages, and of the countries that stand for one."""
    return frozenset(codes().values()) | {"ua", "jp", "cn", "cz", "se", "dk", "no", "gr", "br", "gb", "us", "at"}

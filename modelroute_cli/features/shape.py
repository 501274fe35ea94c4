"""The outward shape of a request: what can be seen without understanding a word."""

# ruff: noqa: RUF001 - letters and marks of other scripts are meant

import re

from modelroute_cli.base.schema import Request
from modelroute_cli.features.zones import Zones, bounded

_PATTERNS = {
    "code fence": r"```",
    "code": r"[;{}]\s*\n|\bdef \w+\(|=>|\)\s*\{|</\w+>|^\s*(?:import|SELECT|select|FROM|#include|const|let|var|public)\b",
    "formula": r"[=+√∫∑π²³≤≥±×÷^]|\\frac|\\int|\d\s?[-*/]\s?\d|\b[xyfn]\(|\b[a-z]\s?=",
    "percent": r"\d\s?%",
    "currency": r"[€$£¥₺₹]\s?\d|\d\s?(?:€|EUR|USD|zł|kr|Kč|TL)\b",
    "JSON": r'^\s*[\[{]\s*(?:"|\{|\[)|"\w+"\s*:',
    "tags": r"<[A-Za-z_]\w*[^<>\n]*>",
    "table": r"^[^\n|;,]*(?:[|;,][^\n|;,]*){3,}\n[^\n|;,]*(?:[|;,][^\n|;,]*){3,}$",
    "labelled lines": r"^[\w \[\]'’/-]{2,24}[:：].*\n[\w \[\]'’/-]{2,24}[:：]",
    "bullets": r"^\s*(?:[-*•]|\d+[.)])\s.*\n\s*(?:[-*•]|\d+[.)])\s",
    "quotation": r"[\"“„«「『]",
    "placeholder": r"\{\{?\s*\w+\s*\}?\}|\[[A-Z_ ]{3,}\]|_{3,}",
    "mail head": r"^(?:Subject|From|To|Betreff|Von|An|Objet|De|Asunto|Oggetto|Onderwerp|Temat|件名)\s?:",
    "emoji": r"[\U0001f300-\U0001faff]",
    "web address": r"https?://|www\.",
    "arrow": r"->|→|=>",
    "blank to fill": r"[:：=]\s*\Z|\?\?\?",
    "ellipsis": r"…|\.\.\.",
}
_EDGE_CHARS = 500  # of the beginning and of the end are looked at
_SPEAKER = re.compile(r"^[ >]*[\w .()-]{1,24}:\s", re.MULTILINE)
_ANYWHERE = [re.compile(pattern, re.MULTILINE) for pattern in _PATTERNS.values()]
_QUESTION = ("?", "？", "؟")
_LENGTHS = (12, 40, 100, 250, 600, 1500)  # characters

NAMES = (
    *_PATTERNS,
    *(f"up to {length} characters" for length in _LENGTHS),
    "longer",
    "question at the beginning",
    "question at the end",
    "question in one line",
    "system message",
    "several turns",
    "response schema",
    "image",
    "lower-case beginning",
    "no words",
    "mostly digits",
    "short instruction over long material",
    "speakers",
)
_INDEX = {name: place for place, name in enumerate(NAMES)}


def shape(request: Request, parts: Zones) -> list[int]:
    """The indices into NAMES that hold for this request, in no order."""
    text = bounded(parts.text, _EDGE_CHARS)
    found = [place for place, pattern in enumerate(_ANYWHERE) if pattern.search(text)]
    return found + [_INDEX[name] for name in (*_length(text), *_manner(parts), *_carried(request, parts))]


def _length(text: str) -> list[str]:
    size = next((f"up to {length} characters" for length in _LENGTHS if len(text) <= length), "longer")
    letters = sum(map(str.isalpha, text[:400]))
    digits = sum(map(str.isdigit, text[:400]))
    return [size, *(["no words"] if letters < 3 else []), *(["mostly digits"] if digits > letters / 2 else [])]  # noqa: PLR2004 - two letters are no word


def _manner(parts: Zones) -> list[str]:
    asked = parts.text.endswith(_QUESTION)
    checks = {
        "question at the beginning": any(mark in parts.head for mark in _QUESTION),
        "question at the end": asked,
        "question in one line": asked and "\n" not in parts.text,
        "speakers": len(_SPEAKER.findall(parts.text)) > 1,
        "lower-case beginning": parts.text[:1].islower(),
        "short instruction over long material": len(parts.body) + len(parts.middle)
        > 3 * (len(parts.head) + len(parts.tail)),
    }
    return [name for name, holds in checks.items() if holds]


def _carried(request: Request, parts: Zones) -> list[str]:
    checks = {
        "system message": bool(parts.system),
        "several turns": parts.turns > 1,
        "response schema": request.response_schema is not None,
        "image": bool(request.images),
    }
    return [name for name, holds in checks.items() if holds]

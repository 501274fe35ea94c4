"""The outward shape of a request: what can be seen without understanding a word."""

# ruff: noqa: RUF001 - letters and marks of other scripts are meant

import re
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.zones import Zones, bounded


@dataclass(frozen=True, slots=True)
class _Look:
    """A pattern, and texts one of which it needs: a cheap look before the search."""

    needs: tuple[str, ...]
    pattern: str


def _look(pattern: str, *needs: str) -> _Look:
    return _Look(needs, f"(?m){pattern}")


_LOOKS = {
    "code fence": _look(r"```", "```"),
    "code": _look(
        r"[;{}]\s*\n|\bdef \w+\(|=>|\)\s*\{|</\w+>|^\s*(?:import|SELECT|FROM|const)\b",
        *("{", "}", ";\n", "def ", "=>", "</", "import ", "SELECT", "FROM", "const "),
    ),
    "formula": _look(r"[=+√∫∑π²³≤≥±×÷^]|\\frac|\\int", *"=+√∫∑π²³≤≥±×÷^\\"),
    "sum": _look(r"\d\s?[-*/]\s?\d", *"-*/"),
    "percent": _look(r"\d\s?%", "%"),
    "currency": _look(
        r"[€$£¥₺₹]\s?\d|\d\s?(?:€|(?:EUR|USD|zł|kr|Kč|TL)\b)",
        *("€", "$", "£", "¥", "₺", "₹", "EUR", "USD", "zł", " kr", "Kč", "TL"),
    ),
    "JSON": _look(r'^\s*[\[{]\s*(?:"|\{|\[)|"\w+"\s*:', "{", "[", '":', '" :'),
    "tags": _look(r"<[A-Za-z_]\w*[^<>\n]*>", "<"),
    "table": _look(r"^[^\n|;,]*(?:[|;,][^\n|;,]*){3,}\n[^\n|;,]*(?:[|;,][^\n|;,]*){3,}$", "\n"),
    "labelled lines": _look(r"^[\w \[\]'’/-]{2,24}[:：].*\n[\w \[\]'’/-]{2,24}[:：]", "\n"),
    "bullets": _look(r"^\s*(?:[-*•]|\d+[.)])\s.*\n\s*(?:[-*•]|\d+[.)])\s", "\n"),
    "quotation": _look(r".", *'"“„«「『'),
    "placeholder": _look(r"\{\{?\s*\w+\s*\}?\}|\[[A-Z_ ]{3,}\]|_{3,}", "{", "[", "___"),
    "mail head": _look(
        r"^(?:Subject|From|To|Betreff|Von|An|Objet|De|Asunto|Oggetto|Onderwerp|Temat|件名)\s?[:：]", ":", "："
    ),
    "web address": _look(r"https?://|www\.", "http", "www."),
    "arrow": _look(r"->|→|=>", "->", "→", "=>"),
    "blank to fill": _look(r"[:：=]\s*\Z|\?\?\?", ":", "：", "=", "???"),
    "ellipsis": _look(r"…|\.\.\.", "…", "..."),
    "options parted by strokes": _look(r"[/|] ?[^\W_][\w-]{0,20} ?[/|] ?[^\W_]", "/", "|"),
    "a choice of words": _look(
        r", [^,.?!\n]{1,30},? (?:or|oder|ou|o|of|lub|albo|czy|eller|veya|или|או|أو|nebo|sau|vagy|tai|atau|hoặc) ",
        ", ",
    ),
    "many numbers": _look(r"\d+(?:\D+\d+){3}", *"0123456789"),
    "an error": _look(r"Error\b|Exception\b|ERROR|Traceback", "Error", "Exception", "ERROR", "Traceback"),
    "a file": _look(r"\.(?:py|js|ts|csv|xlsx?|json|ya?ml|sql|html|css|sh|txt|log|conf|tf)\b", "."),
    "names of code": _look(r"[a-z]_[a-z]|[a-z][A-Z]|\w\(\)", "_", "()"),
    "several questions": _look(r"[?？؟].*[?？؟]", "?", "？", "؟"),
}
_EMOJI = re.compile(r"[\U0001f300-\U0001faff]")
_NUMBER = re.compile(r"\d+")
_FEW_NUMBERS = 3
_COUNTED_CHARS = 60
_EDGE_CHARS = 500  # of the beginning and of the end are looked at
_SPEAKER = re.compile(r"^[ >]*[\w .()-]{1,24}:\s", re.MULTILINE)
_QUESTION = ("?", "？", "؟")
_LENGTHS = (12, 40, 100, 250, 600, 1500)  # characters

NAMES = (
    *_LOOKS,
    "emoji",
    *(f"up to {length} characters" for length in _LENGTHS),
    "longer",
    "question at the beginning",
    "question at the end",
    "question in one line",
    "question without numbers",
    "question with numbers",
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
    found = _looked(text)
    if not text.isascii() and _EMOJI.search(text):
        found.append(_INDEX["emoji"])
    return found + [_INDEX[name] for name in (*_length(parts.text), *_manner(parts), *_carried(request, parts))]


def _looked(text: str) -> list[int]:
    """The looks that hold; plain loops, as this is done for every request."""
    found = []
    for place, look in enumerate(_LOOKS.values()):
        for need in look.needs:
            if need in text:
                if compiled(look.pattern).search(text):
                    found.append(place)
                break
    return found


def _length(text: str) -> list[str]:
    size = next((f"up to {length} characters" for length in _LENGTHS if len(text) <= length), "longer")
    letters = sum(map(str.isalpha, text[:_COUNTED_CHARS]))
    digits = sum(map(str.isdigit, text[:_COUNTED_CHARS]))
    return [size, *(["no words"] if letters < 3 else []), *(["mostly digits"] if digits > letters / 2 else [])]  # noqa: PLR2004 - two letters are no word


def _manner(parts: Zones) -> list[str]:
    asked = parts.text.endswith(_QUESTION)
    asking = any(mark in parts.head or mark in parts.tail for mark in _QUESTION)
    numbers = _NUMBER.findall(bounded(parts.text, _EDGE_CHARS)) if asking else []
    checks = {
        "question at the beginning": any(mark in parts.head for mark in _QUESTION),
        "question at the end": asked,
        "question in one line": asked and "\n" not in parts.text,
        "question without numbers": asking and not numbers,
        "question with numbers": asking and len(numbers) >= _FEW_NUMBERS,
        "speakers": "\n" in parts.text and len(_SPEAKER.findall(parts.text)) > 1,
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

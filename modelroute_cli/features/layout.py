"""How a user turn is laid out: which of its parts ask, which are material, and which may be either.

Read are JSON fields, tagged and headed sections, quotations, fences, and blocks between rules; by their names where
they have some (data/section_names.yaml).
"""

# ruff: noqa: RUF001 - marks of other scripts are meant

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.words import fold

_QUOTED = (
    r"(?s)```.*?(?:```|\Z)"
    r'|""".*?(?:"""|\Z)'
    r"|(?m:^>.*$)"
    r'|"[^"\n]{40,}"?|“[^”]{40,}”?|„[^“”"]{40,}[“”"]?|«[^»]{40,}»?|»[^«]{40,}«|「[^」]{20,}」?|『[^』]{20,}』?'
)
_QUOTE_MARKS = ('"', "“", "„", "«", "»", "「", "『", "```", ">")
_TAGGED = r"(?s)<([^\W\d_][\w-]{0,30})(?: [^<>\n]*)?>(.*?)(?:</\1>|\Z)"
_HEADER = (
    r"(?m)^[ \t]*(?:#{1,5}[ \t]*|\*\*|[\[【<=-]+[ \t]*)?([^\W\d_][\w /'’&-]{1,30}?)[ \t]*"
    r"(?:\*\*|[\]】>]+|[ \t]*[=-]+)?[ \t]*(?:[:：](?:\*\*)?|$)"
)
_FIELD = r'["\']([^"\'\n{}\[\]:]{1,40})["\']\s*:\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s\[{",}\]][^\[{",}\]\n]{0,40}))?'
_BLOCK = r"(?ms)^[ \t]*[\[{](?=[\s\"'{\[]).*[\]}]"
_RULE = r"(?m)^[ \t]*(?:-{3,}|={3,}|\*{3,}|_{3,}|#{3,}|—{1,}|~{3,}|-{2,} .* -{2,})[ \t]*$"
_SHORT_VALUE = 24
_SHORT_ASK = 420
_TIMES_LONGER = 2
_LEAST_LETTERS = 6
_MOST_WORDS = 3  # of a name


@dataclass(frozen=True, slots=True)
class Laid:
    """The parts of a user turn, each as one text; empty where there is none."""

    asked: str  # what is marked as the task
    plain: str  # what is not marked
    material: str  # what is marked as material


def lay_out(text: str) -> Laid:
    """Take a user turn apart; linear in its length."""
    for reader in (_fields, _tags, _sections):
        found = reader(text)
        if found is not None:
            return found
    return _blocks(text)


def _blocks(text: str) -> Laid:
    """Quotations, fences and rules: the rest may ask."""
    quoted = (
        [found.group() for found in compiled(_QUOTED).finditer(text)]
        if any(mark in text for mark in _QUOTE_MARKS)
        else []
    )
    plain = compiled(_QUOTED).sub(" ", text).strip() if quoted else text
    if not _says(plain):
        return Laid("", text, "")
    asked, rest = _ruled(plain)
    if asked:
        return Laid(asked, "", "\n".join((rest, *quoted)))
    return Laid("", plain, "\n".join(quoted))


def _ruled(text: str) -> tuple[str, str]:
    """The short block beside a long one, where a rule parts them."""
    if "\n" not in text:
        return "", text
    blocks = [block.strip() for block in compiled(_RULE).split(text)]
    blocks = [block for block in blocks if _says(block)]
    if len(blocks) < 2:  # noqa: PLR2004 - one block is not parted
        return "", text
    longest = max(blocks, key=len)
    others = "\n".join(block for block in blocks if block is not longest)
    if len(others) > _SHORT_ASK or len(longest) < _TIMES_LONGER * len(others):
        return "", text
    return others, longest


def _fields(text: str) -> Laid | None:
    """JSON: by itself its fields, beside other words material."""
    if "{" not in text and "[" not in text:
        return None
    block = compiled(_BLOCK).search(text)
    if block is None or not compiled(_FIELD).search(block.group()):
        return None
    beside = f"{text[: block.start()].strip()}\n{text[block.end() :].strip()}".strip()
    if _says(beside):
        return Laid("", beside, block.group()) if "```" not in beside else None
    return _told_by_fields(block.group())


def _told_by_fields(block: str) -> Laid:
    """A task field asks; short fields and the names of all say what for; long values are material."""
    asked: list[str] = []
    told: list[str] = []
    material: list[str] = []
    for name, text, bare in compiled(_FIELD).findall(block):
        value = text.replace("\\n", "\n") if text else bare.strip()
        if _asks(name) and value:
            asked.append(value)
        elif len(value) <= _SHORT_VALUE:
            told.append(f"{name.replace('_', ' ')} {value}")
        else:
            told.append(name.replace("_", " "))
            material.append(value)
    listed = ", ".join(told)
    return Laid("\n".join(asked) or listed, listed if asked else "", "\n".join(material) or block)


def _tags(text: str) -> Laid | None:
    """Parts in tags that are called a task or material."""
    if "<" not in text:
        return None
    asked: list[str] = []
    material: list[str] = []
    for tag, inner in compiled(_TAGGED).findall(text):
        if _asks(tag):
            asked.append(inner.strip())
        elif _holds(tag):
            material.append(inner.strip())
    if not asked and not material:
        return None
    plain = compiled(_TAGGED).sub(lambda found: "" if _named(found.group(1)) else found.group(), text).strip()
    return Laid("\n".join(asked), plain, "\n".join(material))


def _sections(text: str) -> Laid | None:
    """Parts under headings, one of which is called a task."""
    if "\n" not in text:
        return None
    headers = [found for found in compiled(_HEADER).finditer(text) if _named(found.group(1))]
    if not any(_asks(found.group(1)) for found in headers) or len(headers) > len({f.group(1) for f in headers}):
        return None
    asked: list[str] = []
    plain = [text[: headers[0].start()].strip()]
    material: list[str] = []
    for header, part in _parts(text, headers):
        (asked if _asks(header) else material).append(part)
    return Laid("\n".join(asked), plain[0], "\n".join(material))


def _parts(text: str, headers: list[re.Match[str]]) -> Iterator[tuple[str, str]]:
    """Each heading with what stands under it."""
    ends = [header.start() for header in headers[1:]]
    for header, end in zip(headers, (*ends, len(text)), strict=True):
        yield header.group(1), text[header.end() : end].strip()


def _says(text: str) -> bool:
    """Whether there are words at all."""
    return sum(map(str.isalpha, text[:200])) >= _LEAST_LETTERS


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """What sections that ask are called, and what sections that hold material are."""
    table = shipped_table("section_names.yaml", dict[str, str])
    asks, holds = ({fold(name) for name in table[kind].split()} for kind in ("asks", "holds"))
    return frozenset(asks), frozenset(holds)


def _asks(name: str) -> bool:
    """Whether a section of this name asks."""
    return any(word in _names()[0] for word in _words(name))


def _holds(name: str) -> bool:
    """Whether a section of this name holds material."""
    return any(word in _names()[1] for word in _words(name))


def _named(name: str) -> bool:
    """Whether a section has a name that tells."""
    return _asks(name) or _holds(name)


def _words(name: str) -> list[str]:
    """The words of a name, which may be joined by underscores; a longer line is no name."""
    words = re.split(r"[\s_/&-]+", fold(name.strip()))
    return words if len(words) <= _MOST_WORDS else []

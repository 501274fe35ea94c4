"""Numbers that states give to people: each in its form, with its check digits, and mostly called by its name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final

from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy import people, states
from modelroute_cli.features.privacy.finds import Span
from modelroute_cli.features.privacy.shapes import LETTER, relaxed, shape_of
from modelroute_cli.features.privacy.surroundings import AFTER, BEFORE, is_of_a_thing, said_around, speaks_of

_START, _END = rf"(?<!{LETTER})(?<!-)(?<!\d[.,])", rf"(?!{LETTER}|-|[.,]\d)"
_KEPT = 16_384  # pieces of text of at most 48 characters
_LONG = 9  # digits in a row: more than any group of a number that is written in groups
_TAX = (
    r"(?i)\b(?:steuer\w*|idnr|tin|tax\w*|fiscale?s?|nif|nie|dni|nino|ssn|national|social|insurance|identity|passport\w*|"
    r"identifi\w+|identidad|documento|born|geboren|c[ée]dula)\b"
)


@dataclass(frozen=True)
class Form:
    """How a state's number is written, its check, and the words that must stand by it; without any it speaks alone."""

    pattern: str
    check: Callable[[str], bool]  # of its letters, digits and `-`, without gaps
    digits: tuple[int, ...]  # how many it has
    words: str | None = None

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """The pattern with its ends."""
        return compiled(f"{_START}{self.pattern}{_END}")

    @cached_property
    def shape(self) -> re.Pattern[str]:
        """What the shape of each number of this form matches."""
        return compiled(relaxed(self.whole.pattern))


_FORMS: Final = (
    Form(r"[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", people.is_german, (11,), _TAX),
    Form(r"[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}", people.is_french, (14, 15)),
    Form(
        r"(?:[0-9]{2}[. ]?[0-9]{3}[. ]?[0-9]{3}|[XYZ][ -]?[0-9]{7})[ -]?[A-Z]",
        people.is_spanish,
        (7, 8),
        _TAX,
    ),
    Form(r"[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]", people.is_italian, (7,)),
    Form(r"[0-9]{4}[. ]?[0-9]{2}[. ]?[0-9]{3}", people.is_dutch, (9,), r"(?i)\b(?:bsn|burgerservice\w*|sofi\w*)\b"),
    Form(r"[0-9]{11}", people.is_polish, (11,), r"(?i)\bpesel\w*"),
    Form(
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: [0-9]{2} [0-9]{2} [0-9]{2} |-[0-9]{2}-[0-9]{2}-[0-9]{2}-)[A-D]",
        people.is_british,
        (6,),
    ),
    Form(
        r"(?:QQ|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]) ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]",
        people.is_british,
        (6,),
        r"(?i)\b(?:nino|ni|national|insurance)\b",
    ),
    Form(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", people.is_nhs, (10,), r"(?i)\bnhs\b"),
    Form(
        r"(?:19|20)?[0-9]{6}[- ]?[0-9]{4}",
        people.is_swedish,
        (10, 12),
        r"(?i)\b(?:person|personal|personnummer|personnr|personid|pnr|född|identity|samordning\w*)\b",
    ),
    Form(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", people.is_brazilian, (11,)),
    Form(r"[0-9]{11}", people.is_brazilian, (11,), r"(?i)\bcpf\b"),
    Form(r"[0-9]{3}(?:-[0-9]{2}-| [0-9]{2} )[0-9]{4}", people.is_american, (9,)),
    Form(r"[0-9]{9}", people.is_american, (9,), r"(?i)\b(?:ssn|social|soc)\b"),
    Form(r"[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}", people.is_indian, (12,), r"(?i)\b(?:aadhaa?r|uidai|uid)\b|आधार"),
    Form(r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}", people.is_swiss, (13,)),
    Form(r"756[0-9]{10}", people.is_swiss, (13,), r"(?i)\b(?:ahv|avs|oasi|sozialversicherung\w*|sociale)\b"),
    Form(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", people.is_belgian, (11,)),
    Form(r"[0-9]{6}[-A][0-9]{3}[0-9A-Y]", people.is_finnish, (9, 10)),
    Form(r"[1-6][0-9]{5}(?:19|20)[0-9]{9}[0-9X]", people.is_chinese, (17, 18)),
    Form(r"[1-3][0-9]{2} ?[0-9]{3} ?[0-9]{3}", states.is_portuguese, (9,), r"(?i)\b(?:nif|contribuinte)\b"),
    Form(r"[0-3][0-9][01][0-9]{3}[ -]?[0-9]{4}", states.is_danish, (10,), r"(?i)\bcpr\w*"),
    Form(r"[0-9]{6}/[0-9]{4}", states.is_czech, (10,)),
    Form(r"[1-9][0-9]{10}", states.is_turkish, (11,), r"(?i)\b(?:tckn|tc|t\.c|kimlik\w*)\b"),
    Form(r"[0-9]{6}-[0-9]{7}", states.is_korean, (13,), r"주민|외국인"),
    Form(r"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}", states.is_japanese, (12,), r"(?i)マイナンバー|個人番号|\bmy number\b"),
)
_ALL_WORDS: Final = dict.fromkeys((_TAX, *(form.words for form in _FORMS if form.words is not None)))
ID_WORDS: Final = f"(?i){'|'.join(words.removeprefix('(?i)') for words in _ALL_WORDS)}"
LENGTHS_ALONE: Final = (15, 17, 18)  # digits of the forms that speak alone without a gap: France, China


def national_ids(text: str, start: int, end: int) -> Iterator[Span]:
    """The places of the identity numbers of twenty-one countries between `start` and `end`."""
    for form in _fitting(shape_of(text[start:end])):
        for found in form.whole.finditer(text, start, end):
            span = Span(*found.span())
            if _is_meant(text, span, form) and form.check(compiled(r"[^0-9A-Z-]").sub("", found.group())):
                yield span


def has_form(shape: str) -> bool:
    """Whether some form fits a shape."""
    return len(_fitting(shape)) > 0


@lru_cache(maxsize=4_096)
def _fitting(shape: str) -> tuple[Form, ...]:
    """The forms that may stand in a text of this shape: most fit none."""
    runs = [len(run) for run in compiled("0+").findall(shape)]
    return tuple(form for form in _of_length(sum(runs), max(runs, default=0)) if form.shape.search(shape))


@cache
def _of_length(count: int, longest: int) -> tuple[Form, ...]:
    """The forms that `count` digits may hold, of which `longest` stand in one piece: a long piece is a number whole."""
    if longest < _LONG:
        return tuple(form for form in _FORMS if count >= min(form.digits))
    return tuple(form for form in _FORMS if longest in form.digits or count - longest >= min(form.digits))


def _is_meant(text: str, span: Span, form: Form) -> bool:
    """Whether the number is called by its name or, where it speaks alone, not said to be of a thing."""
    if form.words is not None:
        return _may_be_called(text, span, form.words) and said_around(text, span.start, span.end, form.words)
    return said_around(text, span.start, span.end, _TAX) or not is_of_a_thing(text, span.start)


def _may_be_called(text: str, span: Span, words: str) -> bool:
    """Whether one of `words` stands around at all: most numbers are called none of these names."""
    first = span.start - BEFORE if span.start > BEFORE else 0
    return words in _names(text[first : span.start]) or words in _names(text[span.end : span.end + AFTER])


@lru_cache(maxsize=_KEPT)
def _names(around: str) -> frozenset[str]:
    """Those of the forms' words of which a piece of text speaks."""
    if not speaks_of(around, ID_WORDS):
        return frozenset()
    return frozenset(words for words in _ALL_WORDS if speaks_of(around, words))

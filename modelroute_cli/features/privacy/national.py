"""Numbers that states give to people: each in its form, with its check digits, and mostly called by its name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy import people
from modelroute_cli.features.privacy.finds import Span
from modelroute_cli.features.privacy.surroundings import is_of_a_thing, said_around

_START, _END = r"(?<![\w-])(?<!\d[.,])", r"(?![\w-]|[.,]\d)"
_TAX = (
    r"(?i)\b(?:steuer\w*|idnr|tin|tax|fiscal\w*|fiscale|nif|nie|dni|ssn|national|social|insurance|identity|passport|"
    r"identifi\w+|identidad|documento|(?:personal |citizen )?id(?: ?(?:no|nr|number|card))?|born|geboren|c[ée]dula)\b"
)


@dataclass(frozen=True, slots=True)
class Form:
    """How a state's number is written, its check, and the words that must stand by it; without words it speaks alone."""

    pattern: str
    check: Callable[[str], bool]  # of its letters and digits, without gaps
    words: str | None = None


_FORMS: Final = (
    Form(r"[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", people.is_german, rf"{_TAX}|(?i:\bid[- ]?nr)"),
    Form(r"[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}", people.is_french),
    Form(
        r"(?:[0-9]{2}[. ]?[0-9]{3}[. ]?[0-9]{3}|[XYZ][ -]?[0-9]{7})[ -]?[A-Z]",
        people.is_spanish,
        rf"{_TAX}|(?i:\b(?:d\.n\.i|n\.i\.f|n\.i\.e)\b)",
    ),
    Form(r"[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]", people.is_italian),
    Form(r"[0-9]{4}[. ]?[0-9]{2}[. ]?[0-9]{3}", people.is_dutch, r"(?i)\b(?:bsn|burgerservice\w*|sofi\w*)\b"),
    Form(r"[0-9]{11}", people.is_polish, r"(?i)\bpesel\w*"),
    Form(
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: [0-9]{2} [0-9]{2} [0-9]{2} |-[0-9]{2}-[0-9]{2}-[0-9]{2}-)[A-D]",
        people.is_british,
    ),
    Form(
        r"(?:QQ|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]) ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]",
        people.is_british,
        r"(?i)\b(?:nino|ni|national insurance|n\.i\.)\b",
    ),
    Form(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", people.is_nhs, r"(?i)\bnhs\b"),
    Form(
        r"(?:19|20)?[0-9]{6}[-+ ]?[0-9]{4}",
        people.is_swedish,
        r"(?i)\b(?:person(?:al)?(?:nummer|nr|[- ]?id)?|pnr|född)\b",
    ),
    Form(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", people.is_brazilian),
    Form(r"[0-9]{11}", people.is_brazilian, r"(?i)\bcpf\b"),
    Form(r"[0-9]{3}([- ])[0-9]{2}\1[0-9]{4}", people.is_american, None),
    Form(r"[0-9]{9}", people.is_american, r"(?i)\b(?:ssn|social security|soc\.? sec)\b"),
    Form(r"[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}", people.is_indian, r"(?i)\b(?:aadhaa?r|uidai|uid)\b|आधार"),
    Form(r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}", people.is_swiss),
    Form(r"756[0-9]{10}", people.is_swiss, r"(?i)\b(?:ahv|avs|oasi|sozialversicherung\w*|assurance sociale)\b"),
    Form(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", people.is_belgian),
    Form(r"[0-9]{6}[-+A][0-9]{3}[0-9A-Y]", people.is_finnish),
    Form(r"[1-6][0-9]{5}(?:19|20)[0-9]{9}[0-9X]", people.is_chinese),
)


def national_ids(text: str, start: int, end: int) -> Iterator[Span]:
    """The places of the identity numbers of sixteen countries between `start` and `end`."""
    for form in _FORMS:
        for found in compiled(f"{_START}{form.pattern}{_END}").finditer(text, start, end):
            span = Span(found.start(), found.end())
            if form.check(compiled(r"[^0-9A-Z+-]").sub("", found.group())) and _is_meant(text, span, form):
                yield span


def _is_meant(text: str, span: Span, form: Form) -> bool:
    """Whether the number is called by its name or, where it speaks alone, not said to be of a thing."""
    if form.words is not None:
        return said_around(text, span.start, span.end, form.words)
    return said_around(text, span.start, span.end, _TAX) or not is_of_a_thing(text, span.start)

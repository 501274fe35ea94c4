r"""What stands in the place of a value: `[EMAIL_1]`, and the forms in which models give it back.

Square brackets and capitals, typed and numbered. Angle brackets are lost where an answer is HTML, or come back as
`&lt;`; a made-up value (another name, another address) cannot be told from one that the model wrote itself. Brackets,
an underscore and a number need no escape in JSON and are four or five tokens.

Models lower the case, put spaces in, drop the brackets inside code and addresses, or escape for Markdown: `[email_1]`,
`[ EMAIL 1 ]`, `EMAIL_1`, `\[EMAIL\_1\]`. All of these are read. A number whose placeholder could be read anywhere in
the request itself is never given out, so nothing that the user wrote is taken for a placeholder.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from modelroute_cli.base.schema import PersonalData
from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.finds import Span

TERM: Final = "term"
"""The kind of what the user lists, beside those of PersonalData."""

WORDS: Final = {
    PersonalData.EMAIL.value: "EMAIL",
    PersonalData.PHONE.value: "PHONE",
    PersonalData.IBAN.value: "IBAN",
    PersonalData.CARD.value: "CARD",
    PersonalData.NATIONAL_ID.value: "ID",
    TERM: "NAME",
}
"""The word of each kind: one that models know, in capitals."""

_KINDS: Final = {word: kind for kind, word in WORDS.items()}
_ANY: Final = f"({'|'.join(WORDS.values())})"
_ANY_CASE: Final = f"((?i:{'|'.join(WORDS.values())}))"
_NUMBER: Final = r"([0-9]{1,6})"
_BAR: Final = r"\\{0,2}[_\-]"  # escaped for Markdown, and once more in JSON
_READ: Final = "|".join(
    (
        rf"\\{{1,2}}\[ ?{_ANY_CASE}{_BAR}{_NUMBER} ?\\{{1,2}}\]",
        rf"\[ ?{_ANY}(?:{_BAR}|[ \u00a0])?{_NUMBER} ?\]",
        rf"(?<![\w\])])\[ ?{_ANY_CASE}{_BAR}{_NUMBER} ?\]",  # `row[email_1]` is code
        rf"(?<![^\W_])(?<![\[\\_]){_ANY}\\{{0,2}}_{_NUMBER}(?!\w)",
        rf"(?<=\[){_ANY}\\{{0,2}}_{_NUMBER}(?=[^\w\]])",  # `[EMAIL_1, EMAIL_2]`; at the end of a text it may be cut off
    )
)
_DIGITS: Final = rf"(?<![0-9]){_NUMBER}"
_BEFORE: Final = rf"{_ANY_CASE}[^A-Za-z0-9]{{0,6}}\Z"
_REACH: Final = 11  # characters of the longest word and what may stand behind it


class Placeholder(NamedTuple):
    """The number-th value of a kind in a request, from 1."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"[{WORDS[self.kind]}_{self.number}]"


class Seen(NamedTuple):
    """A placeholder that stands in a text, in one of the forms that are read."""

    span: Span
    placeholder: Placeholder


def seen_in(text: str) -> Iterator[Seen]:
    """The placeholders in a text, in order."""
    for found in compiled(_READ).finditer(text):
        groups = [group for group in found.groups() if group is not None]
        yield Seen(Span(found.start(), found.end()), _named(groups[0], groups[1]))


def taken_in(texts: Iterable[str]) -> frozenset[Placeholder]:
    """Every placeholder that could be read in these texts, whatever stands between its word and its number."""
    return frozenset(
        _named(word.group(1), number.group())
        for text in texts
        for number in compiled(_DIGITS).finditer(text)  # digits first: they are rare, and quick to find
        if (word := compiled(_BEFORE).search(text, max(0, number.start() - _REACH), number.start())) is not None
    )


def _named(word: str, number: str) -> Placeholder:
    return Placeholder(_KINDS[word.upper()], int(number))

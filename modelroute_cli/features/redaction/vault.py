"""The values of one request and their placeholders: texts are sealed with it, and answers opened again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from modelroute_cli.features.privacy.finds import Span
from modelroute_cli.features.redaction.finder import Finder, Marked
from modelroute_cli.features.redaction.placeholders import WORDS, Placeholder, seen_in, taken_in

_WHOLE = 4  # characters below which a value is looked for as a whole word, as terms are


@dataclass(frozen=True, slots=True)
class Opened:
    """A text with its values; the placeholders that stood in it, and how many others that nobody gave out."""

    text: str
    returned: frozenset[Placeholder] = frozenset()
    unknown: int = 0


@dataclass(frozen=True)
class Vault:
    """A placeholder for each value, in order of appearance: the same value has the same one throughout a request.

    Values that differ in a character, its case included, differ: what is put back is what stood there. `taken` are the
    placeholders that the request's own texts could be read as; none of them is given out.
    """

    search: "_Search"
    taken: frozenset[Placeholder] = frozenset()
    by_value: Mapping[str, Placeholder] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Sequence[str], finder: Finder, before: "Vault | None" = None) -> "Vault":
        """The vault of texts that are sent together; with `before` its values keep their placeholders."""
        taken = taken_in(texts) | (frozenset() if before is None else before.taken)
        kinds = {} if before is None else {value: placeholder.kind for value, placeholder in before.by_value.items()}
        found = {text: list(finder.marks(text)) for text in texts}
        for text, marks in found.items():
            for mark in marks:
                kinds.setdefault(_at(text, mark.span), mark.kind)
        search = _Search(finder, kinds, found)
        naming = _Naming(taken, {} if before is None else before.by_value)
        for text in texts:
            for mark in search.marks(text):
                naming.name(_at(text, mark.span), mark.kind)
        return cls(search, taken, naming.by_value)

    def sealed(self, text: str) -> str:
        """One of the texts that the vault was made of with placeholders for its values.

        A part of one may show what the whole does not: that is hidden without a way back.
        """
        parts, end = [], 0
        for mark in self.search.marks(text):
            placeholder = self.by_value.get(_at(text, mark.span))
            parts += [text[end : mark.span.start], str(placeholder or f"[{mark.kind.upper()}]")]
            end = mark.span.end
        return "".join((*parts, text[end:]))

    def known_sealed(self, text: str) -> str:
        """Another text with placeholders for the vault's values; as it is where it holds more than these."""
        sealed = self.sealed(text)
        return sealed if self.opened(sealed).text == text else text

    def opened(self, text: str, *, in_json: bool = False) -> Opened:
        """An answer with the values in the place of their placeholders; with `in_json` they are written as in strings.

        Placeholders that were never given out stay; those of the request's own texts are not counted as unknown.
        """
        parts: list[str] = []
        returned: set[Placeholder] = set()
        end = unknown = 0
        for seen in seen_in(text):
            value = self._values.get(seen.placeholder)
            if value is None:
                unknown += seen.placeholder not in self.taken
                continue
            returned.add(seen.placeholder)
            parts += [text[end : seen.span.start], as_in_json(value) if in_json else value]
            end = seen.span.end
        return Opened("".join((*parts, text[end:])), frozenset(returned), unknown)

    @property
    def counts(self) -> dict[str, int]:
        """How many values of each kind were replaced, by kind."""
        found = Counter(placeholder.kind for placeholder in self.by_value.values())
        return {kind: found[kind] for kind in WORDS if found[kind]}

    @cached_property
    def _values(self) -> dict[Placeholder, str]:
        return {placeholder: value for value, placeholder in self.by_value.items()}


class _Search:
    """Finds what a finder finds, and what it found in one place in all others: `kinds` of such values.

    `found` are the marks of texts that the finder has read.
    """

    def __init__(self, finder: Finder, kinds: Mapping[str, str], found: Mapping[str, list[Marked]]) -> None:
        self._finder = finder
        self._forms = {form: kind for value, kind in kinds.items() for form in (as_in_json(value), value)}
        self._found = found
        self._joined: dict[str, list[Marked]] = {}

    def marks(self, text: str) -> list[Marked]:
        """The places in a text, in order; none meets another."""
        if text not in self._joined:
            found = self._found.get(text)
            own = self._finder.marks(text) if found is None else found
            self._joined[text] = _joined([*own, *self._again(text)])
        return self._joined[text]

    def _again(self, text: str) -> Iterator[Marked]:
        for form, kind in self._forms.items():
            start = text.find(form)
            while start >= 0:
                span = Span(start, start + len(form))
                if _stands_alone(text, span):
                    yield Marked(kind, span)
                start = text.find(form, start + 1)


class _Naming:
    """Gives values their placeholders, one after the other."""

    def __init__(self, taken: frozenset[Placeholder], known: Mapping[str, Placeholder]) -> None:
        self.by_value = dict(known)
        self._taken = taken | frozenset(known.values())
        self._last: Counter[str] = Counter()

    def name(self, value: str, kind: str) -> None:
        """The first placeholder of its kind that is free; a value that has one keeps it."""
        if value in self.by_value:
            return
        self._last[kind] += 1
        while Placeholder(kind, self._last[kind]) in self._taken:
            self._last[kind] += 1
        self.by_value[value] = Placeholder(kind, self._last[kind])


def as_in_json(value: str) -> str:
    """A value as it stands inside a string of JSON."""
    return msgspec.json.encode(value.encode("utf-8", "replace").decode()).decode()[1:-1]


def _at(text: str, span: Span) -> str:
    return text[span.start : span.end]


def _stands_alone(text: str, span: Span) -> bool:
    """Whether a value is no part of a longer word or number, as far as that can be told."""
    first, last = text[span.start], text[span.end - 1]
    before, after = text[span.start - 1 : span.start], text[span.end : span.end + 1]
    if _is_plain(first) and _is_plain(before):
        return False
    return not ((last.isdigit() or span.end - span.start < _WHOLE) and _is_plain(last) and _is_plain(after))


def _is_plain(char: str) -> bool:
    """Whether it is a letter or digit of ASCII; nothing is none."""
    return char.isascii() and char.isalnum()


def _joined(marks: Iterable[Marked]) -> list[Marked]:
    """Marks in order; those that meet are one, of the kind of the longest."""
    joined: list[Marked] = []
    longest = 0
    for mark in sorted(marks, key=lambda each: (each.span.start, -each.span.end)):
        size = mark.span.end - mark.span.start
        if not joined or not joined[-1].span.meets(mark.span):
            joined.append(mark)
            longest = size
            continue
        last = joined[-1]
        kind, longest = (mark.kind, size) if size > longest else (last.kind, longest)
        joined[-1] = Marked(kind, Span(last.span.start, max(last.span.end, mark.span.end)))
    return joined

"""Constant words between two short fields, as `into` in `in Austria into French`: too few to be found by their runs."""

from collections.abc import Iterator, Sequence

from modelroute_cli.features.runs import TOKEN

_SHORT_CHARS = 120  # longer values are material
_LEAST_LETTERS = 2
_LEAST_VALUES = 4

Fields = tuple[str, ...]


def refined(inner: Sequence[str], found: Sequence[Fields | None]) -> tuple[str, ...]:
    """The inner segments of a skeleton, with what is constant in its fields, as some texts have them."""
    fields = [each for each in found if each is not None]
    columns = list(zip(*fields, strict=True)) if len(set(fields)) >= _LEAST_VALUES else []
    more = [_constant(values) for values in columns] or [[]] * (len(inner) + 1)
    return (*more[0], *(part for segment, behind in zip(inner, more[1:], strict=True) for part in (segment, *behind)))


def _constant(values: Sequence[str]) -> list[str]:
    """What all values of a field have, in order; nothing where they are material or few."""
    if max(map(len, values)) > _SHORT_CHARS or len(set(values)) < _LEAST_VALUES:
        return []
    shortest = min(values, key=lambda value: (len(value), value))
    reached = [0] * len(values)
    kept: list[str] = []
    for part in _parts(shortest):
        places = [value.find(part, start) for value, start in zip(values, reached, strict=True)]
        if min(places) >= 0:
            kept.append(part)
            reached = [place + len(part) for place in places]
    return kept


def _parts(value: str) -> Iterator[str]:
    """The words of a value with the blanks around them: only what stands as a word in all is constant."""
    for found in TOKEN.finditer(value):
        start, end = found.span()
        blank = value[start - 1 : start] == " " and value[end : end + 1] == " "
        if blank and end - start >= _LEAST_LETTERS and found.group().isalpha():
            yield value[start - 1 : end + 1]

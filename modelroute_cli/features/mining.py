"""Skeletons out of texts that fit none yet."""

from collections.abc import Callable, Iterator, Sequence

from modelroute_cli.features.grouping import LEAST_TEXTS, groups
from modelroute_cli.features.prompt_text import Context, PromptText
from modelroute_cli.features.runs import runs
from modelroute_cli.features.shelves import by_context
from modelroute_cli.features.skeletons import Skeleton, bare, skeleton

_LEAST_SYSTEM = 24  # characters: a shorter message says little
_ASKING = 0.5  # of the skeletons under a system message that asks for something: when fewer ask, too, it alone does
_VALUE_CHARS = 20  # letters and digits of a frequent value


def mined(texts: Sequence[PromptText], asks: Callable[[str], bool]) -> Iterator[Skeleton]:
    """The skeletons that at least LEAST_TEXTS of the texts share; `asks` says whether words ask for something."""
    for context, said in by_context(texts).items():
        if len(said) >= LEAST_TEXTS:
            found = _widest(list(_of_context(context, said)))
            yield from [bare(context)] if _material(context.system, found, asks) else found


def _material(system: str, found: Sequence[Skeleton], asks: Callable[[str], bool]) -> bool:
    """Whether users say nothing but material under a system message, so that what repeats is material, too."""
    if len(system) < _LEAST_SYSTEM or not asks(system):
        return False
    return sum(asks(" ".join(each.constant)) for each in found) <= _ASKING * len(found)


def _of_context(context: Context, said: Sequence[str]) -> Iterator[Skeleton]:
    counted = runs(said, LEAST_TEXTS)
    for group in groups(counted):
        made = skeleton(context, said, counted, group)
        if made is not None:
            yield made


def _widest(found: Sequence[Skeleton]) -> list[Skeleton]:
    """Those that are not merely another one with a frequent value in one of its fields."""
    return [each for each in found if not any(_is_case(each, other) for other in found)]


def _is_case(one: Skeleton, other: Skeleton) -> bool:
    """Whether the constant text of one is that of the other and hardly more."""
    more = one.weight - other.weight
    return 0 < more <= min(_VALUE_CHARS, other.weight // 2) and other.fields(one.filled(one.gaps())) is not None

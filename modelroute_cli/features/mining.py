"""Skeletons out of texts that fit none yet."""

from collections.abc import Iterator, Sequence

from modelroute_cli.features.grouping import LEAST_TEXTS, groups
from modelroute_cli.features.prompt_text import Context, PromptText
from modelroute_cli.features.runs import runs
from modelroute_cli.features.shelves import by_context
from modelroute_cli.features.skeletons import Skeleton, skeleton

_VALUE_CHARS = 20  # letters and digits of a frequent value


def mined(texts: Sequence[PromptText]) -> Iterator[Skeleton]:
    """The skeletons that at least LEAST_TEXTS of the texts share."""
    for context, said in by_context(texts).items():
        if len(said) >= LEAST_TEXTS:
            yield from _widest(list(_of_context(context, said)))


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

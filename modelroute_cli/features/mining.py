"""Skeletons out of texts that fit none yet."""

from collections.abc import Iterator, Sequence

from modelroute_cli.features.grouping import LEAST_TEXTS, groups
from modelroute_cli.features.prompt_text import Context, PromptText
from modelroute_cli.features.runs import runs
from modelroute_cli.features.shelves import by_context
from modelroute_cli.features.skeletons import Skeleton, skeleton


def mined(texts: Sequence[PromptText]) -> Iterator[Skeleton]:
    """The skeletons that at least LEAST_TEXTS of the texts share."""
    for context, said in by_context(texts).items():
        if len(said) >= LEAST_TEXTS:
            yield from _of_context(context, said)


def _of_context(context: Context, said: Sequence[str]) -> Iterator[Skeleton]:
    counted = runs(said, LEAST_TEXTS)
    for group in groups(counted):
        made = skeleton(context, said, counted, group)
        if made is not None:
            yield made

"""Finds the skeletons of a job while it is read, block by block, and says which request fits which."""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.features.grouping import LEAST_TEXTS, groups, runs
from modelroute_cli.features.prompt_text import TURN, Context, PromptText, prompt_text
from modelroute_cli.features.skeletons import Skeleton, Skeletons, skeleton

_REMEMBERED = 256  # texts of earlier blocks that fit nothing yet
_REMEMBERED_CHARS = 2_000
_MOST_SYSTEMS = 4_096


@dataclass(frozen=True, slots=True)
class Match:
    """The skeleton a request fits, and what it has in its fields."""

    skeleton: Skeleton
    fields: tuple[str, ...]


class Miner:
    """The skeletons met so far; bounded, whatever the length of the job.

    A request is matched against what its own block and all before it show. A pattern's requests before the block in
    which LEAST_TEXTS of them have been met fit nothing; later ones are found whatever the order of the rows.
    """

    def __init__(self) -> None:
        self.known = Skeletons()
        self._recent: deque[PromptText] = deque(maxlen=_REMEMBERED)
        self._systems: dict[str, int] = {}

    def match(self, requests: Sequence[Request]) -> list[Match | None]:
        """The match of each request of a block, in order."""
        texts = self._texts(requests)
        found = [self._find(text) for text in texts]
        left = [text for text, match in zip(texts, found, strict=True) if match is None]
        if left:
            self._mine([*self._recent, *left])
            found = [match or self._find(text) for text, match in zip(texts, found, strict=True)]
            self._remember([text for text, match in zip(texts, found, strict=True) if match is None])
        return found

    def _find(self, text: PromptText) -> Match | None:
        fitting = self.known.find(text.context, text.text)
        return Match(*fitting) if fitting else None

    def _texts(self, requests: Sequence[Request]) -> list[PromptText]:
        """The texts; a system message that is hardly shared is part of the text, as its own wording varies."""
        texts = [prompt_text(request) for request in requests]
        if len(self._systems) > _MOST_SYSTEMS:
            self._systems.clear()
        for text in texts:
            self._systems[text.context.system] = self._systems.get(text.context.system, 0) + 1
        return [text if self._shared(text.context) else _joined(text) for text in texts]

    def _shared(self, context: Context) -> bool:
        return not context.system or self._systems[context.system] >= LEAST_TEXTS

    def _mine(self, texts: Sequence[PromptText]) -> None:
        """Add the skeletons of texts that fit none."""
        by_context: defaultdict[Context, list[str]] = defaultdict(list)
        for each in texts:
            by_context[each.context].append(each.text)
        for context, said in by_context.items():
            if len(said) >= LEAST_TEXTS:
                found = (skeleton(context, said, group) for group in groups([runs(text) for text in said]))
                for made in found:
                    if made is not None:
                        self.known.add(made)

    def _remember(self, texts: Sequence[PromptText]) -> None:
        self._recent.extend(text for text in texts if len(text.text) <= _REMEMBERED_CHARS)


def _joined(text: PromptText) -> PromptText:
    """The system message as the first turn."""
    context = text.context
    return PromptText(Context("", context.output, context.images), f"{context.system}{TURN}{text.text}")

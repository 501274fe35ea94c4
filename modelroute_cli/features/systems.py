"""System messages that many requests share are their context; others are part of the text of their request."""

from collections import Counter
from collections.abc import Iterable

from modelroute_cli.features.grouping import LEAST_TEXTS
from modelroute_cli.features.prompt_text import PromptText

_MOST = 4_096


class Systems:
    """How often each system message was met; beyond _MOST of them new ones count as not shared."""

    def __init__(self, texts: Iterable[PromptText] = ()) -> None:
        self._met = Counter(text.context.system for text in texts)

    def meet(self, text: PromptText) -> PromptText:
        """Count the text's system message, and place it."""
        system = text.context.system
        if system and (system in self._met or len(self._met) < _MOST):
            self._met[system] += 1
        return self.placed(text)

    def placed(self, text: PromptText) -> PromptText:
        """The text, joined with its system message where that is not shared."""
        system = text.context.system
        return text if not system or self._met[system] >= LEAST_TEXTS else text.joined()

"""Provisional numbers of templates: one for each kin of a pattern, and for requests that fit none."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.features.kin import Kin
from modelroute_cli.features.likeness import Likeness
from modelroute_cli.features.prompt_text import PromptText
from modelroute_cli.features.skeletons import Skeleton

_MOST_ALONE = 16_384  # requests with a number of their own, as they may fit a skeleton that is learned later
_MOST_ALIKE = 65_536
_EDGE = 500


@dataclass(slots=True)
class Rest:
    """Requests that fitted nothing: one, with its text, or all with one likeness."""

    likeness: Likeness
    text: PromptText | None
    rows: int = 0


@dataclass(slots=True)
class Numbers:
    """What each provisional number stands for, and the first row of each; bounded, whatever the length of the job."""

    groups: list[Kin | Rest] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    _alike: dict[str, int] = field(default_factory=dict)

    def kin(self, skeleton: Skeleton) -> Kin:
        """A new one for requests of a skeleton."""
        made = Kin(len(self.groups), skeleton)
        self.groups.append(made)
        self.first.append(-1)
        return made

    def rest(self, likeness: Likeness, text: PromptText) -> int:
        """The number of a request that fits nothing."""
        if len(self.groups) < _MOST_ALONE:
            return self._new(Rest(likeness, _edges(text)))
        name = likeness.words if len(self._alike) < _MOST_ALIKE or likeness.words in self._alike else likeness.looks
        if name not in self._alike:
            self._alike[name] = self._new(Rest(likeness, None))
        return self._alike[name]

    def _new(self, rest: Rest) -> int:
        self.groups.append(rest)
        self.first.append(-1)
        return len(self.groups) - 1

    def meet(self, numbers: NDArray[np.int32], start: int) -> None:
        """Count the rows of a block that begins with row `start`."""
        found, first, counts = np.unique(numbers, return_index=True, return_counts=True)
        for number, place, count in zip(found.tolist(), first.tolist(), counts.tolist(), strict=True):
            self.groups[number].rows += count
            if self.first[number] < 0:
                self.first[number] = start + place


def _edges(text: PromptText) -> PromptText:
    """As much of a text as skeletons look at."""
    said = text.text
    return text if len(said) <= 2 * _EDGE else PromptText(text.context, f"{said[:_EDGE]}\n\n{said[-_EDGE:]}")

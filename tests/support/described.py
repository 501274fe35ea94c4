"""What a describer finds, request by request: easier to read in tests than columns."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from modelroute_cli.base.described import OWN, TASK_TYPES, FeatureColumns, Templates
from modelroute_cli.base.schema import TaskType


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What a request is, found locally; counts are o200k tokens of the content alone, without any chat frame."""

    task_type: TaskType
    task_confidence: float
    task_source: Literal["row", "classifier"]
    language: str
    template: str
    input_tokens: int
    schema_tokens: int
    length_hint_tokens: int | None


def features(columns: FeatureColumns, templates: Templates) -> list[Features]:
    """The rows of a block as objects, with their templates."""
    places = columns.template
    voted = templates.task_type[places]
    own = (voted == OWN) | columns.from_row
    task_type = np.where(own, columns.task_type, voted)
    confidence = np.where(own, columns.task_confidence, templates.task_confidence[places])
    return [
        Features(
            task_type=TASK_TYPES[task_type[row]],
            task_confidence=float(confidence[row]),
            task_source="row" if columns.from_row[row] else "classifier",
            language=columns.language[row],
            template=templates.names[templates.number[places[row]]],
            input_tokens=int(columns.input_tokens[row]),
            schema_tokens=int(columns.schema_tokens[row]),
            length_hint_tokens=int(hint) if (hint := columns.length_hint_tokens[row]) >= 0 else None,
        )
        for row in range(len(places))
    ]

"""What a job's requests are, in columns: what `features` gives and `jobs` takes, block by block and at the end."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.schema import TaskType

TASK_TYPES = tuple(TaskType)
NO_HINT = -1
OWN = -1  # in the place of a task type: each row keeps its own, with its own confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureColumns:
    """The features of a block of requests, in order; counts are o200k tokens of the content alone."""

    task_type: NDArray[np.int8]  # place in TASK_TYPES
    task_confidence: NDArray[np.float32]
    from_row: NDArray[np.bool_]  # the row itself names its task type
    language: list[str]
    template: NDArray[np.int32]  # provisional numbers: an index into the columns of `Templates`
    input_tokens: NDArray[np.int64]
    schema_tokens: NDArray[np.int32]
    length_hint_tokens: NDArray[np.int32]  # NO_HINT where the request does not say
    personal: NDArray[np.uint16]  # PersonalData found in its texts, a bit each


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """The templates of a job, known after its last block; entry n of each column is of provisional number n."""

    number: NDArray[np.int32]  # the final number: an index into `names`
    task_type: NDArray[np.int8]  # place in TASK_TYPES, or OWN
    task_confidence: NDArray[np.float32]
    language: list[str]  # of the answers
    names: list[str]  # as `email-en-3f9a0c1b`, by final number
    example: NDArray[np.int64]  # row of an example, by final number: its first row

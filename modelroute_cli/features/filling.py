"""The columns of a block while they are filled: all requests of one kin in one step."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.described import NO_HINT, FeatureColumns
from modelroute_cli.base.schema import Request
from modelroute_cli.features.content_tokens import content_tokens, schema_tokens
from modelroute_cli.features.kin import Told


class Filling:
    """What is known of each request of a block so far."""

    def __init__(self, requests: Sequence[Request]) -> None:
        size = len(requests)
        self._requests = requests
        self._number = np.zeros(size, np.int32)
        self._task_type = np.zeros(size, np.int8)
        self._confidence = np.zeros(size, np.float32)
        self._hint = np.full(size, NO_HINT, np.int32)
        self._language = [""] * size
        self._personal = np.zeros(size, np.uint16)

    def put(self, places: Sequence[int], told: Told) -> None:
        """The same for all requests at these places."""
        self._number[places] = told.number
        self._task_type[places] = told.task_type
        self._confidence[places] = told.confidence
        self._hint[places] = told.hint
        for place in places:
            self._language[place] = told.language

    def found(self, personal: NDArray[np.uint16]) -> None:
        """The personal data of every request of the block, in order."""
        self._personal = personal

    def columns(self) -> FeatureColumns:
        """All of it, with the tokens."""
        requests = self._requests
        schemas = any(request.response_schema for request in requests)
        tokens = [schema_tokens(request) for request in requests] if schemas else np.zeros(len(requests))
        return FeatureColumns(
            task_type=self._task_type,
            task_confidence=self._confidence,
            from_row=np.array([request.task_type is not None for request in requests], np.bool_),
            language=self._language,
            template=self._number,
            input_tokens=np.array(content_tokens(requests), np.int64),
            schema_tokens=np.array(tokens, np.int32),
            length_hint_tokens=self._hint,
            personal=self._personal,
        )

"""Rules of filling the columns of a block."""

import numpy as np

from modelroute_cli.base.described import NO_HINT
from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.filling import Filling
from modelroute_cli.features.kin import Told

REQUESTS = [
    Request(custom_id="a", prompt="Name a river."),
    Request(custom_id="b", prompt="Name a hill.", task_type=TaskType.CODE, response_schema={"type": "object"}),
    Request(custom_id="c", prompt="Name a lake."),
]


def test_what_is_shared_is_put_to_all_of_the_places() -> None:
    """And only there."""
    filling = Filling(REQUESTS)
    filling.put([0, 2], Told(number=7, task_type=3, confidence=0.5, language="de", hint=80))
    filling.put([1], Told(number=8, task_type=4, confidence=1.0, language="en", hint=NO_HINT))
    columns = filling.columns()
    assert columns.template.tolist() == [7, 8, 7]
    assert columns.task_type.tolist() == [3, 4, 3]
    assert columns.task_confidence.tolist() == [0.5, 1.0, 0.5]
    assert columns.language == ["de", "en", "de"]
    assert columns.length_hint_tokens.tolist() == [80, NO_HINT, 80]


def test_what_requests_say_themselves_is_theirs() -> None:
    """Their own task type, and the tokens of text and schema."""
    columns = Filling(REQUESTS).columns()
    assert columns.from_row.tolist() == [False, True, False]
    assert columns.input_tokens.tolist() == [4, 4, 4]
    assert [bool(tokens) for tokens in columns.schema_tokens] == [False, True, False]


def test_an_empty_block_has_empty_columns() -> None:
    """Nothing in, nothing out."""
    assert len(Filling([]).columns().template) == 0


def test_personal_data_is_put_for_the_whole_block() -> None:
    """None until it was looked for."""
    filling = Filling(REQUESTS)
    assert filling.columns().personal.tolist() == [0, 0, 0]
    filling.found(np.array([1, 0, 4], np.uint16))
    assert filling.columns().personal.tolist() == [1, 0, 4]

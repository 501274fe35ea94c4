"""Tests of modelroute_cli.emulator.replay.hidden."""

import pytest

from modelroute_cli.base.schema import Request
from modelroute_cli.emulator.replay.hidden import Group, hidden_quality

REQUEST = Request(custom_id="r", prompt="x", metadata={"tier": "gold", "size": 3, "new": True})
GROUP = Group(request=REQUEST, template="t9", task_type="email")


@pytest.mark.parametrize(
    ("name", "is_in"),
    [
        ("*", True),
        ("t9", True),
        ("email", True),
        ("tier=gold", True),
        ("size=3", True),
        ("new=true", True),
        ("tier=silver", False),
        ("tier", False),
        ("none=gold", False),
        ("t1", False),
        ("math", False),
    ],
)
def test_a_name_stands_for_a_request_by_template_task_type_or_metadata(name: str, is_in: bool) -> None:  # noqa: FBT001 - a case
    """Values that are no text as JSON writes them."""
    assert GROUP.is_in(name) is is_in


@pytest.mark.parametrize(
    ("qualities", "quality"),
    [
        ({}, None),
        ({"math": {"m": 0.1}}, None),
        ({"*": {"n": 0.1}}, None),
        ({"*": {"m": 0.1}}, 0.1),
        ({"*": {"*": 0.1, "m": 0.2}}, 0.2),
        ({"*": {"m": 0.1}, "email": {"m": 0.2}}, 0.2),
        ({"email": {"m": 0.2}, "t9": {"m": 0.3}}, 0.3),
        ({"t9": {"m": 0.3}, "tier=gold": {"m": 0.4}}, 0.4),
        ({"tier=gold": {"n": 0.4}, "t9": {"m": 0.3}}, 0.3),
        ({"tier=gold": {"*": 0.0}, "t9": {"m": 0.3}}, 0.0),
    ],
)
def test_the_nearest_name_that_speaks_of_the_model_counts(
    qualities: dict[str, dict[str, float]], quality: float | None
) -> None:
    """Metadata, then the template, the task type, and `*`; a model by its name before `*`."""
    assert hidden_quality(qualities, GROUP, "m") == quality


def test_a_request_without_template_is_in_none() -> None:
    """As where it was not grouped."""
    bare = Group(request=Request(custom_id="r", prompt="x"), template=None, task_type=None)
    assert hidden_quality({"t9": {"m": 0.3}, "email": {"m": 0.2}}, bare, "m") is None

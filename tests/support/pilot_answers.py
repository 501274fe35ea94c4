"""Answers and observations of pilots, with what a test does not care about filled in."""

from collections.abc import Callable

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer, observed

BASELINE = "strong-1"
CHEAP = "cheap-1"


def answer(custom_id: str = "a", model: str = CHEAP, output: str = "fine", *, passed: bool | None = True) -> Answer:
    """One answer."""
    return Answer(
        custom_id=custom_id,
        template="t1",
        task_type=TaskType.OTHER,
        language="en",
        model=model,
        output=output,
        passed=passed,
    )


def seen(custom_id: str, model: str, quality: float, scorer: str = "labels") -> Observation:
    """One observation."""
    return observed(answer(custom_id, model), quality, scorer)


def request(custom_id: str = "a", expected: object = None) -> Request:
    """One request."""
    return Request(custom_id=custom_id, prompt=f"What of {custom_id}?", expected=expected)


def requests(*expected: object) -> Callable[[str], Request]:
    """The requests a, b, c and so on, by custom_id; each with its `expected`, the rest without one."""
    made = {name: request(name, value) for name, value in zip("abcdefghij", expected, strict=False)}
    return lambda custom_id: made.get(custom_id) or request(custom_id)

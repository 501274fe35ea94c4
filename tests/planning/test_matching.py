"""Whether a request is one that a rule is for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.planning_jobs import requests_of

from modelroute_cli.base.schema import PersonalData, TaskType
from modelroute_cli.catalog.settings import Match, TokenSpan
from modelroute_cli.planning.matching import holds

SPRING = Match(metadata={"campaign": ("spring", "summer")})


def held(match: Match, row: dict[str, object]) -> bool:
    """Whether the match holds for such a request."""
    return bool(requests_of(row).select(holds(match)).item())


@pytest.mark.parametrize(
    ("match", "row", "expected"),
    [
        (Match(template=("t1",)), {}, True),
        (Match(template=("t",)), {}, False),
        (Match(template=("t*",)), {}, True),
        (Match(template=("?1",)), {}, True),
        (Match(template=("?",)), {}, False),
        (Match(template=("x", "a.c*")), {"template": "abc"}, False),
        (Match(template=("a.c*",)), {"template": "a.c\nd"}, True),
        (Match(template=("t*",)), {"template": None}, False),
        (Match(language=("de", "fr")), {"language": "de"}, True),
        (Match(language=("de",)), {}, False),
        (Match(tags=("vip", "new")), {"facets": ["tag=new"]}, True),
        (Match(tags=("vip",)), {"facets": ["tag=new"]}, False),
        (Match(tags=("vip",)), {}, False),
        (SPRING, {"facets": ["metadata.campaign=summer"]}, True),
        (SPRING, {"facets": ["metadata.campaign=winter"]}, False),
        (SPRING, {}, False),
        (Match(input_tokens=TokenSpan(min=100, max=100)), {}, True),
        (Match(input_tokens=TokenSpan(min=101)), {}, False),
        (Match(input_tokens=TokenSpan(max=99)), {}, False),
        (Match(input_tokens=TokenSpan()), {}, True),
        (Match(personal_data=(PersonalData.EMAIL,)), {"personal": PersonalData.EMAIL.bit}, True),
        (Match(personal_data=(PersonalData.IBAN,)), {"personal": PersonalData.EMAIL.bit}, False),
        (Match(personal_data=(PersonalData.IBAN,)), {}, False),
        (Match(excluded=Match(tags=("vip",))), {"facets": ["tag=vip"]}, False),
        (Match(excluded=Match(tags=("vip",))), {}, True),
        (Match(task_type=(TaskType.CODE,), excluded=Match(tags=("vip",))), {}, False),
        (Match(excluded=Match(task_type=(TaskType.EMAIL,), language=("de",))), {}, True),
    ],
)
def test_a_match_holds_when_all_its_fields_do(match: Match, row: dict[str, object], *, expected: bool) -> None:
    """One value of a list is enough, `not` turns around, and what a request does not say matches nothing."""
    assert held(match, row) is expected


@given(task=st.sampled_from(TaskType), language=st.sampled_from(["de", "en", "und"]), tagged=st.booleans())
def test_a_match_and_its_not_never_hold_together(task: TaskType, language: str, *, tagged: bool) -> None:
    """One of the two always does."""
    row: dict[str, object] = {"task_type": task.value, "language": language, "facets": ["tag=a"] if tagged else None}
    match = Match(task_type=(TaskType.EMAIL, TaskType.CODE), language=("de", "en"), tags=("a",))
    assert held(match, row) is not held(Match(excluded=match), row)

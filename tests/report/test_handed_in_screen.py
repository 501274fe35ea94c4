"""What is handed in, on a terminal."""

import pytest
from msgspec.structs import replace

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.handed_in import BatchLine, HandedIn
from modelroute_cli.report.handed_in_screen import handed_in_screen, reserved_line

LINE = BatchLine(
    batch=1,
    name="batch_6743a8c2b1f0819098cdd12a",
    file="file-1",
    tag="mr-1",
    model="gpt-6-luna",
    requests=500,
    done=320,
    collected=0,
    state="running",
    since="2026-11-23T10:15:00+00:00",
    expected_at="2026-11-23T11:15:00+00:00",
    ends_at="2026-11-24T10:15:00+00:00",
    due_at=None,
    spent_pusd=PicoUSD(0),
    reserved_pusd=PicoUSD(10**12),
    note="",
)
GROUP = HandedIn(
    provider="openai",
    service_tier="batch",
    requests=500,
    done=320,
    collected=0,
    state="running",
    since="2026-11-23T10:15:00+00:00",
    expected_at="2026-11-23T11:15:00+00:00",
    due_at=None,
    reserved_pusd=PicoUSD(10**12),
    batches=(LINE,),
)
WAITING = replace(GROUP, provider="anthropic", done=None, batches=(replace(LINE, name=None, batch=2, done=None),))


def _texts(groups: tuple[HandedIn, ...], width: int | None) -> list[str]:
    return [line.text for line in handed_in_screen(groups, width)]


def test_a_wide_terminal_shows_everything() -> None:
    """A line for the provider, one for each batch by its name there, and what is reserved."""
    assert _texts((GROUP, WAITING), 120) == [
        "",
        "Handed in                         Requests  Done        Since     Expected          Due  State",
        "openai batch                           500   320  11-23 10:15  11-23 11:15  11-24 10:15  running",
        "  batch_6743a8c2b1f0819098cdd12a       500   320  11-23 10:15  11-23 11:15  11-24 10:15  running",
        "anthropic batch                        500     -  11-23 10:15  11-23 11:15  11-24 10:15  running",
        "  batch 2                              500     -  11-23 10:15  11-23 11:15  11-24 10:15  running",
        "1,000 requests in 2 batches: up to $2.000 is reserved for them (times are UTC)",
    ]


def test_a_narrow_terminal_drops_columns_and_cuts_no_name() -> None:
    """How far it is stays to the last."""
    assert _texts((GROUP,), 80)[1:4] == [
        "Handed in                         Requests  Done          Due  State",
        "openai batch                           500   320  11-24 10:15  running",
        "  batch_6743a8c2b1f0819098cdd12a       500   320  11-24 10:15  running",
    ]
    assert _texts((GROUP,), 60)[1:4] == [
        "Handed in                         Requests  Done  State",
        "openai batch                           500   320  running",
        "  batch_6743a8c2b1f0819098cdd12a       500   320  running",
    ]
    assert _texts((GROUP,), 40)[1:4] == [
        "Handed in                         Done",
        "openai batch                       320",
        "  batch_6743a8c2b1f0819098cdd12a   320",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_of_the_table_is_wider_than_its_terminal(width: int) -> None:
    """However long the state is."""
    group = replace(GROUP, state="not known there any more", batches=(replace(LINE, state="not known there any more"),))
    assert [text for text in _texts((group,), width)[1:4] if len(text) > width] == []


def test_nothing_handed_in_is_nothing() -> None:
    """Not even a title."""
    assert handed_in_screen((), 80) == ()


def test_of_many_batches_the_first_are_shown_and_the_others_counted() -> None:
    """All of them are in the JSON."""
    many = replace(GROUP, batches=tuple(replace(LINE, name=f"batch_{number}") for number in range(13)))
    texts = _texts((many,), 80)
    assert texts[-2] == "  and 3 more, in `--json`"
    assert len(texts) == 1 + 1 + 1 + 10 + 1 + 1


def test_what_a_provider_says_of_a_batch_stands_below() -> None:
    """Its words cannot move the cursor."""
    group = replace(GROUP, batches=(replace(LINE, note="its deadline is near\x1b[2J"),))
    assert _texts((group,), 80)[-2] == "  batch_6743a8c2b1f0819098cdd12a: its deadline is near?[2J"


def test_what_is_collected_is_no_longer_reserved_for() -> None:
    """And one batch is spoken of as one."""
    group = replace(GROUP, collected=120, reserved_pusd=PicoUSD(76 * 10**10))
    assert reserved_line([group]) == (
        "500 requests in 1 batch, 120 collected: up to $0.760 stays reserved for the others (times are UTC)"
    )

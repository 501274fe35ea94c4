from pathlib import Path

from support.job_files import MEDIA

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.made import made, spooled
from modelroute_cli.jobs.problems import Fault
from modelroute_cli.jobs.rows import Refusal, Row
from modelroute_cli.jobs.spool import Aside


def test_fields_become_a_request() -> None:
    """What is right is a request."""
    assert made({"custom_id": "a", "prompt": "x"}, {}, MEDIA) == Request(custom_id="a", prompt="x")


def test_wrong_and_unreadable_fields_are_all_told() -> None:
    """A field that was refused already is not told as missing."""
    unreadable = Fault("messages", "is no JSON")
    assert made({"custom_id": "a", "importance": 1}, {"messages": unreadable}, MEDIA) == Refusal(
        [
            unreadable,
            Fault("importance", "must be one of `bulk`, `standard`, `premium`, not `1`"),
        ],
        "a",
    )
    assert made({"custom_id": "a", "prompt": " "}, {}, MEDIA) == Refusal(
        [Fault("prompt", "is blank", "write what the model shall do, or remove the row")], "a"
    )


def test_a_spooled_request_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    """Its offset and length are those of its JSON."""
    request = Request(custom_id="a", prompt="x", expected=[1])
    with Aside(tmp_path) as aside:
        rows = [spooled(line, request, aside) for line in (1, 5)]
        aside.flush()
        lines = aside.path.read_bytes().splitlines(keepends=True)
    raw = b'{"custom_id":"a","prompt":"x","expected":[1]}'
    assert lines == [raw + b"\n"] * 2
    assert rows == [Row(1, 0, len(raw), request), Row(5, len(raw) + 1, len(raw), request)]

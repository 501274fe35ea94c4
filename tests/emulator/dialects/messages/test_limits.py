"""Tests of modelroute_cli.emulator.dialects.messages.limits."""

from datetime import UTC, datetime

from support.dialects import read_messages, understood

from modelroute_cli.emulator.dialects.base import Place
from modelroute_cli.emulator.dialects.messages.limits import headers, too_many, wait_headers
from modelroute_cli.emulator.rate_limits import Mark, Standing

STANDING = Standing(
    requests=Mark(limit=60, remaining=59, reset_s=1.0),
    tokens=Mark(limit=6000, remaining=5900, reset_s=90.0),
    admitted=1,
)
PLACE = Place(provider="anthropic", request_id="1", now=datetime(2026, 11, 23, 10, 0, tzinfo=UTC), standing=STANDING)


def test_headers_say_where_the_account_stands() -> None:
    """With moments, where others have durations."""
    written = headers(PLACE)
    assert written["request-id"] == "req_1"
    assert {
        name.removeprefix("anthropic-ratelimit-"): value for name, value in written.items() if "limit-req" in name
    } == {
        "requests-limit": "60",
        "requests-remaining": "59",
        "requests-reset": "2026-11-23T10:00:01Z",
    }
    for kind in ("tokens", "input-tokens", "output-tokens"):
        assert written[f"anthropic-ratelimit-{kind}-reset"] == "2026-11-23T10:01:30Z"
        assert written[f"anthropic-ratelimit-{kind}-remaining"] == "5900"


def test_a_429_says_in_a_header_when_it_passes() -> None:
    """In whole seconds, never none."""
    refusal = too_many(0.25, understood(read_messages()))
    assert (refusal.status, refusal.wait_s) == (429, 0.25)
    assert [wait_headers(wait_s) for wait_s in (0.25, 12.4)] == [{"retry-after": "1"}, {"retry-after": "12"}]

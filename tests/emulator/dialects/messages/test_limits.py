"""Tests of modelroute_cli.emulator.dialects.messages.limits."""

from support.dialects import place, read_messages, understood

from modelroute_cli.emulator.dialects.messages.limits import headers, too_many, wait_headers


def test_headers_say_where_the_account_stands() -> None:
    """With moments, where others have durations."""
    written = headers(place("anthropic"))
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

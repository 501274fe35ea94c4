"""Rules of places."""

from modelroute_cli.features.privacy.finds import Span


def test_spans_meet_where_they_share_a_character() -> None:
    """One that ends where the other begins does not."""
    assert Span(0, 3).meets(Span(2, 5))
    assert Span(2, 5).meets(Span(0, 3))
    assert not Span(0, 3).meets(Span(3, 5))

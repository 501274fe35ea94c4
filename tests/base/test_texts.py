"""What texts have in common."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.texts import shared_chars


@given(st.text("ab", max_size=30), st.text("ab", max_size=30))
def test_shared_characters_are_the_longest_common_beginning(one: str, other: str) -> None:
    """As counting them one by one would find."""
    alike = 0
    while alike < min(len(one), len(other)) and one[alike] == other[alike]:
        alike += 1
    assert shared_chars(one, other) == alike

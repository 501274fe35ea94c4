"""The share that `--control` names."""

import pytest

from modelroute_cli.base.errors import UsageError
from modelroute_cli.cli.control_share import read_share


@pytest.mark.parametrize(
    ("text", "share"), [("1%", 0.01), ("0.02", 0.02), ("100%", 1.0), ("0", 0.0), ("2.5%", 0.025), (None, None)]
)
def test_a_share_is_a_percentage_or_a_number(text: str | None, share: float | None) -> None:
    """None where nothing was said: the settings hold."""
    assert read_share(text) == share


@pytest.mark.parametrize("text", ["1.5", "101%", "-1%", "many", "%", "nan"])
def test_what_is_no_share_is_refused(text: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError) as refused:
        read_share(text)
    assert str(refused.value.message) == f"--control: `{text}` is no share of the requests"
    assert refused.value.hint == "type a percentage, such as `--control 1%`"

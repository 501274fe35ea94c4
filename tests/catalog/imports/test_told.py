"""What was left out, in few lines."""

from modelroute_cli.catalog.imports.found import LeftOut
from modelroute_cli.catalog.imports.told import told_by_name, told_by_reason


def unknown(provider: str) -> LeftOut:
    """A model of a provider that settings do not have."""
    return LeftOut(f"{provider}/m", f"provider `{provider}` is not known")


def test_reasons_are_counted_the_most_frequent_first() -> None:
    """Providers that are not known share a line."""
    left = [LeftOut("a", "no price"), unknown("azure"), LeftOut("b", "not chat"), unknown("x"), unknown("azure")]
    assert told_by_reason(left) == (
        "left out 3: of providers that are not known: `azure`, `x` (add yours under `providers:`)",
        "left out 1: no price",
        "left out 1: not chat",
    )


def test_few_providers_are_named() -> None:
    """The three with most models."""
    (line,) = told_by_reason([unknown(name) for name in "aabbccdef"])
    assert line == (
        "left out 9: of providers that are not known: `a`, `b`, `c` and 3 more (add yours under `providers:`)"
    )
    assert told_by_reason([unknown("a")]) == (
        "left out 1: of a provider that is not known: `a` (add yours under `providers:`)",
    )


def test_models_asked_for_by_name_are_named_with_their_reason() -> None:
    """Twenty of them."""
    assert told_by_name([LeftOut("a", "not chat")]) == ("left out `a`: not chat",)
    lines = told_by_name([LeftOut(str(number), "no price") for number in range(1025)])
    assert (len(lines), lines[19], lines[20]) == (21, "left out `19`: no price", "and 1,005 more")


def test_models_elsewhere_share_a_line_even_when_asked_for() -> None:
    """`gpt-5` stands in a list under twenty resellers."""
    assert told_by_name([unknown("azure"), LeftOut("a", "not chat"), unknown("azure")]) == (
        "left out `a`: not chat",
        "left out 2: of a provider that is not known: `azure` (add yours under `providers:`)",
    )


def test_nothing_left_out_is_nothing_told() -> None:
    """No empty lines."""
    assert told_by_name([]) == told_by_reason([]) == ()

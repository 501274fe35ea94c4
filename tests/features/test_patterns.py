"""Rules of patterns that are compiled when needed."""

from modelroute_cli.features.patterns import compiled


def test_a_pattern_is_compiled_once() -> None:
    """Asked for again, it is the same."""
    assert compiled(r"(?m)^b$") is compiled(r"(?m)^b$")
    assert compiled(r"(?m)^b$").findall("a\nb\n") == ["b"]

"""Texts inside JSON values."""

from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.features.redaction.json_texts import texts_in, with_texts, without

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(value=JSON)
def test_every_text_is_met_and_can_be_changed(value: object) -> None:
    """Names of fields too; all else stays."""
    assert list(texts_in(with_texts(value, lambda text: f"{text}!"))) == [f"{text}!" for text in texts_in(value)]
    assert with_texts(value, str) == value


def test_fields_are_left_out_by_their_names() -> None:
    """Not where their value is an object: there the name is one of the user's own."""
    schema = {"properties": {"format": {"type": "string", "format": "email"}}, "anyOf": [{"pattern": "x", "a": 1}]}
    assert without(schema, frozenset({"format", "pattern"})) == {
        "properties": {"format": {"type": "string"}},
        "anyOf": [{"a": 1}],
    }

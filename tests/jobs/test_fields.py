import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.job_files import MEDIA

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.fields import REQUEST_FIELDS, row_faults
from modelroute_cli.jobs.problems import Fault

_FIVE = '["a","a","a","a","a"]'
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _faults(**fields: object) -> list[Fault]:
    return list(row_faults({"custom_id": "a", "prompt": "x"} | fields, MEDIA))


def test_the_known_fields_are_those_of_a_request() -> None:
    """A new field of Request is known here by itself."""
    assert tuple(Request.__struct_fields__) == REQUEST_FIELDS


def test_a_valid_row_has_no_fault() -> None:
    """Nothing is wrong with what is right."""
    assert _faults(task_type="email", min_quality=1, metadata={"a": [1]}, gates={"max_words": 3}) == []


@pytest.mark.parametrize(
    ("typed", "meant"), [("promt", "prompt"), ("Prompt", "prompt"), ("max_tokens", "max_output_tokens")]
)
def test_an_unknown_field_is_answered_with_the_nearest(typed: str, meant: str) -> None:
    """A slip in a name is met with the right name."""
    assert _faults(**{typed: 1}) == [Fault(typed, "is no field", f"did you mean `{meant}`?")]


def test_a_field_far_from_all_is_answered_with_all() -> None:
    """Who wrote something else sees what there is."""
    [fault] = _faults(zzz=1)
    assert fault.hint == "use one of " + ", ".join(f"`{name}`" for name in REQUEST_FIELDS)


def test_a_misspelt_prompt_is_one_fault_not_two() -> None:
    """The prompt is not called missing as well."""
    faults = list(row_faults({"custom_id": "a", "promt": "x"}, MEDIA))
    assert faults == [Fault("promt", "is no field", "did you mean `prompt`?")]


def test_a_wrong_prompt_is_one_fault_not_two() -> None:
    """A prompt that is no text is not missing."""
    faults = list(row_faults({"custom_id": "a", "prompt": 3}, MEDIA))
    assert faults == [Fault("prompt", "must be text that is not empty, not `3`")]


def test_an_unreadable_field_is_not_called_missing() -> None:
    """What was refused before counts as given."""
    assert list(row_faults({"custom_id": "a"}, MEDIA, {"messages"})) == []


def test_a_row_without_custom_id_is_told_to_have_one() -> None:
    """The key of a request is required."""
    assert list(row_faults({"prompt": "x"}, MEDIA)) == [
        Fault("custom_id", "is missing", "give each request its `custom_id`")
    ]


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ("custom_id", 5, "must be text of 1 to 512 characters, not `5`", None),
        ("custom_id", "", 'must be text of 1 to 512 characters, not `""`', None),
        ("custom_id", "x" * 513, f'must be text of 1 to 512 characters, not `"{"x" * 59}...`', None),
        ("prompt", "", 'must be text that is not empty, not `""`', None),
        ("prompt", ["x"], 'must be text that is not empty, not `["x"]`', None),
        ("messages", "hi", 'must be a list of turns, each with `role` and `content`, not `"hi"`', None),
        ("system", 1, "must be text, not `1`", None),
        ("task_type", "emial", "unknown value `emial`", "did you mean `email`?"),
        ("task_type", "qa", "unknown value `qa`", None),
        ("importance", "hihg", "unknown value `hihg`", "use one of `bulk`, `standard`, `premium`"),
        ("importance", "Premium", "unknown value `Premium`", "did you mean `premium`?"),
        ("importance", 1, "must be one of `bulk`, `standard`, `premium`, not `1`", None),
        ("data_class", "privat", "unknown value `privat`", "use one of `personal`, `confidential`, `public`"),
        ("min_quality", 1.5, "must be a number from 0 to 1, not `1.5`", None),
        ("min_quality", -0.1, "must be a number from 0 to 1, not `-0.1`", None),
        ("min_quality", "0.5", 'must be a number from 0 to 1, not `"0.5"`', "write `0.5` without quotes"),
        ("min_quality", "high", 'must be a number from 0 to 1, not `"high"`', None),
        ("max_output_tokens", 0, "must be a whole number from 1, not `0`", None),
        ("max_output_tokens", 5.5, "must be a whole number from 1, not `5.5`", None),
        ("max_output_tokens", "700", 'must be a whole number from 1, not `"700"`', "write `700` without quotes"),
        ("max_output_tokens", True, "must be a whole number from 1, not `true`", None),
        ("response_schema", "s", 'must be a JSON Schema: an object, not `"s"`', None),
        ("response_schema", [], "must be a JSON Schema: an object, not `[]`", None),
        ("images", "a.png", 'must be a list of addresses or paths, not `"a.png"`', None),
        ("images", [1], "must be a list of addresses or paths, not `[1]`", None),
        ("audio", "a.wav", 'must be a list of addresses or paths, not `"a.wav"`', None),
        ("files", [""], 'must be a list of addresses or paths, not `[""]`', None),
        ("tools", {}, "must be a list of tools, each with a `name`, not `{}`", None),
        ("tool_choice", {}, "must be `auto`, `none`, `required` or the name of a tool, not `{}`", None),
        ("temperature", 2.1, "must be a number from 0 to 2, not `2.1`", None),
        ("temperature", "1", 'must be a number from 0 to 2, not `"1"`', "write `1` without quotes"),
        ("top_p", 0, "must be a number above 0, at most 1, not `0`", None),
        ("seed", -1, "must be a whole number from 0 to 2,147,483,647, not `-1`", None),
        ("seed", 1.5, "must be a whole number from 0 to 2,147,483,647, not `1.5`", None),
        ("stop", "END", 'must be a list of one to four texts that are not empty, not `"END"`', None),
        (
            "stop",
            list("abcde"),
            'must be a list of one to four texts that are not empty, not `["a","b","c","d","e"]`',
            None,
        ),
        ("model", "", 'must be a model\'s name, not `""`', None),
        ("deadline", 24, "must be a span of time like `24h`, not `24`", None),
        ("tenant", 7, "must be text, not `7`", None),
        ("metadata", [], "must be an object, not `[]`", None),
        ("gates", [], "must be an object, not `[]`", None),
    ],
)
def test_a_wrong_value_is_told_what_it_must_be(field: str, value: object, message: str, hint: str | None) -> None:
    """Each field has its own words, and shows the value that was found."""
    [fault] = (
        _faults(**{field: value}) if field != "messages" else list(row_faults({"custom_id": "a", field: value}, MEDIA))
    )
    assert (fault.field, fault.message) == (field, message)
    assert fault.hint == hint or (value == "qa" and str(fault.hint).startswith("use one of `email`, `headline`"))


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (3, Fault("messages[1]", "must be an object, not `3`")),
        ({"role": "user"}, Fault("messages[1].content", "is missing", "give each turn its `content`")),
        ({"content": "x"}, Fault("messages[1].role", "is missing", "give each turn its `role`")),
        ({"role": "usr", "content": "x"}, Fault("messages[1].role", "unknown value `usr`", "did you mean `user`?")),
        ({"role": "user", "content": 1}, Fault("messages[1].content", "must be text, not `1`")),
        (
            {"role": "user", "content": "x", "name": "a"},
            Fault("messages[1].name", "is no field", "use one of `role`, `content`"),
        ),
    ],
)
def test_a_wrong_turn_is_named_by_its_index(turn: object, expected: Fault) -> None:
    """The path leads to the very field."""
    row = {"custom_id": "a", "messages": [{"role": "user", "content": "x"}, turn]}
    assert list(row_faults(row, MEDIA)) == [expected]


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("find", Fault("tools[1]", 'must be an object, not `"find"`')),
        ({}, Fault("tools[1].name", "is missing", "give each tool its `name`")),
        (
            {"name": "1st"},
            Fault(
                "tools[1].name",
                'must be a name of 1 to 64 letters, digits, `_` and `-` that begins with a letter or `_`, not `"1st"`',
            ),
        ),
        (
            {"name": "f", "parameter": {}},
            Fault("tools[1].parameter", "is no field", "did you mean `parameters`?"),
        ),
        (
            {"name": "f", "parameters": []},
            Fault("tools[1].parameters", "must be a JSON Schema: an object, not `[]`"),
        ),
    ],
)
def test_a_wrong_tool_is_named_by_its_index(tool: object, expected: Fault) -> None:
    """The path leads to the very field."""
    assert _faults(tools=[{"name": "ok"}, tool]) == [expected]


@pytest.mark.parametrize(
    ("gates", "expected"),
    [
        ({"min_word": 3}, Fault("gates.min_word", "is no field", "did you mean `min_words`?")),
        ({"min_words": 0}, Fault("gates.min_words", "must be a whole number from 1, not `0`")),
        (
            {"max_chars": "9"},
            Fault("gates.max_chars", 'must be a whole number from 1, not `"9"`', "write `9` without quotes"),
        ),
        ({"must_contain": "a"}, Fault("gates.must_contain", 'must be a list of texts that are not empty, not `"a"`')),
        (
            {"must_not_contain": [""]},
            Fault("gates.must_not_contain", 'must be a list of texts that are not empty, not `[""]`'),
        ),
        (
            {"expected": "normalized"},
            Fault("gates.expected", "unknown value `normalized`", "did you mean `normalised`?"),
        ),
        (
            {"near_duplicates": "0.9"},
            Fault(
                "gates.near_duplicates",
                'must be a number above 0, at most 1, not `"0.9"`',
                "write `0.9` without quotes",
            ),
        ),
        ({"placeholders": "no"}, Fault("gates.placeholders", 'must be true or false, not `"no"`')),
        ({"labels": "a"}, Fault("gates.labels", 'must be a list of texts that are not empty, not `"a"`')),
        ({"pattern": 1}, Fault("gates.pattern", "must be a regular expression, not `1`")),
        (
            {"must_mention": [1]},
            Fault("gates.must_mention", "must be a list of fields of `metadata`, not `[1]`"),
        ),
        (
            {"language": ""},
            Fault("gates.language", 'must be the code of a language, `same` or `any`, not `""`'),
        ),
    ],
)
def test_a_wrong_gate_is_named_by_its_path(gates: object, expected: Fault) -> None:
    """The path leads to the very gate."""
    assert _faults(gates=gates) == [expected]


def test_every_fault_of_a_row_is_told_at_once() -> None:
    """The user mends a row once; the rules of the sound fields are applied as well."""
    faults = _faults(prompt=" ", importance="x", min_quality=2, deadline="soon", foo=1)
    assert [fault.field for fault in faults] == ["foo", "importance", "min_quality", "prompt", "deadline"]


@settings(deadline=None)
@given(row=st.dictionaries(st.sampled_from(REQUEST_FIELDS) | st.text(max_size=6), _JSON, max_size=6))
def test_a_row_has_a_fault_exactly_when_it_is_no_request(row: dict[str, object]) -> None:
    """What the decoder refuses is always explained."""
    assert _is_request(row) or list(row_faults(row, MEDIA))


def _is_request(row: object) -> bool:
    try:
        msgspec.convert(row, Request)
    except msgspec.ValidationError:
        return False
    return True

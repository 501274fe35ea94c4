import pytest

from modelroute_cli.jobs.csv_cells import Converted, convert
from modelroute_cli.jobs.problems import Fault


def _one(name: str, cell: str) -> Converted:
    return convert([name], [cell])


@pytest.mark.parametrize("cell", ["", " ", "\t", "\n"])
def test_an_empty_cell_gives_nothing(cell: str) -> None:
    """Blank is not given, whatever the column."""
    assert convert(["prompt", "min_quality", "metadata.x", "gates"], [cell] * 4) == Converted()


@pytest.mark.parametrize(
    ("name", "cell", "expected"),
    [
        ("prompt", " two\nlines ", " two\nlines "),
        ("system", " x ", " x "),
        ("custom_id", " a1 ", "a1"),
        ("custom_id", "007", "007"),
        ("task_type", "email ", "email"),
        ("min_quality", "0.85", 0.85),
        ("min_quality", "1", 1.0),
        ("max_output_tokens", "700", 700),
        ("max_output_tokens", "700.0", 700),
        ("images", "a.png|https://example.com/b.png", ["a.png", "https://example.com/b.png"]),
        ("images", " a.png | ", ["a.png"]),
        ("images", '["a|b.png"]', ["a|b.png"]),
        ("audio", "a.wav|b.mp3", ["a.wav", "b.mp3"]),
        ("files", "a.pdf", ["a.pdf"]),
        ("stop", "END|STOP", ["END", "STOP"]),
        ("stop", '["a|b"]', ["a|b"]),
        ("temperature", "0.7", 0.7),
        ("top_p", "1", 1.0),
        ("seed", "7", 7),
        ("tools", '[{"name":"f"}]', [{"name": "f"}]),
        ("tool_choice", " auto ", "auto"),
        ("messages", '[{"role":"user","content":"x"}]', [{"role": "user", "content": "x"}]),
        ("response_schema", '{"type":"object"}', {"type": "object"}),
        ("gates", '{"max_words":5}', {"max_words": 5}),
        ("metadata", '{"a":1}', {"a": 1}),
        ("deadline", "24h", "24h"),
        ("redact", "True", True),
        ("redact", "email|iban", ["email", "iban"]),
        ("redact_terms", "Anna Schmidt | Bo", ["Anna Schmidt", "Bo"]),
    ],
)
def test_a_cell_is_read_by_its_column(name: str, cell: str, expected: object) -> None:
    """Texts stay as written, words are trimmed, numbers, lists and JSON are read."""
    assert _one(name, cell) == Converted({name: expected})


@pytest.mark.parametrize(
    ("name", "cell", "message", "hint"),
    [
        ("min_quality", "high", "must be a number from 0 to 1, not `high`", None),
        ("min_quality", "0,85", "must be a number from 0 to 1, not `0,85`", "write `0.85`"),
        ("min_quality", "nan", "must be a number from 0 to 1, not `nan`", None),
        ("min_quality", "inf", "must be a number from 0 to 1, not `inf`", None),
        ("min_quality", "85%", "must be a number from 0 to 1, not `85%`", None),
        ("temperature", "hot", "must be a number from 0 to 2, not `hot`", None),
        ("temperature", "0,7", "must be a number from 0 to 2, not `0,7`", "write `0.7`"),
        ("seed", "-1", "must be a whole number from 0 to 2,147,483,647, not `-1`", None),
        ("max_output_tokens", "seven", "must be a whole number from 1, not `seven`", None),
        ("max_output_tokens", "7.5", "must be a whole number from 1, not `7.5`", None),
        ("max_output_tokens", "-7", "must be a whole number from 1, not `-7`", None),
        ("max_output_tokens", "²", "must be a whole number from 1, not `²`", None),
        ("max_output_tokens", "9" * 25, f"must be a whole number from 1, not `{'9' * 25}`", None),
        ("response_schema", "{bad", "is no JSON: object keys must be strings (byte 1)", "got `{bad`"),
        ("messages", "[{]", "is no JSON: object keys must be strings (byte 2)", "got `[{]`"),
        ("metadata", "{", "is no JSON: Input data was truncated", "got `{`"),
        ("images", '["a"', "is no JSON: Input data was truncated", 'got `["a"`'),
    ],
)
def test_an_unreadable_cell_is_a_fault(name: str, cell: str, message: str, hint: str | None) -> None:
    """The field is left out of the row and named with its fault."""
    assert _one(name, cell) == Converted({}, {name: Fault(name, message, hint)})


def test_deep_json_in_a_cell_is_a_fault() -> None:
    """A hostile cell ends as a problem."""
    converted = _one("metadata", "[" * 200_000)
    assert list(converted.unreadable) == ["metadata"]


def test_metadata_columns_become_keys() -> None:
    """Each `metadata.KEY` column is a key, an empty cell none."""
    converted = convert(["metadata.a", "metadata.b", "metadata.c"], ["1", "", "x y"])
    assert converted.row == {"metadata": {"a": "1", "c": "x y"}}


def test_metadata_columns_add_to_the_metadata_column() -> None:
    """Both forms may stand side by side; the column of the key wins."""
    converted = convert(["metadata.a", "metadata"], ["new", '{"a":"old","b":2}'])
    assert converted.row == {"metadata": {"a": "new", "b": 2}}


def test_metadata_that_is_no_object_is_left_to_the_check_of_the_row() -> None:
    """A wrong `metadata` cell is not hidden by its neighbours."""
    assert convert(["metadata", "metadata.a"], ["[1]", "x"]).row == {"metadata": [1]}


def test_unknown_columns_are_passed_over() -> None:
    """They were named at the header already."""
    assert convert(["promt", ""], ["x", "y"]) == Converted()


@pytest.mark.parametrize(
    ("cell", "tags"), [("vip; new", ["vip", "new"]), ("vip", ["vip"]), ('["a;b"]', ["a;b"]), (" ; vip ;", ["vip"])]
)
def test_tags_stand_between_semicolons(cell: str, tags: list[str]) -> None:
    """Or in a JSON list, where a tag has a semicolon itself."""
    assert convert(["tags"], [cell]).row == {"tags": tags}


def test_a_cost_centre_is_metadata() -> None:
    """However it is spelled, without the blanks around it; other cells of metadata keep theirs."""
    for column in ("cost_center", "cost_centre"):
        assert convert([column, "metadata.a"], [" 4711 ", " x "]).row == {
            "metadata": {"cost_center": "4711", "a": " x "}
        }
    assert convert(["cost_center"], [" "]).row == {}

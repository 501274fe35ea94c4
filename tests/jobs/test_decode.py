import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.job_files import MEDIA

from modelroute_cli.base.schema import Importance, Request
from modelroute_cli.jobs.decode import decode, line_refusal
from modelroute_cli.jobs.problems import Fault

_ONE_A_LINE = "write each request as one complete JSON object on one line"


def _faults(raw: bytes) -> list[Fault]:
    with pytest.raises((ValueError, RecursionError)) as caught:
        decode(raw)
    return line_refusal(raw, MEDIA, caught.value).faults


def test_a_line_is_a_request() -> None:
    """The decoder gives the frozen type, with its defaults."""
    assert decode(b' {"custom_id":"a","prompt":"x"}\r\n') == Request(custom_id="a", prompt="x")


def test_null_is_not_given() -> None:
    """Exports of tables write null for an empty cell; defaults then hold."""
    request = decode(b'{"custom_id":"a","prompt":"x","importance":null,"images":null,"metadata":null,"system":null}')
    assert request == Request(custom_id="a", prompt="x", importance=Importance.STANDARD)


def test_a_null_id_is_missing() -> None:
    """What must be given cannot be null."""
    assert _faults(b'{"custom_id":null,"prompt":"x"}') == [
        Fault("custom_id", "is missing", "give each request its `custom_id`")
    ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"custom_id":"a","prompt":"x"', "broken JSON: the line ends too early"),
        (b'{"custom_id":"a","prompt":"x', "broken JSON: the line ends too early"),
        (b'{"custom_id":"a" "prompt":"x"}', "broken JSON at column 18: expected ',' or '}'"),
        (b'{"custom_id":"a","prompt":"x",}', "broken JSON at column 31: trailing comma in object"),
        (b"{'custom_id':'a'}", "broken JSON at column 2: object keys must be strings"),
        (b'{"custom_id":"a"} {"custom_id":"b"}', "broken JSON: the line goes on after the first value"),
        ('{"custom_id":"äöü€😀","prompt":x}'.encode(), "broken JSON at column 31: invalid character"),
        (b"custom_id: a", "broken JSON at column 1: invalid character"),
    ],
)
def test_broken_json_is_told_with_its_column(raw: bytes, message: str) -> None:
    """The column counts characters, not bytes, and the words do not depend on the Python version."""
    assert _faults(raw) == [Fault(None, message, _ONE_A_LINE)]


@pytest.mark.parametrize("raw", [b"[1]", b'"text"', b"3", b"true", b"null", b'["a","b"]'])
def test_a_line_that_is_no_object_is_shown(raw: bytes) -> None:
    """A request is an object."""
    assert _faults(raw) == [Fault(None, f"is no JSON object: `{raw.decode()}`", _ONE_A_LINE)]


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["min_quality", "metadata"])
def test_numbers_that_json_lacks_are_named(constant: str, field: str) -> None:
    """Python writes NaN where a table had a gap: the hint says what to write."""
    value = constant if field == "min_quality" else f'{{"deep":[{constant}]}}'
    assert _faults(f'{{"custom_id":"a","prompt":"x","{field}":{value}}}'.encode()) == [
        Fault(None, f"`{constant}` is no JSON number", "leave the field out, or write `null`")
    ]


@pytest.mark.parametrize("field", ['"min_quality":1e999', '"metadata":{"a":-1e999}'])
def test_a_number_beyond_all_bounds_is_refused(field: str) -> None:
    """It would become infinite."""
    raw = f'{{"custom_id":"a","prompt":"x",{field}}}'.encode()
    assert _faults(raw) == [Fault(None, "holds a number that is out of range")]


@pytest.mark.parametrize("escape", [r"\ud83d", r"\ud83d x", r"\ude00", r"\ud83d\u0041", r"\ud83d\ud83d"])
def test_half_a_surrogate_pair_is_refused(escape: str) -> None:
    """Cut emoji come in escapes that no UTF-8 can carry."""
    [fault] = _faults(f'{{"custom_id":"a","prompt":"{escape}"}}'.encode())
    assert fault.message.startswith(r"holds half of a surrogate pair: `\ud")
    assert fault.hint == "write the whole character"


def test_a_whole_surrogate_pair_is_a_character() -> None:
    """Escaped emoji are read."""
    assert decode(rb'{"custom_id":"a","prompt":"\ud83d\ude00"}').prompt == "😀"


def test_bytes_that_are_no_utf8_are_named_with_their_column() -> None:
    """The byte and its place in the line."""
    assert _faults('{"custom_id":"ä","prompt":"caf'.encode() + b'\xe9"}') == [
        Fault(None, "is not UTF-8 text: byte `0xe9` at column 31", "save it as UTF-8")
    ]


@pytest.mark.parametrize("depth", [20_000, 200_000])
def test_deep_nesting_is_refused_not_fatal(depth: int) -> None:
    """A hostile row ends as a problem, not as a crash."""
    raw = b'{"custom_id":"a","prompt":"x","metadata":{"a":' + b"[" * depth + b"]" * depth + b"}}"
    assert _faults(raw) == [Fault(None, "is nested too deeply")]


def test_a_refused_line_keeps_its_id() -> None:
    """The id counts as used even though the row is refused."""
    raw = b'{"custom_id":"a","prompt":3}'
    assert line_refusal(raw, MEDIA, ValueError()).custom_id == "a"


@settings(deadline=None)
@given(raw=st.binary(max_size=80))
@example(raw=b'{"custom_id":"a","prompt":"x","metadata":{"a":1e999}}')
def test_any_line_is_a_request_or_has_a_fault(raw: bytes) -> None:
    """No bytes crash the reader, and none are refused without a reason."""
    refused: Exception | None = None
    try:
        decode(raw)
    except (ValueError, RecursionError) as error:
        refused = error
    assert refused is None or line_refusal(raw, MEDIA, refused).faults


@settings(deadline=None)
@given(prompt=st.text(min_size=1), custom_id=st.text(min_size=1, max_size=512), tenant=st.none() | st.text())
def test_what_was_encoded_is_decoded(prompt: str, custom_id: str, tenant: str | None) -> None:
    """Any text survives the way to the file and back."""
    request = Request(custom_id=custom_id, prompt=prompt, tenant=tenant)
    assert decode(msgspec.json.encode(request)) == request

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.job_files import problems, read, read_bytes

from modelroute_cli.jobs.fields import REQUEST_FIELDS


def _line(custom_id: str, **fields: object) -> bytes:
    return json.dumps({"custom_id": custom_id, "prompt": "x"} | fields).encode()


def test_offsets_point_into_the_users_own_file(tmp_path: Path) -> None:
    """Offset and length cut out exactly the JSON of the row."""
    lines = [_line("a"), _line("b", prompt="größer"), _line("c")]
    content = b"\n".join(lines) + b"\n"
    job = read_bytes(tmp_path, "a.jsonl", content)
    assert job.path == tmp_path / "a.jsonl"
    assert [content[o : o + n] for o, n in job.requests.collect().select("offset", "length").iter_rows()] == lines


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [b"", b"\n", b"\r\n\r\n  \n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_bom_line_ends_and_blank_lines_change_nothing(end: bytes, last: bytes, bom: bytes, tmp_path: Path) -> None:
    """Every editor's way of saving is read, and lines are counted as the editor counts them."""
    content = bom + _line("a") + end + end + b" \t" + end + _line("b") + last
    job = read_bytes(tmp_path, "a.jsonl", content)
    rows = job.requests.collect().select("custom_id", "line", "offset", "length").rows()
    assert [row[:2] for row in rows] == [("a", 1), ("b", 4)]
    assert [json.loads(content[o : o + n])["custom_id"] for _, _, o, n in rows] == ["a", "b"]


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    """The whole file is read before it is refused."""
    content = b"\n".join([_line("a"), b"{", _line("b", foo=1), b"", b"[]", _line("a"), _line("c", prompt=" ")])
    assert problems(tmp_path, "a.jsonl", content) == [
        "a.jsonl:2: broken JSON: the line ends too early",
        "hint: write each request as one complete JSON object on one line",
        "a.jsonl:3: foo: is no field",
        "hint: use one of " + ", ".join(f"`{name}`" for name in REQUEST_FIELDS),
        "a.jsonl:5: is no JSON object: `[]`",
        "hint: write each request as one complete JSON object on one line",
        "a.jsonl:6: custom_id: `a` is used already on line 1",
        "hint: give each request its own id",
        "a.jsonl:7: prompt: is blank",
        "hint: write what the model shall do, or remove the row",
    ]


def test_more_than_twenty_bad_lines_are_counted(tmp_path: Path) -> None:
    """Twenty are shown, the rest is a number."""
    shown = problems(tmp_path, "a.jsonl", b"{\n" * 50)
    assert shown[-3:] == [
        "a.jsonl:20: broken JSON: the line ends too early",
        "hint: write each request as one complete JSON object on one line",
        "... and 30 more problems",
    ]


def test_bad_bytes_far_in_the_file_are_a_problem_of_their_line(tmp_path: Path) -> None:
    """Beyond the sniffed head the line is named."""
    content = b"".join(_line(f"{n}", prompt="x" * 500) + b"\n" for n in range(200))
    assert problems(tmp_path, "a.jsonl", content + b'{"custom_id":"\xe9"}\n{"custom_id":"\0"}') == [
        "a.jsonl:201: is not UTF-8 text: byte `0xe9` at column 15",
        "hint: save it as UTF-8",
        "a.jsonl:202: broken JSON at column 15: invalid character",
        "hint: write each request as one complete JSON object on one line",
    ]


def test_a_row_of_five_megabytes_is_a_row(tmp_path: Path) -> None:
    """Long documents are requests too."""
    job = read_bytes(tmp_path, "a.jsonl", _line("a", prompt="long " * 2**20) + b"\n" + _line("b"))
    assert job.requests.collect()["length"].to_list()[0] > 5 * 2**20
    assert job.requests.collect()["custom_id"].to_list() == ["a", "b"]


_NAMES = st.text(min_size=1, max_size=20).filter(lambda name: name.isprintable())


@settings(max_examples=40, deadline=None)
@given(
    rows=st.dictionaries(_NAMES, st.text(min_size=1).filter(lambda text: not text.isspace()), min_size=1, max_size=8),
    escape=st.sampled_from(["ascii", "utf-8"]),
)
def test_any_texts_are_found_again(rows: dict[str, str], escape: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the texts, each offset leads back to its row."""
    path = tmp_path_factory.mktemp("jobs") / "a.jsonl"
    lines = [json.dumps({"custom_id": i, "prompt": p}, ensure_ascii=escape == "ascii") for i, p in rows.items()]
    path.write_bytes("\n".join(lines).encode())
    content = path.read_bytes()
    index = read(path).requests.collect().select("offset", "length").iter_rows()
    found = [json.loads(content[offset : offset + length]) for offset, length in index]
    assert {row["custom_id"]: row["prompt"] for row in found} == rows

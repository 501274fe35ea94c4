"""Which lines of an OpenAI batch file ask for a response."""

import gzip
import json
from pathlib import Path

import pytest

from modelroute_cli.jobs.batch_endpoints import response_ids
from modelroute_cli.jobs.reading import Reading
from modelroute_cli.planning.plan import JobRef

CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"


def _ref(source: object, file_format: str = "openai_batch", reading: Reading | None = None) -> JobRef:
    return JobRef(source=str(source), format=file_format, digest="sha256:1", requests=1, reading=reading or Reading())


def _text(*urls: str) -> str:
    """A line for each address: `r0`, `r1`, ..."""
    return "".join(
        json.dumps({"custom_id": f"r{number}", "method": "POST", "url": url, "body": {"input": "é"}}) + "\n"
        for number, url in enumerate(urls)
    )


def _file(path: Path, *urls: str) -> Path:
    path.write_text(_text(*urls), encoding="utf-8")
    return path


def test_the_address_of_each_line_decides(tmp_path: Path) -> None:
    """With or without a host and a final slash; an address in the text of a prompt is none."""
    path = _file(tmp_path / "b.jsonl", CHAT, RESPONSES, "https://api.openai.com/v1/responses/", "/v1/responses/x")
    assert response_ids(_ref(path), tmp_path) == {"r1", "r2"}
    said = {"custom_id": "r", "url": CHAT, "body": {"messages": [{"role": "user", "content": RESPONSES}]}}
    path.write_text(json.dumps(said))
    assert response_ids(_ref(path), tmp_path) == frozenset()


def test_packed_files_and_other_encodings_are_read_as_they_were(tmp_path: Path) -> None:
    """Nothing of the copy is left behind."""
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(_text(RESPONSES).encode()))
    assert response_ids(_ref(packed), tmp_path) == {"r0"}
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b"\xef\xbb\xbf" + _text(RESPONSES).encode())
    assert response_ids(_ref(latin), tmp_path) == {"r0"}
    wide = tmp_path / "wide.jsonl"
    wide.write_bytes(_text(CHAT, RESPONSES).encode("utf-16"))
    assert response_ids(_ref(wide, reading=Reading(encoding="utf-16")), tmp_path) == {"r1"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.jsonl.gz", "latin.jsonl", "wide.jsonl"]


@pytest.mark.parametrize("file_format", ["jsonl", "csv", "anthropic_batch", "gemini_batch"])
def test_other_files_ask_for_none(tmp_path: Path, file_format: str) -> None:
    """Whatever stands in them."""
    assert response_ids(_ref(_file(tmp_path / "b.jsonl", RESPONSES), file_format), tmp_path) == frozenset()


def test_a_file_that_cannot_be_read_again_asks_for_none(tmp_path: Path) -> None:
    """Standard input, a file that is gone, lines that are none any more: results are written all the same."""
    assert response_ids(_ref("-"), tmp_path) == frozenset()
    assert response_ids(_ref(tmp_path / "gone.jsonl"), tmp_path) == frozenset()
    broken = tmp_path / "broken.jsonl"
    broken.write_text(f'{{"url": "{RESPONSES}"\n{_text(RESPONSES)}')
    assert response_ids(_ref(broken), tmp_path) == {"r0"}

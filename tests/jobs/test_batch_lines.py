import gzip
import json
from pathlib import Path

import pytest
from support.job_files import problems, read_bytes, refused, requests_in, spool_dir

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.batch_lines import BatchFormat, recognised
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reading import Reading

_OPENAI = {"custom_id": "o", "url": "/v1/chat/completions", "method": "POST"}


def _chat(custom_id: str, **body: object) -> bytes:
    full = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}], **body}
    return json.dumps({**_OPENAI, "custom_id": custom_id, "body": full}).encode() + b"\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"custom_id":"a","method":"POST","url":"/v1/responses","body":{}}', "openai_batch"),
        (b'{"custom_id":"a","params":{}}', "anthropic_batch"),
        (b'{"key":"a","request":{"contents":[]}}', "gemini_batch"),
        (b'{"request":{"contents":[]}}', "gemini_batch"),
        (b'{"custom_id":"a","prompt":"x"}', None),
        (b'{"custom_id":"a","body":"x"}', None),
        (b'{"request":"x"}', None),
        (b"[1]", None),
        (b"{", None),
    ],
)
def test_a_line_shows_its_format(line: bytes, expected: BatchFormat | None) -> None:
    """Nobody has to say what the file is."""
    assert recognised(line) == expected


def test_models_of_a_mixed_file_are_pins_unless_they_are_ignored(tmp_path: Path) -> None:
    """What the lines name binds, or does not."""
    content = _chat("a", model="gpt-5") + _chat("b", model="gpt-5-mini", logit_bias={})
    job = read_bytes(tmp_path, "a.jsonl", content)
    assert job.requests.collect()["model"].to_list() == ["gpt-5", "gpt-5-mini"]
    assert [request.model for request in requests_in(job)] == ["gpt-5", "gpt-5-mini"]
    free = read_bytes(tmp_path, "a.jsonl", content, Reading(ignore_models=True))
    assert free.requests.collect()["model"].to_list() == [None, None]
    assert free.requests.collect()["duplicate_of"].to_list() == [None, 0]
    assert [request.model for request in requests_in(free)] == [None, None]


def test_models_of_native_lines_can_be_ignored_too(tmp_path: Path) -> None:
    """The file stays as it is; whoever reads it again sees no model."""
    content = b'{"custom_id":"a","prompt":"x","model":"gpt-5"}\n'
    job = read_bytes(tmp_path, "a.jsonl", content, Reading(ignore_models=True))
    assert job.path == tmp_path / "a.jsonl"
    assert locate(job, spool_dir(job.source)) == job.path
    assert requests_in(job) == [Request(custom_id="a", prompt="x")]


def test_fields_left_out_are_told_once_with_their_number(tmp_path: Path) -> None:
    """Nothing is lost without a word, and no word is said a million times."""
    job = read_bytes(tmp_path, "a.jsonl", _chat("a", user="u", seed=-1) + _chat("b", user="v"))
    assert job.notes == (
        "`user` (2 requests) is not sent: models are asked as their catalog entries say",
        "`seed` (1 request) is not sent: models are asked as their catalog entries say",
    )
    assert read_bytes(tmp_path, "b.jsonl", _chat("a")).notes == ()


def test_other_lines_are_refused(tmp_path: Path) -> None:
    """One file, one form; the ids of refused lines count."""
    content = _chat("a") + b'{"custom_id":"b","prompt":"x"}\n\n{"oops\n' + _chat("a") + b"[1]\n"
    assert problems(tmp_path, "a.jsonl", content) == [
        "a.jsonl:2: is no line of the OpenAI Batch API, as the first line is",
        "hint: put lines of different forms into different files",
        "a.jsonl:4: broken JSON at column 7: invalid character",
        "hint: write each request as one complete JSON object on one line",
        "a.jsonl:5: custom_id: `a` is used already on line 1",
        "hint: give each request its own id",
        "a.jsonl:6: is no line of the OpenAI Batch API, as the first line is",
        "hint: put lines of different forms into different files",
    ]


def test_what_is_wrong_with_a_request_is_wrong_in_any_format(tmp_path: Path) -> None:
    """The same checks hold: ids, blank prompts, limits."""
    content = _chat("a", messages=[{"role": "user", "content": "  "}], max_tokens=0)
    assert problems(tmp_path, "a.jsonl", content) == [
        "a.jsonl:1: max_output_tokens: must be a whole number from 1, not `0`",
        "a.jsonl:1: prompt: is blank",
        "hint: write what the model shall do, or remove the row",
    ]


def test_a_byte_order_mark_and_packing_change_nothing(tmp_path: Path) -> None:
    """Batch lines are lines like others."""
    content = b"\xef\xbb\xbf\r\n" + _chat("a")
    plain = read_bytes(tmp_path, "a.jsonl", content)
    packed = read_bytes(tmp_path, "a.jsonl.gz", gzip.compress(content))
    assert plain.format == packed.format == "openai_batch"
    assert requests_in(plain) == requests_in(packed)
    assert plain.requests.collect()["line"].to_list() == [2]


def test_a_lost_spool_of_batch_lines_is_made_again(tmp_path: Path) -> None:
    """The offsets of the plan hold."""
    job = read_bytes(tmp_path, "a.jsonl", _chat("a") + _chat("b", temperature=1))
    content = job.path.read_bytes()
    job.path.unlink()
    assert locate(job, spool_dir(job.source)).read_bytes() == content


def test_batch_lines_take_no_template(tmp_path: Path) -> None:
    """They have their own prompts."""
    error = refused(tmp_path, "a.jsonl", _chat("a"), Reading(prompt="{{ body }}", system="x"))
    assert error.message == "--prompt, --system: `a.jsonl` holds lines of a batch API, which have their own prompts"

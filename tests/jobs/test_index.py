import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.job_files import Alike, problems, read_bytes, refused, spool_dir

from modelroute_cli.base.described import TASK_TYPES
from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.frames import REQUESTS
from modelroute_cli.base.schema import Need, TaskType
from modelroute_cli.jobs import gather
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile


def _jsonl(*rows: Mapping[str, object]) -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in rows)


def _numbered(*contents: Mapping[str, object]) -> bytes:
    return _jsonl(*({"custom_id": f"r{n}", **content} for n, content in enumerate(contents)))


def _column(folder: Path, name: str, *contents: Mapping[str, object]) -> list[object]:
    return read_bytes(folder, "a.jsonl", _numbered(*contents)).requests.collect()[name].to_list()


def test_the_frame_keeps_to_the_contract(tmp_path: Path) -> None:
    """Columns, types and order are those of REQUESTS; every value comes from the row or its features."""
    row: dict[str, object] = {
        "custom_id": "a",
        "system": "s",
        "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}],
        "importance": "premium",
        "min_quality": 0.9,
        "max_output_tokens": 50,
        "response_schema": {"type": "object"},
        "images": ["https://example.com/a.png", "https://example.com/b.png"],
        "model": "gpt-5",
        "deadline": "24h",
        "tenant": "shop",
        "data_class": "public",
    }
    job = read_bytes(tmp_path, "a.jsonl", _jsonl(row))
    assert dict(job.requests.collect().schema) == dict(pl.Schema(REQUESTS))
    assert job.requests.collect().row(0, named=True) == {
        "row": 0,
        "custom_id": "a",
        "line": 1,
        "offset": 0,
        "length": len(json.dumps(row)),
        "duplicate_of": None,
        "task_type": "email",
        "task_confidence": 0.5,
        "task_source": "classifier",
        "template": "t1",
        "language": "en",
        "importance": "premium",
        "modality": "image",
        "model": "gpt-5",
        "min_quality": 0.9,
        "max_output_tokens": 50,
        "has_schema": True,
        "schema_tokens": 0,
        "has_deadline": True,
        "tenant": "shop",
        "data_class": "public",
        "input_tokens": 60,
        "message_count": 3,
        "image_sizes": [0, 0],
        "needs": Need.IMAGE.bit | Need.LINKED.bit,
        "pages": 0,
        "audio_s": 0,
        "length_hint_tokens": None,
        "facets": None,
        "deadline_s": 86400,
        "personal": 0,
        "prefix": None,
        "prefix_chars": 0,
        "prefix_tokens": 0,
        "judge": None,
    }


def test_what_is_not_given_is_null_or_the_default(tmp_path: Path) -> None:
    """Unknown is null, never zero or an empty text."""
    [row] = read_bytes(tmp_path, "a.jsonl", _numbered({"prompt": "x"})).requests.collect().to_dicts()
    absent = ("duplicate_of", "model", "min_quality", "max_output_tokens", "tenant", "data_class", "length_hint_tokens")
    assert [row[name] for name in absent] == [None] * len(absent)
    assert (row["importance"], row["modality"], row["message_count"], row["image_sizes"]) == (
        "standard",
        "text",
        1,
        None,
    )
    assert (row["has_schema"], row["has_deadline"]) == (False, False)


def test_a_system_text_is_a_message_and_an_empty_one_is_none(tmp_path: Path) -> None:
    """The count is that of the turns that are sent."""
    contents: list[dict[str, object]] = [{"prompt": "x", "system": "s"}, {"prompt": "x", "system": ""}]
    assert _column(tmp_path, "message_count", *contents) == [2, 1]


def test_requests_that_ask_the_same_point_to_the_first(tmp_path: Path) -> None:
    """Who asks and how it is filed does not change what is asked."""
    assert _column(
        tmp_path,
        "duplicate_of",
        {"prompt": "x"},
        {"prompt": "y"},
        {"prompt": "x", "tenant": "t", "metadata": {"a": 1}},
        {"prompt": "x", "importance": "standard"},
        {"prompt": "y"},
    ) == [None, None, 0, 0, 1]


@pytest.mark.parametrize(
    "difference",
    [
        {"prompt": "x "},
        {"system": "s"},
        {"importance": "bulk"},
        {"min_quality": 0.5},
        {"max_output_tokens": 5},
        {"task_type": "email"},
        {"response_schema": {}},
        {"images": ["https://example.com/a.png"]},
        {"model": "gpt-5"},
        {"deadline": "24h"},
        {"data_class": "public"},
        {"gates": {"max_words": 5}},
    ],
)
def test_any_other_difference_makes_another_request(difference: dict[str, object], tmp_path: Path) -> None:
    """What changes the answer, or how it is bought, is asked for itself."""
    assert _column(tmp_path, "duplicate_of", {"prompt": "x"}, {"prompt": "x"} | difference) == [None, None]


def test_the_order_of_keys_does_not_make_another_request(tmp_path: Path) -> None:
    """The digest is canonical."""
    one: dict[str, object] = {"prompt": "x", "response_schema": {"type": "object", "title": "t"}}
    other: dict[str, object] = {"response_schema": {"title": "t", "type": "object"}, "prompt": "x"}
    assert _column(tmp_path, "duplicate_of", one, other) == [None, 0]


def test_a_doubled_id_names_the_first_line(tmp_path: Path) -> None:
    """Each later row is told where the id is used, even when that row was itself refused."""
    content = _jsonl(
        {"custom_id": "a", "prompt": "x"},
        {"custom_id": "b", "prompt": 3},
        {"custom_id": "a", "prompt": "y"},
        {"custom_id": "b", "prompt": "z"},
        {"custom_id": "a", "prompt": "x"},
    )
    assert problems(tmp_path, "a.jsonl", content) == [
        "a.jsonl:2: prompt: must be text that is not empty, not `3`",
        "a.jsonl:3: custom_id: `a` is used already on line 1",
        "hint: give each request its own id",
        "a.jsonl:4: custom_id: `b` is used already on line 2",
        "hint: give each request its own id",
        "a.jsonl:5: custom_id: `a` is used already on line 1",
        "hint: give each request its own id",
    ]


def test_requests_are_described_in_blocks_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than a block of texts is in memory, and each row gets its own features."""
    content = _numbered(*({"prompt": f"x{n}"} for n in range(2_500)))
    (tmp_path / "a.jsonl").write_bytes(content)
    monkeypatch.setattr(gather, "_BLOCK_ROWS", 1_000)
    recorder = Alike()
    job = index(str(tmp_path / "a.jsonl"), recorder, IndexOptions(spool_dir=spool_dir(tmp_path)))
    assert recorder.blocks == [1_000, 1_000, 500]
    assert job.requests.collect()["custom_id"].to_list() == [f"r{n}" for n in range(2_500)]
    assert job.requests.collect()["row"].to_list() == list(range(2_500))


def test_a_block_of_long_requests_is_cut_earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand rows of five megabytes would not fit."""
    monkeypatch.setattr(gather, "_BLOCK_BYTES", 1_000)
    (tmp_path / "a.jsonl").write_bytes(_numbered(*({"prompt": "x" * 600} for _ in range(5))))
    recorder = Alike()
    index(str(tmp_path / "a.jsonl"), recorder, IndexOptions(spool_dir=spool_dir(tmp_path)))
    assert recorder.blocks == [2, 2, 1]


def test_nothing_is_described_after_a_problem(tmp_path: Path) -> None:
    """A job file that will be refused costs no more work than finding its problems."""
    content = b"{\n" + _numbered(*({"prompt": "x"} for _ in range(1_500)))
    (tmp_path / "a.jsonl").write_bytes(content)
    recorder = Alike()
    with pytest.raises(JobFileError, match="has 1 problem"):
        index(str(tmp_path / "a.jsonl"), recorder, IndexOptions(spool_dir=spool_dir(tmp_path)))
    assert recorder.blocks == []


def test_features_of_the_row_are_kept(tmp_path: Path) -> None:
    """What a request says of itself stands, whatever others of its template say."""
    describer = Alike(TaskType.MATH, from_row=True, language="de", hint=9, voted=TASK_TYPES.index(TaskType.CODE))
    job = indexed(tmp_path, describer)
    columns = ["task_type", "task_source", "task_confidence", "language", "length_hint_tokens"]
    assert job.requests.collect().select(columns).row(0) == ("math", "row", 0.5, "de", 9)


def test_requests_of_a_template_vote(tmp_path: Path) -> None:
    """Where the template's requests together say what it is, each of them is that."""
    job = indexed(tmp_path, Alike(TaskType.MATH, voted=TASK_TYPES.index(TaskType.CODE)))
    columns = ["task_type", "task_source", "task_confidence", "template"]
    assert job.requests.collect().select(columns).row(0) == ("code", "classifier", 0.75, "t1")


def test_a_template_without_a_vote_leaves_each_its_own(tmp_path: Path) -> None:
    """As in the rest group of requests that are one of their kind."""
    job = indexed(tmp_path, Alike(TaskType.MATH))
    assert job.requests.collect().select("task_type", "task_confidence").row(0) == ("math", 0.5)


def indexed(folder: Path, describer: Alike) -> JobFile:
    """A job of one request, so described."""
    (folder / "a.jsonl").write_bytes(_numbered({"prompt": "x"}))
    return index(str(folder / "a.jsonl"), describer, IndexOptions(spool_dir=folder))


def test_one_hundred_doubled_ids_are_counted(tmp_path: Path) -> None:
    """The list is cut like any other."""
    content = _jsonl(*({"custom_id": "a", "prompt": "x"} for _ in range(101)))
    message = refused(tmp_path, "a.jsonl", content).message
    assert message.startswith("`a.jsonl` has 100 problems; nothing was planned or sent\na.jsonl:2: custom_id: ")
    assert message.endswith("... and 80 more problems")


@settings(max_examples=30, deadline=None)
@given(prompts=st.lists(st.sampled_from("abcde"), min_size=1, max_size=30))
def test_a_duplicate_always_points_to_the_first_of_its_kind(
    prompts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The first is no duplicate, every later one names its row."""
    folder = tmp_path_factory.mktemp("jobs")
    found = _column(folder, "duplicate_of", *({"prompt": prompt} for prompt in prompts))
    first = [prompts.index(prompt) for prompt in prompts]
    assert found == [None if row == of else of for row, of in enumerate(first)]

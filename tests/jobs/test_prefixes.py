"""Beginnings that requests of a job share."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support.job_files import Alike, PartAlike, describe_part, read, settle_parts

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs import prefixes as room
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.parts import Dividing
from modelroute_cli.jobs.prefixes import PREFIXES, Beginnings, prefixes
from modelroute_cli.jobs.rows import Row

LONG = "".join(f"rule {at}: be kind to all. " for at in range(120))  # 2,990 characters
DOCUMENT = "".join(f"fact {at} is true. " for at in range(300))


def job_of(folder: Path, rows: Sequence[Mapping[str, object]]) -> JobFile:
    """The indexed job of these rows; the describer counts a token for four characters."""
    path = folder / "a.jsonl"
    path.write_text("".join(json.dumps({"custom_id": f"r{at}", **row}) + "\n" for at, row in enumerate(rows)))
    return read(path)


def shared(job: JobFile) -> dict[frozenset[str], int]:
    """The tokens that each group of requests shares."""
    found = job.requests.filter(pl.col("prefix").is_not_null()).group_by("prefix", "prefix_tokens").agg("custom_id")
    return {frozenset(ids): tokens for _, tokens, ids in found.collect().iter_rows()}


def ids(*numbers: int) -> frozenset[str]:
    """Custom ids."""
    return frozenset(f"r{number}" for number in numbers)


def test_one_system_message_for_all(tmp_path: Path) -> None:
    """Its tokens are shared; those of the prompts are not, as far as they differ from the start."""
    job = job_of(tmp_path, [{"system": LONG, "prompt": f"{at} letters"} for at in range(3)])
    assert shared(job) == {ids(0, 1, 2): len(LONG) // 4}


def test_what_prompts_begin_with_counts_too(tmp_path: Path) -> None:
    """Turn by turn."""
    job = job_of(tmp_path, [{"system": LONG, "prompt": f"Dear John, {at}"} for at in range(3)])
    assert shared(job) == {ids(0, 1, 2): len(LONG) // 4 + len("Dear John, ") // 4}


def test_a_prompt_is_not_its_own_system_message(tmp_path: Path) -> None:
    """The same words in another role begin otherwise."""
    job = job_of(tmp_path, [{"system": LONG, "prompt": "x"}, {"prompt": f"{LONG}x"}])
    assert shared(job) == {}


def test_a_message_list_is_what_it_says(tmp_path: Path) -> None:
    """`system` and `prompt` are the chat that is made of them."""
    turns = [{"role": "developer", "content": LONG}, {"role": "user", "content": "b"}]
    job = job_of(tmp_path, [{"system": LONG, "prompt": "a"}, {"messages": turns}])
    assert shared(job) == {ids(0, 1): len(LONG) // 4}


def test_documents_asked_several_questions(tmp_path: Path) -> None:
    """Each is a group; single ones share the instructions."""
    asked = [f"{DOCUMENT} {name}. {question}" for name in "AB" for question in ("who?", "when?")]
    rows: list[Mapping[str, object]] = [{"system": LONG, "prompt": text[::-1]} for text in ("!", "?")]
    rows += [{"system": LONG, "prompt": f"{name} {DOCUMENT} {question}"} for name in "AB" for question in ("who?", "?")]
    assert asked[0][:9] == "fact 0 is"
    assert set(shared(job_of(tmp_path, rows))) == {ids(0, 1), ids(2, 3), ids(4, 5)}


def test_schemas_come_before_all(tmp_path: Path) -> None:
    """Requests with different schemas share nothing; with the same one they share what they say."""
    schemas = [{"type": "object"}, {"type": "object"}, {"type": "array"}, {"type": "string"}]
    rows = [{"system": LONG, "prompt": f"{at}", "response_schema": schema} for at, schema in enumerate(schemas)]
    assert shared(job_of(tmp_path, rows)) == {ids(0, 1): len(LONG) // 4}


def test_what_follows_images_is_not_shared(tmp_path: Path) -> None:
    """Text before them is."""
    picture = {"images": ["https://example.com/a.png"]}
    turns = [{"role": "user", "content": LONG}, {"role": "assistant", "content": LONG}]
    rows = [{"messages": turns, "gates": {"min_words": at + 1}, **picture} for at in range(2)]
    assert shared(job_of(tmp_path, rows)) == {ids(0, 1): len(LONG) // 4}


def test_duplicates_are_not_sent_and_share_nothing(tmp_path: Path) -> None:
    """Two requests that ask the same are one; with a third there are two to share."""
    twins = [{"system": LONG, "prompt": "a"}] * 2
    assert shared(job_of(tmp_path, twins)) == {}
    assert shared(job_of(tmp_path, [*twins, {"system": LONG, "prompt": "b"}])) == {ids(0, 2): len(LONG) // 4}


@pytest.mark.parametrize(("chars", "found"), [(512 * 4 - 1, {}), (512 * 4, {ids(0, 1): 512})])
def test_fewer_tokens_are_cached_by_nobody(tmp_path: Path, chars: int, found: dict[frozenset[str], int]) -> None:
    """512 is the least."""
    rows = [{"prompt": f"{LONG[:chars]}{mark}"} for mark in ("#", "%")]
    assert shared(job_of(tmp_path, rows)) == found


def test_order_and_company_do_not_matter(tmp_path: Path) -> None:
    """A beginning has the same number in every job, and the same requests have it."""
    rows = [{"system": LONG, "prompt": f"{at}", "metadata": {"at": at}} for at in range(4)]
    one = job_of(tmp_path, rows).requests.collect()["prefix"].unique().to_list()
    other = job_of(tmp_path, [{"prompt": DOCUMENT}, *reversed(rows)]).requests.collect()["prefix"].to_list()
    assert other == [None, *one * 4]


def test_texts_that_do_not_fit_in_memory_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The groups are the same."""
    rows = [{"system": LONG, "prompt": f"{at}{DOCUMENT if at % 2 else ''}"} for at in range(6)]
    kept = shared(job_of(tmp_path, rows))
    monkeypatch.setattr(room, "_IN_MEMORY_BYTES", 0)
    assert shared(job_of(tmp_path, rows)) == kept


def test_parts_share_beginnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file read by several processes has the groups of the whole, duplicates left out."""
    tests = Path(__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{tests}{os.pathsep}{tests.parent}")
    rows: list[Mapping[str, object]] = [{"system": LONG, "prompt": f"{at % 30} letters"} for at in range(40)]
    whole = job_of(tmp_path, [*rows, *({"prompt": f"short {at}"} for at in range(60))])
    how = Dividing(describer=describe_part, settled=settle_parts, least_bytes=1, processes=2)
    parts = index(str(tmp_path / "a.jsonl"), PartAlike(), IndexOptions(spool_dir=tmp_path / "spool"), how)
    assert shared(parts) == shared(whole) == {ids(*range(30)): len(LONG) // 4}


def long_row(at: int, text: str) -> Row:
    """A row that is long enough to be looked at."""
    return Row(at + 1, at, 2_000, Request(custom_id=f"r{at}", prompt=text))


def test_only_long_rows_are_looked_at() -> None:
    """Neither those of few bytes nor those of many bytes that are no text."""
    begun = Beginnings()
    begun.meet([Row(1, 0, 1_499, Request(custom_id="a", prompt=LONG)), long_row(1, "short"), long_row(2, LONG)], 0)
    begun.meet([Row(4, 0, 1_499, Request(custom_id="b", prompt=LONG))], 3)
    begun.meet([long_row(4, LONG)], 4)
    assert [rows.tolist() for rows in begun.alike(but=np.empty(0, np.int64))] == [[2, 4]]
    assert begun.alike(but=np.array([4])) == []


def test_parts_begin_where_others_end() -> None:
    """Rows are numbered through."""
    one, other = Beginnings(), Beginnings()
    one.meet([long_row(0, LONG)], 0)
    other.meet([long_row(0, LONG), long_row(1, DOCUMENT)], 0)
    one.join(other, 1)
    assert [rows.tolist() for rows in one.alike(but=np.empty(0, np.int64))] == [[0, 1]]


def test_a_shared_hash_is_no_proof() -> None:
    """Texts are compared: of three with one hash only two begin alike."""
    texts = [f"{LONG}1", DOCUMENT, f"{LONG}2"]
    places = pl.DataFrame({"row": [3, 5, 8], "offset": [0, 1, 2], "length": [9, 9, 9]})
    found = prefixes(
        [np.array([3, 5, 8])], places, lambda at, _: Request(custom_id="a", prompt=texts[at]), Alike().tokens
    )
    assert dict(found.schema) == dict(pl.Schema(PREFIXES))
    assert found.select("row", "prefix_tokens").rows() == [(3, len(LONG) // 4), (8, len(LONG) // 4)]
    assert found["prefix"].n_unique() == 1


def test_those_that_save_most_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many."""
    monkeypatch.setattr(room, "MOST_PREFIXES", 1)
    rows = [{"system": text, "prompt": f"{at}"} for text in (LONG, DOCUMENT) for at in range(2)]
    assert shared(job_of(tmp_path, rows)) == {ids(2, 3): len(DOCUMENT) // 4}

"""The sheet that people fill in: blind, shuffled, and safe to open."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pilot_answers import answer

from modelroute_cli.base.errors import StorageError
from modelroute_cli.pilot.scorers.answers import Answer
from modelroute_cli.pilot.scorers.sheet import COLUMNS, SheetKey, key_path, write_sheet
from modelroute_cli.pilot.scorers.sheet_reading import read_key

TOLD = [answer(name, model, f"{model[0]} says {name}") for name in "abcdef" for model in ("mild-1", "nice-1", "oval-1")]


def written(folder: Path, answers: list[Answer], seed: int = 1) -> tuple[SheetKey, list[list[str]]]:
    """The key and the records of a sheet."""
    path = folder / "labels.csv"
    key = write_sheet(path, answers, lambda name: f"Write about {name}.", seed)
    text = path.read_bytes().decode("utf-8-sig")
    return key, list(csv.reader(io.StringIO(text, newline="")))


def test_a_sheet_shows_requests_and_answers_and_leaves_room(tmp_path: Path) -> None:
    """Quality and comment are empty; it begins with the mark that Excel wants."""
    key, records = written(tmp_path, [answer("a", output="Dear all")])
    assert tuple(records[0]) == COLUMNS == ("key", "request", "answer", "quality", "comment")
    assert records[1:] == [[key.rows[0].key, "Write about a.", "Dear all", "", ""]]
    assert (tmp_path / "labels.csv").read_bytes().startswith(b"\xef\xbb\xbfkey,")


def test_no_model_is_named_in_it(tmp_path: Path) -> None:
    """Neither by name nor by a key that says anything."""
    key, _ = written(tmp_path, TOLD)
    text = (tmp_path / "labels.csv").read_text("utf-8")
    assert not any(each.model in text for each in TOLD)
    assert all(row.key.isalpha() and len(row.key) == 10 for row in key.rows)
    assert len({row.key for row in key.rows}) == len(TOLD)


def test_the_key_says_who_is_who_without_the_texts(tmp_path: Path) -> None:
    """It lies beside the sheet, and reads back as it was written."""
    key, records = written(tmp_path, TOLD)
    assert key_path(tmp_path / "labels.csv") == tmp_path / "labels.key.json"
    assert read_key(tmp_path / "labels.key.json") == key
    assert [row.key for row in key.rows] == [record[0] for record in records[1:]]
    by_key = {row.key: row.answers for row in key.rows}
    for record in records[1:]:
        (whose,) = by_key[record[0]]
        assert record[2] == f"{whose.model[0]} says {whose.custom_id}"
        assert whose.output == ""
    assert json.loads((tmp_path / "labels.key.json").read_text("utf-8"))["format"] == 1


def test_requests_are_shuffled_and_their_answers_stay_together(tmp_path: Path) -> None:
    """So that a person reads each once, and half a sheet holds whole comparisons."""
    _, records = written(tmp_path, TOLD)
    order = [record[1] for record in records[1:]]
    firsts = order[::3]
    assert order == [text for text in firsts for _ in range(3)]
    assert sorted(firsts) != firsts
    models = ["".join(record[2][0] for record in records[1:][place : place + 3]) for place in range(0, 18, 3)]
    assert len(set(models)) > 1


def test_the_seed_decides_and_the_order_of_answers_does_not(tmp_path: Path) -> None:
    """The same sheet can be written again; another seed is another sheet."""
    first, again, other = (written(tmp_path, told, seed) for told, seed in ((TOLD, 1), (TOLD[::-1], 1), (TOLD, 2)))
    assert first == again
    assert not {row.key for row in first[0].rows} & {row.key for row in other[0].rows}


def test_the_same_text_is_asked_about_once(tmp_path: Path) -> None:
    """Whoever wrote it: one row for both."""
    key, records = written(tmp_path, [answer("a", "m", "Yes"), answer("a", "n", "Yes "), answer("b", "m", "Yes")])
    assert len(records) == 3
    assert sorted(len(row.answers) for row in key.rows) == [1, 2]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\nx"),
        ("\uff1d1", "'\uff1d1"),
        ("'=1", "'=1"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("bell\x07 and \x00", "bell\ufffd and \ufffd"),
        ('say "yes", now;', 'say "yes", now;'),
        ("lone \ud800", "lone \ufffd"),
    ],
)
def test_no_answer_is_a_formula_or_breaks_the_sheet(tmp_path: Path, text: str, cell: str) -> None:
    """What a spreadsheet would act on is defused."""
    _, records = written(tmp_path, [answer(output=text)])
    assert [record[2] for record in records[1:]] == [cell]


def test_long_texts_are_kept_whole(tmp_path: Path) -> None:
    """Whatever a spreadsheet shows of them."""
    csv.field_size_limit(max(csv.field_size_limit(), 1_000_000))
    _, records = written(tmp_path, [answer(output="line\n" * 100_000)])
    assert len(records[1][2]) == 500_000


def test_a_disk_that_refuses_is_an_error(tmp_path: Path) -> None:
    """With what could not be written."""
    with pytest.raises(StorageError, match=r"the key cannot be written to `.*labels\.key\.json`"):
        write_sheet(tmp_path / "nowhere" / "labels.csv", TOLD, str, 1)


@given(texts=st.lists(st.text(max_size=20), min_size=1, max_size=6))
def test_every_text_is_one_record(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """No text ends its cell, its row or the file, and none begins like a formula."""
    told = [answer(str(place), output=text) for place, text in enumerate(texts)]
    key, records = written(tmp_path_factory.mktemp("sheet"), told)
    assert [len(record) for record in records] == [len(COLUMNS)] * (len(texts) + 1)
    assert {record[0] for record in records[1:]} == {row.key for row in key.rows}
    assert not any(record[2][:1] in "=+-@\t" for record in records[1:] if record[2])

"""What people typed, and what spreadsheets made of it."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pilot_answers import answer

from modelroute_cli.base.errors import UsageError
from modelroute_cli.pilot.scorers.sheet import SheetKey, key_path, write_sheet
from modelroute_cli.pilot.scorers.sheet_reading import SheetRead, read_key, read_sheet

TOLD = [answer(name, model, f"{model} on {name}") for name in "ab" for model in ("m", "n")]
HINT = (
    "type a number from 0 (of no use) to 1 (as good as can be), such as 0.8 or 80%, or yes or no; leave it empty where "
    "you cannot say"
)


class Sheet:
    """A sheet of four rows, and what people make of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "labels.csv"
        self.key: SheetKey = write_sheet(self.path, TOLD, lambda name: f'Say "{name}"; now', 3)
        text = self.path.read_bytes().decode("utf-8-sig")
        self.records = list(csv.reader(io.StringIO(text, newline="")))

    def fill(self, *qualities: str) -> "Sheet":
        """Type qualities, from the first row on."""
        for record, quality in zip(self.records[1:], qualities, strict=False):
            record[3] = quality
        return self

    def save(self, separator: str = ",", encoding: str = "utf-8-sig", before: str = "") -> "Sheet":
        """As a spreadsheet would."""
        text = io.StringIO()
        csv.writer(text, delimiter=separator).writerows(self.records)
        self.path.write_bytes((before + text.getvalue()).encode(encoding))
        return self

    def read(self) -> SheetRead:
        """What it says."""
        return read_sheet(self.path, self.key)

    def refused(self) -> UsageError:
        """Why it is not taken."""
        with pytest.raises(UsageError) as caught:
            self.read()
        return caught.value


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """A fresh one."""
    return Sheet(tmp_path)


def test_qualities_go_back_to_who_wrote_the_answers(sheet: Sheet) -> None:
    """By the key, as labels of people."""
    found = sheet.fill("0.1", "0.2", "0.3", "0.4").save().read()
    expected = {
        sheet.key.rows[place].answers[0].model + sheet.key.rows[place].answers[0].custom_id: place for place in range(4)
    }
    assert {each.model + each.custom_id: each.quality for each in found.observations} == {
        name: (place + 1) / 10 for name, place in expected.items()
    }
    assert {each.scorer for each in found.observations} == {"labels"}
    assert (found.filled, found.unfilled) == (4, 0)


@pytest.mark.parametrize(
    ("typed", "quality"),
    [
        ("0", 0.0),
        ("1", 1.0),
        ("0.85", 0.85),
        ("0,85", 0.85),
        (".5", 0.5),
        (",5", 0.5),
        ("1.", 1.0),
        ("85%", 0.85),
        ("62,5 %", 0.625),
        (" 1 ", 1.0),
        ("'1", 1.0),
        ("yes", 1.0),
        ("Y", 1.0),
        ("TRUE", 1.0),
        ("WAHR", 1.0),
        ("No", 0.0),
        ("nein", 0.0),
        ("FAUX", 0.0),
    ],
)
def test_one_scale_in_several_spellings(sheet: Sheet, typed: str, quality: float) -> None:
    """From 0 to 1, per cent as spreadsheets show them, and words."""
    found = sheet.fill(typed).save().read()
    assert [each.quality for each in found.observations] == [quality]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("8", "`8` is more than 1"),
        ("1,1", "`1,1` is more than 1"),
        ("120%", "`120%` is more than 100%"),
        ("-1", "`-1` is neither a number from 0 to 1 nor yes or no"),
        ("7/10", "`7/10` is neither a number from 0 to 1 nor yes or no"),
        ("good?", "`good?` is neither a number from 0 to 1 nor yes or no"),
        ("5. Jan", "`5. Jan` is neither a number from 0 to 1 nor yes or no"),
        ("nan", "`nan` is neither a number from 0 to 1 nor yes or no"),
        ("1e-1", "`1e-1` is neither a number from 0 to 1 nor yes or no"),
    ],
)
def test_another_scale_is_refused_with_row_and_column(sheet: Sheet, typed: str, told: str) -> None:
    """And what to type."""
    error = sheet.fill("1", typed).save().refused()
    assert error.message == f"`{sheet.path}` cannot be taken as it is:\n  row 3, column `quality`: {told}"
    assert error.hint == HINT


def test_every_problem_is_told_at_once(sheet: Sheet) -> None:
    """Up to twenty, then their count."""
    error = sheet.fill("2", "ok", "1", "3").save().refused()
    assert error.message.count("\n") == 3
    sheet.records += [[sheet.records[1][0], "", "", "9", ""] for _ in range(30)]
    assert sheet.save().refused().message.endswith("\n  and 13 more")


def test_a_sheet_that_is_half_filled_is_fine(sheet: Sheet) -> None:
    """What is empty is counted; so is a row that somebody deleted."""
    found = sheet.fill("1", "", "0").save().read()
    assert (len(found.observations), found.filled, found.unfilled) == (2, 2, 2)
    del sheet.records[4]
    assert (sheet.save().read().filled, sheet.read().unfilled) == (2, 2)


def test_rows_may_be_sorted_and_columns_added(sheet: Sheet) -> None:
    """And empty rows and rows of notes stand between."""
    plain = sheet.fill("1", "0.5", "0.25", "0").save().read()
    header, *rows = sheet.records
    sheet.records = [
        ["who", *(name.upper() for name in header)],
        [],
        *(["me", *row] for row in sorted(rows)),
        ["", "", "a note", "", "", ""],
        ["short"],
    ]
    assert sheet.save().read() == plain


@pytest.mark.parametrize(
    ("separator", "encoding", "before"),
    [
        (";", "utf-8-sig", ""),
        (";", "cp1252", ""),
        ("\t", "utf-16", ""),
        (",", "utf-8", ""),
        (";", "utf-8-sig", "sep=;\r\n"),
    ],
)
def test_sheets_are_read_as_spreadsheets_write_them(sheet: Sheet, separator: str, encoding: str, before: str) -> None:
    """Semicolons and code pages too; a line `sep=;` is no row."""
    sheet.records[1][4] = "schön"
    assert sheet.fill("1", "0,5").save(separator, encoding, before).read().filled == 2
    message = sheet.fill("1", "5").save(separator, encoding, before).refused().message
    assert message.endswith("row 3, column `quality`: `5` is more than 1")


def test_old_line_ends_are_line_ends(sheet: Sheet) -> None:
    """As `CSV (Macintosh)` has them; a quote that never ends swallows the rest, which is then unfilled."""
    sheet.fill("1", "0.5").save()
    whole = sheet.path.read_bytes()
    sheet.path.write_bytes(whole.replace(b"\r\n", b"\r"))
    assert sheet.read().filled == 2
    sheet.path.write_bytes(whole + b'"open')
    assert sheet.read().filled == 2


def test_a_key_that_is_filled_in_twice_is_refused(sheet: Sheet) -> None:
    """Which of the two holds nobody knows; an empty copy does no harm."""
    sheet.fill("1")
    sheet.records.append([*sheet.records[1][:3], "", ""])
    assert sheet.save().read().filled == 1
    sheet.records[-1][3] = "0"
    error = sheet.save().refused()
    assert error.message.endswith(f"row 6, column `key`: `{sheet.records[1][0]}` was filled in above already")


def test_a_row_of_nobody_is_refused_where_it_says_something(sheet: Sheet) -> None:
    """A cell that a spreadsheet cut in two has no quality, and is passed over."""
    sheet.fill("1").records.append(["rest of a long text", "", "", "", ""])
    assert sheet.save().read().filled == 1
    sheet.records[-1][3] = "1"
    assert sheet.save().refused().message.endswith("row 6, column `key`: `rest of a long text` is no key of this sheet")


def test_the_sheet_of_another_pilot_is_refused(sheet: Sheet, tmp_path: Path) -> None:
    """None of its keys is known."""
    other = write_sheet(tmp_path / "other.csv", TOLD, str, 4)
    with pytest.raises(UsageError) as caught:
        read_sheet(sheet.fill("1").save().path, other)
    assert caught.value.message == (
        f"`{sheet.path}` is a sheet of another pilot: none of its keys is in the key file, which has 4"
    )
    assert caught.value.hint == "import it with the key that was written beside it (`NAME.key.json`)"


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (["key", "score"], "row 1: no column `quality`; it has `key`, `score`"),
        (["id", "quality"], "row 1: no column `key`; it has `id`, `quality`"),
        (["key", "quality", "Quality"], "row 1: more than one column `quality`; it has `key`, `quality`, `quality`"),
    ],
)
def test_the_columns_are_found_by_name(sheet: Sheet, header: list[str], told: str) -> None:
    """Once each."""
    sheet.records = [header, ["x", "1", "1"]]
    error = sheet.save().refused()
    assert error.message == f"`{sheet.path}`, {told}"
    assert error.hint == "the first row names the columns `key` and `quality`, once each"


@pytest.mark.parametrize(
    ("data", "told", "hint"),
    [
        (b"PK\x03\x04...", "`{}` is a workbook, not a CSV file", "save it as CSV"),
        (b"", "`{}` is empty", "`modelroute pilot export` writes a sheet to fill in"),
        (b"\n,,\n", "`{}` is empty", "`modelroute pilot export` writes a sheet to fill in"),
    ],
)
def test_what_is_no_sheet_is_refused(sheet: Sheet, data: bytes, told: str, hint: str) -> None:
    """With what to do."""
    sheet.path.write_bytes(data)
    error = sheet.refused()
    assert error.message == told.format(sheet.path)
    assert error.hint is not None
    assert error.hint.startswith(hint)


def test_a_sheet_that_is_not_there_is_refused(sheet: Sheet) -> None:
    """By its name."""
    sheet.path.unlink()
    assert sheet.refused().message == f"the sheet `{sheet.path}` cannot be read: No such file or directory"


def test_a_key_that_is_gone_or_is_none_is_refused(sheet: Sheet) -> None:
    """Without it nobody knows whose answers these are."""
    path = key_path(sheet.path)
    path.write_text("{}", "utf-8")
    with pytest.raises(UsageError, match="is no key of a sheet: Object missing required field `rows`"):
        read_key(path)
    path.unlink()
    with pytest.raises(UsageError, match=r"the key `.*` of the sheet cannot be read: No such file"):
        read_key(path)


def test_one_label_holds_for_all_who_said_the_same(tmp_path: Path) -> None:
    """Each of them has its observation."""
    same = [answer("a", "m", "Yes"), answer("a", "n", "Yes")]
    path = tmp_path / "labels.csv"
    key = write_sheet(path, same, str, 1)
    path.write_text(path.read_text("utf-8").replace(",Yes,,", ",Yes,0.5,"), "utf-8")
    found = read_sheet(path, key)
    assert [(each.model, each.quality) for each in found.observations] == [("m", 0.5), ("n", 0.5)]
    assert (found.filled, found.unfilled) == (1, 0)


@given(cell=st.text(max_size=8))
def test_whatever_is_typed_is_a_share_or_an_error(cell: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Never anything else."""
    sheet = Sheet(tmp_path_factory.mktemp("sheet")).fill(cell.replace("\ud800", "")).save(encoding="utf-16")
    try:
        found = sheet.read().observations
    except UsageError:
        found = ()
    assert all(0 <= each.quality <= 1 for each in found)

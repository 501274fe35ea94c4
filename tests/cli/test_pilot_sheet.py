"""Sheets written and read on the command line."""

import io
from pathlib import Path

import pytest
from support.pilot_answers import answer, seen

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.pilot_sheet import SheetOrder, export, import_, tell_scorers

TOLD = [answer(name, model, f"{model} on {name}") for name in "ab" for model in ("m", "n")]


def screens() -> tuple[Console, io.StringIO, io.StringIO]:
    """A console, and what it writes."""
    out, err = io.StringIO(), io.StringIO()
    return Console(out, err, {}), out, err


def test_an_export_says_what_to_do_next(tmp_path: Path) -> None:
    """All of it on stderr: the answer is the file."""
    console, out, err = screens()
    path = tmp_path / "labels.csv"
    assert export(TOLD, str, SheetOrder(path=path, seed=1), console) == ExitCode.OK
    assert out.getvalue() == ""
    assert err.getvalue() == (
        f"Wrote 4 answers to 2 requests to {path}, without who wrote them\n"
        f"{tmp_path / 'labels.key.json'} says who: keep it, and keep it from those who fill in the sheet\n"
        "Fill in `quality`: 0 (of no use) to 1 (as good as can be), or yes and no; leave empty what you cannot say\n"
        f"Next: modelroute pilot import {path}\n"
    )


def test_few_requests_of_each_template_make_a_short_sheet(tmp_path: Path) -> None:
    """One here, with the answers of both models."""
    console, _, err = screens()
    export(TOLD, str, SheetOrder(path=tmp_path / "labels.csv", seed=1, per_template=1), console)
    assert err.getvalue().startswith("Wrote 2 answers to 1 request to ")


@pytest.mark.parametrize("name", ["labels.csv", "labels.key.json"])
def test_what_people_filled_in_is_not_written_over(tmp_path: Path, name: str) -> None:
    """Neither the sheet nor its key, unless that is asked for."""
    there, path = tmp_path / name, tmp_path / "labels.csv"
    there.write_text("hours of work", "utf-8")
    with pytest.raises(UsageError) as caught:
        export(TOLD, str, SheetOrder(path=path, seed=1), screens()[0])
    assert caught.value.message == f"`{there}` is there already, and may be filled in"
    assert caught.value.hint == "name another file with `-o`, or add --force to replace it"
    assert there.read_text("utf-8") == "hours of work"
    export(TOLD, str, SheetOrder(path=path, seed=1, force=True), screens()[0])
    assert there.read_text("utf-8") != "hours of work"


def test_a_pilot_without_answers_has_no_sheet(tmp_path: Path) -> None:
    """And says how to get some."""
    with pytest.raises(UsageError) as caught:
        export([], str, SheetOrder(path=tmp_path / "labels.csv", seed=1), screens()[0])
    assert caught.value.message == "the pilot has no answers that people could look at"
    assert caught.value.hint == "`modelroute pilot JOBS` asks for some"
    assert list(tmp_path.iterdir()) == []


def test_an_import_counts_what_was_filled_in(tmp_path: Path) -> None:
    """And gives the observations back."""
    path = tmp_path / "labels.csv"
    export(TOLD, str, SheetOrder(path=path, seed=1), screens()[0])
    path.write_text(path.read_text("utf-8").replace("m on a,,", "m on a,0.5,"), "utf-8")
    console, _, err = screens()
    found = import_(path, console)
    assert [(each.custom_id, each.model, each.quality) for each in found.observations] == [("a", "m", 0.5)]
    assert err.getvalue() == f"Read the quality of 1 answer from {path}; 3 were left empty\n"


def test_a_copy_is_read_with_the_key_of_the_first(tmp_path: Path) -> None:
    """Whatever it is called and wherever it lies."""
    path, copy = tmp_path / "labels.csv", tmp_path / "anna.csv"
    export(TOLD, str, SheetOrder(path=path, seed=1), screens()[0])
    copy.write_text(path.read_text("utf-8").replace("n on b,,", "n on b,yes,"), "utf-8")
    found = import_(copy, screens()[0], key=tmp_path / "labels.key.json")
    assert [(each.custom_id, each.model, each.quality) for each in found.observations] == [("b", "n", 1.0)]
    with pytest.raises(UsageError, match=r"the key `.*anna\.key\.json` of the sheet cannot be read"):
        import_(copy, screens()[0])


def test_labels_tell_what_a_scorer_is_worth() -> None:
    """Where it scored the same answers; else nothing."""
    console, _, err = screens()
    judged = [seen("a", "m", 0.75, "judge:j")]
    tell_scorers(judged, [seen("a", "m", 0.5)], "base", console)
    tell_scorers(judged, [seen("b", "m", 0.5)], "base", console)
    assert err.getvalue() == (
        "j gives 0.25 more than people and agrees with them on 100%, by 1 answer to 1 request that both looked at\n"
    )


def test_an_import_of_an_empty_sheet_is_an_error(tmp_path: Path) -> None:
    """The wrong file, most of the time."""
    path = tmp_path / "labels.csv"
    export(TOLD, str, SheetOrder(path=path, seed=1), screens()[0])
    with pytest.raises(UsageError) as caught:
        import_(path, screens()[0])
    assert caught.value.message == f"`{path}` has no quality in any of its 4 rows"
    assert caught.value.hint == "type a number from 0 to 1, or yes or no, in the column `quality`"

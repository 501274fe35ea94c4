"""`modelroute history` and its commands."""

import os
import sys
from pathlib import Path

import pytest
from support.cli import Cli
from support.measured import EMAIL, About, day, observed, part

from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_measured import HistoryForgetFlags
from modelroute_cli.cli.history_forget import history_forget
from modelroute_cli.pilot.history.keeping import record, rows

BEST = observed("gpt-5", [1.0, 1.0, 0.0])
CHEAP = observed("gpt-6-luna", [1.0, 0.0, 0.0])
QUESTIONS = About(template="question_answering-en-9194f779")


@pytest.fixture
def file(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history of two runs, which a variable names."""
    path = cli.folder / "history.db"
    record(path, [*BEST, *CHEAP], part("one", at=day("2026-10-01")))
    record(path, observed("gpt-6-luna", [1.0], QUESTIONS), part("two", at=day("2026-11-01")))
    monkeypatch.setenv("MODELROUTE_HISTORY", "history.db")
    return path


def test_without_a_history_it_says_where_one_would_be(cli: Cli) -> None:
    """And what to type; nothing is made."""
    done = cli("history")
    place = cli.folder / "no-user-data" / "modelroute" / "history.db"
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"The history is empty: nothing was measured yet that {place} would keep.\n"
        "To measure something, run: modelroute pilot JOBS\n"
    )
    assert not place.exists()


def test_the_list_is_by_template_and_model(cli: Cli, file: Path) -> None:
    """As JSON with every number."""
    done = cli("history", "--json")
    assert (done.json["kind"], done.json["file"], done.json["kept"]) == ("history", file.name, True)
    lines = done.json["lines"]
    assert isinstance(lines, list)
    assert [(line["template"], line["model"], line["quality"]["n"], line["cost_usd"]) for line in lines] == [
        (EMAIL, "gpt-5", 3, "0.0003"),
        (EMAIL, "gpt-6-luna", 3, "0.0003"),
        ("question_answering-en-9194f779", "gpt-6-luna", 1, "0.0001"),
    ]
    assert "scored by expected, beside gpt-5" in cli("history").out


def test_a_template_or_a_model_is_shown_in_all_its_parts(cli: Cli, file: Path) -> None:
    """Run by run."""
    parts = cli("history", "show", "gpt-6-luna", "--json").json["parts"]
    assert isinstance(parts, list)
    assert [(each["template"], each["run"]) for each in parts] == [(EMAIL, "one"), (QUESTIONS.template, "two")]
    assert "2026-10-01" in cli("history", "show", EMAIL).out
    assert file.exists()


def test_a_name_that_the_history_does_not_have_is_an_error(cli: Cli, file: Path) -> None:
    """With the nearest one that it has."""
    done = cli("history", "show", "gpt-6-lunar")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: the history has no template or model `gpt-6-lunar`\nhint: did you mean `gpt-6-luna`?\n"
    done = cli("history", "forget", "--run", "three", "--yes")
    told = "error: the history has no run `three`\nhint: `modelroute history` lists what it has\n"
    assert (done.code, done.err) == (2, told)
    assert len(rows(file)) == 3


def test_forgetting_deletes_what_the_flags_mean(cli: Cli, file: Path) -> None:
    """And says how much it was."""
    done = cli("history", "forget", "--model", "gpt-6-luna", "--before", "2026-10-15", "--yes")
    told = "Forgotten: 3 measurements of 1 template by 1 run. What is left: modelroute history\n"
    assert (done.code, done.out, done.err) == (0, told, "")
    assert [(row.run, row.model) for row in rows(file)] == [("one", "gpt-5"), ("two", "gpt-6-luna")]
    assert cli("history", "forget", "--all", "--yes").out.startswith(
        "Forgotten: 4 measurements of 2 templates by 2 runs."
    )
    assert (
        cli("history", "forget", "--all", "--yes").out == "The history holds nothing of that: nothing is forgotten.\n"
    )


@pytest.mark.parametrize(
    ("flags", "message", "hint"),
    [
        (
            [],
            "nothing says what is to be forgotten",
            "give --template, --model, --before or --run, or --all for everything",
        ),
        (
            ["--all", "--run", "one"],
            "--all means everything, the other flags only a part",
            "give --all, or the other flags",
        ),
        (["--before", "spring"], "--before: `spring` is no day", "type it as in `--before 2026-03-01`"),
        (
            ["--template", EMAIL],
            "nobody agreed: there is no terminal to ask at; nothing was forgotten",
            f"do it with `modelroute history forget --template {EMAIL} --yes`",
        ),
    ],
)
def test_nothing_is_forgotten_by_mistake(cli: Cli, file: Path, flags: list[str], message: str, hint: str) -> None:
    """What is meant must be said, and agreed to."""
    done = cli("history", "forget", *flags)
    assert (done.code, done.out, done.err) == (2, "", f"error: {message}\nhint: {hint}\n")
    assert len(rows(file)) == 3


class _Asked(Console):
    """A console at which somebody types."""

    typed = "yes"
    asked = ""

    @property
    def interactive(self) -> bool:
        return True

    def ask(self, question: str) -> str:
        self.asked = question
        return self.typed


def test_somebody_who_agrees_is_told_before_what_goes(cli: Cli, file: Path) -> None:
    """Only `yes` is yes."""
    console = _Asked(sys.stdout, sys.stderr, os.environ)
    flags = HistoryForgetFlags(run="one")
    console.typed = "y"
    with pytest.raises(Exception, match="not agreed to; nothing was forgotten"):
        history_forget(flags, console)
    assert len(rows(file)) == 3
    console.typed = "yes"
    assert history_forget(flags, console) == 0
    assert console.asked == "Type `yes` to forget 6 measurements of 1 template by 1 run for good: "
    assert [row.run for row in rows(file)] == ["two"]
    assert cli.folder == file.parent


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_an_exported_history_can_be_imported_elsewhere(
    cli: Cli, file: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice changes nothing."""
    assert cli("history", "export", f"mine.{ending}").out == f"Wrote 3 rows to mine.{ending}\n"
    monkeypatch.setenv("MODELROUTE_HISTORY", "other.db")
    assert cli("history", "import", f"mine.{ending}").out == "Imported 3 new rows, replaced 0\n"
    assert cli("history", "import", f"mine.{ending}").out == "Imported 0 new rows, replaced 0; 3 were there already\n"
    assert rows(cli.folder / "other.db") == rows(file)


def test_an_export_replaces_no_file_unasked(cli: Cli, file: Path) -> None:
    """And needs an ending that it knows."""
    cli.write("mine.csv", "my own")
    done = cli("history", "export", "mine.csv")
    told = "error: `mine.csv` is there already\nhint: name another file, or add --force to replace it\n"
    assert (done.code, done.err) == (2, told)
    assert cli("history", "export", "mine.csv", "--force").code == 0
    assert cli("history", "export", "mine.txt").err.startswith(
        "error: `mine.txt`: a history is written as .jsonl, .csv"
    )
    assert cli("history", "export", "none/mine.csv").err.startswith("error: `none/mine.csv` cannot be written: No such")
    assert file.exists()


def test_an_empty_history_is_not_exported(cli: Cli) -> None:
    """There is nothing in it."""
    done = cli("history", "export", "mine.csv")
    told = "error: the history is empty: there is nothing to export\n"
    assert (done.code, done.err) == (2, f"{told}hint: measure something first: `modelroute pilot JOBS`\n")


def test_of_a_file_with_a_mistake_nothing_is_imported(cli: Cli, file: Path) -> None:
    """Line and field are named."""
    cli("history", "export", "mine.jsonl")
    lines = (cli.folder / "mine.jsonl").read_text().splitlines()
    cli.write(
        "mine.jsonl", "\n".join([lines[0].replace('"run":"one"', '"run":"x"'), lines[1].replace('"n":3', '"n":0')])
    )
    done = cli("history", "import", "mine.jsonl")
    told = "error: `mine.jsonl` cannot be imported:\n  line 2: `n`: expected `int` >= 1\n"
    assert (done.code, done.out, done.err) == (
        2,
        "",
        f"{told}hint: give a file that `modelroute history export` wrote\n",
    )
    assert {row.run for row in rows(file)} == {"one", "two"}
    assert cli("history", "import", "gone.csv").err.startswith("error: `gone.csv` cannot be read: No such file")


def test_a_damaged_history_is_an_error_of_the_command(cli: Cli, file: Path) -> None:
    """It stays where it is until something is measured."""
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xff" * 4096 + content[8192:])
    done = cli("history")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: the history `history.db` is damaged: ")
    assert file.exists()


def test_without_a_home_there_is_no_place_for_one(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless one is named."""
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    done = cli("history")
    told = "error: there is no home folder to keep a history in\nhint: name a file with `MODELROUTE_HISTORY=FILE`\n"
    assert (done.code, done.err) == (2, told)


def test_a_history_that_is_turned_off_can_still_be_looked_at_and_forgotten(cli: Cli, file: Path) -> None:
    """It is the user's."""
    (cli.folder / "modelroute.yaml").write_text("history: {keep: false, file: history.db}\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("MODELROUTE_HISTORY")
        assert "`history.keep` is off" in cli("history").out
        assert cli("history", "forget", "--all", "--yes").code == 0
    assert rows(file) == ()

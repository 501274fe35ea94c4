"""What can be wrong with what the user gives: each has its exit code, its words, and nothing on stdout."""

import gzip
import json

import pytest
from support.cli import Cli, headline, mails

from modelroute_cli.base.errors import ExitCode

ONE = json.dumps(mails(1)[0])


def problem(text: str) -> str:
    """What is said of a job file with one problem."""
    return f"error: `jobs.jsonl` has 1 problem; nothing was planned or sent\njobs.jsonl:{text}\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            ONE[:-5],
            problem(
                "1: broken JSON: the line ends too early\n"
                "hint: write each request as one complete JSON object on one line"
            ),
        ),
        (ONE.replace("prompt", "promt"), problem("1: promt: is no field\nhint: did you mean `prompt`?")),
        (
            ONE.replace('"email"', '"emial"'),
            problem("1: task_type: unknown value `emial`\nhint: did you mean `email`?"),
        ),
        (ONE.replace("bulk", "bluk"), problem("1: importance: unknown value `bluk`\nhint: did you mean `bulk`?")),
        (
            f"{ONE}\n{ONE}\n",
            problem("2: custom_id: `mail-0` is used already on line 1\nhint: give each request its own id"),
        ),
        (
            "",
            (
                "error: `jobs.jsonl` is empty\n"
                'hint: write one request a line, such as `{"custom_id": "1", "prompt": "..."}`\n'
            ),
        ),
        ("\n\n", "error: `jobs.jsonl` holds no request\nhint: write one request a line\n"),
        (
            '{"custom_id": "a", "prompt": "x", "min_quality": NaN}',
            problem("1: `NaN` is no JSON number\nhint: leave the field out, or write `null`"),
        ),
        (
            '{"custom_id": 7, "prompt": "x"}',
            problem("1: custom_id: must be text of 1 to 512 characters, not `7`"),
        ),
        (
            '{"custom_id": "a"}',
            problem(
                "1: prompt: is missing\nhint: write the request into `prompt`, or the turns of a chat into `messages`"
            ),
        ),
        (
            "null",
            problem("1: is no JSON object: `null`\nhint: write each request as one complete JSON object on one line"),
        ),
        (
            b"\x00\x01\x02\xff",
            "error: `jobs.jsonl` is a binary file: NUL byte at offset 0\nhint: give JSONL, CSV or Parquet\n",
        ),
        (
            gzip.compress(ONE.encode(), mtime=0)[:-4],
            "error: `jobs.jsonl` is broken gzip: it ends too early\nhint: copy or pack the file again\n",
        ),
    ],
)
def test_wrong_job_files_are_named_by_line_and_field(cli: Cli, content: str | bytes, said: str) -> None:
    """Exit 2 from `check`, `plan` and `run` alike, before anything is sent."""
    cli.write("jobs.jsonl", content)
    for command in (("check", "jobs.jsonl"), ("plan", "jobs.jsonl"), ("run", "jobs.jsonl", "--emulator", "--yes")):
        done = cli(*command)
        assert (done.code, done.out, done.err) == (ExitCode.USAGE, "", said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "custom_id,text\na,hello\n",
            (
                "jobs.csv:1: prompt: there is no such column; the columns are `custom_id`, `text`\n"
                "hint: name the column that holds the request `prompt`\n"
            ),
        ),
        (
            "prompt\nhello,there,again\n",
            (
                "jobs.csv:2: has 3 cells, the header has 1\n"
                'hint: put cells that hold the delimiter, a quote or a line break into "double quotes"\n'
            ),
        ),
    ],
)
def test_wrong_csv_files_are_named_by_line_and_column(cli: Cli, content: str, said: str) -> None:
    """The columns that are there are listed."""
    cli.write("jobs.csv", content)
    done = cli("plan", "jobs.csv")
    head = "error: `jobs.csv` has 1 problem; nothing was planned or sent\n"
    assert (done.code, done.out, done.err) == (ExitCode.USAGE, "", head + said)


@pytest.mark.parametrize("content", [f"\ufeff{ONE}\n", f"{ONE}\r\n", f"\n{ONE}\n\n"])
def test_harmless_forms_are_read(cli: Cli, content: str) -> None:
    """A byte order mark, Windows line ends and blank lines are no mistake."""
    cli.write("jobs.jsonl", content)
    assert cli("check", "jobs.jsonl").code == ExitCode.OK


def test_a_row_of_five_megabytes_is_told_and_does_not_crash(cli: Cli) -> None:
    """It is read; no model takes it, and that is said."""
    cli.jobs({**mails(1)[0], "prompt": "word " * 1_000_000})
    assert cli("check", "jobs.jsonl").code == ExitCode.OK


def test_a_missing_file_is_named_with_the_nearest(cli: Cli) -> None:
    """A slip in the name costs nothing."""
    cli.jobs(*mails(1))
    done = cli("plan", "job.jsonl")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == "error: no such file: `job.jsonl`\nhint: did you mean `jobs.jsonl`?\n"


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--models", "no model or alias is named `gpt5`"),
        ("--exclude", "no model or alias is named `gpt5`"),
        ("--baseline", "the command line: `objective.baseline`: `gpt5` is no model"),
    ],
)
def test_an_unknown_model_is_named_with_the_nearest(cli: Cli, flag: str, said: str) -> None:
    """`gpt5` is a slip for `gpt-5`."""
    cli.jobs(*mails(1), headline())
    done = cli("plan", "jobs.jsonl", flag, "gpt5")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == f"error: {said}\nhint: did you mean `gpt-5`?\n"


def test_an_unknown_model_of_a_row_is_refused(cli: Cli) -> None:
    """A pinned model must exist."""
    cli.jobs({**mails(1)[0], "model": "gpt5"})
    done = cli("plan", "jobs.jsonl")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == (
        "error: line 1 (`mail-0`), field `model`: no model or alias is named `gpt5`\n"
        "hint: did you mean `gpt-5`? `--ignore-models` lets the plan choose\n"
    )


def test_a_model_without_a_price_is_refused_and_never_free(cli: Cli) -> None:
    """The settings to paste are in the hint."""
    cli.jobs(*mails(1))
    cli.write(
        "modelroute.yaml",
        "models:\n  house: {provider: local, model_id: house, base_model: house, context_tokens: 8000, "
        "max_output_tokens: 2000}\naliases: {cheap: [house]}\n",
    )
    done = cli("plan", "jobs.jsonl")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err.startswith("error: `house` has no price: ")
    assert done.err.endswith('prices:\n  house:\n    input: "0.15"\n    output: "0.60"\n')


def test_a_mistyped_setting_is_named_by_file_and_line(cli: Cli) -> None:
    """The nearest key is suggested."""
    cli.jobs(*mails(1))
    cli.write("modelroute.yaml", "objectve:\n  min_quality: 0.8\n")
    done = cli("plan", "jobs.jsonl")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == "error: modelroute.yaml:1: unknown key `objectve`\nhint: did you mean `objective`?\n"


def test_a_settings_file_that_is_not_there_is_said(cli: Cli) -> None:
    """`--config` names a file that exists."""
    cli.jobs(*mails(1))
    done = cli("plan", "jobs.jsonl", "--config", "nowhere.yaml")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == "error: no settings file `nowhere.yaml`\nhint: `modelroute init` writes one\n"


@pytest.mark.parametrize("content", [b"not a zip", b"PK\x03\x04 but damaged"])
def test_a_damaged_plan_is_refused(cli: Cli, content: bytes) -> None:
    """Nothing is guessed from a broken file."""
    cli.write("a.plan", content)
    done = cli("show", "a.plan")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err.startswith("error: `a.plan` is not a plan file: ")


def test_quality_out_of_range_is_refused(cli: Cli) -> None:
    """Quality is a share."""
    cli.jobs(*mails(1))
    done = cli("plan", "jobs.jsonl", "--min-quality", "85")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == (
        "error: Invalid value for '--min-quality': Input should be less than or equal to 1\n"
        "hint: modelroute plan --help\n"
    )


def test_a_quality_that_nothing_reaches_is_infeasible(cli: Cli) -> None:
    """Exit 3 with the best there is."""
    cli.jobs(*mails(1))
    done = cli("plan", "jobs.jsonl", "--min-quality", "0.999")
    assert (done.code, done.out) == (ExitCode.INFEASIBLE, "")
    assert done.err == (
        "error: mean quality `0.999` cannot be reached: the best that the allowed models give is 0.900\n"
        "hint: ask for `--min-quality 0.900` or less, or allow stronger models in `rules`\n"
    )

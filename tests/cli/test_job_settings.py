"""Templates and rules for pictures from the settings file, through the whole program."""

from pathlib import Path

import pytest
from support.cli import Cli, Finished
from support.pictures import png

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.planning import plan_file

_TABLE = "name,material\nkettle,steel\nteapot,stoneware\n"
_LINE_1 = "modelroute.yaml: job.prompt: line 1 of the template"
_PROMPT = "Sell {{ name }}, made of {{ material }}."


def _reading(cli: Cli, *flags: str) -> tuple[str | None, str | None]:
    """Prompt and system template of the plan of the table."""
    done = cli("plan", "shop.csv", "-o", "a.plan", *flags)
    assert done.code == ExitCode.OK, done.err
    reading = plan_file.read(cli.folder / "a.plan").header.job.reading
    return reading.prompt, reading.system


def _refusal(done: Finished) -> list[str]:
    assert done.code == ExitCode.USAGE
    return done.err.splitlines()[:3]


def test_templates_may_stand_in_the_settings(cli: Cli) -> None:
    """The project's job files are read with them; a flag wins."""
    cli.write("shop.csv", _TABLE)
    cli.write("modelroute.yaml", f'job: {{prompt: "{_PROMPT}", system: "Be brief."}}\n')
    assert _reading(cli) == (_PROMPT, "Be brief.")
    assert _reading(cli, "--prompt", "Buy {{ name }}", "--system", "Be long.") == ("Buy {{ name }}", "Be long.")
    assert cli("check", "shop.csv", "--json").json["requests"] == 2


def test_a_run_and_a_plan_need_no_flag(cli: Cli) -> None:
    """The plan keeps its template, whatever the settings say later."""
    cli.write("shop.csv", _TABLE)
    cli.write("modelroute.yaml", f'job: {{prompt: "{_PROMPT}"}}\n')
    assert _reading(cli) == (_PROMPT, None)
    cli.write("modelroute.yaml", "job: {prompt: null}\n")
    assert cli("run", "a.plan", "--emulator", "--max-cost", "1").code == ExitCode.OK
    assert cli("check", "shop.csv").code == ExitCode.USAGE


def test_a_template_file_lies_beside_its_settings_file(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command is given; a file that a variable names is looked for here."""
    project = cli.folder / "project"
    (project / "texts").mkdir(parents=True)
    (project / "texts" / "prompt.txt").write_text(_PROMPT)
    (project / "settings.yaml").write_text("job: {prompt_file: texts/prompt.txt}\n")
    cli.write("shop.csv", _TABLE)
    assert _reading(cli, "--config", "project/settings.yaml") == (_PROMPT, None)
    monkeypatch.setenv("MODELROUTE_JOB__PROMPT_FILE", "project/texts/prompt.txt")
    assert _reading(cli) == (_PROMPT, None)


def test_a_flag_takes_the_place_of_either_kind_of_prompt(cli: Cli) -> None:
    """A file by flag over a text in the settings, and the other way round."""
    cli.write("shop.csv", _TABLE)
    cli.write("prompt.txt", _PROMPT)
    cli.write("modelroute.yaml", "job: {prompt: 'Buy {{ name }}'}\n")
    assert _reading(cli, "--prompt-file", "prompt.txt") == (_PROMPT, None)
    cli.write("modelroute.yaml", "job: {prompt_file: prompt.txt}\n")
    assert _reading(cli, "--prompt", "Buy {{ name }}") == ("Buy {{ name }}", None)


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        (
            "job: {prompt: a, prompt_file: b}",
            "modelroute.yaml: job.prompt and modelroute.yaml: job.prompt_file: a row has one prompt",
            "set one of them to `null`",
        ),
        (
            "job: {prompt_file: gone.txt}",
            "modelroute.yaml: job.prompt_file: cannot read `gone.txt`: No such file or directory",
            "check the path and its permissions",
        ),
        (
            "job: {prompt_file: latin.txt}",
            "modelroute.yaml: job.prompt_file: `latin.txt` is not UTF-8 text",
            "save it as UTF-8",
        ),
        (
            "job: {prompt: 'Sell {{ name'}",
            f"{_LINE_1}: unexpected end of template, expected 'end of print statement'.",
            "columns are written `{{ name }}`; see docs/job-file.md",
        ),
        (
            "job: {prompt: x, system: '{% for %}'}",
            "modelroute.yaml: job.system: line 1 of the template: Expected an expression, got 'end of statement block'",
            None,
        ),
        ("job: {promt: x}", "modelroute.yaml:1: unknown key `promt` in `job`", "did you mean `prompt`?"),
        ("images: {max_mb: 0}", "modelroute.yaml:1: `images.max_mb` is `0`: expected a whole number >= 1", None),
    ],
)
def test_errors_name_the_settings_file_and_the_key(cli: Cli, settings: str, message: str, hint: str | None) -> None:
    """Who did not type a flag is not told about one."""
    cli.write("shop.csv", _TABLE)
    cli.write("latin.txt", "für {{ name }}".encode("latin-1"))
    cli.write("modelroute.yaml", settings + "\n")
    told = _refusal(cli("plan", "shop.csv"))
    assert told[0] == f"error: {message}"
    assert hint is None or told[1] == f"hint: {hint}"


def test_a_column_that_a_setting_names_is_missed_in_its_name(cli: Cli) -> None:
    """In the lines of the job file's own problems."""
    cli.write("shop.csv", _TABLE)
    cli.write("modelroute.yaml", "job: {prompt: 'Sell {{ nam }}'}\n")
    assert _refusal(cli("plan", "shop.csv"))[1:] == [
        "shop.csv:1: modelroute.yaml: job.prompt: there is no column `nam`",
        "hint: did you mean `name`?",
    ]


def test_batch_lines_take_no_template_and_are_told_how_to_go_without(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting is taken away for one file by the environment."""
    line = '{"custom_id": "1", "params": {"max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}}\n'
    cli.write("batch.jsonl", line)
    cli.write("modelroute.yaml", "job: {prompt: 'Sell {{ name }}'}\n")
    told = _refusal(cli("plan", "batch.jsonl"))
    assert told[0] == (
        "error: modelroute.yaml: job.prompt: `batch.jsonl` holds lines of a batch API, which have their own prompts"
    )
    assert "MODELROUTE_JOB__PROMPT=null" in told[1]
    monkeypatch.setenv("MODELROUTE_JOB__PROMPT", "null")
    assert cli("plan", "batch.jsonl").code == ExitCode.OK


def _picture_job(cli: Cli) -> Path:
    """A job whose picture lies above it."""
    cli.write("a.png", png(300, 200))
    (cli.folder / "jobs").mkdir()
    row = '{"custom_id": "1", "prompt": "What is it?", "images": ["../a.png"]}\n'
    return cli.write("jobs/jobs.jsonl", row)


def test_settings_say_where_pictures_may_lie_and_how_large_they_are(cli: Cli) -> None:
    """The error names the setting; with it the job is planned and run, also without its spool."""
    _picture_job(cli)
    told = _refusal(cli("plan", "jobs/jobs.jsonl"))
    assert told[1] == "jobs/jobs.jsonl:1: images[0]: `../a.png` leads out of the job file's folder"
    assert "`images: {allow_outside: true}` in your settings" in told[2]
    cli.write("modelroute.yaml", "images: {allow_outside: true}\n")
    assert cli("plan", "jobs/jobs.jsonl", "-o", "a.plan").code == ExitCode.OK
    assert cli("show", "a.plan", "--request", "1").code == ExitCode.OK
    assert cli("run", "a.plan", "--emulator", "--max-cost", "1").code in (ExitCode.OK, ExitCode.SOME_FAILED)
    cli.write("a.png", png(300, 200) + bytes(1_000_000))
    cli.write("modelroute.yaml", "images: {allow_outside: true, max_mb: 1}\n")
    assert _refusal(cli("plan", "jobs/jobs.jsonl"))[1].endswith("`../a.png` has 1.0 MB, more than 1 MB")


def test_check_names_the_settings_it_was_given(cli: Cli) -> None:
    """The command that it shows reads the file the same way."""
    cli.write("shop.csv", _TABLE)
    cli.write("other.yaml", f'job: {{prompt: "{_PROMPT}"}}\n')
    done = cli("check", "shop.csv", "--config", "other.yaml")
    assert done.err.splitlines()[-1].strip() == "modelroute plan shop.csv --config other.yaml"

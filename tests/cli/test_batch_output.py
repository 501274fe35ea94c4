"""A batch file written for OpenAI by other tools runs unchanged, and comes back as OpenAI would have written it."""

import json
from pathlib import Path

from openai.types.chat import ChatCompletion
from openai.types.responses import Response
from support.cli import Cli, mails

from modelroute_cli.base.errors import ExitCode

SAMPLE = Path(__file__).parents[2] / "sample_jobs" / "openai_batch.jsonl"


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_openai_batch_file_comes_back_in_openais_own_form(cli: Cli) -> None:
    """A line for each request in its order, each in the form of its own address; OpenAI's own types read all."""
    cli.write("batch.jsonl", SAMPLE.read_bytes())
    done = cli("run", "batch.jsonl", "--emulator", "--yes", "--results-format", "openai-batch")
    assert done.code in {ExitCode.OK, ExitCode.SOME_FAILED}
    asked, got = _lines(SAMPLE), _lines(cli.folder / "batch.results.jsonl")
    assert [line["custom_id"] for line in got] == [line["custom_id"] for line in asked]
    for before, after in zip(asked, got, strict=True):
        answered = after["response"]
        if not isinstance(answered, dict):
            assert after["error"] is not None
        elif str(before["url"]).endswith("/responses"):
            Response.model_validate_json(json.dumps(answered["body"]), strict=True)
        else:
            read = ChatCompletion.model_validate_json(json.dumps(answered["body"]), strict=True)
            assert read.system_fingerprint == "emulated"
    assert sum(line["error"] is None for line in got) >= len(asked) - 1


def test_any_job_file_may_be_written_so(cli: Cli) -> None:
    """`--format` is the same flag; without it the form stays as it was."""
    cli.jobs(*mails(1))
    assert cli("run", "jobs.jsonl", "--emulator", "--yes", "--format", "openai-batch", "-o", "a.jsonl").code == 0
    assert cli("run", "jobs.jsonl", "--emulator", "--yes", "-o", "b.jsonl").code == 0
    [a], [b] = _lines(cli.folder / "a.jsonl"), _lines(cli.folder / "b.jsonl")
    assert (list(a), b["status"]) == (["id", "custom_id", "response", "error"], "accepted")


def test_the_file_of_errors_never_replaces_the_job_file(cli: Cli) -> None:
    """Nor do the results themselves."""
    cli.jobs(*mails(1), name="out.errors.jsonl")
    asked = ("run", "out.errors.jsonl", "--emulator", "--yes", "--format", "openai-batch", "-o", "out.jsonl")
    done = cli(*asked)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == (
        "error: `out.errors.jsonl` is what this run reads; the results would replace it\n"
        "hint: choose another file with -o\n"
    )


def test_an_unknown_form_is_refused(cli: Cli) -> None:
    """With the forms there are."""
    done = cli("run", "jobs.jsonl", "--results-format", "xml")
    assert done.code == ExitCode.USAGE
    assert "'xml' is not one of 'jsonl', 'csv', 'openai-batch'" in done.err

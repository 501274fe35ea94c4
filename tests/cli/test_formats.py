"""Other people's files through the whole program: batch lines, templates, packed files."""

import gzip
import json

from support.cli import Cli

from modelroute_cli.base.errors import ExitCode

_REVIEWS = "product,review,expected\nkettle,Boils fast.,positive\nlamp,It broke.,negative\n"
_PROMPT = ("--prompt", "Is this review of {{ product }} positive or negative? {{ review }}")


def _lines(*models: str) -> str:
    return "".join(json.dumps(_line(f"r{place}", model, place + 2)) + "\n" for place, model in enumerate(models))


def _line(custom_id: str, model: str, count: int) -> dict[str, object]:
    messages = [{"role": "user", "content": f"Name {count} birds."}]
    body = {"model": model, "messages": messages, "temperature": 0, "user": "u"}
    return {"custom_id": custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}


def test_a_batch_file_is_planned_freely_and_run(cli: Cli) -> None:
    """The pins of its lines hold nobody with `--ignore-models`; what is not sent is told once."""
    cli.write("batch.jsonl", _lines("gpt-4o-mini", "gpt-5"))
    refused = cli("plan", "batch.jsonl")
    assert refused.code == ExitCode.USAGE
    assert "`--ignore-models` lets the plan choose" in refused.err
    done = cli("run", "batch.jsonl", "--ignore-models", "--emulator", "--yes", "--max-cost", "1")
    assert done.code == ExitCode.OK
    assert "note: `user` (2 requests) is not sent" in done.err
    rows = [json.loads(line) for line in (cli.folder / "batch.results.jsonl").read_text("utf-8").splitlines()]
    assert [row["custom_id"] for row in rows] == ["r0", "r1"]


def test_a_pin_of_a_batch_line_is_kept(cli: Cli) -> None:
    """Without the flag each line gets the model it names."""
    cli.write("batch.jsonl", _lines("gpt-5", "gpt-5-mini"))
    models = cli("plan", "batch.jsonl", "--json").json["models"]
    assert isinstance(models, list)
    assert sorted(item["model"] for item in models) == ["gpt-5", "gpt-5-mini"]


def test_a_table_is_planned_run_and_shown_through_a_template(cli: Cli) -> None:
    """The plan remembers the template: running and showing it need no flag, even without the spool."""
    cli.write("reviews.csv.gz", gzip.compress(_REVIEWS.encode()))
    assert cli("plan", "reviews.csv.gz", *_PROMPT, "-o", "a.plan").code == ExitCode.OK
    for spool in (cli.folder / ".modelroute" / "spool").iterdir():
        spool.unlink()
    assert cli("show", "a.plan", "--request", "row-000002").code == ExitCode.OK
    assert cli("run", "a.plan", "--emulator", "--max-cost", "1").code == ExitCode.OK
    assert len((cli.folder / "reviews.results.jsonl").read_text("utf-8").splitlines()) == 2


def test_a_template_in_a_file_is_the_same(cli: Cli) -> None:
    """A run continues whichever way its template was given; another template is another run."""
    cli.write("reviews.csv", _REVIEWS)
    cli.write("prompt.txt", _PROMPT[1])
    assert cli("run", "reviews.csv", *_PROMPT, "--emulator", "--yes", "--max-cost", "1").code == ExitCode.OK
    again = cli("run", "reviews.csv", "--prompt-file", "prompt.txt", "--emulator", "--yes", "--max-cost", "1")
    assert "Nothing was left to send" in again.out
    for flags in (
        ["--prompt", "Sum up: {{ review }}"],
        [*_PROMPT, "--system", "Be brief."],
        [*_PROMPT, "--ignore-models"],
    ):
        other = cli("run", "reviews.csv", *flags, "--emulator", "--yes", "--max-cost", "1")
        assert (other.code, "Nothing was left to send" in other.out) == (ExitCode.OK, False)


def test_reading_flags_are_refused_for_a_plan(cli: Cli) -> None:
    """A plan is sent as it was reviewed."""
    cli.write("reviews.csv", _REVIEWS)
    cli("plan", "reviews.csv", *_PROMPT, "-o", "a.plan")
    done = cli("run", "a.plan", "--emulator", "--system", "x", "--ignore-models")
    assert (done.code, done.err.splitlines()[0]) == (
        ExitCode.USAGE,
        "error: --system, --ignore-models: `a.plan` is a plan, and a plan is sent as it was reviewed",
    )


def test_a_prompt_is_given_once_and_can_be_read(cli: Cli) -> None:
    """Two templates, or one that is not there, are told before the job file is read."""
    cli.write("reviews.csv", _REVIEWS)
    both = cli("check", "reviews.csv", *_PROMPT, "--prompt-file", "prompt.txt")
    assert both.err == "error: --prompt and --prompt-file: a row has one prompt\nhint: leave one of them out\n"
    gone = cli("check", "reviews.csv", "--prompt-file", "prompt.txt")
    assert gone.err.startswith("error: --prompt-file: cannot read `prompt.txt`: No such file or directory\n")
    cli.write("prompt.txt", b"\xff")
    assert cli("check", "reviews.csv", "--prompt-file", "prompt.txt").err.startswith(
        "error: --prompt-file: `prompt.txt`"
    )


def test_check_repeats_how_the_file_is_read(cli: Cli) -> None:
    """The next command can be typed as it stands."""
    cli.write("reviews.csv", _REVIEWS)
    done = cli("check", "reviews.csv", "--prompt", "{{ review }}", "--ignore-models", "--encoding", "utf-8")
    assert done.code == ExitCode.OK
    assert done.err.endswith(
        "    modelroute plan reviews.csv --prompt '{{ review }}' --encoding utf-8 --ignore-models\n"
    )

"""Picture files from the job file to the wire, through the whole program."""

import json

import pytest
from support.cli import QUICK_EMULATOR, Cli
from support.pictures import png

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.planning import plan_file

_RUN = ("--emulator", "--max-cost", "1")


def _rows() -> list[dict[str, object]]:
    return [
        {"custom_id": name, "prompt": f"What is on {name}?", "images": [f"{name}.png"], "task_type": "other"}
        for name in ("cat", "dog")
    ]


def _results(cli: Cli) -> list[tuple[object, object, object]]:
    lines = (cli.folder / "jobs.results.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row["custom_id"], row["status"], row["reason"]) for row in rows]


@pytest.fixture
def planned(cli: Cli) -> Cli:
    """A folder with two pictures, a job about them, and its plan."""
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    cli.write("cat.png", png(640, 480))
    cli.write("dog.png", png(100, 100))
    cli.jobs(*_rows())
    assert cli("plan", "jobs.jsonl", "-o", "jobs.plan").code == ExitCode.OK
    return cli


def test_a_picture_that_changed_fails_its_request_alone(planned: Cli) -> None:
    """It is not sent; put back as it was, `--only failed` sends it."""
    planned.write("dog.png", png(101, 100))
    assert planned("run", "jobs.plan", *_RUN).code == ExitCode.SOME_FAILED
    reason = "request: image `dog.png` changed after the plan was made"
    assert _results(planned) == [("cat", "accepted", ""), ("dog", "failed", reason)]
    planned.write("dog.png", png(100, 100))
    assert planned("run", "jobs.plan", *_RUN, "--only", "failed").code == ExitCode.OK
    assert _results(planned) == [("cat", "accepted", ""), ("dog", "accepted", "")]


def test_one_request_is_shown_even_where_another_ones_picture_is_gone(planned: Cli) -> None:
    """`show` explains what was planned; pictures are checked where they are sent."""
    (planned.folder / "dog.png").unlink()
    assert planned("show", "jobs.plan", "--request", "cat").code == ExitCode.OK


def test_a_plan_counts_pictures_by_their_size(planned: Cli) -> None:
    """A small picture costs less than a large one on a model that counts squares."""
    planned.write("modelroute.yaml", "rules: [{name: all, allow: [gpt-5]}]\n")
    assert planned("plan", "jobs.jsonl", "--prices-as-of", "2026-11-20", "-o", "b.plan").code == ExitCode.OK
    cat, dog = plan_file.read(planned.folder / "b.plan").assignments.collect()["input_tokens"].to_list()
    assert cat - dog == 140  # two squares of 512 pixels against one


def test_pictures_are_found_beside_a_packed_job_file(cli: Cli) -> None:
    """Relative to the file that the user named, not to the spool."""
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    (cli.folder / "sub").mkdir()
    for name in ("cat", "dog"):
        cli.write(f"sub/{name}.png", png(30, 20))
    cells = "\n".join(f"{row['custom_id']},{row['prompt']},{row['custom_id']}.png" for row in _rows())
    cli.write("sub/jobs.csv", f"custom_id,prompt,images\n{cells}\n")
    assert cli("run", "sub/jobs.csv", "--yes", *_RUN).code == ExitCode.OK
    assert [status for _, status, _ in _results(cli)] == ["accepted", "accepted"]


def test_a_job_without_pictures_keeps_no_trace_of_them(cli: Cli) -> None:
    """The plan's header stays as it was."""
    cli.jobs({"custom_id": "1", "prompt": "Name three birds."})
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    assert plan_file.read(cli.folder / "a.plan").header.job.images == {}

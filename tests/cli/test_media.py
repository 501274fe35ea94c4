"""Sound, PDFs, tools and sampling from the job file to the wire, through the whole program."""

import json

import pytest
from support.cli import QUICK_EMULATOR, Cli
from support.media import pdf
from support.pictures import png

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.planning import plan_file

_RUN = ("--emulator", "--max-cost", "1")


def _results(cli: Cli) -> list[tuple[object, object, object]]:
    lines = (cli.folder / "jobs.results.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row["custom_id"], row["status"], row["reason"]) for row in rows]


@pytest.fixture
def here(cli: Cli) -> Cli:
    """A folder with settings, two PDFs and a picture."""
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    cli.write("a.pdf", pdf(4))
    cli.write("b.pdf", pdf(4) + b"% another")
    cli.write("a.png", png(3000, 2000))
    return cli


def _papers() -> list[dict[str, object]]:
    return [
        {"custom_id": name, "prompt": f"Sum up {name}.", "files": [f"{name}.pdf"], "model": "claude-haiku-5-5"}
        for name in ("a", "b")
    ]


def test_a_pdf_that_changed_fails_its_request_alone(here: Cli) -> None:
    """The other one is sent and answered."""
    here.jobs(*_papers())
    assert here("plan", "jobs.jsonl", "-o", "jobs.plan").code == ExitCode.OK
    here.write("b.pdf", pdf(5))
    assert here("run", "jobs.plan", *_RUN).code == ExitCode.SOME_FAILED
    reason = "request: document `b.pdf` changed after the plan was made"
    assert _results(here) == [("a", "accepted", ""), ("b", "failed", reason)]


def test_a_plan_counts_pages_and_keeps_digests(here: Cli) -> None:
    """Four pages of 5,700 tokens each on this model."""
    here.jobs(*_papers())
    here("plan", "jobs.jsonl", "-o", "jobs.plan")
    header = plan_file.read(here.folder / "jobs.plan").header
    assert header.job.amounts == {"a.pdf": 4, "b.pdf": 4}
    assert sorted(header.job.images) == ["a.pdf", "b.pdf"]
    assert 2 * 4 * 5_700 < header.totals.input_tokens < 2 * 4 * 5_700 + 200


def test_a_pdf_goes_to_no_model_that_reads_none(here: Cli) -> None:
    """With the reason for each model that was allowed."""
    here.jobs(_papers()[0] | {"model": "deepseek-flash"})
    said = here("plan", "jobs.jsonl")
    assert said.code == ExitCode.INFEASIBLE
    assert "`deepseek-flash`: it cannot read what the request carries" in said.err


def test_a_pdf_at_an_address_needs_leave_to_be_read(here: Cli) -> None:
    """Nobody could say before what it costs at most."""
    here.jobs(_papers()[0] | {"files": ["https://example.com/a.pdf"]})
    said = here("plan", "jobs.jsonl")
    assert said.code == ExitCode.INFEASIBLE
    assert "which `images: {fetch: true}` must allow" in said.err
    here.write("modelroute.yaml", QUICK_EMULATOR + "images: {fetch: true}\n")
    assert here("plan", "jobs.jsonl").code == ExitCode.OK


def test_a_plan_counts_pictures_as_they_are_sent(here: Cli) -> None:
    """Scaled down to 512 pixels they take a part of the tokens; `show` counts them so, and so they are sent."""
    here.jobs({"custom_id": "a", "prompt": "What is it?", "images": ["a.png"], "model": "claude-haiku-5-5"})
    tokens = []
    for extra in ("", "images: {max_side: 512}\n"):
        here.write("modelroute.yaml", QUICK_EMULATOR + extra)
        here("plan", "jobs.jsonl", "-o", "jobs.plan")
        tokens.append(plan_file.read(here.folder / "jobs.plan").header.totals.input_tokens)
    assert tokens[1] < tokens[0] / 10
    shown = json.loads(here("show", "jobs.plan", "--request", "a", "--json").out)
    assert [each["input_tokens"] for each in shown["alternatives"]] == [tokens[1]]
    assert here("run", "jobs.plan", *_RUN).code == ExitCode.OK
    assert _results(here) == [("a", "accepted", "")]


def test_what_a_model_does_not_take_is_told_once(here: Cli) -> None:
    """In the plan and in its JSON."""
    plain = {"temperature": 1, "model": "gpt-6-luna"}
    here.jobs(*({"custom_id": str(at), "prompt": f"A name {at}.", **plain} for at in range(3)))
    told = "`temperature` of 3 requests is not sent: gpt-6-luna takes none"
    said = here("plan", "jobs.jsonl")
    assert said.out.count(told) + said.err.count(told) == 1
    assert told in json.loads(here("plan", "jobs.jsonl", "--json").out)["warnings"]

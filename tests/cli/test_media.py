"""Sound, PDFs, tools and sampling from the job file to the wire, through the whole program."""

import json

from support.cli import Cli

_RUN = ("--emulator", "--max-cost", "1")


def _results(cli: Cli) -> list[tuple[object, object, object]]:
    lines = (cli.folder / "jobs.results.jsonl").read_text("utf-8").splitlines()
    plain = {"temperature": 1, "model": "gpt-6-luna"}
    here.jobs(*({"custom_id": str(at), "prompt": f"A name {at}.", **plain} for at in range(3)))
    told = "`temperature` of 3 requests is not sent: gpt-6-luna takes none"
    said = here("plan", "jobs.jsonl")
    assert said.out.count(told) + said.err.count(told) == 1
    assert told in json.loads(here("plan", "jobs.jsonl", "--json").out)["warnings"]

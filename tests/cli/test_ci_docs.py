"""The workflow files of docs/ci do what they say."""

from pathlib import Path

import pytest
from support.ci_files import FILES, commands, loaded
from support.cli import QUICK_EMULATOR, Cli, mails

from modelroute_cli.base.errors import ExitCode

PAGE = Path(__file__).parents[2] / "docs" / "ci.md"


def test_the_page_names_each_file_and_no_other() -> None:
    """A link of each."""
    page = PAGE.read_text("utf-8")
    assert [name for name in FILES if f"(ci/{name})" not in page] == []
    assert page.count("(ci/") == len(FILES) == 3


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_yaml_with_commands_in_it(name: str) -> None:
    """With the parts that its service wants."""
    parts = loaded(name)
    wanted = {"default", "budget", "nightly"} if name.startswith("gitlab") else {"name", "jobs", "permissions"}
    assert wanted <= {str(part) for part in parts}
    assert commands(name)


def test_every_command_line_works(cli: Cli) -> None:
    """Each of them once and as it stands, in one folder; runs go to the emulator instead of a provider."""
    (cli.folder / "jobs").mkdir()
    cli.jobs(*mails(4), name="jobs/emails.jsonl")
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    once = dict.fromkeys(tuple(line) for name in FILES for line in commands(name))
    ordered = sorted(once, key=lambda line: ["check", "plan", "run", "report"].index(line[0]))
    assert {line[0] for line in ordered} == {"check", "plan", "run", "report"}
    ended = {line: cli(*line, *(["--emulator"] if line[0] == "run" else [])) for line in ordered}
    assert {line: done.err for line, done in ended.items() if done.code != ExitCode.OK} == {}


def test_the_gate_of_the_files_fails_a_plan_that_is_too_dear(cli: Cli) -> None:
    """With the code that the page promises."""
    (cli.folder / "jobs").mkdir()
    cli.jobs(*mails(2), name="jobs/emails.jsonl")
    (line,) = {tuple(line) for name in FILES for line in commands(name) if line[0] == "plan"}
    dear = ["0.0000001" if word == "20" else word for word in line]
    assert cli(*dear).code == ExitCode.INFEASIBLE
    assert (cli.folder / "emails.plan").is_file()

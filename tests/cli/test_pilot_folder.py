"""`init --pilot` and `report --into`."""

import pytest
from support.cli import Cli, mails

NO_NUMBER = (
    "error: `trial/kpis.yaml`: Invalid decimal string - at `$.kpis[0].at_most`\n"
    "hint: `modelroute init --pilot DIR` with another folder shows how it is written\n"
)
FILES = ("README.md", "use-case.md", "kpis.yaml", "modelroute.yaml", "sample.jsonl")


def test_a_pilot_folder_is_made_and_filled_and_nothing_of_it_overwritten(cli: Cli) -> None:
    """By a plan, then by a run; words of people stay."""
    made = cli("init", "--pilot", "trial")
    assert made.out == "".join(f"wrote trial/{name}\n" for name in FILES)
    assert made.err.startswith("\nWhat to do with it, step by step: trial/README.md\n")
    assert cli("init", "--pilot", "trial").out == "".join(f"kept trial/{name}, it was there before\n" for name in FILES)
    assert all(f"`{name}`" in (cli.folder / "trial" / "README.md").read_text() for name in FILES[1:])
    assert cli("plan", "trial/sample.jsonl", "--config", "trial/modelroute.yaml", "-o", "a.plan").code == 0

    filled = cli("report", "a.plan", "--into", "trial")
    wrote = "wrote trial/baseline.yaml\nwrote trial/results.md\nwrote trial/kpis-measured.json\n"
    assert (filled.code, filled.out) == (0, wrote)
    trial = cli.folder / "trial"
    assert "Planned, not run: trial/sample.jsonl." in (trial / "results.md").read_text()
    cli.jobs(*mails(2))
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == 0
    emulated = cli("report", "--into", "trial")
    assert emulated.out == wrote
    assert emulated.err == "warning: these answers are EMULATED: no target is met by them\n"
    assert "| emulated |" in (trial / "results.md").read_text()

    own = (trial / "baseline.yaml").read_text().replace("hours: null", "hours: 30")
    (trial / "baseline.yaml").write_text(own)
    assert cli("report", "--into", "trial").out == wrote.removeprefix("wrote trial/baseline.yaml\n")
    assert (trial / "baseline.yaml").read_text() == own
    assert "| at most 24 | 30 |" in (trial / "results.md").read_text()
    with (trial / "results.md").open("a") as page:
        page.write("We go on.\n")
    refused = cli("report", "--into", "trial")
    assert (refused.code, refused.err) == (
        2,
        (
            "error: `trial/results.md` holds words of your own, and is not overwritten\n"
            "hint: give it another name, then the same command\n"
        ),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "error: `trial` holds no `kpis.yaml`\nhint: `modelroute init --pilot trial` makes one\n"),
        (
            "format: 1\nkpis: [{name: a, measure: cost_us}]",
            "error: `trial/kpis.yaml`: nothing measures `cost_us`\nhint: did you mean `cost_usd`?\n",
        ),
        (
            "format: 1\nkpis: [{name: a, measure: hours, at_most: soon}]",
            NO_NUMBER,
        ),
        (
            "format: 9\nkpis: []",
            "error: `trial/kpis.yaml` has format 9, this version reads 1\nhint: upgrade modelroute\n",
        ),
    ],
)
def test_a_folder_that_is_wrong_is_told_how_to_be_right(cli: Cli, text: str | None, said: str) -> None:
    """Before anything is written."""
    (cli.folder / "trial").mkdir()
    if text is not None:
        cli.write("trial/kpis.yaml", text)
    done = cli("report", "--into", "trial")
    assert (done.code, done.err) == (2, said)
    assert sorted(path.name for path in (cli.folder / "trial").iterdir()) == ([] if text is None else ["kpis.yaml"])

"""`modelroute certify`: a promise is made on fresh requests, kept in mind by plans and runs, and never bought twice."""

import json
from typing import cast

from support.cli import QUICK_EMULATOR, Cli, Finished
from support.piloting import MODELS, PILOT, RUN, only_pilot, only_run, outcomes, ready

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.workspace import HOLD_OUTS
from modelroute_cli.execution.journal_answers import kept_answers
from modelroute_cli.execution.journal_read import attempts_frame, read_state
from modelroute_cli.execution.run_folder import list_runs
from modelroute_cli.pilot.certify import Promise
from modelroute_cli.pilot.folder import PilotFolder
from modelroute_cli.pilot.promise.certificate import Certificate
from modelroute_cli.pilot.promise.evidence import evidence
from modelroute_cli.pilot.promise.kept import read_certificate, read_hold_out
from modelroute_cli.planning import plan_file

GOOD = {"gpt-5": 1.0, "gpt-6-luna": 1.0, "gemini-2.5-flash-lite": 0.2}
REQUESTS = 100
FLOOR = ("--baseline-share", "0.7")
CERTIFY = ("certify", "jobs.jsonl", "--models", MODELS, *FLOOR, "--emulator")
MONEY = ("--certify-budget", "100%")


def hold_out() -> PilotFolder:
    """The hold-out of this folder."""
    (found,) = list_runs(HOLD_OUTS)
    return PilotFolder(found)


def certificate() -> Certificate:
    """What it came to."""
    found = read_certificate(only_pilot().run.path, Promise(0.7))
    assert found is not None
    return found


def piloted(cli: Cli, settings: str = "") -> str:
    """A job with a finished pilot under these settings; the file of its recorded outcomes."""
    replay = outcomes(ready(cli, REQUESTS), GOOD, REQUESTS)
    cli.write("modelroute.yaml", QUICK_EMULATOR + settings)
    assert cli(*PILOT, "--emulator-replay", replay.name).code == ExitCode.OK
    return replay.name


def test_a_certified_plan_is_planned_run_and_reported_under_its_promise(cli: Cli) -> None:
    """From pilot to certificate to run: fresh requests, the exact answers of the journal, each paid for once."""
    replay = piloted(cli)
    done = cli(*CERTIFY, *MONEY, "--yes", "--emulator-replay", replay)
    assert done.code == ExitCode.OK
    found = certificate()
    said = f"at least 70% of gpt-5's (95% confidence, {found.pairs} paired requests, emulated)"
    assert f"Certified quality: {said}" in done.out
    _check_fresh(found)
    _check_differences(found)
    _check_again(cli, replay)
    _check_run(cli, replay, said)


def _check_fresh(found: Certificate) -> None:
    """Nothing that the pilot asked was drawn, and the money is that of the journal."""
    drawn = {pair.row for pair in hold_out().design().pairs()}
    assert not drawn & {pair.row for pair in only_pilot().design().pairs() if pair.place < 20}
    assert found.population == REQUESTS - 20
    state = read_state(hold_out().run.journal)
    assert (found.spent_pusd, found.held_pusd) == (state.spent_pusd, state.held_pusd)


def _check_differences(found: Certificate) -> None:
    """D of every draw is that of the answers in the journal: right is 1, wrong 0."""
    folder = hold_out()
    held = read_hold_out(folder.run.path)
    pairs = tuple(folder.design().pairs())
    right = {
        (pairs[kept.row].row, pairs[kept.row].model): float(
            kept.output.strip() == ("positive" if pairs[kept.row].row % 2 else "negative")
        )
        for kept in kept_answers(folder.run.journal)
    }
    (rung,) = evidence(held, folder.scored(), found.pairs).rungs
    (choice,) = set(held.rungs[0].choices)
    expected = [right[row, choice.model] - 0.7 * right[row, "gpt-5"] for row in held.rows[: found.pairs]]
    assert rung.d.tolist() == expected
    assert choice.model != "gpt-5"


def _check_again(cli: Cli, replay: str) -> None:
    """The same command again shows the same and sends nothing."""
    before = attempts_frame(hold_out().run.journal).height
    again = cli(*CERTIFY, *MONEY, "--yes", "--emulator-replay", replay)
    assert "Certified quality" in again.out
    assert "Testing:" not in again.err
    assert attempts_frame(hold_out().run.journal).height == before


def _check_run(cli: Cli, replay: str, said: str) -> None:
    """The run takes the certified plan and the answers of pilot and hold-out; its report has all three words."""
    planned = cli("plan", "jobs.jsonl", "--models", MODELS, *FLOOR, "--from-pilot", only_pilot().pilot_id)
    assert f"  Certified quality: {said}" in planned.out
    assert "  planned quality " in planned.out
    assert cli(*RUN, *FLOOR, "--emulator-replay", replay).code == ExitCode.OK
    header = plan_file.read(only_run().plan).header
    assert header.certified is not None
    assert header.certified.hold_out.adopted == header.certified.hold_out.requests > 20
    assert header.objective.baseline_share == 0.7
    rows = [json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text().splitlines()]
    assert sum(row["pilot"] is True for row in rows) == 20 + header.certified.hold_out.adopted
    assert read_state(only_run().journal).accepted == REQUESTS
    report = cli("report").out
    assert f"  Certified quality: {said}" in report
    assert "  planned: " in report
    assert "realised" in report


OPEN = "rules: [{name: all, allow: [gpt-5, gpt-6-luna, gemini-2.5-flash-lite]}]\n"


def test_a_floor_that_was_not_shown_leaves_every_request_to_the_baseline(cli: Cli) -> None:
    """Said on the plan, and left out on demand; the test of a few requests shows nothing."""
    replay = piloted(cli, OPEN)
    done = cli(*CERTIFY, "--rows", "3", "--yes", "--emulator-replay", replay)
    assert done.code == ExitCode.OK
    said = "at least 70% of gpt-5's quality was not shown (95% confidence, 3 paired requests, emulated)"
    assert f"Not certified: {said}" in done.out
    _check_resumed(cli, replay)
    assert certificate().target is None
    plan = ("plan", "jobs.jsonl", "--models", MODELS, *FLOOR, "--from-pilot", only_pilot().pilot_id)
    planned = cli(*plan, "--json")
    assert models_of(planned) == {"gpt-5"}
    said = "every request goes to gpt-5, as nothing less was certified; `--uncertified` plans without that"
    assert said in cast("list[str]", planned.json["warnings"])
    freely = cli(*plan, "--uncertified", "--json")
    assert freely.json["certified"] is None
    assert models_of(freely) > {"gpt-5"}


def models_of(planned: Finished) -> set[str]:
    """The models of a plan."""
    return {str(line["model"]) for line in cast("list[dict[str, object]]", planned.json["models"])}


def _check_resumed(cli: Cli, replay: str) -> None:
    """One that was stopped goes on where it was: nothing is asked again, and the draw is the one that was fixed."""
    folder = hold_out()
    before, held = attempts_frame(folder.run.journal), read_hold_out(folder.run.path)
    (folder.run.path / "end.json").unlink()
    (only_pilot().run.path / "certificate-0.7-0.95.json").unlink()
    done = cli(*CERTIFY, "--rows", "20", "--yes", "--emulator-replay", replay)
    assert f"Continuing hold-out {folder.pilot_id}, started before; at most $" in done.err
    assert attempts_frame(folder.run.journal).height == before.height
    assert read_hold_out(folder.run.path) == held
    assert certificate().pairs == 3


def test_a_certificate_is_of_its_own_floor_only(cli: Cli) -> None:
    """Another share of the baseline's quality is another promise; a changed plan makes the certificate stale."""
    replay = piloted(cli)
    cli(*CERTIFY, *MONEY, "--yes", "--emulator-replay", replay)
    named = ("--from-pilot", only_pilot().pilot_id)
    other = cli("plan", "jobs.jsonl", "--models", MODELS, "--baseline-share", "0.8", *named, "--json")
    assert other.json["certified"] is None
    path = only_pilot().run.path / "certificate-0.7-0.95.json"
    path.write_text(path.read_text().replace(str(certificate().plan_digest), "0" * 16))
    stale = cli("plan", "jobs.jsonl", "--models", MODELS, *FLOOR, *named)
    assert "warning: the certificate of " in stale.err
    assert " is of another plan: what is believed or charged has changed since" in stale.err
    assert "Certified quality" not in stale.out


def test_nothing_is_sent_before_it_is_worth_its_cost_affordable_and_approved(cli: Cli) -> None:
    """What is too small says which weaker promise could be had; what a promise takes is shown first."""
    piloted(cli)
    done = cli(*CERTIFY, "--certify-budget", "5%")
    assert done.code == ExitCode.OK
    assert "Too small to certify 70%: " in done.out
    assert " could certify " in done.out
    assert "Nothing was sent." in done.err
    _check_unapproved(cli)
    _check_over_budget(cli)
    assert not HOLD_OUTS.exists()


def _check_unapproved(cli: Cli) -> None:
    """Without a terminal and without --yes."""
    done = cli(*CERTIFY)
    assert done.code == ExitCode.USAGE
    assert "To certify: at least 70% of gpt-5's quality, 95% confidence, looked at as it goes" in done.err
    assert "Certifying 70% takes about " in done.err
    assert "error: this hold-out was not approved: there is no terminal to ask at; nothing was sent" in done.err


def _check_over_budget(cli: Cli) -> None:
    """More requests than the budget pays for."""
    done = cli(*CERTIFY, "--rows", "70", "--yes", "--certify-budget", "5%")
    assert done.code == ExitCode.USAGE
    assert done.err.startswith("error: --rows: 70 requests cost ~$")
    assert "or raise `--certify-budget`" in done.err


def test_without_a_pilot_or_a_share_there_is_nothing_to_certify(cli: Cli) -> None:
    """Both are told before anything is sent."""
    ready(cli)
    assert cli(*CERTIFY).err == (
        "error: there is no finished pilot of this job under these settings and flags: no plan to certify\n"
        "hint: measure first: `modelroute pilot jobs.jsonl` with the same flags\n"
    )
    assert cli("certify", "jobs.jsonl").err == (
        "error: there is nothing to promise: no share of the baseline's quality is asked for\n"
        "hint: say which, as in `--baseline-share 0.97`\n"
    )

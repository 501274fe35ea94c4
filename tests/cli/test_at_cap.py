"""What is told when a cap of a tenant, a provider or a day ended a run."""

import re

import pytest
from support.cli import QUICK_EMULATOR, Cli, mails

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.cli.at_cap import advice
from modelroute_cli.execution.caps import CapKind
from modelroute_cli.execution.shortfall import Shortfall

AGAIN, MORE = "modelroute run a.plan", "modelroute run a.plan --max-cost 3"


def short(kind: CapKind, name: str = "", enough: str = "2.05") -> Shortfall:
    """A cap of a dollar that has no room for some requests."""
    gone, cap = PicoUSD(0), from_usd("1")
    return Shortfall(
        kind=kind,
        name=name,
        cap_pusd=cap,
        spent_pusd=gone,
        held_pusd=gone,
        requests=7,
        waiting=7,
        enough_pusd=from_usd(enough),
    )


def test_more_money_for_the_run_is_a_flag() -> None:
    """As it always was."""
    assert advice((short(CapKind.RUN),), AGAIN, MORE) == f"\nTo go on with more money, run:\n    {MORE}"
    assert advice((), AGAIN, MORE) == f"\nTo go on with more money, run:\n    {MORE}"


def test_more_money_for_tenants_and_providers_is_a_setting() -> None:
    """The rows can be copied; amounts are rounded up to two digits, odd names are quoted."""
    reached = (
        short(CapKind.TENANT, "acme"),
        short(CapKind.TENANT, "no", "0.011"),
        short(CapKind.TENANT, "big & co", "12"),
        short(CapKind.PROVIDER, "openai", "123"),
    )
    assert advice(reached, AGAIN, MORE) == (
        "\nTo go on with more money, set this in your settings:\n"
        "    caps:\n"
        '      tenants: {acme: 2.1, "no": 0.011, "big & co": 12}\n'
        "      providers: {openai: 130}\n"
        f"and run:\n    {AGAIN}"
    )


def test_where_the_hard_cap_is_short_too_the_command_raises_it() -> None:
    """One more try is enough."""
    told = advice((short(CapKind.RUN), short(CapKind.TENANT, "acme")), AGAIN, MORE)
    assert told.endswith(f"and run:\n    {MORE}")


def test_a_day_ends_at_midnight() -> None:
    """Nothing has to be raised: the same command goes on the next day."""
    assert advice((short(CapKind.DAY, "2026-12-31"),), AGAIN, MORE) == (
        f"\nThe next day's money is there from 2027-01-01 00:00 UTC; to go on then, run:\n    {AGAIN}"
    )


def test_a_tenants_cap_ends_a_run_that_goes_on_with_what_is_told(cli: Cli) -> None:
    """Exit 3; the others' requests are answered; with the setting that was told the same command ends the run."""
    rows = [{**row, "tenant": "acme" if number % 2 else "other"} for number, row in enumerate(mails(30))]
    cli.jobs(*rows)
    cli.write("modelroute.yaml", f"{QUICK_EMULATOR}caps: {{tenants: {{acme: 0.0004}}}}\n")
    send = ("run", "jobs.jsonl", "--models", "gpt-6-luna", "--emulator", "--yes", "--max-cost", "1")
    first = cli(*send)
    assert first.code == ExitCode.INFEASIBLE
    assert first.err.startswith("note: the cap of $0.00040 for tenant `acme` is below the ~$0.00")
    assert re.search(r"the cap of \$0\.00040 for tenant `acme` leaves no room for \d+ of its requests: \$", first.err)
    asked = re.search(r"tenants: \{acme: ([0-9.]+)\}", first.err)
    assert asked is not None
    cli.write("modelroute.yaml", f"{QUICK_EMULATOR}caps: {{tenants: {{acme: {asked[1]}}}}}\n")
    second = cli(*send)
    assert second.code == ExitCode.OK
    assert "30 requests: 30 accepted, 0 failed, 0 waiting\n" in second.out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("caps: {providers: {opanai: 5}}", "`caps.providers`: `opanai` is no provider\nhint: did you mean `openai`?"),
        ("caps: {per_day: lots}", "`caps.per_day` is `lots`: expected a plain number such as `12.50`"),
        ("caps: {tenants: {acme: -1}}", "`caps.tenants.acme` is `-1`: expected a plain number such as `12.50`"),
    ],
)
def test_a_cap_that_is_none_is_refused(cli: Cli, text: str, told: str) -> None:
    """Before anything is planned."""
    cli.jobs(*mails(1))
    cli.write("modelroute.yaml", text + "\n")
    done = cli("plan", "jobs.jsonl")
    assert done.code == ExitCode.USAGE
    assert told in done.err

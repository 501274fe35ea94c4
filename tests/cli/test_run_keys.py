"""Keys: needed for what is assigned, optional for what is only escalated to."""

from dataclasses import replace

import msgspec
import pytest
from support.report_plans import card, plan

from modelroute_cli.base.errors import CredentialError, UsageError
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.cli.run_keys import find_access, loopback_url
from modelroute_cli.planning.plan import Baseline, Plan


def two_accounts() -> Plan:
    """Everything is assigned to `openai`; escalations go to `other`."""
    made = plan()
    models = {**made.header.models, "strong": msgspec.structs.replace(card("strong"), provider="other")}
    providers = {
        "openai": Provider(name="openai", base_url="https://api.openai.com/v1", api_key_env="ONE"),
        "other": Provider(name="other", base_url="https://other.example/v1", api_key_env="TWO"),
    }
    header = msgspec.structs.replace(
        made.header, models=models, providers=providers, escalations={"bulk": ("good-1", "strong"), "premium": ()}
    )
    return replace(made, header=header)


def test_a_missing_key_of_an_assigned_model_is_refused() -> None:
    """Without it nothing can be sent."""
    with pytest.raises(CredentialError, match="`ONE` is not set"):
        find_access(two_accounts(), {"TWO": "k"}, emulated=False)


def test_a_missing_key_of_an_escalation_costs_the_escalation_alone() -> None:
    """The run goes on, and says what it cannot do."""
    access = find_access(two_accounts(), {"ONE": "k"}, emulated=False)
    assert sorted(access.credentials) == ["openai"]
    assert access.plan.header.escalations == {"bulk": ("good-1",), "premium": ()}
    assert access.notes == ("no key for `other`: answers that fail a gate are not sent to strong",)


def test_with_all_keys_the_plan_stays_as_it_is() -> None:
    """Nothing to note."""
    access = find_access(two_accounts(), {"ONE": "k", "TWO": "k"}, emulated=False)
    assert sorted(access.credentials) == ["openai", "other"]
    assert access.plan.header.escalations["bulk"] == ("good-1", "strong")
    assert access.notes == ()


def test_the_emulator_needs_no_key() -> None:
    """Every account is open there."""
    assert sorted(find_access(two_accounts(), {}, emulated=True).credentials) == ["openai", "other"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:8080/", "http://[::1]:8080"])
def test_loopback_addresses_are_taken(url: str) -> None:
    """With or without a final slash."""
    assert loopback_url(url) == url.rstrip("/")


@pytest.mark.parametrize("url", ["http://127.0.0.1.evil:80", "ftp://127.0.0.1", "http://user@evil:80", ""])
def test_other_addresses_are_refused(url: str) -> None:
    """Prompts do not leave the machine by a slip."""
    with pytest.raises(UsageError, match="is not an http address of this machine"):
        loopback_url(url)


def judged_by(*judges: str) -> Plan:
    """Everything is assigned to `openai`; these judge, `strong` at `other`."""
    made = two_accounts()
    escalations: dict[str, tuple[str, ...]] = {"bulk": (), "premium": ()}
    header = msgspec.structs.replace(made.header, escalations=escalations, judges={"bulk": {"judge": judges}})
    return replace(made, header=header)


def test_a_missing_key_of_the_only_judge_is_refused() -> None:
    """What was to be judged would not be: that is told before anything is sent."""
    with pytest.raises(CredentialError, match="no key for `other`: environment variable `TWO` is not set"):
        find_access(judged_by("strong"), {"ONE": "k"}, emulated=False)


def test_a_missing_key_of_one_of_several_judges_costs_that_judge_alone() -> None:
    """The others judge, and a note says who does not."""
    access = find_access(judged_by("strong", "good-1"), {"ONE": "k"}, emulated=False)
    assert access.plan.header.judges == {"bulk": {"judge": ("good-1",)}}
    assert access.notes == ("no key for `other`: no answer is judged by strong",)


def test_a_run_turns_to_no_model_that_nothing_opens() -> None:
    """Whose key is missing, silently; nor to one on this machine whose server is not started for anything else."""
    made = two_accounts()
    own = Provider(name="own", base_url="http://127.0.0.1:0/v1", auth="none")
    header = msgspec.structs.replace(
        made.header,
        models={**made.header.models, "mine": msgspec.structs.replace(card("mine"), provider="own")},
        providers={**made.header.providers, "own": own},
        escalations={"bulk": ("good-1",)},
        allowed={"bulk": ("good-1", "strong", "mine")},
    )
    access = find_access(replace(made, header=header), {"ONE": "k"}, emulated=False)
    assert access.plan.header.allowed == {"bulk": ("good-1",)}
    assert access.notes == ()
    keyed = find_access(replace(made, header=header), {"ONE": "k", "TWO": "k"}, emulated=False)
    assert keyed.plan.header.allowed == {"bulk": ("good-1", "strong")}


def _compared() -> Plan:
    """Everything is assigned to `openai`; the baseline is at `other`."""
    made = two_accounts()
    base = Baseline(kind="chosen", model="strong", requests=3, unable=0, cost_pusd=None, quality=0.9)
    header = msgspec.structs.replace(made.header, escalations={}, baselines=(base,), control_rules=("bulk",))
    return replace(made, header=header)


def test_a_run_that_compares_opens_the_baseline_too() -> None:
    """Its key is found; nobody looks for it otherwise."""
    env = {"ONE": "k", "TWO": "k"}
    assert sorted(find_access(_compared(), env, emulated=False, compares=True).credentials) == ["openai", "other"]
    assert sorted(find_access(_compared(), env, emulated=False).credentials) == ["openai"]


def test_without_the_key_of_the_baseline_nothing_is_compared() -> None:
    """The run goes on, and says so."""
    access = find_access(_compared(), {"ONE": "k"}, emulated=False, compares=True)
    assert access.plan.header.control_rules == ()
    assert access.notes == ("no key for `other`: nothing is compared with the baseline (--control)",)

"""Programs of command gates are there before anything is sent."""

import sys

import pytest
from msgspec import structs
from support.report_plans import header

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.schema import CommandRule, GateRules
from modelroute_cli.cli.gate_programs import refuse_missing_programs


def test_a_program_that_is_there_is_taken() -> None:
    """By its path or its name; rules without one are passed over."""
    gates = {"a": GateRules(max_words=3), "b": GateRules(command=CommandRule(run=(sys.executable, "-c", "pass")))}
    refuse_missing_programs(structs.replace(header(), gates=gates), {"PATH": "/nowhere"})


def test_a_program_that_is_not_there_is_refused() -> None:
    """Before a whole run goes unjudged."""
    gates = {"mails": GateRules(command=CommandRule(run=("no-such-judge",)))}
    with pytest.raises(UsageError) as caught:
        refuse_missing_programs(structs.replace(header(), gates=gates), {"PATH": "/nowhere"})
    assert caught.value.message == "rule `mails`: `gates.command` runs `no-such-judge`, and there is no such program"
    assert caught.value.hint == "name a program on your PATH, or its path; it must be executable"

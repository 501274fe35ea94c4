"""A row's own judge gate, as the REQUESTS frame carries it: judging costs money, so the plan has to know of it."""

import msgspec

from modelroute_cli.base.schema import GateRules


def judge_text(gates: GateRules) -> str | None:
    """The judge gate as JSON; None without one."""
    return None if gates.judge is None else msgspec.json.encode(gates.judge).decode()

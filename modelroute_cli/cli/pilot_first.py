"""`run --pilot`: what is measured before a run, inside the run's own cap; the run is then planned by it."""

from dataclasses import fields, replace

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import MeasuringFlags, RunFlags
from modelroute_cli.cli.flags_measured import PilotFlags
from modelroute_cli.cli.job_plan import STDIN
from modelroute_cli.cli.pilot import approve, measure, nothing_to_measure
from modelroute_cli.cli.pilot_order import make_pilot_order
from modelroute_cli.cli.run_order import is_plan_file
from modelroute_cli.cli.workspace import planning_workspace


def pilot_first(flags: RunFlags, console: Console) -> bool:
    """Measure what the run's plan is to rest on; False when it was stopped, and the same command goes on.

    Nothing is sent where there is too little to gain, or where the pilot was finished before. Its ceiling is never
    above --max-cost. UsageError for a plan file and for flags that leave nothing to measure.
    """
    _refuse(flags)
    own = _flags(flags)
    order = make_pilot_order(own, planning_workspace(own, {"run.concurrency": flags.concurrency}))
    if flags.max_cost is not None:
        order = replace(order, cap_pusd=PicoUSD(min(order.cap_pusd, from_usd(flags.max_cost))))
    if not order.design.measured:
        nothing_to_measure(order, console)
        return True
    if order.folder.run.exists() and order.folder.end() is not None:
        return True
    approve(order, own, console)
    return measure(order, own, console)


def _refuse(flags: RunFlags) -> None:
    """What a pilot cannot be made with."""
    if flags.target == STDIN:
        message = "--pilot: standard input can be read once, and the job is read before the pilot and after it"
        raise UsageError(message, hint="save it to a file, and run that")
    if is_plan_file(flags.target):
        message = f"--pilot: `{flags.target}` is a plan, and a plan is sent as it was reviewed"
        raise UsageError(message, hint="run the job file with --pilot, or plan it after `modelroute pilot`")
    for name in ("from_pilot", "classify_with", "prices_as_of", "except_local", "only"):
        if getattr(flags, name):
            shown = f"--{name.replace('_', '-')}"
            message = f"{shown} and --pilot exclude each other"
            raise UsageError(message, hint=f"leave {shown} or --pilot out")


def _flags(flags: RunFlags) -> PilotFlags:
    """The same flags, as `pilot` takes them; --restart starts the run anew, and what was measured stays measured."""
    shared = {field.name: getattr(flags, field.name) for field in fields(MeasuringFlags)}
    return PilotFlags(
        **shared,
        jobs=flags.target,
        yes=flags.yes,
        emulator=flags.emulator,
        emulator_url=flags.emulator_url,
        emulator_replay=flags.emulator_replay,
        concurrency=flags.concurrency,
    )

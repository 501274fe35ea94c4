"""What a chargeback says: who is charged what, in lines for finance and in sums for people."""

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD


class ChargeLine(Struct, frozen=True, kw_only=True):
    """What one name is charged for one model, service tier and day (UTC, by when attempts were sent) of one run.

    `direct_pusd` is what its own requests cost: attempts, failed ones too, and judges of their answers.
    `overhead_pusd` is its part of what was spent for the whole job: a control sample, a pilot's answers that are no
    results, questions about templates. `charged_pusd` is both. `held_pusd` may have been billed, and is no part of it.
    """

    run: str
    job: str
    day: str
    name: str  # empty: requests that name none
    model: str
    service_tier: str
    requests: int  # answered: of an answer that several share, each counts
    input_tokens: int
    output_tokens: int
    direct_pusd: PicoUSD
    overhead_pusd: PicoUSD
    charged_pusd: PicoUSD
    held_pusd: PicoUSD
    currency: str
    prices_at: str
    emulated: bool


class Charge(Struct, frozen=True, kw_only=True):
    """All of one name; of a run that lies in a period only in part, what is of whole runs is None."""

    name: str
    requests: int | None  # duplicates included
    duplicates: int | None
    accepted: int | None
    failed: int | None
    input_tokens: int
    output_tokens: int
    projected_pusd: PicoUSD | None
    direct_pusd: PicoUSD
    overhead_pusd: PicoUSD
    charged_pusd: PicoUSD
    held_pusd: PicoUSD
    baseline_pusd: PicoUSD | None  # an estimate: its answers at the chosen baseline; None: unknown
    saved_pusd: PicoUSD | None  # against that, net of its part of the overhead
    cap_pusd: PicoUSD | None  # of one run; None: no cap, or several runs
    cap_left_pusd: PicoUSD | None  # what that run may still send for it: by whose request is sent, overhead left out


class RunCharges(Struct, frozen=True, kw_only=True):
    """One run, split: lines and sums both add up to what it spent and what is held."""

    run: str
    job: str
    emulated: bool
    prices_at: str
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    lines: tuple[ChargeLine, ...]
    charges: tuple[Charge, ...]  # the dearest first


class Chargeback(Struct, frozen=True, kw_only=True):
    """Several runs together."""

    kind: str
    by: str
    duplicates: str  # split, first
    from_day: str | None  # inclusive, UTC
    to_day: str | None
    currency: str
    runs: tuple[str, ...]
    emulated_left_out: tuple[str, ...]  # runs that cost nothing, for they were sent to an emulator
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    charges: tuple[Charge, ...]  # the dearest first
    lines: tuple[ChargeLine, ...]

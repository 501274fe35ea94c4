"""What a report says beyond its totals: groups of requests, speed, samples of failures, and what all of it rests on."""

from collections.abc import Mapping

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.curve import CurvePoint
from modelroute_cli.report.summary import TokenCount

OTHERS = "(others)"
NAME_CHARS = 200


class GroupActual(Struct, frozen=True, kw_only=True):
    """How the requests of one template, tenant or task type fared, against the plan; duplicates are counted apart.

    Costs are of all attempts of these requests, judges and failed attempts among them.
    """

    name: str  # empty: requests that name none (of a tenant); hostile text, cut to NAME_CHARS
    groups: int = 1  # more than one: `name` is OTHERS, and this line stands for so many
    requests: int  # duplicates left out
    duplicates: int
    accepted: int
    failed: int
    escalated: int
    cost_pusd: PicoUSD
    projected_pusd: PicoUSD
    baseline_pusd: PicoUSD | None  # actual, an estimate: what the chosen baseline would have cost; None: unknown


class LatencyUse(Struct, frozen=True, kw_only=True):
    """How long one model took, from sending to the whole answer, in seconds.

    Answers that waited in batches and those of judges are left out.
    """

    model: str
    answers: int
    median_s: float
    p95_s: float
    longest_s: float
    bins: tuple[int, ...]  # answers by LATENCY_EDGES_S: one more than there are edges, the first below the first edge


LATENCY_EDGES_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 300.0)  # lower ends of all bins but the first


PACE_STEPS = 120


class PaceUse(Struct, frozen=True, kw_only=True):
    """What one model was sent over time, in at most PACE_STEPS steps of `step_s` seconds from the run's first attempt.

    Pauses between sessions are steps without attempts. What was handed in, or sent by a pilot, is left out.
    """

    model: str
    step_s: float
    started: tuple[int, ...]  # attempts that began in each step
    refused: tuple[int, ...]  # of them, those that were answered 429
    tokens: tuple[int, ...]  # input and output of them
    limit_rpm: int | None  # of the model, else of its account, as the settings or the catalog say; None: unknown
    limit_tpm: int | None  # input and output together


SAMPLE_CHARS = 500


class FailureSample(Struct, frozen=True, kw_only=True):
    """One request that failed: what it ended on.

    `text` and `reason` are a model's or a provider's, hostile, and cut to SAMPLE_CHARS characters.
    """

    custom_id: str
    reason: str
    model: str | None
    template: str
    text: str  # beginning of the last answer, or of the provider's message; empty where there is none
    cut: bool


class Choice(Struct, frozen=True, kw_only=True):
    """One way to answer the whole job, as planned, to stand beside the curve."""

    kind: str  # plan, chosen (the baseline), best_single, all_cheapest
    model: str | None
    cost_pusd: PicoUSD
    quality: float


class Basis(Struct, frozen=True, kw_only=True):
    """What the numbers rest on."""

    tool_version: str
    planned_at: str
    prices_at: str
    price_sources: Mapping[str, str]  # model -> source and date
    quality_source: str
    token_counts: tuple[TokenCount, ...]
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]
    hard_cap_source: str
    curve: tuple[CurvePoint, ...]  # the cheapest first
    choices: tuple[Choice, ...]
    personal_data: Mapping[str, int]  # requests in whose texts each kind was found


class Details(Struct, frozen=True, kw_only=True):
    """All of it, of one run."""

    templates: tuple[GroupActual, ...]  # the dearest first, 50 at most and OTHERS
    tenants: tuple[GroupActual, ...]  # the dearest first, 500 at most and OTHERS; none where no request names one
    latency: tuple[LatencyUse, ...]
    pace: tuple[PaceUse, ...]
    samples: tuple[FailureSample, ...]  # three of each reason, 30 at most
    basis: Basis

"""What waits in the queues of providers: limits of tokens and of batches, window by window."""

from collections.abc import Mapping
from dataclasses import replace

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.handed_in import DAY_S, batched, taking, within_a_day
from support.planning_jobs import OPTIONS, plan_of

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.schema import HANDED_IN, ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Match, Rule
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.planning.offers import MOST_WINDOWS, Offer, windows
from modelroute_cli.planning.plan import Plan
from modelroute_cli.planning.queues import Queue, queues

BATCH, STANDARD = ServiceTier.BATCH, ServiceTier.STANDARD
CATALOG = load_catalog(taking())
LUNA, SOL, HAIKU = (Offer(name, BATCH) for name in ("gpt-6-luna", "gpt-6-sol", "claude-haiku-5-5"))


def selling(card: TierTerms | None = None, **terms: object) -> Catalog:
    """The shipped catalog where OpenAI's batches have such terms, and gpt-6-luna's those of `card`."""
    own = TierTerms(**{"window_s": DAY_S, **terms})  # type: ignore[arg-type]
    openai = msgspec.structs.replace(
        CATALOG.providers["openai"], tiers={BATCH: own, ServiceTier.FLEX: TierTerms(window_s=900)}
    )
    luna = msgspec.structs.replace(CATALOG.models["gpt-6-luna"], tiers={BATCH: card} if card else {})
    return replace(
        CATALOG,
        models={**CATALOG.models, "gpt-6-luna": luna},
        providers={**CATALOG.providers, "openai": openai},
    )


def queue_of(*models: str, name: str, limit: int, counts_tokens: bool = True) -> Queue:
    """A queue of batches of a day."""
    return Queue(
        name=name,
        models=frozenset(models),
        tier=BATCH,
        window_s=DAY_S,
        limit=limit,
        counts_tokens=counts_tokens,
    )


def test_each_model_waits_in_a_queue_of_its_own() -> None:
    """Where a batch is of one model, as at OpenAI; what is not known is no limit."""
    found = queues((Offer("gpt-6-luna"), LUNA, SOL, HAIKU), selling(queue_tokens=5_000))
    assert found == (
        queue_of("gpt-6-luna", name="gpt-6-luna batch tokens", limit=5_000),
        queue_of("gpt-6-sol", name="gpt-6-sol batch tokens", limit=5_000),
    )
    assert queues((LUNA, SOL), selling()) == ()


def test_models_that_go_into_one_batch_wait_together() -> None:
    """In one queue of the account."""
    found = queues((LUNA, SOL), selling(queue_tokens=5_000, one_model=False))
    assert found == (queue_of("gpt-6-luna", "gpt-6-sol", name="openai batch tokens", limit=5_000),)


def test_models_of_a_group_share_a_queue() -> None:
    """They are one model to the provider, asked in several ways."""
    catalog = selling(queue_tokens=5_000)
    grouped = {name: msgspec.structs.replace(catalog.models[name], limit_group="gpt") for name in catalog.models}
    found = queues((SOL, LUNA), replace(catalog, models=grouped))
    assert found == (queue_of("gpt-6-luna", "gpt-6-sol", name="gpt-6-sol batch tokens", limit=5_000),)


def test_a_models_own_queue_comes_before_its_providers() -> None:
    """As every term of a card does."""
    found = queues((LUNA, SOL), selling(TierTerms(queue_tokens=70), queue_tokens=5_000))
    assert [(queue.name, queue.limit) for queue in found] == [
        ("gpt-6-luna batch tokens", 70),
        ("gpt-6-sol batch tokens", 5_000),
    ]


@pytest.mark.parametrize(
    ("offers", "one_model", "limit"),
    [((LUNA,), True, 300), ((LUNA, SOL), True, 200), ((LUNA, SOL), False, 300)],
    ids=["one model", "two models", "two models in one batch"],
)
def test_batches_that_may_be_open_hold_so_many_requests(
    offers: tuple[Offer, ...], limit: int, *, one_model: bool
) -> None:
    """Where each batch is of one model, the last one of each may be almost empty."""
    (found,) = queues(offers, selling(max_batches=3, max_requests=100, one_model=one_model))
    names = tuple(offer.model for offer in offers)
    assert found == queue_of(*names, name="openai batch requests", limit=limit, counts_tokens=False)


def test_a_number_of_batches_alone_limits_nothing() -> None:
    """They may be as large as one likes."""
    assert queues((LUNA,), selling(max_batches=3)) == ()


def test_a_window_counts_some_times_over_only_where_a_queue_is_limited() -> None:
    """Else it does not matter how long a request waits beyond the first."""
    assert max(windows(selling())) == DAY_S
    found = windows(selling(queue_tokens=1))
    assert [each for each in found if each >= DAY_S] == [DAY_S * times for times in range(1, MOST_WINDOWS + 1)]
    assert 900 in found
    assert 1_800 not in found


CANDIDATES = pl.DataFrame(
    {
        "row": [0, 0, 1],
        "model": ["gpt-6-luna", "gpt-6-luna", "gpt-6-sol"],
        "service_tier": ["standard", "batch", "batch"],
        "input_tokens": [10, 10, 30],
    }
)


@pytest.mark.parametrize(
    ("patience", "windows_", "use"),
    [
        ([DAY_S, DAY_S, DAY_S], 1, [0, 10, 30]),
        ([DAY_S, DAY_S, 2 * DAY_S], 1, [0, 10, 0]),
        ([DAY_S, DAY_S, 2 * DAY_S], 2, [0, 10, 30]),
        ([None, None, 0], 1, [0, 0, 30]),
        ([900 * DAY_S] * 3, MOST_WINDOWS, [0, 10, 30]),
    ],
)
def test_a_queue_counts_what_is_due_in_so_many_windows(
    patience: list[int | None], windows_: int, use: list[int]
) -> None:
    """Of its tier and models; what has no deadline goes when there is room."""
    queue = queue_of("gpt-6-luna", "gpt-6-sol", name="q", limit=1)
    assert queue.use(CANDIDATES, pl.Series(patience, dtype=pl.Int64), windows_).tolist() == use


def tiers_of(plan: Plan) -> list[str]:
    """The tier of every request, in input order."""
    return plan.assignments.collect()["service_tier"].cast(pl.String).to_list()


def limited(tokens: int) -> Mapping[str, object]:
    """Settings with a queue of so many tokens at OpenAI."""
    return {"providers__openai__tiers__batch__queue_tokens": tokens, "objective__min_quality": 0.0}


@pytest.mark.parametrize(("deadline_s", "waiting"), [(DAY_S, 2), (2 * DAY_S, 3), (3 * DAY_S, 5), (9 * DAY_S, 10)])
def test_what_a_queue_has_no_room_for_goes_at_standard(deadline_s: int, waiting: int) -> None:
    """Ten requests of 107 tokens, a queue of 250: two a day, and where one is left over it is not counted on."""
    plan = batched([{}] * 10, "gpt-6-luna", deadline_s=deadline_s, settings=taking(**limited(250)))
    assert tiers_of(plan).count("batch") == waiting


def test_who_can_wait_longer_makes_room_for_who_cannot() -> None:
    """Two windows hold twice as much, but what is due in the first must fit into it."""
    rows = [*({"deadline_s": DAY_S, "has_deadline": True} for _ in range(5)), *({} for _ in range(5))]
    tiers = tiers_of(batched(rows, "gpt-6-luna", deadline_s=2 * DAY_S, settings=taking(**limited(250))))
    assert tiers.count("batch") == 3
    assert tiers[:5].count("batch") <= 2


@given(st.lists(st.integers(1, 50), min_size=1, max_size=60), st.integers(50, 200), st.integers(1, 7))
def test_what_a_queue_holds_always_goes_through_it(sizes: list[int], limit: int, windows_: int) -> None:
    """Handed in in any order, as much as there is room for at a time."""
    queue = queue_of("gpt-6-luna", name="q", limit=limit)
    held = queue.holds(windows_, max(sizes))
    used, room = 1, limit
    for size in sizes:
        held -= size
        if held < 0:
            break
        if size > room:
            used, room = used + 1, limit
        room -= size
    assert used <= windows_


def test_the_plan_says_what_a_tight_queue_costs() -> None:
    """In the words of other limits."""
    plan = batched([{}] * 10, "gpt-6-luna", settings=taking(**limited(250)))
    (said,) = plan.header.limit_prices
    assert said.startswith("10% more gpt-6-luna batch tokens until the deadline would save ~$0.0000")


def test_a_rule_that_wants_batches_alone_is_refused_where_they_do_not_fit() -> None:
    """The limit is named."""
    rule = Rule(name="night", match=Match(), allow=("gpt-6-luna",), service_tiers=(BATCH,))
    held = replace(taking(**limited(250)), rules=(rule,))
    with pytest.raises(InfeasibleError, match="gpt-6-luna batch tokens"):
        plan_of([{}] * 10, held, within_a_day())
    assert set(tiers_of(plan_of([{}] * 10, held, OPTIONS))) == {"batch"}


DEADLINES = st.one_of(st.none(), st.integers(0, 400_000))
ROWS = st.lists(
    st.builds(
        lambda own, tokens, kind, model: {
            "deadline_s": own,
            "has_deadline": own is not None,
            "input_tokens": tokens,
            "importance": kind,
            "model": model,
        },
        DEADLINES,
        st.integers(1, 5_000),
        st.sampled_from(["bulk", "standard"]),
        st.sampled_from([None, None, "gpt-6-luna", "claude-haiku-5-5"]),
    ),
    min_size=10,
    max_size=20,
)


@settings(deadline=None, max_examples=4)
@given(ROWS, DEADLINES, st.sampled_from([0.0, 0.8, 0.85]), st.sampled_from([None, 3_000]))
def test_nothing_is_handed_in_that_could_be_late(
    rows: list[Mapping[str, object]], deadline_s: int | None, floor: float, queue: int | None
) -> None:
    """Whatever the mixture: a tier's window fits each deadline, and its queue holds what is due."""
    flags = {"objective__min_quality": floor, **({} if queue is None else limited(queue))}
    plan = plan_of(rows, taking(**{**flags, "objective__min_quality": floor}), replace(OPTIONS, deadline_s=deadline_s))
    waiting = 0
    for row, given_ in zip(rows, plan.assignments.collect().iter_rows(named=True), strict=True):
        left = row["deadline_s"] if row["deadline_s"] is not None else deadline_s
        tier = ServiceTier(given_["service_tier"])
        if tier is STANDARD or given_["duplicate_of"] is not None:
            continue
        window = plan.header.providers[plan.header.models[given_["model"]].provider].tiers[tier].window_s or 0
        assert isinstance(left, int)
        assert left >= window
        if tier in HANDED_IN and given_["model"] == "gpt-6-luna" and left < 2 * DAY_S:
            waiting += given_["input_tokens"]
    assert queue is None or waiting <= queue

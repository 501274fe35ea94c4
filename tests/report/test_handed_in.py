"""What is handed in, by the journal alone."""

from pathlib import Path

import msgspec
import pytest
from support.batch_journals import DUE, answered, at, batch, journal, lines, step, submitted
from support.report_plans import card, header

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.execution.in_doubt import in_doubt
from modelroute_cli.execution.journal_batches import batches
from modelroute_cli.execution.records import BatchStepKind, Record
from modelroute_cli.planning.plan import PlanHeader
from modelroute_cli.report.handed_in import BatchLine, HandedIn, handed_in, reserved


def selling(terms: TierTerms) -> PlanHeader:
    """A plan whose provider sells its batch tier so."""
    providers = header().providers
    provider = msgspec.structs.replace(providers["openai"], tiers={ServiceTier.BATCH: terms})
    return msgspec.structs.replace(header(), providers={"openai": provider})


def _groups(path: Path, *records: Record) -> tuple[HandedIn, ...]:
    return handed_in(
        batches(journal(path / "journal.db", records)), selling(TierTerms(window_s=86_400, typical_s=3_600))
    )


def test_a_batch_is_told_as_its_provider_has_it(tmp_path: Path) -> None:
    """Its names there, how far it is, when most answers come, when the provider gives up, what it can cost."""
    [group] = _groups(tmp_path, batch(1, 3), *lines(1, range(3)), *submitted(1, "batch_abc", 1), *answered(0))
    assert group == HandedIn(
        provider="openai",
        service_tier="batch",
        requests=3,
        done=1,
        collected=1,
        state="running",
        since=at(10, 15),
        expected_at="2026-11-23T11:15:00+00:00",
        due_at=DUE,
        reserved_pusd=PicoUSD(2 * 10**9),
        batches=(
            BatchLine(
                batch=1,
                name="batch_abc",
                file="file-1",
                tag="mr-1",
                model="cheap-1",
                requests=3,
                done=1,
                collected=1,
                state="running",
                since=at(10, 15),
                expected_at="2026-11-23T11:15:00+00:00",
                ends_at="2026-11-24T10:15:00+00:00",
                due_at=DUE,
                spent_pusd=PicoUSD(3 * 10**8),
                reserved_pusd=PicoUSD(2 * 10**9),
                note="",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (BatchStepKind.UPLOADED, "uploaded"),
        (BatchStepKind.SUBMITTING, "being submitted"),
        (BatchStepKind.SUBMITTED, "submitted"),
        (BatchStepKind.NOT_TAKEN, "to be submitted again"),
        (BatchStepKind.CANCELLING, "being cancelled"),
        (BatchStepKind.ENDED, "to be collected"),
        (BatchStepKind.GONE, "not known there any more"),
    ],
)
def test_every_step_has_words(tmp_path: Path, kind: BatchStepKind, state: str) -> None:
    """Wherever a run was cut off."""
    [group] = _groups(tmp_path, batch(1, 1), *lines(1, [0]), step(1, kind, at(10)))
    assert group.state == state


def test_a_batch_of_which_nothing_was_sent_is_one_too(tmp_path: Path) -> None:
    """It has no name, no time, and nothing is expected of it."""
    [group] = _groups(tmp_path, batch(1, 1), *lines(1, [0]))
    assert (group.state, group.since, group.expected_at, group.done) == ("to be uploaded", None, None, None)


def test_providers_and_tiers_stand_apart_and_what_is_settled_is_left_out(tmp_path: Path) -> None:
    """By name; the state is that of the batch that is furthest behind, the times those of the first and the last."""
    groups = _groups(
        tmp_path,
        *(batch(1, 2), batch(2, 2), batch(3, 2), batch(4, 1, "anthropic"), batch(5, 1, "openai", "background_2h")),
        *(record for number in (1, 2, 3) for record in lines(number, range(2 * number, 2 * number + 2))),
        *submitted(1, "b1", 2),
        step(1, BatchStepKind.ENDED, at(12)),
        *submitted(3, "b3", 2),
        step(3, BatchStepKind.SETTLED, at(12)),
    )
    assert [(group.provider, group.service_tier, len(group.batches)) for group in groups] == [
        ("anthropic", "batch", 1),
        ("openai", "background_2h", 1),
        ("openai", "batch", 2),
    ]
    assert (groups[2].requests, groups[2].done, groups[2].state) == (4, 2, "to be uploaded")


def test_a_provider_that_left_the_plan_is_known_by_its_name(tmp_path: Path) -> None:
    """Nothing is expected of it."""
    [group] = _groups(tmp_path, batch(1, 1, "gone"), *lines(1, [0]), *submitted(1, "b1"))
    assert (group.provider, group.expected_at, group.batches[0].ends_at) == ("gone", None, None)


def test_a_model_may_have_terms_of_its_own(tmp_path: Path) -> None:
    """They stand above its provider's."""
    own = msgspec.structs.replace(card("cheap-1"), tiers={ServiceTier.BATCH: TierTerms(typical_s=60)})
    plan = selling(TierTerms(window_s=86_400, typical_s=3_600))
    views = batches(journal(tmp_path / "journal.db", [batch(1, 1), *lines(1, [0]), *submitted(1, "b1")]))
    [group] = handed_in(views, msgspec.structs.replace(plan, models={"cheap-1": own}))
    assert group.expected_at == "2026-11-23T10:16:00+00:00"
    assert group.batches[0].ends_at == "2026-11-24T10:15:00+00:00"


def test_what_is_reserved_is_for_batches_that_are_open(tmp_path: Path) -> None:
    """A settled one whose cost is unknown is held, and no longer reserved."""
    path = journal(
        tmp_path / "journal.db",
        [
            *(batch(1, 2), batch(2, 1)),
            *lines(1, [0, 1]),
            *lines(2, [2]),
            *submitted(1, "b1"),
            step(2, BatchStepKind.SETTLED, at(12)),
        ],
    )
    assert reserved(batches(path)) == PicoUSD(2 * 10**9)


def test_what_is_handed_in_is_not_in_doubt(tmp_path: Path) -> None:
    """Its provider is asked for it: it is not sent a second time."""
    path = journal(tmp_path / "journal.db", [batch(1, 1), *lines(1, [0]), *submitted(1, "b1")])
    assert in_doubt(path) == ()

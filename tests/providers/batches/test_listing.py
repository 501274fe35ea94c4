"""Tests of modelroute_cli.providers.batches.listing."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.batch_wire import SINCE, account, done, fails, said
from support.calls import OPENAI

from modelroute_cli.providers.base import FailureKind
from modelroute_cli.providers.batch import BatchPhase, BatchStatus
from modelroute_cli.providers.batches.listing import Page, is_since, since_then

ACCOUNT, _ = account(OPENAI, Path())


def batch(name: str, age_s: float | None = 0.0) -> BatchStatus:
    """A batch that began so long before `SINCE`."""
    created = None if age_s is None else SINCE - timedelta(seconds=age_s)
    return BatchStatus(name=name, phase=BatchPhase.ENDED, created_at=created)


class Pages:
    """An account's list, page by page; `asked` is after what."""

    def __init__(self, *pages: list[BatchStatus], endless: bool = False) -> None:
        self.pages = list(pages)
        self.endless = endless
        self.asked: list[str | None] = []

    async def __call__(self, after: str | None) -> Page:
        """The next one."""
        self.asked.append(after)
        if self.endless:
            return Page(said({}), (batch(f"b-{len(self.asked)}"),), more=True)
        return Page(said({}), tuple(self.pages.pop(0)), more=bool(self.pages))


def names(pages: Pages) -> list[str]:
    """What is found."""
    return [each.name for each in done(since_then(ACCOUNT, pages, SINCE))]


def test_pages_are_read_to_the_last() -> None:
    """Each after the last of the one before."""
    pages = Pages([batch("a"), batch("b")], [batch("c")], [])
    assert names(pages) == ["a", "b", "c"]
    assert pages.asked == [None, "b", "c"]


def test_an_empty_account_has_none() -> None:
    """One look says so."""
    assert names(Pages([])) == []


def test_a_page_of_old_ones_alone_is_the_last() -> None:
    """An account has thousands; one old batch among new ones ends nothing."""
    pages = Pages([batch("a"), batch("old", 86_400)], [batch("older", 90_000)], [batch("never read")])
    assert names(pages) == ["a"]
    assert pages.asked == [None, "old"]


def test_a_server_that_knows_no_pages_is_asked_twice_at_most() -> None:
    """It gives the same again."""
    same = [batch("a"), batch("b")]
    pages = Pages(same, same, same)
    assert names(pages) == ["a", "b"]
    assert len(pages.asked) == 2


def test_a_list_without_an_end_says_nothing() -> None:
    """Then nobody knows whether the batch is there, and nothing may be submitted."""
    error = fails(since_then(ACCOUNT, Pages(endless=True), SINCE))
    assert error.failure.kind is FailureKind.MALFORMED
    assert error.failure.message == "the answer cannot be read: more than 200 pages of batches"


@given(st.floats(-1e6, 1e6))
def test_a_batch_is_ours_from_that_moment_on(age_s: float) -> None:
    """Who asks has allowed for clocks that differ."""
    assert is_since(batch("a", age_s), SINCE) == (timedelta(seconds=age_s) <= timedelta(0))


def test_a_batch_without_a_time_may_be_ours() -> None:
    """It is looked at."""
    assert names(Pages([batch("a", None)])) == ["a"]

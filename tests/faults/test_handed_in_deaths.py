"""Requests that were handed in survive the death of the program at every exchange and commit, at every provider.

The batch APIs are the true ones and the other side is the emulator, whose books say what was billed. `DEATHS` in the
environment makes more random trials of each provider.
"""

import os
import random

import pytest
from support.mortal import PLACES, Death, Trial, random_death
from support.runs import scratch

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.settings import EmulatorBatches
from modelroute_cli.execution.work import RunOutcome

ROWS = 6
TRIALS = int(os.environ.get("DEATHS", "4"))
QUICK = EmulatorBatches(seconds=600)
SHAKY = EmulatorBatches(seconds=600, rate_limited=0.3, lost_answers=0.3)


def check(trial: Trial, outcome: RunOutcome | None) -> None:
    """Every request has one answer, every answer was billed once, and the books agree to the pico-dollar."""
    assert outcome is not None
    assert (outcome.accepted, outcome.failed, outcome.unsent) == (ROWS, 0, 0)
    assert trial.handed_in is not None
    assert (trial.handed_in.answers, trial.world.transport.stats.answered_again) == (ROWS, 0)
    assert (outcome.spent_pusd, outcome.held_pusd) == (trial.charged_pusd, 0)


@pytest.mark.parametrize("place", PLACES)
def test_the_program_dies_around_every_exchange(place: str) -> None:
    """Before it is made, and once the provider has done what it was asked."""
    for after in (False, True):
        for nth in range(1, 12):
            with scratch() as folder:
                trial = Trial.at(place, ROWS, folder, QUICK, ServiceTier.BATCH)
                first = trial.session(Death(nth, at_commit=False, after=after))
                check(trial, first or trial.session())


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("number", range(TRIALS))
def test_it_dies_at_random_and_answers_get_lost(place: str, number: int) -> None:
    """Up to three deaths, while submissions meet 429s and some are taken without a word."""
    rng = random.Random(f"{place}/{number}")  # noqa: S311 - where to die
    with scratch() as folder:
        trial = Trial.at(place, ROWS, folder, SHAKY, ServiceTier.BATCH)
        outcome = None
        for _ in range(rng.randint(1, 3)):
            outcome = outcome or trial.session(random_death(rng))
        check(trial, outcome or trial.session())


@pytest.mark.parametrize("number", range(TRIALS))
def test_a_background_response_that_may_have_been_taken_is_held_and_asked_by_itself(number: int) -> None:
    """It cannot be looked up: its worst case stays counted, and no bill is beyond what is spent and held."""
    rng = random.Random(number)  # noqa: S311 - where to die
    with scratch() as folder:
        trial = Trial.at("openai", ROWS, folder, QUICK, ServiceTier.BACKGROUND_8H)
        first = trial.session(random_death(rng))
        outcome = first or trial.session()
        assert outcome is not None
        assert (outcome.accepted, outcome.failed) == (ROWS, 0)
        assert outcome.spent_pusd <= trial.charged_pusd <= outcome.spent_pusd + outcome.held_pusd

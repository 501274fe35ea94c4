"""How long requests can wait, in the windows of what can be bought."""

import pytest
from support.planning_jobs import requests_of

from modelroute_cli.planning.patience import with_patience

WINDOWS = (900, 86_400)


@pytest.mark.parametrize(
    ("own", "job", "patience"),
    [
        (None, None, None),
        (None, 3_600, 900),
        (None, 899, 0),
        (60, None, 0),
        (900, None, 900),
        (90_000, 60, 86_400),
        (60, 90_000, 0),
    ],
    ids=str,
)
def test_patience_is_the_longest_window_that_fits(own: int | None, job: int | None, patience: int | None) -> None:
    """A row's own deadline counts before the job's; without any there is none to keep."""
    requests = requests_of({"deadline_s": own, "has_deadline": own is not None})
    assert with_patience(requests, WINDOWS, job)["patience_s"].to_list() == [patience]


def test_deadlines_of_all_lengths_are_few_kinds() -> None:
    """Thousands of different deadlines fall on the few windows there are."""
    requests = requests_of(*({"deadline_s": seconds} for seconds in range(0, 100_000, 997)))
    assert set(with_patience(requests, WINDOWS, None)["patience_s"]) == {0, 900, 86_400}

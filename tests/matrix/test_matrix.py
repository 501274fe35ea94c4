"""Every provider in every case: encoded, sent over HTTP to loopback, decoded, priced and judged."""

import pytest
from matrix.cells import ANSWERS, TROUBLES, Case
from matrix.exchange import KEY, Exchanged
from matrix.listing import EVERY
from matrix.page import cells_of

ROWS = {listed.name: listed for listed in EVERY}
EXPECTED = {
    Case.TEXT: ("pass", "Earl Grey.", None),
    Case.SCHEMA: ("pass", '{"subject": "Earl Grey"}', None),
    Case.TOOLS: ("pass", "", "look_up"),
    Case.IMAGE: ("pass", "Earl Grey.", None),
    Case.REFUSAL: ("refusal", "", None),
    Case.TRUNCATED: ("truncated", "Earl", None),
    Case.EMPTY: ("empty", "", None),
}


def done(name: str, case: Case) -> Exchanged:
    """One cell."""
    return cells_of(name)[case]


@pytest.mark.parametrize("case", ANSWERS)
@pytest.mark.parametrize("name", ROWS)
def test_an_answer_is_read_priced_and_judged(name: str, case: Case) -> None:
    """Text, gate and tool alike at every provider; the money by the provider's own count, to the pico-dollar."""
    came = done(name, case).came
    words = ROWS[name].refusal_text if case is Case.REFUSAL else EXPECTED[case][1]
    assert (came.verdict, came.text, came.tool) == (EXPECTED[case][0], words, EXPECTED[case][2])
    assert came.cost_pusd == ROWS[name].cost_pusd


@pytest.mark.parametrize("case", TROUBLES)
@pytest.mark.parametrize("name", ROWS)
def test_a_trouble_is_known_told_and_met(name: str, case: Case) -> None:
    """Its class, its message and what the run does about it."""
    came, expected = done(name, case).came, ROWS[name].troubles[case]
    assert (came.verdict, came.text, came.follows) == (expected.kind, expected.message, expected.follows)


@pytest.mark.parametrize("case", TROUBLES)
@pytest.mark.parametrize("name", ROWS)
def test_only_what_may_be_billed_stays_held(name: str, case: Case) -> None:
    """A plain error costs nothing; an unknown outcome keeps its reservation."""
    came = done(name, case).came
    assert came.cost_pusd == (None if came.verdict in {"unknown", "malformed"} else 0)


@pytest.mark.parametrize("name", ROWS)
def test_the_request_goes_where_it_must_with_its_key(name: str) -> None:
    """Path and header as the provider's documents say; the key stands nowhere else."""
    sent, listed = done(name, Case.TEXT).sent, ROWS[name]
    carrying = [header for header, value in sent.headers.items() if KEY in value]
    expected = [] if listed.key_header is None else [listed.key_header]
    assert sent.path == listed.path
    assert [header for header in carrying if header not in listed.account.provider.key_headers] == expected
    assert KEY.encode() not in sent.body


@pytest.mark.parametrize("name", ROWS)
def test_a_provider_is_declared_in_ten_lines(name: str) -> None:
    """As a user writes it."""
    assert len([line for line in ROWS[name].declared.splitlines() if line != "providers:"]) <= 10

"""What a re-plan is told by, and what it makes of those that wait."""

import asyncio

import polars as pl
from support.plans import CHEAP, OTHER, STRONG, Row, plan_of
from support.tickets import assigned, ticket

from modelroute_cli.base.frames import check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Need, Request
from modelroute_cli.execution.bounds import input_bound
from modelroute_cli.execution.moves import Figures, moved_shelves, moved_tickets, told
from modelroute_cli.execution.open_frames import WAITING, open_frame, waiting_frame
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.steps import Later
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.tickets import History
from modelroute_cli.planning.open_requests import OPEN
from modelroute_cli.planning.replan import MOVED

ALL = Figures(
    left=(CHEAP,), requests=12, places={OTHER: 10, STRONG: 2}, cost_pusd=PicoUSD(12 * 10**9), quality=0.853, was=0.88
)


def figures(**other: object) -> Figures:
    """ALL but for what is said."""
    told_ = {name: getattr(ALL, name) for name in Figures.__slots__}
    return Figures(**{**told_, **other})


def test_a_re_plan_in_words() -> None:
    """Whose requests go where, for how much, and how good that is."""
    assert told(ALL).text == (
        "12 requests of `cheap-1` go to `other-1` (10) and `strong-1` (2): ~$0.012, "
        "expected quality 0.85 where it was 0.88"
    )
    assert (told(ALL).subject, told(ALL).requests) == (CHEAP, 12)


def test_what_could_not_be_done_is_said() -> None:
    """One after the other."""
    short = figures(unfunded=3, waiting=1_000, unable=2)
    assert told(short).text.partition("0.88")[2] == (
        "; the money is not expected to reach for 3 of them; 1,000 of them wait until their model opens again; "
        "no model that is left may do 2 of them"
    )


def test_when_nothing_moves_that_is_said_too() -> None:
    """And how many models were closed at once."""
    nowhere = figures(left=(CHEAP, OTHER), requests=1, places={}, cost_pusd=PicoUSD(0), quality=None, waiting=1)
    assert told(nowhere).text == (
        "1 request of `cheap-1` and `other-1`: none can go anywhere else; 1 of them wait until their model opens again"
    )
    one = figures(requests=1, places={OTHER: 1}, cost_pusd=PicoUSD(10**9), quality=None)
    assert told(one).text == "1 request of `cheap-1` goes to `other-1` (1): ~$0.0010"


def _placed(*rows: tuple[int, str, bool]) -> pl.DataFrame:
    """Requests 0, 1, ... with a new model, and whether they are funded."""
    waiting = waiting_frame([ticket(assigned(row)) for row, _, _ in rows], [])
    new = [(row, model, "standard", 90, 40, 0, 150, 800, 900, 4_000, 0.9, paid) for row, model, paid in rows]
    moved = pl.DataFrame(new, schema=MOVED, orient="row")
    kept = waiting.drop([name for name in MOVED if name in waiting.columns and name != "row"])
    return kept.join(moved, on="row").with_columns(left=pl.lit(CHEAP))


def test_a_ticket_keeps_what_it_went_through() -> None:
    """A new first attempt, with the model it left among those it tried; without money it goes last."""
    worn = ticket(assigned(0), history=History(failures=2, unknown=1, tried=(STRONG,)))
    [step] = moved_tickets(_placed((0, OTHER, False), (1, OTHER, True)), {0: worn})
    assert isinstance(step.following, Later)
    moved = step.following.ticket
    assert (moved.kind, moved.model, moved.max_tokens, moved.worst_pusd) == (AttemptKind.FALLBACK, OTHER, 150, 4_000)
    assert (moved.history, moved.late) == (History(tried=(STRONG, CHEAP)), True)
    assert (moved.assigned.model, moved.assigned.cost_pusd, moved.assigned.row) == (OTHER, 800, 0)


def test_rows_stay_rows() -> None:
    """Those with money and those without on shelves of their own; a row becomes an attempt when its turn comes."""
    shelves = [
        *moved_shelves(_placed((0, OTHER, True), (1, OTHER, False), (2, STRONG, True), (3, OTHER, True)), {3: ticket()})
    ]
    supplies = [Supply(each.rows.lazy(), each.make) for each in shelves]
    heads = [shelf.first() for supply in supplies for shelf in supply.shelves.values()]
    found = [(head[1].assigned.row, head[1].model, head[1].late) for head in heads if head is not None]
    assert sorted(found) == [(0, OTHER, False), (1, OTHER, True), (2, STRONG, False)]
    assert heads[0] is not None
    assert heads[0][1].history == History(tried=(CHEAP,))


def test_tickets_and_shelved_rows_become_one_frame() -> None:
    """By row, with the columns' own types, and with what each ticket tried."""
    plan = plan_of([Row(), Row(), Row(model=OTHER)])
    shelf = Supply(plan.assignments, ticket).shelves[CHEAP].take_all()
    tried = ticket(assigned(7), history=History(tried=(STRONG, OTHER)))
    frame = check(waiting_frame([tried], [shelf]), WAITING)
    assert frame["row"].to_list() == [0, 1, 7]
    assert frame["tried"].to_list() == ["", "", f"{STRONG}\n{OTHER}"]
    assert waiting_frame([], []).height == 0


def test_each_request_says_what_it_asks_for() -> None:
    """Read once from the job file, at its own place."""
    asks = Request(
        custom_id="r0", prompt="write", min_quality=0.9, response_schema={"type": "object"}, max_output_tokens=50
    )
    plain = Request(custom_id="r1", prompt="write more", temperature=0.5)
    waiting = waiting_frame([ticket(assigned(0)), ticket(assigned(1))], [])

    def read(offset: int, length: int) -> Request:
        del length
        return (asks, plain)[offset]

    frame = asyncio.run(open_frame(waiting, read, {}))
    assert check(frame, OPEN).select("needs", "min_quality", "has_schema", "own_limit").rows() == [
        (0, 0.9, True, 50),
        (Need.TEMPERATURE.bit, None, False, 0),
    ]
    assert frame["bound_tokens"].to_list() == [input_bound(asks, {}).tokens, input_bound(plain, {}).tokens]

"""Rules of who receives what."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.plans import CHEAP, OTHER, STRONG, Row, plan_of

from modelroute_cli.base.schema import PersonalData
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.processing.reading import CATEGORIES, TRANSMISSIONS, Part
from modelroute_cli.report.processing.recipients import outside_eea, possible, recipients, terms_of
from modelroute_cli.report.processing.types import Counted, Recipient, Sent

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
EMAIL, IBAN = PersonalData.EMAIL.bit, PersonalData.IBAN.bit


def plan(**fields: object) -> Plan:
    """Three models: two in the EU with terms, of one nobody knows anything."""
    made = plan_of((Row(), Row(), Row(model=OTHER)))
    known = {"regions": ("eu",), "retention_days": 0, "zero_retention": "always", "trains_on_data": False}
    cards = {
        name: structs.replace(card, **known, data_source="a contract of 2026-11") if name != STRONG else card
        for name, card in made.header.models.items()
    }
    header = structs.replace(made.header, models=cards, control_rules=(), **fields)
    return Plan(header, made.assignments)


def sent(*rows: Sequence[object]) -> pl.DataFrame:
    """TRANSMISSIONS of `row`, `model`, `purpose` and, where given, tier, redacted, emulated."""
    full = [(row[0], row[1], (*row, "standard")[3], row[2], AT, *(*row, False, False, False)[4:6]) for row in rows]
    return pl.DataFrame(full, schema=TRANSMISSIONS, orient="row")


def known(rows: Mapping[int, tuple[str | None, int]]) -> pl.DataFrame:
    """CATEGORIES of rows by their class and what was found in them."""
    full = [(row, data_class, bits, "text", "de") for row, (data_class, bits) in rows.items()]
    return pl.DataFrame(full, schema=CATEGORIES, orient="row")


def part(transmissions: pl.DataFrame, categories: pl.DataFrame | None, made: Plan | None = None) -> Part:
    """What was sent of a plan."""
    return Part(plan=made or plan(), transmissions=transmissions, categories=categories)


def by_provider(found: Sequence[Recipient]) -> dict[str, Recipient]:
    """Each by its name."""
    return {each.provider: each for each in found}


@pytest.mark.parametrize(
    ("regions", "outside"),
    [
        (("eu",), "no"),
        (("local",), "no"),
        (("eu", "local"), "no"),
        (("us",), "yes"),
        (("eu", "us"), "yes"),
        (("global",), "yes"),
        (("cn",), "yes"),
        ((), "unknown"),
    ],
)
def test_only_the_eu_and_this_machine_are_inside(regions: tuple[str, ...], outside: str) -> None:
    """A place that nobody states is unknown, never inside."""
    assert outside_eea(regions) == outside


def test_terms_are_those_of_the_card_else_unknown() -> None:
    """Unknown is None and empty, not zero days and not `no`."""
    stated, unknown = (terms_of(plan().header, name) for name in (CHEAP, STRONG))
    assert (stated.regions, stated.retention_days, stated.zero_retention) == (("eu",), 0, "always")
    assert stated.trains_on_data is False
    assert stated.source == "a contract of 2026-11"
    assert (unknown.regions, unknown.retention_days, unknown.zero_retention) == ((), None, None)
    assert unknown.trains_on_data is None
    assert (unknown.outside_eea, unknown.source) == ("unknown", "")


def test_each_recipient_has_its_requests_once_and_all_its_transmissions() -> None:
    """Judges and retries are transmissions of the same request."""
    frame = sent(
        (0, CHEAP, "answers"), (0, CHEAP, "answers"), (1, CHEAP, "answers", "batch"), (0, STRONG, "judging answers")
    )
    found = by_provider(recipients([part(frame, known({0: ("personal", EMAIL), 1: (None, 0)}))]))
    cheap = found[plan().header.models[CHEAP].provider]
    strong = found[plan().header.models[STRONG].provider]
    assert (cheap.requests, cheap.transmissions, cheap.stored_as_files) == (2, 3, True)
    assert cheap.service_tiers == (Counted("standard", 2), Counted("batch", 1))
    assert (strong.requests, strong.purposes) == (1, (Counted("judging answers", 1),))
    assert (strong.first_at, strong.stored_as_files) == ("2026-11-23T10:00:00+00:00", False)


def test_categories_are_counted_in_requests_of_that_recipient() -> None:
    """A request with two kinds counts in both; one without any says so."""
    frame = sent((0, CHEAP, "answers"), (1, CHEAP, "answers"), (1, CHEAP, "answers"))
    [found] = recipients([part(frame, known({0: ("personal", EMAIL | IBAN), 1: (None, 0), 2: ("public", EMAIL)}))])
    assert found.sent == Sent(
        data_classes=(Counted("not said", 1), Counted("personal", 1)),
        personal_data=(Counted("email", 1), Counted("iban", 1), Counted("none found", 1)),
        modalities=(Counted("text", 2),),
        languages=(Counted("de", 2),),
    )


def test_where_one_part_is_gone_the_categories_are_unknown() -> None:
    """Half of a count would be read as the whole."""
    frame = sent((0, CHEAP, "answers"))
    [found] = recipients([part(frame, known({0: (None, 0)})), part(frame, None)])
    assert (found.requests, found.sent) == (2, None)


def test_what_was_replaced_and_what_was_emulated_is_counted_in_transmissions() -> None:
    """Each by itself."""
    frame = sent((0, CHEAP, "answers", "standard", True, False), (1, CHEAP, "answers", "standard", False, True))
    [found] = recipients([part(frame, None)])
    assert (found.redacted, found.emulated, found.transmissions) == (1, 1, 2)


def test_a_plan_names_whom_else_it_may_turn_to() -> None:
    """Escalations, fallbacks and judges to whom nothing is assigned; nobody twice."""
    made = plan(escalations={"all": (STRONG,)}, allowed={"all": (CHEAP,)})
    found = recipients([part(sent((0, CHEAP, "answers")), None, made)])
    others = possible(made.header, found)
    assert [(each.models, each.possible, each.requests, each.sent) for each in others] == [((STRONG,), True, 0, None)]
    assert possible(made.header, (*found, *others)) == ()


def test_the_baseline_is_a_possible_recipient_only_where_it_may_be_compared() -> None:
    """Otherwise it is a number in a report."""
    quiet = {"escalations": {}, "allowed": {}}
    assert possible(plan(**quiet).header, ()) == ()


PURPOSES = st.sampled_from(["answers", "judging answers"])
ATTEMPTS = st.tuples(st.integers(0, 6), st.sampled_from([CHEAP, OTHER, STRONG]), PURPOSES)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ATTEMPTS, min_size=1, max_size=20))
def test_nothing_is_lost_and_nothing_counted_twice(rows: list[tuple[int, str, str]]) -> None:
    """Transmissions add up; of each recipient, classes add up to its requests."""
    classes = {row: ("personal" if row % 2 else None, row % 4) for row in range(7)}
    found = recipients([part(sent(*rows), known(classes))])
    assert sum(each.transmissions for each in found) == len(rows)
    assert all(sum(count.count for count in each.purposes) == each.transmissions for each in found)
    for each in found:
        assert each.sent is not None
        assert sum(count.count for count in each.sent.data_classes) == each.requests

"""Rules of finding templates in a job as it is read."""

import pytest
from support.templated import Templated, share_right, templated

from modelroute_cli.base.schema import Request
from modelroute_cli.features.mining import Match, Miner

BLOCK = 1_000


@pytest.fixture(scope="module")
def batch() -> Templated:
    """Fifty templates over 20,000 requests."""
    return templated(20_000)


def name(match: Match | None) -> str:
    """The name of the skeleton."""
    return match.skeleton.name if match else "none"


def mined(batch: Templated, order: list[int]) -> list[str]:
    """The names that the requests get when read in an order, in the order of the batch."""
    miner, names = Miner(), [""] * len(order)
    for start in range(0, len(order), BLOCK):
        places = order[start : start + BLOCK]
        for place, match in zip(places, miner.match([batch.requests[each] for each in places]), strict=True):
            names[place] = name(match)
    return names


def test_known_templates_are_found_in_any_order(batch: Templated) -> None:
    """At least 99 of 100 requests are in the right group, and nine of ten have one name in two orders."""
    mixed = mined(batch, list(range(20_000)))
    sorted_ones = mined(batch, sorted(range(20_000), key=batch.truth.__getitem__))
    assert share_right(mixed, batch.truth) >= 0.99
    assert share_right(sorted_ones, batch.truth) >= 0.99
    assert sum(one == other for one, other in zip(mixed, sorted_ones, strict=True)) >= 18_000


def test_one_of_a_kind_requests_fit_nothing() -> None:
    """Requests that share no pattern have no match."""
    prompts = ["Name a river.", "Translate: good day", "Why is the sky blue?", "Write a haiku about rain.", "2 + 2 = ?"]
    assert Miner().match([Request(custom_id=text, prompt=text) for text in prompts]) == [None] * 5


def test_a_rare_template_is_found_over_several_blocks() -> None:
    """Requests that fit nothing yet are remembered."""
    miner = Miner()
    found = [
        miner.match([Request(custom_id=who, prompt=f"Write a birthday card for {who}, in verse.")])[0]
        for who in ("Alba", "Bo", "Cleo", "Dara", "Edo")
    ]
    assert [match is None for match in found] == [True, True, True, False, False]


def test_a_system_message_whose_words_vary_is_part_of_the_text() -> None:
    """A field in it does not part a template."""
    requests = [
        Request(custom_id=str(at), system=f"You write for the shop {at}abc, briefly.", prompt=f"Praise tea {at}x now.")
        for at in range(12)
    ]
    assert len({name(match) for match in Miner().match(requests)} - {"none"}) == 1


def test_the_order_of_json_fields_does_not_part_a_template() -> None:
    """Objects with the same fields are of one template."""
    rows = [f'{{"task": "write a product headline", "name": "n{at}x"}}' for at in range(6)]
    rows += [f'{{"name": "m{at}y", "task": "write a product headline"}}' for at in range(6)]
    found = Miner().match([Request(custom_id=row, prompt=row) for row in rows])
    assert len({name(match) for match in found}) == 1
    assert None not in found

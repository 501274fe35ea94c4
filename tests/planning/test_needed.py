"""What a request needs that a model or its provider may lack."""

import pytest
from msgspec.structs import replace
from support.calls import make_card

from modelroute_cli.base.schema import Modality, Need
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.planning.needed import READ, lacks, unfetched

READS = Provider(name="a", base_url="https://a.invalid")
READS_NONE = replace(READS, fetches_links=False)
ABLE = replace(make_card(), modalities=tuple(Modality))


def test_what_is_read_has_the_name_of_its_modality() -> None:
    """Cards and requests speak of the same."""
    assert [need.value for need in READ] == [each.value for each in Modality if each is not Modality.TEXT]


@pytest.mark.parametrize("need", READ)
def test_a_model_reads_what_its_card_says(need: Need) -> None:
    """All of what a request carries, not the most demanding alone."""
    assert not lacks(ABLE, READS, sum(each.bit for each in READ), may_fetch=False)
    others = tuple(each for each in Modality if each.value != need.value)
    assert lacks(replace(ABLE, modalities=others), READS, sum(each.bit for each in READ), may_fetch=False)


def test_tools_need_a_model_that_knows_them() -> None:
    """Sampling, stop words and seeds do not: they are dropped, or done here."""
    plain = replace(make_card(), tools=False, sampling=False, stop=False)
    assert lacks(plain, READS, Need.TOOLS.bit, may_fetch=True)
    dropped = (Need.TEMPERATURE, Need.TOP_P, Need.SEED, Need.STOP)
    assert not lacks(plain, READS, sum(need.bit for need in dropped), may_fetch=False)


@pytest.mark.parametrize(
    ("provider", "may_fetch", "unread"),
    [
        (READS, False, (Need.FETCHED,)),
        (READS, True, ()),
        (READS_NONE, False, (Need.LINKED, Need.FETCHED)),
        (READS_NONE, True, ()),
    ],
)
def test_addresses_are_read_by_somebody(provider: Provider, may_fetch: bool, unread: tuple[Need, ...]) -> None:  # noqa: FBT001 - a column of the table
    """Pictures by a provider that does, else by the run where it may; sound and PDFs by the run alone."""
    assert unfetched(provider.fetches_links, may_fetch) == unread
    for need in (Need.LINKED, Need.FETCHED):
        assert lacks(ABLE, provider, need.bit, may_fetch=may_fetch) == (need in unread)

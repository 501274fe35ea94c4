"""What a request needs that a model or its provider may lack: one answer for plans and for what a run turns to."""

from typing import Final

from modelroute_cli.base.schema import Need
from modelroute_cli.catalog.cards import ModelCard, Provider

READ: Final = (Need.IMAGE, Need.AUDIO, Need.FILE)
"""What a model must be able to read; each has the name of its modality."""


def unfetched(fetches_links: bool, may_fetch: bool) -> tuple[Need, ...]:  # noqa: FBT001 - both are named by callers
    """What is given by its address and reaches no model: the provider reads none, and the run may not either.

    Sound and PDFs are never sent as addresses: before they are read nobody can say what they cost at most.
    """
    if may_fetch:
        return ()
    return (Need.FETCHED,) if fetches_links else (Need.LINKED, Need.FETCHED)


def missing(card: ModelCard, provider: Provider, *, may_fetch: bool) -> int:
    """What a model, or its provider, lacks of all that requests may ask beside their text: a bit of Need each."""
    unread = [need for need in READ if need.value not in card.modalities]
    tools = () if card.tools else (Need.TOOLS,)
    return sum(need.bit for need in (*unread, *tools, *unfetched(provider.fetches_links, may_fetch)))


def lacks(card: ModelCard, provider: Provider, asked: int, *, may_fetch: bool) -> bool:
    """Whether a model cannot do what a request with these `needs` asks beside its text."""
    return bool(asked & missing(card, provider, may_fetch=may_fetch))

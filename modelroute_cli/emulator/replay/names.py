"""Which model of the catalog a request on the wire asks."""

from collections.abc import Iterable
from dataclasses import dataclass

from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.variants import base_name
from modelroute_cli.emulator.asked import Asked


@dataclass(frozen=True, slots=True)
class _Card:
    """A name, and the effort that it sends where that sets it apart from its card."""

    name: str
    effort: str | None


class ModelNames:
    """Names of the catalog by what goes over the wire: the account, and the model as it is called there."""

    def __init__(self, catalog: Catalog, variants: Iterable[str] = ()) -> None:
        self._known: dict[tuple[str, str], list[_Card]] = {}
        efforts = (name for name in variants if base_name(name) != name and name not in list(catalog.models))
        for name in (*catalog.models, *efforts):
            card = catalog.models[name]
            effort = card.effort if base_name(name) != name else None
            self._known.setdefault((card.provider, card.model_id), []).append(_Card(name, effort))

    def of(self, asked: Asked) -> str | None:
        """The name of the model asked; of `NAME@EFFORT` where that effort is asked for and was named. None: unknown.

        Efforts that a format sends as a number of tokens cannot be told apart: the card itself is found.
        """
        known = self._known.get((asked.provider, asked.model), ())
        return next(
            (card.name for card in known if card.effort is not None and card.effort == asked.effort),
            next((card.name for card in known if card.effort is None), None),
        )

"""Models by name, with `NAME@EFFORT` for a card that sends another effort than its own."""

from collections.abc import Iterator, Mapping

import msgspec

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.cards import ModelCard

SEPARATOR = "@"


class Models(Mapping[str, ModelCard]):
    """Cards by name. `NAME@EFFORT` is looked up like a card, for each effort the card takes; cards alone are listed."""

    def __init__(self, cards: Mapping[str, ModelCard]) -> None:
        self._cards = dict(cards)

    def __getitem__(self, name: str) -> ModelCard:
        if name in self._cards:
            return self._cards[name]
        base, _, effort = name.rpartition(SEPARATOR)
        card = self._cards[base]
        if effort not in card.efforts:
            raise KeyError(name)
        return msgspec.structs.replace(card, name=name, effort=effort)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __len__(self) -> int:
        return len(self._cards)


def base_name(name: str) -> str:
    """The name of the card that a variant is of; a name without an effort is its own."""
    return name.rpartition(SEPARATOR)[0] or name


def check_effort(models: Mapping[str, ModelCard], name: str, where: str = "") -> None:
    """SettingsError for `NAME@EFFORT` of a card that does not take the effort; `where` is put before the message."""
    base = base_name(name)
    if name in models or base == name or base not in models:
        return
    efforts = models[base].efforts
    message = f"{where}`{base}` does not take the effort `{name.rpartition(SEPARATOR)[2]}`"
    listed = ", ".join(f"`{base}{SEPARATOR}{effort}`" for effort in efforts)
    hint = f"it can be named as {listed}" if efforts else f"it takes none: name it `{base}`"
    raise SettingsError(message, hint=hint)

"""Who may judge a pilot: one model for all its answers, which wrote none of them.

Two judges are two scales, so a pilot has one. It is not of the weights of any model that is measured, the baseline's
neither: models prefer their own words (Panickssery et al. 2024). A judge of the baseline's family is warned of.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand

_LETTERS = re.compile(r"[a-z]+")
_OF_GPT = re.compile(r"o\d")


@dataclass(frozen=True, slots=True)
class JudgeFound:
    """The judge of a pilot, and what the user is warned of."""

    name: str
    warnings: tuple[str, ...] = ()


def find_judge(named: str, catalog: Catalog, writers: Sequence[str], baseline: str) -> JudgeFound:
    """The first model of `named` (a name or an alias) that wrote none of the answers, one of another family first.

    `writers` are the models that are measured; the baseline is one of them whether it is named or not. SettingsError
    where nobody is left, and for a name that nobody knows.
    """
    written = {catalog.models[name].base_model for name in (*writers, baseline)}
    free = [name for name in expand(catalog, (named,)) if catalog.models[name].base_model not in written]
    if not free:
        message = f"the judge `{named}` writes answers in this pilot itself, and no model judges its own words"
        hint = "name a model of other weights as judge, or leave it out with `--exclude`"
        raise SettingsError(message, hint=hint)
    theirs = family_of(catalog.models[baseline].base_model)
    name = min(free, key=lambda each: family_of(catalog.models[each].base_model) == theirs)
    if family_of(catalog.models[name].base_model) != theirs:
        return JudgeFound(name)
    warning = (
        f"the judge `{name}` is of the family of the baseline `{baseline}` and may prefer its words: name one of "
        "another family, or check it against labels from people"
    )
    return JudgeFound(name, (warning,))


def family_of(base_model: str) -> str:
    """The family of weights, by their name: `gpt` of `gpt-6-sol` (and of `o3`), `mistral` of `mistral-small`."""
    name = base_model.lower()
    found = _LETTERS.search(name)
    return "gpt" if _OF_GPT.match(name) else found[0] if found else name

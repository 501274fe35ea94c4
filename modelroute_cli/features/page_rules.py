"""How many tokens a vendor makes of a page of a PDF: rules of data/tokenizers.yaml, by family and model."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated

from msgspec import Meta, Struct


class PageRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every page takes, whatever stands on it."""

    models: tuple[str, ...]  # patterns of base models: `gemini-3*`
    each: Annotated[int, Meta(ge=1)]
    high: Annotated[int, Meta(ge=1)]  # what a reservation under the hard cap takes


def page_rule(rules: Sequence[PageRule], base_model: str) -> PageRule | None:
    """The first rule for a model; None where its vendor counts what stands on a page."""
    return next((rule for rule in rules if any(fnmatchcase(base_model, pattern) for pattern in rule.models)), None)

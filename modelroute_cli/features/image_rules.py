"""How many tokens a vendor makes of a picture of known size: rules of data/tokenizers.yaml, by family and model."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated

from msgspec import Meta, Struct

_Pixels = Annotated[int, Meta(ge=1, le=2**16)]


class ImageRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture is scaled down, cut into squares and counted: `base` + squares x `each`.

    In this order: the long side to `fit`, the short side to `short_side`, and, where more than `most` squares are
    left, all of it until so many do.
    """

    models: tuple[str, ...]  # patterns of base models: `gpt-5.4*`
    side: _Pixels | None = None  # of a square; None: the picture counts as one, whatever its size
    fit: _Pixels | None = None
    short_side: _Pixels | None = None
    most: Annotated[int, Meta(ge=1)] | None = None
    crop: Annotated[float, Meta(gt=1)] | None = None  # squares of the short side / crop, from `crop_least` to `side`
    crop_least: _Pixels = 1
    small: _Pixels | None = None  # a picture with no side longer counts as one square
    base: Annotated[int, Meta(ge=0)] = 0
    each: Annotated[float, Meta(gt=0)]
    high: Annotated[float, Meta(ge=1)]  # times the count: what a reservation under the hard cap takes


def image_rule(rules: Sequence[ImageRule], base_model: str) -> ImageRule | None:
    """The first rule for a model; None when its vendor is not known to have any."""
    return next((rule for rule in rules if any(fnmatchcase(base_model, pattern) for pattern in rule.models)), None)

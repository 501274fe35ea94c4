"""Tokens of the pictures of each request, by the rule of the model that would see them."""

import polars as pl

from modelroute_cli.features.image_rules import ImageRule, image_rule
from modelroute_cli.features.tokens import TokenFamily

_TINY = 1e-6  # what a division of whole numbers may be off, in squares


def image_tokens(family: TokenFamily, base_model: str, *, high: bool) -> pl.Expr:
    """The sum over `image_sizes`; a picture of unknown size, or without a rule, takes its family's number.

    Most of a quote's time: where no request has a picture, `no_images` stands in for it.
    """
    unknown = family.image_tokens_high if high else family.image_tokens
    rule = image_rule(family.images, base_model)
    if rule is None:
        return pl.col("image_sizes").list.len().fill_null(0).cast(pl.Int64) * unknown
    size = pl.element()
    known = counted(rule, size // 2**16, size % 2**16, high=high)
    each = pl.when(size == 0).then(pl.lit(unknown, pl.Int64)).otherwise(known)
    return pl.col("image_sizes").list.eval(each).list.sum().fill_null(0).cast(pl.Int64)


def no_images() -> pl.Expr:
    """What `image_tokens` says of requests of which none has a picture."""
    return pl.lit(0, pl.Int64)


def counted(rule: ImageRule, width: pl.Expr, height: pl.Expr, *, high: bool) -> pl.Expr:
    """Tokens of a picture of so many pixels, rounded up; `high`: the most it may take."""
    wide, tall = _shrunk(rule, width.cast(pl.Float64), height.cast(pl.Float64))
    squares = _squares(rule, wide, tall)
    if rule.most is not None and rule.side is not None:
        least = pl.lit(float(rule.most)) if high else _fitted(wide, tall, rule.side, rule.most)
        squares = pl.when(squares > rule.most).then(least).otherwise(squares)
    total = rule.base + squares * rule.each
    return ((total * rule.high if high else total) - _TINY).ceil().cast(pl.Int64)


def _shrunk(rule: ImageRule, wide: pl.Expr, tall: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The sides after scaling down to `fit` and `short_side`; nothing is ever scaled up."""
    for limit, side in ((rule.fit, pl.max_horizontal), (rule.short_side, pl.min_horizontal)):
        if limit is not None:
            scale = (limit / side(wide, tall)).clip(upper_bound=1.0)
            wide, tall = wide * scale, tall * scale
    return wide, tall


def _squares(rule: ImageRule, wide: pl.Expr, tall: pl.Expr) -> pl.Expr:
    """How many squares cover the picture."""
    if rule.side is None:
        return pl.lit(1.0)
    unit = pl.lit(float(rule.side))
    if rule.crop is not None:
        unit = (pl.min_horizontal(wide, tall) / rule.crop).floor().clip(rule.crop_least, rule.side)
    covering = _up(wide / unit) * _up(tall / unit)
    if rule.small is None:
        return covering
    return pl.when(pl.max_horizontal(wide, tall) <= rule.small).then(pl.lit(1.0)).otherwise(covering)


def _fitted(wide: pl.Expr, tall: pl.Expr, side: int, most: int) -> pl.Expr:
    """Squares after scaling down to at most `most` of them, one side to whole squares (OpenAI, images and vision)."""
    scale = (side * side * most / (wide * tall)).sqrt() / side
    across, down = wide * scale, tall * scale
    whole = pl.min_horizontal(_down(across) / across, _down(down) / down)
    return (_up(across * whole) * _up(down * whole)).clip(1.0, float(most))


def _up(squares: pl.Expr) -> pl.Expr:
    return (squares - _TINY).ceil().clip(lower_bound=1.0)


def _down(squares: pl.Expr) -> pl.Expr:
    return (squares + _TINY).floor().clip(lower_bound=1.0)

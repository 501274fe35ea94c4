"""Tokens of the pages and the sound of each request, and what its tools add, as a family of models counts them."""

from typing import Final

import polars as pl

from modelroute_cli.base.schema import Need
from modelroute_cli.features.page_rules import page_rule
from modelroute_cli.features.tokens import TokenFamily

NOTHING: Final = pl.lit(0, pl.Int64)


def needs(*asked: Need) -> pl.Expr:
    """Whether a request has any of these needs."""
    return (pl.col("needs").fill_null(0) & sum(need.bit for need in asked)) != 0


def page_tokens(family: TokenFamily, base_model: str, *, high: bool) -> pl.Expr:
    """Of all its PDFs."""
    rule = page_rule(family.pages, base_model)
    each = family.page_tokens_high if high else family.page_tokens
    if rule is not None:
        each = rule.high if high else rule.each
    return pl.when(needs(Need.FILE)).then(pl.col("pages") * each).otherwise(NOTHING)


def sound_tokens(family: TokenFamily, *, high: bool) -> pl.Expr:
    """Of all its sound."""
    each = family.audio_tokens_high if high else family.audio_tokens
    return pl.when(needs(Need.AUDIO)).then(pl.col("audio_s") * each).otherwise(NOTHING)


def tools_base(family: TokenFamily) -> pl.Expr:
    """What tools add besides their text, which is counted with the content."""
    return pl.when(needs(Need.TOOLS)).then(pl.lit(family.tools_base, pl.Int64)).otherwise(NOTHING)

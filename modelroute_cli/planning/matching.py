"""Whether a request is one that a rule is for, told from the REQUESTS frame."""

import re
from collections.abc import Iterator, Sequence

import polars as pl

from modelroute_cli.base.schema import PersonalData
from modelroute_cli.catalog.settings import Match, TokenSpan
from modelroute_cli.jobs.facets import metadata_facet, tag_facet

_WORDS = ("task_type", "importance", "modality", "data_class", "tenant", "language")
_PATTERN = re.compile(r"[*?]")


def holds(match: Match) -> pl.Expr:
    """Whether every field that the match sets has one of its values; what a request does not say matches nothing."""
    tests = [test.fill_null(value=False) for test in _tests(match)]
    return pl.all_horizontal(pl.lit(value=True), *tests)


def _tests(match: Match) -> Iterator[pl.Expr]:
    """A test for each field that is set."""
    for name in _WORDS:
        if values := getattr(match, name):
            yield pl.col(name).cast(pl.String).is_in([str(value) for value in values])
    if match.template:
        yield pl.any_horizontal(*(_named_like(pattern) for pattern in match.template))
    if match.tags:
        yield _has_any([tag_facet(tag) for tag in match.tags])
    for name, values in match.metadata.items():
        yield _has_any([metadata_facet(name, value) for value in values])
    if match.input_tokens is not None:
        yield _within(match.input_tokens)
    if match.personal_data:
        yield (pl.col("personal") & _bits(match.personal_data)) != 0
    if match.excluded is not None:
        yield ~holds(match.excluded)


def _named_like(pattern: str) -> pl.Expr:
    """Whether the template has this name, or one like it."""
    if not _PATTERN.search(pattern):
        return pl.col("template") == pattern
    wild = {"*": ".*", "?": "."}
    expression = "".join(wild.get(char) or re.escape(char) for char in pattern)
    return pl.col("template").str.contains(f"^(?s:{expression})$")


def _has_any(facets: Sequence[str]) -> pl.Expr:
    """Whether a request has one of these facets."""
    return pl.any_horizontal(*(pl.col("facets").list.contains(facet) for facet in facets))


def _within(span: TokenSpan) -> pl.Expr:
    """Whether a request is as long as that."""
    size = pl.col("input_tokens")
    return (size >= (span.min or 0)) & (pl.lit(value=True) if span.max is None else size <= span.max)


def _bits(kinds: Sequence[PersonalData]) -> int:
    """The kinds of personal data as the `personal` column carries them."""
    return sum(kind.bit for kind in set(kinds))

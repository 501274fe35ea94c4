"""How each family of models counts THIS job: the family's ratio, measured on a sample of the job's own texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import polars as pl
from msgspec.structs import replace

from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.features.family_counts import count_many, mean_ratio, own_count
from modelroute_cli.features.tokens import Method, TokenFamily, count_o200k, family
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader

SAMPLE = 200  # requests whose texts are read again
LEAST = 2_000  # fewer requests are not worth loading other vocabularies, 0.4 s of CPU: kinds of text decide there
_TEXT_CHARS = 4_000  # read of each text: Claude's count takes 5 microseconds a character
_SURE = 2.6  # standard errors: 99% of normal draws


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts of some requests, spread evenly over all `requests`; read only when they are asked for."""

    job: JobFile
    frame: pl.LazyFrame
    requests: int

    def texts(self) -> list[str]:
        """The texts of at most SAMPLE requests."""
        step = max(self.requests // SAMPLE, 1)
        places = self.frame.select("offset", "length").gather_every(step).head(SAMPLE).collect().iter_rows()
        with RequestReader(self.job.path) as reader:
            taken = [reader.at(offset, length) for offset, length in places]
        return ["\n".join(turn.content for turn in request.turns())[:_TEXT_CHARS] for request in taken]


def measure_families(sample: Sample, cards: Iterable[ModelCard]) -> Mapping[str, TokenFamily]:
    """The families of `cards`, those that are not o200k with `ratio`, `method` and `bound` as found on this job.

    The same job gives the same ratios. A job that was not read from a file keeps the ratios that ship.
    """
    counted = {card.tokenizer: card for card in cards}
    families = {name: family(name) for name in sorted(counted)}
    if all(each.method == "exact" for each in families.values()) or not sample.job.path.is_file():
        return families
    texts = sample.texts()
    return {name: _measured(counted[name], texts, sample.requests) for name in families}


def _measured(card: ModelCard, texts: Sequence[str], requests: int) -> TokenFamily:
    """A model's family as it counts these texts."""
    each = family(card.tokenizer)
    base = count_o200k(texts)
    if each.method == "exact" or not sum(base):
        return each
    if requests < LEAST or own_count(each.engine) is None:
        found = mean_ratio(texts, base, each)
        return _with_ratio(each, found.ratio, each.method, found.bound)
    own = count_many(texts, card).counts
    ratio = sum(own) / sum(base)
    return _with_ratio(each, ratio, "calibrated", _standard_error(base, own, ratio) * _SURE / ratio)


def _standard_error(base: Sequence[int], own: Sequence[int], ratio: float) -> float:
    """Of the ratio of two sums (Cochran, Sampling Techniques, 6.4), the finite job left out of account."""
    off = sum((mine - ratio * theirs) ** 2 for mine, theirs in zip(own, base, strict=True))
    return sqrt(off * len(base) / max(len(base) - 1, 1)) / sum(base)


def _with_ratio(each: TokenFamily, ratio: float, method: Method, bound: float) -> TokenFamily:
    """The ratio in the place of what ships; reservations never go below it with its bound."""
    ratio, bound = round(ratio, 4), round(bound, 4)
    high = max(each.ratio_high, round(ratio * (1 + bound), 4))
    return replace(each, ratio=ratio, ratio_high=high, method=method, bound=bound)


def count_texts(families: Mapping[str, TokenFamily]) -> tuple[str, ...]:
    """In words, how the input of each family was counted."""
    return tuple(_words(each) for each in families.values())


def _words(each: TokenFamily) -> str:
    """`input tokens of claude_5: 1.64 x o200k, calibrated, within 12%`."""
    if each.method == "exact":
        return f"input tokens of {each.name}: exact"
    how = f"{each.ratio:.2f} x o200k, {each.method}"
    within = f"within {each.bound:.1%}" if each.bound else f"up to {each.ratio_high:.2f} x"
    return f"input tokens of {each.name}: {how}, {within}"

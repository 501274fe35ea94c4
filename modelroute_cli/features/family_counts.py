"""Tokens as other vendors count them: by their own vocabulary where an engine has it, else by ratios with a bound."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import ceil
from unicodedata import normalize

import splintr

from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.features.text_class import text_class
from modelroute_cli.features.tokens import ClassRatio, Method, TokenFamily, count_o200k, family

CountTexts = Callable[[Sequence[str]], list[int]]

_CLAUDE_FRAMES = {"3.0": 7, "4.8": 6}  # ctok's README: what it adds to the content of one message


@dataclass(frozen=True, slots=True)
class Counted:
    """Content tokens of texts, how they were found, and how far their sum may be off (a share; 0 when exact)."""

    counts: list[int]
    method: Method
    bound: float


def count_many(texts: Sequence[str], model: ModelCard) -> Counted:
    """The content tokens of each text as `model` counts them, in order; no text can crash it.

    Exact where an installed engine has the vocabulary of its family, else o200k counts times a ratio, with its bound.
    SettingsError when the card names a family that is not known.
    """
    asked = family(model.tokenizer)
    if asked.method == "exact":
        return Counted(count_o200k(texts), "exact", 0.0)
    own = own_count(asked.engine)
    return by_class(texts, asked) if own is None else Counted(own(texts), "exact", 0.0)


def by_class(texts: Sequence[str], asked: TokenFamily) -> Counted:
    """o200k counts times the ratio of each text's class, rounded up; the bound is that of their sum."""
    counts = count_o200k(texts)
    scaled = [ceil(count * _ratio(asked, text).ratio) for count, text in zip(counts, texts, strict=True)]
    return Counted(scaled, asked.method, mean_ratio(texts, counts, asked).bound)


def mean_ratio(texts: Sequence[str], counts: Sequence[int], asked: TokenFamily) -> ClassRatio:
    """The ratio of all `texts` together, by their classes and o200k `counts`; its bound as if all erred alike."""
    parts = [(count, _ratio(asked, text)) for count, text in zip(counts, texts, strict=True)]
    scaled = sum(count * each.ratio for count, each in parts)
    off = sum(count * each.ratio * each.bound for count, each in parts)
    return ClassRatio(scaled / max(sum(counts), 1), off / scaled if scaled else 0.0)


def _ratio(asked: TokenFamily, text: str) -> ClassRatio:
    """The measured ratio of the text's class, else the family's own with its upper end as the bound."""
    return asked.classes.get(text_class(text)) or ClassRatio(asked.ratio, asked.ratio_high / asked.ratio - 1)


def _carried(text: str) -> str:
    """The text with lone surrogates replaced as tiktoken replaces them: no other engine takes them."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@cache
def own_count(engine: str) -> CountTexts | None:
    """What counts as the vendor does (`splintr deepseek_v3`, `ctok 4.8`); None where nothing is installed that can."""
    package, _, vocabulary = engine.partition(" ")
    if package == "splintr":
        return _splintr(vocabulary)
    if package == "toktok" and find_spec("toktok") is not None:
        return _toktok(vocabulary)
    if package == "ctok" and find_spec("ctok") is not None:
        return _claude(vocabulary)
    return None


def _splintr(vocabulary: str) -> CountTexts:
    """By a vocabulary inside splintr, which leaves out Qwen's first step: NFC."""
    encode = splintr.Tokenizer.from_pretrained(vocabulary).encode_ordinary
    ready = _composed if vocabulary.startswith("qwen") else _carried
    return lambda texts: [len(encode(ready(text))) for text in texts]


def _composed(text: str) -> str:
    return normalize("NFC", _carried(text))


def _toktok(vocabulary: str) -> CountTexts:
    """By a vocabulary inside toktok; threads cost it twice the CPU."""
    from toktok import batch_count  # noqa: PLC0415 - an extra

    return lambda texts: batch_count([_carried(text) for text in texts], vocabulary, threads=1)


def _claude(version: str) -> CountTexts:
    """Content tokens as Claude counts them: ctok adds the frame of one message, which plans add themselves."""
    from ctok import token_count  # noqa: PLC0415 - an extra

    frame = _CLAUDE_FRAMES[version]
    return lambda texts: [token_count(_carried(text), version) - frame if text else 0 for text in texts]

"""Input tokens: exact o200k counts, and how each family of models counts relative to them."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.features.engines import counter
from modelroute_cli.features.image_rules import ImageRule
from modelroute_cli.features.page_rules import PageRule
from modelroute_cli.features.text_class import TextClass

_Tokens = Annotated[int, Meta(ge=0)]
_Ratio = Annotated[float, Meta(ge=0.5, le=5)]
Method = Literal["exact", "calibrated", "assumed"]


class ClassRatio(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Tokens per o200k token for one class of text, and how far a job's sum may be off, as a share."""

    ratio: _Ratio
    bound: Annotated[float, Meta(ge=0, le=2)]


class TokenFamily(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one family counts: a chat takes ceil(o200k x `ratio`) + `frame_base` + messages x `frame_per_message`."""

    name: str = ""
    method: Method
    ratio: _Ratio  # tokens per o200k token, centre
    ratio_high: _Ratio  # upper end, for reservations under the hard cap
    frame_base: _Tokens
    frame_per_message: _Tokens
    schema_base: _Tokens  # added by a response schema, besides its text
    image_tokens: _Tokens  # per image of unknown size, or where no rule holds: centre
    image_tokens_high: _Tokens
    images: tuple[ImageRule, ...] = ()  # where the size is known: the first that holds for a model
    source: str
    engine: str = ""  # what counts as the vendor does, where it is installed
    classes: Mapping[TextClass, ClassRatio] = {}
    frame_base_high: _Tokens = 0  # upper end for reservations; 0: frame_base
    page_tokens: _Tokens = 3_000  # a page of a PDF where no rule holds, its text and its picture: centre
    page_tokens_high: _Tokens = 10_000
    pages: tuple[PageRule, ...] = ()  # the first that holds for a model
    audio_tokens: _Tokens = 32  # a second of sound: centre
    audio_tokens_high: _Tokens = 40
    tools_base: _Tokens = 350  # added by tools, besides their text
    bound: float = 0.0  # how far the sum of a job's input may be off, as a share; 0: exact, or not known


def count_o200k(texts: Sequence[str]) -> list[int]:
    """The o200k tokens of each text, exact and in order; texts are plain text and none can crash it."""
    return counter().count_many(texts)


def family(name: str) -> TokenFamily:
    """The token family a model card names; SettingsError with the nearest name when there is none."""
    families = _families()
    if name in families:
        return families[name]
    message = f"unknown tokenizer `{name}`"
    near = get_close_matches(name, families, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(f'`{known}`' for known in families)}"
    raise SettingsError(message, hint=hint)


@cache
def _families() -> Mapping[str, TokenFamily]:
    """All families of data/tokenizers.yaml, each with its name."""
    table = shipped_table("tokenizers.yaml", dict[str, TokenFamily])
    return {name: replace(entry, name=name) for name, entry in table.items()}

"""Pictures, sound and files of a request: what they are by their own bytes, and the tokens a family makes of them."""

import base64
import binascii
import hashlib
import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import polars as pl

from modelroute_cli.features.image_rules import image_rule
from modelroute_cli.features.tokens import TokenFamily, family
from modelroute_cli.jobs.image_header import Size, image_kind, image_size
from modelroute_cli.planning.image_counts import counted

Kind = Literal["image", "audio", "file"]

_DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,(.*)", re.DOTALL | re.IGNORECASE)
_FAMILIES = (
    (re.compile(r"claude-(?:\w+-(?:4-[78]|4\.[78]|5)|5)"), "claude_5"),
    (re.compile(r"claude"), "claude_4"),
    (re.compile(r"gemini|gemma"), "gemini"),
)
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_PAGE_TOKENS = 258  # Gemini's count of a page, ai.google.dev, document understanding; others are taken to be alike
_AUDIO_TOKENS_A_S = {"gemini": 32.0}  # ai.google.dev, audio understanding
_USUAL_AUDIO_TOKENS_A_S = 10.0  # gpt-4o-audio-preview: 600 a minute
_MP3_BYTES_A_S = 16_000  # 128 kbit/s, as most are
_UNKNOWN_AMOUNT: dict[Kind, float] = {"image": 0.0, "audio": 30.0, "file": 1.0}
_WAV_RATE, _WAV_DATA = slice(28, 32), b"data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """Something in a request that is not text, as far as its tokens depend on it."""

    kind: Kind
    size: Size | None = None  # of a picture; None where only an address is given
    amount: float = 0.0  # seconds of sound, pages of a file
    key: str = field(default="", compare=False)  # the same for the same content


def from_base64(kind: Kind, data: str) -> Medium | None:
    """What stands inline; None where it is no base64 or, of a picture, no picture."""
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    if kind == "image" and image_kind(raw) is None:
        return None
    size = image_size(raw) if kind == "image" else None
    return Medium(kind=kind, size=size, amount=_amount(kind, raw), key=_key(raw))


def from_url(kind: Kind, url: str) -> Medium | None:
    """A data URL's content, or an address that the provider would fetch, as something of unknown size."""
    found = _DATA_URL.fullmatch(url)
    if found:
        return from_base64(kind, found[2])
    return unknown(kind, url) if url.startswith(("https://", "http://")) else None


def unknown(kind: Kind, name: str) -> Medium:
    """What is behind an address or was uploaded, which the emulator never opens: one page, half a minute."""
    return Medium(kind=kind, amount=_UNKNOWN_AMOUNT[kind], key=_key(name.encode("utf-8", "replace")))


def _amount(kind: Kind, raw: bytes) -> float:
    """Seconds of sound, pages of a file."""
    if kind == "audio":
        return _seconds(raw)
    return max(1, len(_PAGE.findall(raw))) if kind == "file" else 0.0


def _key(content: bytes) -> str:
    """A digest of what it is."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def tokens(medium: Medium, model: str) -> int:
    """Input tokens that a model of this name is billed for it, rounded up."""
    family_name = _family_name(model)
    match medium.kind:
        case "image":
            return _picture(medium.size, model.rpartition("/")[2], family_name)
        case "audio":
            return math.ceil(medium.amount * _AUDIO_TOKENS_A_S.get(family_name, _USUAL_AUDIO_TOKENS_A_S))
        case "file":
            return int(medium.amount) * _PAGE_TOKENS


def family_of(model: str) -> TokenFamily:
    """How a model of this name counts what is not text: its chat's frame, pictures, sound, pages."""
    return family(_family_name(model))


def _family_name(model: str) -> str:
    """Which family of data/tokenizers.yaml counts for a model, by its name."""
    return next((name for pattern, name in _FAMILIES if pattern.search(model)), "o200k")


@lru_cache(maxsize=4096)
def _picture(size: Size | None, base_model: str, family_name: str) -> int:
    """A picture by the family's own rule for its size; its flat number where there is no rule or no size."""
    known: TokenFamily = family(family_name)
    rule = image_rule(known.images, base_model)
    if rule is None or size is None:
        return known.image_tokens
    width, height = pl.lit(size.width), pl.lit(size.height)
    return int(pl.select(counted(rule, width, height, high=False)).item())


def _seconds(raw: bytes) -> float:
    """How long a sound lasts: of WAV by its header, of anything else as MP3 of the usual rate."""
    place = raw.find(_WAV_DATA, 12, 4096) if raw.startswith(b"RIFF") else -1
    rate = int.from_bytes(raw[_WAV_RATE], "little")
    if place < 0 or not rate:
        return len(raw) / _MP3_BYTES_A_S
    stated = int.from_bytes(raw[place + 4 : place + 8], "little")
    return min(stated, len(raw) - place - 8) / rate

"""Writes marketing.jsonl: 1,000 bulk e-mail requests and 10 premium headlines, the same bytes on every machine.

    python sample_jobs/make_marketing.py

Parts of briefs in eight languages (parts/*.yaml) are put together by choices that depend on nothing but the
place of the mail, through a hash: Python's own random numbers may change from one version to the next.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import TypedDict, TypeVar, cast

import yaml

HERE = Path(__file__).parent
MAILS = 1_000
COPIES = 18
MAILS_OF_LANGUAGE = {"en": 372, "de": 160, "fr": 120, "es": 110, "it": 70, "nl": 56, "pt": 47, "pl": 47}
OUTPUT_LIMIT_TOKENS = 700
HEADLINE_DEADLINE = "10m"  # somebody waits for them: shorter than any tier that makes one wait
_EVERY_TYPED = 40  # one mail in so many says its task type; the classifier must earn the others
_EVERY_EXTRA = 16  # one English brief in so many asks for a mail in another language
_CODES = ("AUTUMN", "HELLO", "BACK", "THANKS", "EARLY", "FRIEND", "TEN")
_ORDERS = (
    ("opening", "fact", "detail", "segment", "reason", "offer", "tone", "length", "constraint", "manner"),
    ("opening", "segment", "fact", "detail", "offer", "reason", "length", "tone", "constraint", "manner"),
    ("opening", "length", "fact", "reason", "detail", "segment", "offer", "constraint", "manner", "tone"),
    ("opening", "fact", "detail", "reason", "segment", "tone", "offer", "manner", "constraint", "length"),
    ("segment", "opening", "fact", "detail", "reason", "offer", "tone", "constraint", "length"),
    ("fact", "detail", "opening", "segment", "reason", "offer", "tone", "length"),
)

Row = dict[str, object]
Item = TypeVar("Item")


class Product(TypedDict):
    """What is advertised, and what can be said of it."""

    name: str
    facts: list[str]


class Parts(TypedDict, total=False):
    """The parts of one language."""

    products: list[Product]
    openings: list[str]
    segments: list[str]
    reasons: list[str]
    offers: list[str]
    tones: list[str]
    lengths: list[str]
    constraints: list[str]
    extras: list[str]
    signers: list[str]
    dates: list[str]
    systems: list[str]


def draw(limit: int, *key: object) -> int:
    """A number below `limit` that depends on `key` alone."""
    digest = blake2b(repr(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % limit


def mail(language: str, parts: Parts, number: int) -> Row:
    """The brief number `number` in a language, without its id."""
    name, said = sentences(language, parts, number)
    order = _ORDERS[draw(len(_ORDERS), language, number, "order")]
    text = " ".join(said[part] for part in order)
    if parts.get("extras") and draw(_EVERY_EXTRA, language, number, "extra") == 0:
        text += " " + turned(parts["extras"], number)
    row: Row = {"prompt": text.format(name=name, **values(language, parts, number))}
    if draw(2, language, number, "system"):
        row["system"] = turned(parts["systems"], draw(100, language, number, "voice"))
    return row


def sentences(language: str, parts: Parts, number: int) -> tuple[str, dict[str, str]]:
    """The product's name, and each sentence that a brief about it may have."""

    def place(part: str) -> int:
        return draw(10_000, language, number, part)

    product = turned(parts["products"], place("product"))
    return product["name"], {
        "opening": turned(parts["openings"], place("opening")),
        "fact": turned(product["facts"], place("fact")),
        "detail": turned(product["facts"], place("fact") + 1),
        "segment": turned(parts["segments"], place("segment")),
        "reason": turned(parts["reasons"], place("reason")),
        "offer": turned(parts["offers"], place("offer")),
        "tone": turned(parts["tones"], place("tone")),
        "length": turned(parts["lengths"], place("length")),
        "constraint": turned(parts["constraints"], place("constraint")),
        "manner": turned(parts["constraints"], place("constraint") + 2),
    }


def turned(items: Sequence[Item], place: int) -> Item:
    """The item at `place`, counted round and round."""
    return items[place % len(items)]


def values(language: str, parts: Parts, number: int) -> dict[str, str]:
    """Dates, codes and numbers that fill a brief."""
    percent = 5 * (1 + draw(6, language, number, "percent"))
    return {
        "date": parts["dates"][draw(len(parts["dates"]), language, number, "date")],
        "signer": parts["signers"][draw(len(parts["signers"]), language, number, "signer")],
        "code": f"{_CODES[draw(len(_CODES), language, number, 'code')]}{percent}",
        "percent": str(percent),
        "days": str(6 + draw(24, language, number, "days")),
        "years": str(5 + draw(45, language, number, "years")),
        "count": str(40 + 10 * draw(90, language, number, "count")),
        "gift": str(5 + draw(20, language, number, "gift")),
    }


def different_mails() -> Iterator[Row]:
    """As many different briefs as each language has, one language after the other."""
    seen: set[str] = set()
    for language, wanted in MAILS_OF_LANGUAGE.items():
        parts = cast("Parts", yaml.safe_load((HERE / "parts" / f"{language}.yaml").read_text("utf-8")))
        made = 0
        for number in count():
            row = mail(language, parts, number)
            text = json.dumps(row)
            if text not in seen:
                seen.add(text)
                yield row | {"metadata": {"campaign": f"{language}-{1 + draw(6, language, number, 'campaign')}"}}
                made += 1
            if made == wanted:
                break


def mails() -> list[Row]:
    """All mails, mixed, with the copies some way behind their originals."""
    rows = sorted(different_mails(), key=lambda row: draw(2**62, row["prompt"], "place"))
    for copy in range(COPIES):
        original = 29 + 50 * copy
        rows.insert(original + 20, rows[original])
    return rows


def lines() -> Iterator[str]:
    """The lines of marketing.jsonl."""
    for number, row in enumerate(mails(), start=1):
        typed: Row = {"task_type": "email"} if draw(_EVERY_TYPED, row["prompt"], "typed") == 0 else {}
        head: Row = {"custom_id": f"mail-{number:04d}", "importance": "bulk", "max_output_tokens": OUTPUT_LIMIT_TOKENS}
        yield line(head | typed | row)
    headlines = cast("list[Mapping[str, str]]", yaml.safe_load((HERE / "parts" / "headlines.yaml").read_text("utf-8")))
    for number, part in enumerate(headlines, start=1):
        row = {name: text for name, text in part.items() if name != "campaign"}
        head = {"custom_id": f"headline-{number:02d}", "importance": "premium", "deadline": HEADLINE_DEADLINE}
        yield line(head | row | {"metadata": {"campaign": part["campaign"]}})


def line(row: Row) -> str:
    """A row as one line of JSON."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def content() -> bytes:
    """The bytes of marketing.jsonl."""
    return "".join(lines()).encode()


if __name__ == "__main__":
    (HERE / "marketing.jsonl").write_bytes(content())
    print(f"wrote {HERE / 'marketing.jsonl'}")

"""Generated batches whose templates are hard to tell apart; the truth is the pattern, and the language to come."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec
from support.templated import Templated, name

from modelroute_cli.base.schema import Message, Request

_HERE = Path(__file__).parent
_STRAY = 0.05  # of the rows are one of a kind
_FREQUENT = 10  # each tenth pattern has several times the rows of others
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
_EXTRAS = ("note", "colour", "stock", "supplier", "warranty")


class Pattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One prompt pattern."""

    text: str = ""
    system: str | None = None
    turns: tuple[str, ...] = ()
    values: dict[str, list[str]] = {}
    weight: float = 1.0


class Materials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What fills the fields of a language."""

    sentences: list[str]
    tone: list[str] = []
    country: list[str] = []
    channel: list[str] = []
    into: list[str] = []


@dataclass(frozen=True, slots=True)
class Filler:
    """Values of fields for one row."""

    random: Random
    materials: Materials
    values: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, pattern: str, into: str) -> str:
        """A pattern with a value in each field; a field that comes twice has two values."""
        parts = pattern.split("{")
        return parts[0] + "".join(
            f"{self._value(key, into)}{rest}" for key, _, rest in (part.partition("}") for part in parts[1:])
        )

    def _value(self, key: str, into: str) -> str:
        random = self.random
        if key == "into":
            return into
        if key in self.values or key in ("tone", "country", "channel"):
            return random.choice(self.values.get(key) or self._short(key))
        made: dict[str, Callable[[], str]] = {
            "name": lambda: name(random),
            "number": lambda: str(random.randrange(100_000)),
            "date": lambda: f"{random.choice(_MONTHS)} {random.randint(1, 28)}, {random.randint(2019, 2026)}",
            "price": lambda: f"{random.randint(1, 900)}.{random.randint(0, 99):02}",
            "line": lambda: random.choice(self.materials.sentences) + f" {name(random)}.",
            "note": self.note,
            "tags": lambda: f'<document id="{random.randrange(9_999)}">\n{self.note()}\n</document>',
            "json": self.article,
            "code": self.code,
        }
        return made[key]()

    def _short(self, key: str) -> list[str]:
        """The words of a field with few values."""
        materials = self.materials
        return {"tone": materials.tone, "country": materials.country, "channel": materials.channel}[key]

    def note(self) -> str:
        """Several sentences: as a paragraph, as lines, as a list, as a quoted mail."""
        random = self.random
        said = [self._sentence() for _ in range(random.randint(2, 12))]
        layout = random.randrange(5)
        if layout == 0:
            return "\n".join(said)
        if layout == 1:
            return "\n".join(f"- {each}" for each in said)
        if layout == 2:
            return f"From: {name(random)}\nSubject: {name(random)}\n\n> " + "\n> ".join(said)
        if layout == 3:
            return "\n".join(f"{place}. {each}" for place, each in enumerate(said, 1))
        return " ".join(said)

    def _sentence(self) -> str:
        random = self.random
        said = random.choice(self.materials.sentences)
        extra = random.randrange(3)
        if extra == 0:
            return f"{name(random)}: {said}"
        return f"{said} ({random.randrange(1_000)})" if extra == 1 else said

    def article(self) -> str:
        """A JSON object whose fields stand in any order, some of them left out."""
        random = self.random
        fields: list[tuple[str, object]] = [
            ("name", name(random)),
            ("price", random.randint(1, 900) / 4),
            ("features", random.sample(self.materials.sentences, k=random.randint(1, 3))),
        ]
        fields += [(extra, name(random)) for extra in _EXTRAS if random.random() < 0.5]
        random.shuffle(fields)
        return json.dumps(dict(fields), indent=random.choice((None, 2)))

    def code(self) -> str:
        """A small function."""
        random = self.random
        one, other = name(random).lower(), name(random).lower()
        lines = [f"    {other} = {one} * {random.randint(2, 99)}" for _ in range(random.randint(1, 5))]
        return "\n".join((f"def {name(random).lower()}({one}):", *lines, f"    return {other}"))


def patterns() -> list[tuple[str, Pattern]]:
    """All patterns with their language."""
    listed = msgspec.yaml.decode((_HERE / "hard_templates.yaml").read_bytes(), type=dict[str, list[Pattern]])
    return [(language, each) for language, found in listed.items() for each in found]


def hard(rows: int, seed: int = 1) -> Templated:
    """A batch of `rows` requests in no order: few patterns have most of the rows, and one row in twenty is a stray."""
    random = Random(seed)  # noqa: S311 - a generator of test data
    materials = msgspec.yaml.decode((_HERE / "hard_materials.yaml").read_bytes(), type=dict[str, Materials])
    listed = patterns()
    weights = [
        each.weight if each.weight > 1 else 1 + 4 * (place % _FREQUENT == 0) for place, (_, each) in enumerate(listed)
    ]
    numbers: dict[tuple[int, str], int] = {}
    requests, truth = [], []
    for row in range(rows):
        if random.random() < _STRAY:
            requests.append(Request(custom_id=str(row), prompt=_stray(random, materials)))
            truth.append(-1)
            continue
        place = random.choices(range(len(listed)), weights)[0]
        language, pattern = listed[place]
        into = _into(pattern, materials[language], random)
        filler = Filler(random, materials[language], pattern.values)
        requests.append(_request(row, pattern, filler, into))
        truth.append(numbers.setdefault((place, into), len(numbers)))
    return Templated(requests, truth)


def _into(pattern: Pattern, materials: Materials, random: Random) -> str:
    if not any("{into}" in text for text in (pattern.text, *pattern.turns)):
        return ""
    return random.choice(pattern.values.get("into") or materials.into)


def _request(row: int, pattern: Pattern, filler: Filler, into: str) -> Request:
    if pattern.turns:
        said = [
            Message("assistant" if place % 2 else "user", filler.fill(text, into))
            for place, text in enumerate(pattern.turns)
        ]
        return Request(custom_id=str(row), messages=tuple(said))
    return Request(custom_id=str(row), prompt=filler.fill(pattern.text, into), system=pattern.system)


def _stray(random: Random, materials: dict[str, Materials]) -> str:
    """A request of no pattern: words of its own among those that others have."""
    said = [word for each in random.sample(materials["en"].sentences, k=4) for word in each.split()]
    return " ".join([name(random), *random.sample(said, k=random.randint(5, 20))]) + "?"

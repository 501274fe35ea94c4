"""Generated batches whose template each request is known: for tests and benchmarks of template mining."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from modelroute_cli.base.schema import Request

_VERBS = ("Write", "Draft", "Compose", "Summarize", "Translate into Spanish", "Extract the dates from", "Classify")
_THINGS = ("promotional e-mail", "product headline", "support reply", "customer review", "meeting report")
_MANNERS = (
    "Keep it short and concrete.",
    "Do not invent any facts or prices.",
    "Answer with the result only, without any preamble.",
    "Speak to the reader directly and avoid jargon.",
    "Use the facts below and nothing else.",
)
_TONES = ("warm", "formal", "playful", "plain", "very dry")
_SYLLABLES = ("ka", "lo", "mi", "ren", "tor", "vas", "ule", "shi", "por", "den", "al", "gri", "no", "be", "sta")
_SYSTEMS = (None, "You are the copy desk of a small shop. Be precise.", "You help a support team. Be kind and brief.")
_WORDS = [
    "the",
    "order",
    "came",
    "late",
    "and",
    "nobody",
    "at",
    "the",
    "desk",
    "could",
    "say",
    "why",
    "it",
    "had",
    "been",
    "sent",
    "to",
    "another",
    "town",
    "last",
    "week",
    "we",
    "like",
    "the",
    "colour",
    "of",
    "this",
    "chair",
    "but",
    "its",
    "legs",
    "are",
    "loose",
    "after",
    "a",
    "month",
    "of",
    "use",
    "in",
    "our",
    "small",
    "kitchen",
    "they",
    "will",
    "open",
    "a",
    "second",
    "store",
    "near",
    "the",
    "river",
    "in",
    "spring",
    "with",
    "more",
    "room",
    "for",
    "bread",
    "and",
    "coffee",
]


@dataclass(frozen=True, slots=True)
class Templated:
    """Requests and the number of the template each was made from."""

    requests: list[Request]
    truth: list[int]


def name(random: Random) -> str:
    """A made-up name."""
    return "".join(random.choices(_SYLLABLES, k=random.randint(2, 4))).capitalize()


def prose(random: Random, least: int, most: int) -> str:
    """A made-up text whose words many texts have."""
    return " ".join(random.choices(_WORDS, k=random.randint(least, most))).capitalize() + "."


def _made(number: int, random: Random) -> Request:
    """A request of template `number`: one of five layouts, with words of its own and words that others share."""
    own = Random(number)  # noqa: S311 - a generator of test data
    verb, thing, manner = own.choice(_VERBS), own.choice(_THINGS), own.choice(_MANNERS)
    brand, place = name(own), prose(own, 5, 8)
    system = _SYSTEMS[number % 3]
    product, tone, count = name(random), random.choice(_TONES), random.randint(20, 400)
    texts = (
        f"{verb} a {tone} {thing} for {brand} about {product}. {place} {manner}",
        f"{product}: {verb.lower()} this {thing} for {brand} readers. {place} Mention order {count}. {manner}",
        f"{manner}\n{verb} the {thing} of {brand}. {place}\n\n{prose(random, 40, 250)}",
        f"{prose(random, 20, 60)}\n\n{place} {verb} the text above as a {thing} of {brand}, {tone}. {manner}",
        f"{verb} as {brand} would. {place} {manner}\n" + _shuffled(random, product, tone, count),
    )
    return Request(custom_id=f"{number}-{random.random()}", prompt=texts[number % 5], system=system)


def _shuffled(random: Random, product: str, tone: str, count: int) -> str:
    """A JSON object whose fields stand in any order."""
    fields = [("product", product), ("tone", tone), ("count", str(count)), ("note", prose(random, 5, 20))]
    return json.dumps(dict(random.sample(fields, k=4)))


def templated(rows: int, templates: int = 50, seed: int = 1) -> Templated:
    """A batch of `rows` requests in no order; frequent templates have ten times the rows of rare ones."""
    random = Random(seed)  # noqa: S311 - a generator of test data
    weights = [1 + 9 * (number % 7 == 0) for number in range(templates)]
    truth = random.choices(range(templates), weights, k=rows)
    return Templated([_made(number, random) for number in truth], truth)


def share_right(keys: Sequence[object], truth: Sequence[int]) -> float:
    """The share of requests in the right group: each group stands for one template, each template for one group."""
    pairs: dict[tuple[object, int], int] = {}
    for pair in zip(keys, truth, strict=True):
        pairs[pair] = pairs.get(pair, 0) + 1
    taken_keys: set[object] = set()
    taken_truth: set[int] = set()
    right = 0
    for (key, number), count in sorted(pairs.items(), key=lambda each: -each[1]):
        if key not in taken_keys and number not in taken_truth:
            taken_keys.add(key)
            taken_truth.add(number)
            right += count
    return right / len(truth)

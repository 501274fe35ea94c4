"""Plausible text for what a request asks: an e-mail has a subject, a label is one of the choices."""

import random
from functools import lru_cache
from itertools import cycle

from modelroute_cli.emulator.reading import Reading
from modelroute_cli.emulator.text_bank import Phrases, text_bank

_FEWEST_BULLETS = 3
_CODE = '''```python
def {name}(values: list[float]) -> float:
    """Return the {noun} of the values, 0.0 for none."""
    if not values:
        return 0.0
    {line}
```'''
_CODE_PARTS = (
    ("mean", "mean", "return sum(values) / len(values)"),
    ("spread", "distance between the largest and the smallest", "return max(values) - min(values)"),
    ("total", "sum", "return float(sum(values))"),
)


def write(reading: Reading, dice: random.Random) -> str:
    """The answer's text, never longer than `reading.words` words where a sentence fits into them."""
    phrases = text_bank().languages[reading.language]
    match reading.form:
        case "email":
            return _email(reading, phrases, dice)
        case "headline":
            return _headlines(reading, phrases, dice)
        case "bullets":
            return _bullets(reading, phrases, dice)
        case "label" | "code" | "number":
            return _terse(reading, phrases, dice)
        case "prose":
            return _sentences(reading.words, reading, phrases, dice)


def short(reading: Reading, dice: random.Random) -> str:
    """A few words."""
    return dice.choice(text_bank().languages[reading.language].short)


def sentence(reading: Reading, dice: random.Random) -> str:
    """One sentence."""
    return _fill(dice.choice(text_bank().languages[reading.language].sentences), reading)


def _terse(reading: Reading, phrases: Phrases, dice: random.Random) -> str:
    """A label, a number or a function: no prose around it."""
    if reading.form == "label":
        return dice.choice(reading.labels) if reading.labels else phrases.label
    if reading.form == "number":
        return str(dice.randint(2, 999))
    name, noun, line = dice.choice(_CODE_PARTS)
    return _CODE.format(name=name, noun=noun, line=line)


def _email(reading: Reading, phrases: Phrases, dice: random.Random) -> str:
    """Subject, greeting, body and closing; the body takes what is left of the length."""
    chosen = [dice.choice(part) for part in (phrases.subject, phrases.greeting, phrases.call, phrases.closing)]
    subject, greeting, call, closing = (_fill(part, reading) for part in chosen)
    opening = _fill(dice.choice(phrases.opening), reading)
    left = reading.words - sum(len(part.split()) for part in (subject, greeting, opening, call, closing)) - 1
    body = _sentences(left, reading, phrases, dice) if left > 0 else ""
    paragraphs = (f"Subject: {subject}", greeting, f"{opening} {body}".strip(), call, closing)
    return "\n\n".join(paragraphs)


def _headlines(reading: Reading, phrases: Phrases, dice: random.Random) -> str:
    """One headline, or a numbered list of variants."""
    lines = dice.sample(phrases.headline, len(phrases.headline))
    chosen = [_fill(line, reading) for line, _ in zip(cycle(lines), range(reading.items), strict=False)]
    if len(chosen) == 1:
        return chosen[0]
    return "\n".join(f"{place}. {line}" for place, line in enumerate(chosen, 1))


def _bullets(reading: Reading, phrases: Phrases, dice: random.Random) -> str:
    """As many points as asked for."""
    count = reading.items if reading.items > 1 else _FEWEST_BULLETS
    lines = dice.sample(phrases.sentences, len(phrases.sentences))
    return "\n".join(f"- {_fill(line, reading)}" for line, _ in zip(cycle(lines), range(count), strict=False))


def _sentences(words: int, reading: Reading, phrases: Phrases, dice: random.Random) -> str:
    """Sentences up to `words` words, at least one; one too long for what is left gives way to a shorter one."""
    lines = [_fill(line, reading) for line in dice.sample(phrases.sentences, len(phrases.sentences))]
    chosen, unfit = [lines[0]], 0
    left = words - _words_in(lines[0])
    for line in cycle(lines[1:]):
        size = _words_in(line)
        unfit = 0 if size <= left else unfit + 1
        if unfit == len(lines):
            break
        if not unfit:
            chosen.append(line)
            left -= size
    return " ".join(chosen)


@lru_cache(maxsize=4096)
def _words_in(line: str) -> int:
    """Words of a sentence, most of which come again."""
    return len(line.split())


def _fill(phrase: str, reading: Reading) -> str:
    """The phrase with the topic in it, its first letter large."""
    if "{topic}" not in phrase:
        return phrase
    filled = phrase.replace("{topic}", reading.topic)
    return filled[:1].upper() + filled[1:] if phrase.startswith("{topic}") else filled

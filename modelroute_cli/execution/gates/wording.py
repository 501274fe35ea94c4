"""The gates `length`, `must_contain`, `must_not_contain` and `pattern`: what can be counted and found in an answer."""

import re
import unicodedata

from modelroute_cli.base.linear import is_found
from modelroute_cli.execution.gates.subject import Subject

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTERS = rf"[^\W{_CJK}]+"
_WORDS = re.compile(rf"[{_CJK}]|{_LETTERS}(?:['\u2019-]{_LETTERS})*")
_ASCII_WORDS = re.compile(r"\w+(?:['-]\w+)*", re.ASCII)


def count_words(text: str) -> int:
    """Words; in Chinese and Japanese, which put no spaces between them, every character counts as one."""
    return len((_ASCII_WORDS if text.isascii() else _WORDS).findall(text))


def length_fault(subject: Subject) -> str | None:
    """Too short or too long, in words or in characters."""
    rules, output = subject.rules, subject.output
    if rules.min_chars is not None or rules.max_chars is not None:
        fault = _outside("characters", len(output.strip()), rules.min_chars, rules.max_chars)
        if fault is not None:
            return fault
    if rules.min_words is None and rules.max_words is None:
        return None
    return _outside("words", count_words(output), rules.min_words, rules.max_words)


def _outside(unit: str, count: int, least: int | None, most: int | None) -> str | None:
    if least is not None and count < least:
        return f"{count} {unit}, at least {least} asked"
    if most is not None and count > most:
        return f"{count} {unit}, at most {most} asked"
    return None


def missing_phrase(subject: Subject) -> str | None:
    """The first required phrase that is not there, whatever its case and Unicode form."""
    text = _folded(subject.output)
    missing = (phrase for phrase in subject.rules.must_contain if _folded(phrase) not in text)
    return next((f"`{phrase}` is missing" for phrase in missing), None)


def forbidden_phrase(subject: Subject) -> str | None:
    """The first forbidden phrase that is there, the same."""
    text = _folded(subject.output)
    found = (phrase for phrase in subject.rules.must_not_contain if _folded(phrase) in text)
    return next((f"`{phrase}` is in it" for phrase in found), None)


def pattern_missing(subject: Subject) -> str | None:
    """That the regular expression is not found in the answer, blanks around it left out."""
    pattern = subject.rules.pattern
    if pattern is None or is_found(pattern, subject.output.strip()):
        return None
    return f"`{pattern}` is not found in it"


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold()

"""What is wrong with gates whose types are right: those that no answer passes, and those that nothing can apply."""

from collections.abc import Iterator
from dataclasses import dataclass

from modelroute_cli.base.linear import pattern_fault
from modelroute_cli.base.schema import GateRules

LANGUAGES = (
    "ar", "ca", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nb", "nl",
    "pl", "pt", "ro", "ru", "sk", "sv", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip
"""The languages that texts are told apart by."""

_SAME_OR_ANY = ("same", "any")
_OTHER_NAMES = {
    "no": "nb", "nn": "nb", "cn": "zh", "jp": "ja", "kr": "ko", "gr": "el", "cz": "cs", "dk": "da", "se": "sv",
    "ua": "uk", "english": "en", "german": "de", "deutsch": "de", "french": "fr", "spanish": "es", "italian": "it",
    "dutch": "nl", "portuguese": "pt", "polish": "pl", "swedish": "sv", "japanese": "ja", "chinese": "zh",
    "russian": "ru",
}  # fmt: skip
_NO_ANSWER = "no answer would pass: correct one of them"
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class GateFault:
    """What is wrong with one gate, and what to write instead."""

    field: str
    message: str
    hint: str


def gate_faults(gates: GateRules) -> Iterator[GateFault]:
    """Everything that is wrong with gates by themselves."""
    yield from _lengths(gates)
    yield from _phrases(gates)
    if gates.language is not None and gates.language not in (*_SAME_OR_ANY, *LANGUAGES):
        yield _unknown_language(gates.language)
    yield from _labels(gates.labels)
    if gates.pattern is not None and (why := pattern_fault(gates.pattern)) is not None:
        hint = "write it as Rust's crate `regex` reads it: without looking around and references back"
        yield GateFault("pattern", f"`{_shown(gates.pattern)}` cannot be used: {why}", hint)
    if gates.command is not None and not gates.command.run:
        yield GateFault("command.run", "names no program", "write the program and its arguments: `[python3, check.py]`")


def _lengths(gates: GateRules) -> Iterator[GateFault]:
    limits = (("words", gates.min_words, gates.max_words), ("chars", gates.min_chars, gates.max_chars))
    for unit, least, most in limits:
        if least is not None and most is not None and least > most:
            yield GateFault(f"min_{unit}", f"`{least}` is more than `max_{unit}`, which is `{most}`", _NO_ANSWER)


def _phrases(gates: GateRules) -> Iterator[GateFault]:
    """Phrases that are blank, or asked for and forbidden."""
    for name in ("must_contain", "must_not_contain", "must_mention"):
        if any(not phrase.strip() for phrase in getattr(gates, name)):
            yield GateFault(name, "holds blank text", "leave it out")
    for phrase in gates.must_not_contain:
        if any(phrase.casefold() in wanted.casefold() for wanted in gates.must_contain):
            yield GateFault("must_not_contain", f"`{_shown(phrase)}` is in `must_contain` as well", _NO_ANSWER)


def _unknown_language(code: str) -> GateFault:
    """The nearest code, where there is one."""
    meant = _OTHER_NAMES.get(code.lower()) or code.lower().replace("_", "-").partition("-")[0]
    known = meant in LANGUAGES
    hint = f"did you mean `{meant}`?" if known else f"use `same`, `any` or one of {', '.join(LANGUAGES)}"
    return GateFault("language", f"`{_shown(code)}` is no language that is told from others", hint)


def _labels(labels: tuple[str, ...]) -> Iterator[GateFault]:
    """Labels that are blank, or that no answer tells apart."""
    if any(not label.strip() for label in labels):
        yield GateFault("labels", "hold blank text", "leave it out, or write out what it stands for")
    seen: dict[str, str] = {}
    for label in labels:
        other = seen.setdefault(" ".join(label.casefold().split()), label)
        if other is not label and label.strip():
            message = f"`{_shown(other)}` and `{_shown(label)}` are told apart by no more than case and blanks"
            yield GateFault("labels", message, "name them so that each is its own word")


def _shown(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."

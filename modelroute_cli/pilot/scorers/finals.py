r"""Where an answer says its result, after all its reasons: in a `\boxed{}`, after `####`, after `the answer is`.

A model that shows its work is compared by what it marks as its result alone: what it weighed up before does not count.
"""

import re
from typing import Final

_BOXED: Final = re.compile(r"\\(?:boxed|fbox)\s*\{")
_HASHES: Final = re.compile(r"^####[ \t]*(?=\S)", re.MULTILINE)
_IS: Final = r"(?:is|are|be|ist|lautet|est|es|è|é|är|to|:|=)"
_ANSWERS: Final = r"(?:answer|antwort|réponse|respuesta|risposta|resposta|antwoord|odpowiedź|svar|ответ|cevap)"
_OTHERS: Final = r"(?:choice|option|result|lösung|ergebnis|solution|correct\s+\w+)"


def _mark(names: str, more: str = "") -> re.Pattern[str]:
    """What stands before a result that is said in words."""
    return re.compile(rf"\b{names}[*_\s]*(?:(?:would|should|must)\s+)?{_IS}[*_\s:]*(?=\S){more}", re.IGNORECASE)


_SAID: Final = (
    _mark(_ANSWERS, r"|(?:答案|答え|答)[*_\s]*(?:是|为|は|[:：])[*_\s:：]*(?=\S)"),  # noqa: RUF001 - the colon of Chinese and Japanese
    _mark(_OTHERS),
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])[*_\"')\]]*\s+(?=\S)|。")
_FRACTION: Final = re.compile(r"\\[dtc]?frac\s*(?:\{([^{}]*)\}\s*\{([^{}]*)\}|(\d)\s*(\d))")
_WRAPPED: Final = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|operatorname|mbox)\s*\{([^{}]*)\}")
_SPACING: Final = re.compile(r"\\(?:left|right|displaystyle|quad|qquad)(?![a-zA-Z])|\\[,;:! ()\[\]]")
_SIGNS: Final = (
    (re.compile(r"\^\s*\{?\\circ\}?"), "°"),
    (re.compile(r"\\(?:times|cdot)(?![a-zA-Z])"), "×"),  # noqa: RUF001 - the sign of multiplication is meant
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\([%&#_])"), r"\1"),
    (re.compile(r"\\?\$"), ""),
)


def final_answer(text: str) -> str | None:
    """What an answer marks as its result: the last of its boxes, else of its `####`, else of its `the answer is`."""
    found = _boxed(text) or _after(_HASHES, text)
    return found or next((said for marks in _SAID if (said := _after(marks, text))), None)


def first_sentence(text: str) -> str:
    """A text up to the first end of a sentence, that end included."""
    return _SENTENCE.split(text, maxsplit=1)[0].strip()


def last_line(text: str) -> str:
    """The last line that is not blank, "" where there is none."""
    return text.strip().rpartition("\n")[2].strip()


def without_latex(text: str) -> str:
    r"""A text without what LaTeX does to its looks alone and without dollar signs; `\frac{1}{2}` is `1/2`."""
    plain = _WRAPPED.sub(r"\1", _FRACTION.sub(_as_division, _SPACING.sub(" ", text))) if "\\" in text else text
    for sign, written in _SIGNS:
        plain = sign.sub(written, plain)
    return plain.strip()


def _boxed(text: str) -> str | None:
    """What stands in the last box, its braces counted; None where it has no end."""
    starts = [match.end() for match in _BOXED.finditer(text)]
    if not starts:
        return None
    depth = 1
    for place in range(starts[-1], len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[starts[-1] : place].strip() or None
    return None


def _after(marks: re.Pattern[str], text: str) -> str | None:
    """What stands in its line after the last of several marks."""
    ends = [match.end() for match in marks.finditer(text)]
    return text[ends[-1] :].partition("\n")[0].strip() if ends else None


def _as_division(match: re.Match[str]) -> str:
    over, under = (match[1], match[2]) if match[1] is not None else (match[3], match[4])
    simple = all(re.fullmatch(r"\s*-?[\w.]+\s*", part) for part in (over, under))
    return f"{over.strip()}/{under.strip()}" if simple else f"({over})/({under})"

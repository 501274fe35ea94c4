"""The gate `expected`: an answer equals the request's reference, as text, label, number, set or JSON."""

import json
import re
from collections.abc import Callable, Iterator
from math import isclose

from modelroute_cli.execution.gates.labels import label_form
from modelroute_cli.execution.gates.repair import Json, found_json, parsed
from modelroute_cli.execution.gates.subject import Subject

_NUMBER = re.compile(r"[-+\u2212]?\d+(?:[ \u00a0\u202f,']\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+\u2212]?\.\d+")
_SEPARATORS = re.compile(r"[\n;,、]+")
_RELATIVE = 1e-6
_ABSOLUTE = 1e-9
_MOST_SHOWN = 60


def unexpected(subject: Subject) -> str | None:
    """How the answer differs from what is expected."""
    mode = subject.rules.expected
    return None if mode is None else difference(mode, subject.output, subject.request.expected)


def difference(mode: str, output: str, expected: object) -> str | None:
    """How an output differs from a reference, None where they are equal; `mode` is one of GateRules.expected."""
    return _MODES[mode](output, expected)


def equals_reference(mode: str | None, output: str, expected: object) -> bool | None:
    """Whether an output is known to be right or wrong; without a mode, equal text is right and others are unknown."""
    if expected is None:
        return None
    if mode is not None:
        return difference(mode, output, expected) is None
    return True if _normalised(output, expected) is None else None


def _exact(output: str, expected: object) -> str | None:
    wanted = _text(expected)
    return None if output.strip() == wanted.strip() else _differs(wanted)


def _normalised(output: str, expected: object) -> str | None:
    """Without case, accents, different blanks and marks at the ends."""
    wanted = _text(expected)
    same = label_form(" ".join(output.split())) == label_form(" ".join(wanted.split()))
    return None if same else _differs(wanted)


def _number(output: str, expected: object) -> str | None:
    """The last number of an answer, which is where models put their result."""
    numbers, wanted = _NUMBER.findall(output), _NUMBER.findall(_text(expected))
    if not numbers:
        return "no number is in it"
    found = _value(numbers[-1])
    return None if wanted and _near(found, _value(wanted[-1])) else f"{numbers[-1]} is not {_shown(_text(expected))}"


def _set(output: str, expected: object) -> str | None:
    """The items of a list, in any order, each once."""
    wanted, found = frozenset(_items(expected)), frozenset(_items(_listed(output)))
    missing, extra = sorted(wanted - found), sorted(found - wanted)
    told = [*(f"`{item}` is missing" for item in missing), *(f"`{item}` is too much" for item in extra)]
    return ", ".join(told[:3]) if told else None


def _json(output: str, expected: object) -> str | None:
    """Every field that is expected, with its value; others may stand beside them."""
    try:
        found = found_json(output).value
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return next(_unequal(found, expected, "$"), None)


_MODES: dict[str, Callable[[str, object], str | None]] = {
    "exact": _exact,
    "normalised": _normalised,
    "number": _number,
    "set": _set,
    "json": _json,
}


def _unequal(found: object, wanted: object, path: str) -> Iterator[str]:
    """Where two JSON values differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            if name in found:
                yield from _unequal(found[name], value, f"{path}.{name}")
            else:
                yield f"{path}.{name} is missing"
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
            yield from _unequal(one, other, f"{path}[{place}]")
    elif not _same(found, wanted):
        yield f"{path} is {_shown(_text(found))}, not {_shown(_text(wanted))}"


def _same(found: object, wanted: object) -> bool:
    """Whether two values that hold no others are equal; 1 is 1.0 and never true."""
    if _is_number(found) and _is_number(wanted):
        return _near(float(str(found)), float(str(wanted)))
    return type(found) is type(wanted) and found == wanted


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _items(value: object) -> Iterator[str]:
    """The items that are compared."""
    for item in value if isinstance(value, list) else _SEPARATORS.split(_text(value)):
        form = label_form(_text(item))
        if form:
            yield form


def _listed(output: str) -> Json:
    """A JSON list where the answer is one, else its text."""
    try:
        value = parsed(output)
    except (ValueError, RecursionError):
        return output
    return value if isinstance(value, list) else output


def _value(number: str) -> float:
    return float(re.sub(r"[ \u00a0\u202f,']", "", number).replace("\u2212", "-"))


def _near(found: float, wanted: float) -> bool:
    return isclose(found, wanted, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _differs(wanted: str) -> str:
    return f"it is not `{_shown(wanted)}`"


def _shown(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."

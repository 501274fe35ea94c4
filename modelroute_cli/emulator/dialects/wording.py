"""What is wrong with a body, in the words of validators that name a place and a reason: `messages.0.role: ...`."""

import re

import msgspec

_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_MISSING = re.compile(r"Object missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`")
_INDEX = re.compile(r"\[(\d+)\]")


def placed(error: Exception) -> str:
    """The place with dots and the reason: a field that is missing, one too many, or what the value should be."""
    text = str(error)
    if not isinstance(error, msgspec.ValidationError):
        return f"The request body is not valid JSON: {text}"
    found = _PLACE.search(text)
    place = _INDEX.sub(r".\1", found[1]) if found else ""
    reason = _PLACE.sub("", text)
    for pattern, said in ((_MISSING, "Field required"), (_UNKNOWN, "Extra inputs are not permitted")):
        field = pattern.match(reason)
        if field:
            return f"{_dotted(place, field[1])}: {said}"
    return f"{place}: {reason}" if place else reason


def _dotted(place: str, field: str) -> str:
    """A field of the object at a place."""
    return f"{place}.{field}" if place else field

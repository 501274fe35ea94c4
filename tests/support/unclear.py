"""Job files whose templates do not say what they ask for: the classifier can but guess."""

_DESKS = ("Red", "Blue", "Green", "Grey")
_NAMES = ("Ann", "Bob", "Carl", "Dora", "Emil", "Fritz", "Gina", "Hans")


def unclear(templates: int, requests: int) -> list[dict[str, object]]:
    """`requests` rows of each of so many templates, one after the other; all are guessed to be `other`, unsurely."""
    return [_row(template, number) for number in range(requests) for template in range(templates)]


def _row(template: int, number: int) -> dict[str, object]:
    """A request that asks for nothing one could name; system messages keep the templates apart."""
    one, two = _NAMES[number % 8], _NAMES[(number * 3 + template) % 8]
    return {
        "custom_id": f"t{template}-{number}",
        "system": f"{_DESKS[template % 4]} desk {template}",
        "prompt": f"{one} {two}, room {number}, the usual.",
        "importance": "bulk",
        "max_output_tokens": 400,
    }

"""Job files whose templates do not say what they ask for: the classifier can but guess."""

_WORDS = ("morbin", "tavel", "kessun", "dorrak", "lintho", "quave", "brisk", "holmar", "senvi", "patrok")
_NAMES = ("Ann", "Bob", "Carl", "Dora", "Emil", "Fritz", "Gina", "Hans")


def unclear(templates: int, requests: int) -> list[dict[str, object]]:
    """`requests` rows of each of so many templates, one after the other; all are guessed to be `other`."""
    return [_row(template, number) for number in range(requests) for template in range(templates)]


def _row(template: int, number: int) -> dict[str, object]:
    """A request in words that mean nothing; system messages keep the templates apart."""
    one, two = _WORDS[template % 10], _WORDS[(template * 3 + 1) % 10]
    three = _WORDS[(template * 7 + template // 10 + 2) % 10]
    name = f"{_NAMES[number % 8]} {_NAMES[(number * 3 + template) % 8]} {number}"
    return {
        "custom_id": f"t{template}-{number}",
        "system": f"{one.title()} {two} {three}, {three} {one} number {template}.",
        "prompt": f"{one.title()} {two} {three} by the {two}er rule number {template} of the house, as usual. {name}.",
        "importance": "bulk",
        "max_output_tokens": 400,
    }

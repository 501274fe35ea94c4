"""What stands around a number says what it is: a word for telephones before it, or one for orders."""

from typing import Final

from modelroute_cli.features.patterns import compiled

THINGS: Final = (
    r"(?i)\b(?:order|bestell\w*|auftrag\w*|invoice|rechnung\w*|ticket|ref(?:erence)?|tracking|sendung\w*|sku|isbn|issn|"
    r"ean|gtin|upc|asin|art(?:icle|ikel\w*)?|item|part|serial|serien\w*|imei|version|build|commit|pedido|commande|"
    r"facture|factura|fattura|ordine|zam[óo]wieni\w*|bestelling|factuur|product|produkt\w*|model|case|vorgang\w*|"
    r"aktenzeichen|kunden\w*|customer (?:no|number|id)|policy|batch|lot|patent|doi|pmid|arxiv|section|clause|flight|"
    r"timestamp|unix|epoch|barcode|parcel|paket\w*|shipment|lieferschein|contract|vertrag\w*|meter|z[äa]hler\w*|"
    r"transaction|transaktion\w*|txn|receipt|beleg\w*|hash|seed|sequence|record|row|line|zeile|claim|docket|suivi|"
    r"colis|seguimiento|env[íi]o|sn|mpn|po|rma|заказ\w*|накладн\w*)\b|#|№|订单|注文|单号"
)
"""Words of numbers that are of things, not of people."""

_BEFORE, _AFTER = 48, 24  # characters
_NEAR = 20
_LONGEST_ADDRESS = 200


def said_before(text: str, start: int, words: str, reach: int = _BEFORE) -> bool:
    """Whether one of `words` stands within `reach` characters before `start`, with no word of a thing behind it."""
    before = text[max(0, start - reach) : start]
    last = max((found.end() for found in compiled(words).finditer(before)), default=-1)
    return last >= 0 and compiled(THINGS).search(before, last) is None


def said_around(text: str, start: int, end: int, words: str) -> bool:
    """The same, or one of `words` within a few characters behind `end`."""
    return said_before(text, start, words) or compiled(words).search(text, end, end + _AFTER) is not None


def is_of_a_thing(text: str, start: int) -> bool:
    """Whether what begins at `start` is said to be the number of a thing, or is part of an address of the web."""
    before = text[max(0, start - _BEFORE) : start]
    return any(_is_near(before[found.end() :]) for found in compiled(THINGS).finditer(before)) or in_url(text, start)


def in_url(text: str, start: int) -> bool:
    """Whether what begins at `start` is part of an address of the web."""
    words = text[max(0, start - _LONGEST_ADDRESS) : start].split(" ")
    return "://" in words[-1] or words[-1].startswith("www.")


def _is_near(between: str) -> bool:
    """Whether what stands between a word and a number still leads to it: `number:`, `no. `, but no other sentence."""
    return len(between) <= _NEAR and compiled(r"[;!?\n]|\.\s+\w{4}").search(between) is None

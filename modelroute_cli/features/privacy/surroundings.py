"""What stands around a number says what it is: a word for telephones before it, or one for orders."""

from functools import lru_cache
from typing import Final

from modelroute_cli.features.patterns import compiled

THINGS: Final = (
    r"(?i)\b(?:order|orders|bestell\w*|auftrag\w*|invoices?|rechnung\w*|ticket|ref|reference|tracking|sendung\w*|sku|"
    r"isbn\w*|issn|ean|gtin|upc|asin|art|article|artikel\w*|item|part|serial|serien\w*|imei|version|build|commit|"
    r"pedido|commande|facture|factura|fattura|ordine|zam[óo]wieni\w*|bestelling|factuur|product|produkt\w*|model|case|"
    r"vorgang\w*|aktenzeichen|kunden\w*|policy|batch|lot|patent|doi|pmid|arxiv|section|clause|flight|timestamp|unix|"
    r"epoch|barcode|parcel|paket\w*|shipment|lieferschein|contract|vertrag\w*|meter|z[äa]hler\w*|transaction|"
    r"transaktion\w*|txn|receipt|beleg\w*|hash|seed|sequence|record|row|line|zeile|claim|docket|suivi|colis|"
    r"seguimiento|env[íi]o|sn|mpn|po|rma|заказ\w*|накладн\w*|matrix|array|vector|lotto|"
    r"(?:order|customer|invoice|product|item|ticket|tracking|account)_?(?:id|no|nr|number))\b|#|№|订单|注文|单号"
)
"""Words of numbers that are of things, not of people."""

BEFORE, AFTER, _NEAR = 48, 24, 24  # characters
_LONGEST_ADDRESS = 200
WORDS: Final = r"\w+|[#№☎📞📱]"


def said_before(text: str, start: int, words: str, reach: int = BEFORE) -> bool:
    """Whether one of `words` stands within `reach` characters before `start`, nearer than a word for a thing."""
    for word in reversed(_words(text, max(0, start - reach), start)):
        if _is_one(word, words):
            return True
        if _is_one(word, THINGS):
            return False
    return False


def said_around(text: str, start: int, end: int, words: str) -> bool:
    """The same, or one of `words` within a few characters behind `end`."""
    if said_before(text, start, words):
        return True
    return any(_is_one(word, words) for word in compiled(WORDS).findall(text, end, end + AFTER))


def is_of_a_thing(text: str, start: int) -> bool:
    """Whether what begins at `start` is said to be the number of a thing, or is part of an address of the web."""
    before = text[max(0, start - _NEAR) : start]
    sentence = compiled(r"[;!?\n]|\.\s+(?=\w{4})").split(before)[-1]
    return any(_is_one(word, THINGS) for word in compiled(WORDS).findall(sentence)) or in_url(text, start)


def in_url(text: str, start: int) -> bool:
    """Whether what begins at `start` is part of an address of the web."""
    words = text[max(0, start - _LONGEST_ADDRESS) : start].split(" ")
    return "://" in words[-1] or words[-1].startswith("www.")


def _words(text: str, start: int, end: int) -> list[str]:
    """The words between two places, a piece of one at the beginning left out."""
    found = compiled(WORDS).findall(text, start, end)
    return found[1:] if start and text[start - 1].isalnum() and text[start].isalnum() else found


@lru_cache(maxsize=16_384)
def _is_one(word: str, words: str) -> bool:
    """Whether a word is one of `words`; the words around numbers are few, and the same again and again."""
    return compiled(words).search(word) is not None

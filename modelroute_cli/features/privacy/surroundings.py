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
    r"(?!person|rijks|sozial|versicher|ahv|burger|sofi|steuer|identi|kart|kredit|kaart|kort|tel|ruf|mobil|handy|fax|kontakt)"
    r"\w{3,}(?:nr|nummer)|"
    r"(?:order|customer|invoice|product|item|ticket|tracking|account)_?(?:id|no|nr|number))\b|#|№|订单|注文|单号|"
    r"型号|型番|品番|编号|工单|票号|批号|案号|货号|条码|序列号|合同|快递|客户号|(?:荷物|伝票|顧客|客様|受付|予約|登録|管理|追跡|会員|契約|見積)番号|"
    r"주문|송장|운송장|접수|등록번호"
)
"""Words of numbers that are of things, not of people."""

BEFORE, AFTER, _NEAR = 48, 24, 24  # characters
_LONGEST_ADDRESS = 200
_KEPT = 16_384  # pieces of text of at most 48 characters
WORDS: Final = r"[\w\u0900-\u097f]+|[#№☎📞📱]"


def said_before(text: str, start: int, words: str, reach: int = BEFORE) -> bool:
    """Whether one of `words` stands within `reach` characters before `start`, nearer than a word for a thing."""
    first = max(0, start - reach)
    is_piece = first > 0 and text[first - 1].isalnum()
    return _said_last(text[first:start], words, is_piece)


def said_around(text: str, start: int, end: int, words: str) -> bool:
    """The same, or one of `words` within a few characters behind `end`."""
    if said_before(text, start, words):
        return True
    return speaks_of(text[end : end + AFTER], words)


def is_of_a_thing(text: str, start: int) -> bool:
    """Whether what begins at `start` is said to be the number of a thing, or is part of an address of the web."""
    return _names_a_thing(text[max(0, start - _NEAR) : start]) or in_url(text, start)


def in_url(text: str, start: int) -> bool:
    """Whether what begins at `start` is part of an address of the web."""
    first = max(0, start - _LONGEST_ADDRESS)
    word = max(first, text.rfind(" ", first, start) + 1)
    return text.find("://", word, start) >= 0 or text.startswith("www.", word, start)


def words_in(around: str) -> list[str]:
    """The words of a piece of text without its numbers, which are always new and never one of any words."""
    return [word for word in compiled(WORDS).findall(around) if not word.isdigit()]


@lru_cache(maxsize=_KEPT)
def speaks_of(around: str, words: str) -> bool:
    """Whether one of `words` stands in a piece of text."""
    return any(_is_one(word, words) for word in words_in(around))


@lru_cache(maxsize=_KEPT)
def _said_last(before: str, words: str, is_piece: bool) -> bool:  # noqa: FBT001 - by position, the cache is faster
    """Whether one of `words` stands nearer to the end than a word for a thing; `is_piece`: the first may be cut."""
    for word in reversed(_whole_words(before, is_piece=is_piece)):
        if _is_one(word, words):
            return True
        if _is_one(word, THINGS):
            return False
    return False


def _whole_words(before: str, *, is_piece: bool) -> list[str]:
    """The words, a piece of one at the beginning left out."""
    first = compiled(WORDS).match(before) if is_piece and before[:1].isalnum() else None
    return words_in(before[first.end() :] if first else before)


@lru_cache(maxsize=_KEPT)
def _names_a_thing(before: str) -> bool:
    """Whether a thing is named in the last sentence."""
    return speaks_of(
        compiled(r"[;!?\n\u3002\uff01\uff1f\uff1b]|(?<![Nn][or])(?<![Rr]ef)(?<![Aa]rt)\.\s+(?=\w{4})").split(before)[
            -1
        ],
        THINGS,
    )


@lru_cache(maxsize=_KEPT)
def _is_one(word: str, words: str) -> bool:
    """Whether a word is one of `words`; the words around numbers are few, and the same again and again."""
    return compiled(words).search(word) is not None

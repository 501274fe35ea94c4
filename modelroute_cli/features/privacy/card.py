"""Payment cards: issuer, length and the check digit of Luhn; a bare run of digits must also be called a card."""

from collections.abc import Iterator
from typing import Final

from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.checksums import luhn
from modelroute_cli.features.privacy.finds import Span
from modelroute_cli.features.privacy.shapes import LETTER, relaxed
from modelroute_cli.features.privacy.surroundings import in_url, is_of_a_thing, said_around

_FORMS: Final = (
    rf"(?<!{LETTER})(?<!-)(?<!\d[.,])(?:[0-9]{{4}}([ \u00a0\u2011-])[0-9]{{4}}\1[0-9]{{4}}\1[0-9]{{4}}|"
    rf"[0-9]{{4}}([ \u00a0\u2011-])[0-9]{{6}}\2[0-9]{{4,5}}|[0-9]{{13,19}})(?!{LETTER}|-|[.,]\d)"
)
CARD_SHAPE: Final = relaxed(_FORMS)
_ISSUERS: Final = (
    r"(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|"
    r"6(?:011|4[4-9]\d|5\d\d)\d{12,15}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|"
    r"(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{12,15})"
)  # Visa, Mastercard (two), American Express, Discover, Diners, JCB, UnionPay, Maestro
CARD_WORDS: Final = (
    r"(?i)\b(?:cards?|(?:euro|bank|credit|debit|master)_?cards?|credit|debit|visa|mastercard|amex|maestro|discover|jcb|unionpay|cvv2?|cvc|"
    r"exp(?:iry|ires|iration)?|pan|ccn?|charge|pay(?:ment|ing)?|\w*karten?(?:n(?:ummer|r))?|karta|karty|kart[ąę]|kaart|"
    r"kaartnummer|\w+kaart|carte|bancaire|tarjeta|cart[ãa]o|carta|(?:kredit|betal|bank|konto)?kort(?:et|nummer|nr)?|zahl\w*|карт\w*)\b|"
    r"card_?n|カード|信用卡|银行卡|卡号|신용카드|카드"
)


def cards(text: str, start: int, end: int) -> Iterator[Span]:
    """The places of card numbers between `start` and `end`."""
    for found in compiled(_FORMS).finditer(text, start, end):
        digits = compiled(r"[^0-9]").sub("", found.group())
        if compiled(_ISSUERS).fullmatch(digits) and luhn(digits) and _is_meant(text, found.start(), found.end()):
            yield Span(found.start(), found.end())


def _is_meant(text: str, start: int, end: int) -> bool:
    """Whether a card is spoken of, or the number is written as on a card and of nothing else."""
    if in_url(text, start):
        return False
    if said_around(text, start, end, CARD_WORDS):
        return True
    return not text[start:end].isdigit() and not is_of_a_thing(text, start)

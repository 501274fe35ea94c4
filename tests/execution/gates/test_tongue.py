"""Answers in the language that is wanted."""

# ruff: noqa: RUF001 - other scripts are meant

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.subject import Subject
from modelroute_cli.execution.gates.tongue import other_language, wrong_language

ENGLISH = "Dear Anna, we would like to thank you for your order. It is on its way and will be with you on Friday."
GERMAN = "Liebe Anna, vielen Dank für Ihre Bestellung. Sie ist unterwegs und wird am Freitag bei Ihnen sein."
FRENCH = "Chère Anna, nous vous remercions de votre commande. Elle est en route et sera chez vous vendredi."
POLISH = "Dzień dobry, dziękujemy za zamówienie. Jest już w drodze i będzie u Pani w piątek, proszę się nie martwić."
JAPANESE = "ご注文ありがとうございます。商品は金曜日にお届けする予定です。"
CHINESE = "感谢您的订购。您的包裹已经寄出，预计星期五送达。"
RUSSIAN = "Спасибо за ваш заказ. Он уже в пути и будет у вас в пятницу."
TEXTS = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "pl": POLISH, "ja": JAPANESE, "ru": RUSSIAN}


@pytest.mark.parametrize("wanted", TEXTS)
@pytest.mark.parametrize("spoken", TEXTS)
def test_another_language_fails_and_the_wanted_one_passes(wanted: str, spoken: str) -> None:
    """Every pair, with both named."""
    told = other_language(TEXTS[spoken], wanted)
    assert told == (None if wanted == spoken else f"it is in `{spoken}`, not in `{wanted}`")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Summer Sale",
        "Grüße",
        "Łódź",
        "Nike Air Max 90",
        "x = y + 2",
        "4711",
        "SELECT * FROM orders",
        "OK!",
        "ok, super",
    ],
)
def test_what_does_not_tell_passes(text: str) -> None:
    """Short answers, names and code are of no language."""
    assert [other_language(text, wanted) for wanted in ("en", "de", "es", "it")] == [None] * 4


@pytest.mark.parametrize(
    "text",
    [
        f"Subject: Your order is on the way to you\n\n{GERMAN}\n\n{GERMAN} {GERMAN}",
        f"{ENGLISH}\n\n---\n\n{GERMAN} {GERMAN}",
        f'"{FRENCH}"\n\nIn deutscher Sprache: {GERMAN} {GERMAN}',
    ],
)
def test_an_answer_with_some_of_the_wanted_language_passes(text: str) -> None:
    """Subject lines, quotations and originals may stand before it."""
    assert other_language(text, "de") is None


def test_a_long_answer_is_judged_by_stretches() -> None:
    """Its end may be in the wanted language, its beginning a table."""
    table = "| A1 | B2 | 4711 |\n" * 20
    assert other_language(table + GERMAN * 5, "de") is None
    assert other_language(table + GERMAN * 5, "en") == "it is in `de`, not in `en`"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tak for din ordre. Den er på vej og vil være hos dig på fredag, og vi er glade for det.", "nb"),
        (CHINESE, "ja"),
    ],
)
def test_languages_that_cannot_be_kept_apart_are_one(text: str, wanted: str) -> None:
    """A wrong guess between neighbours fails nobody."""
    assert other_language(text, wanted) is None


def test_of_json_only_the_texts_are_read() -> None:
    """The keys are in the language of the schema."""
    rules = GateRules(language="de")
    request = Request(custom_id="r", prompt="x", response_schema={"type": "object"})
    german = f'{{"the_subject_of_the_mail_and_more": "{GERMAN}", "and_so_on": [1, null, true]}}'
    assert wrong_language(Subject(request, rules, german)) is None
    english = f'{{"betreff": ["{ENGLISH}"]}}'
    assert wrong_language(Subject(request, rules, english)) == "it is in `en`, not in `de`"
    assert wrong_language(Subject(request, rules, "{broken")) is None


def test_without_a_language_nothing_is_wrong() -> None:
    """The gate is silent where no rule wants it."""
    assert wrong_language(Subject(Request(custom_id="r", prompt="x"), GateRules(), GERMAN)) is None


@given(st.text(max_size=900), st.sampled_from(sorted(TEXTS)))
def test_no_text_makes_it_raise(text: str, wanted: str) -> None:
    """And adding enough of the wanted language before it always passes."""
    other_language(text, wanted)
    assert other_language(f"{TEXTS[wanted]}\n{text}", wanted) is None

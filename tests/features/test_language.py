"""Rules of language detection."""

# ruff: noqa: RUF001 - texts in other scripts are meant

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.language import language

TEXTS = [
    ("en", "Write a short e-mail to our customers about the new opening hours."),
    ("en", "nginx: redirect all http to https"),
    ("de", "Schreibe eine kurze Nachricht an unsere Kunden über die neuen Öffnungszeiten."),
    ("de", "Fünf Überschriften bitte"),
    ("fr", "Rédige un court message à nos clients sur les nouveaux horaires."),
    ("es", "Escribe un mensaje breve a nuestros clientes sobre el nuevo horario."),
    ("pt", "Escreva uma mensagem curta para os nossos clientes sobre o novo horário."),
    ("it", "Scrivi un breve messaggio ai nostri clienti sui nuovi orari di apertura."),
    ("nl", "Schrijf een kort bericht aan onze klanten over de nieuwe openingstijden."),
    ("pl", "Napisz krótką wiadomość do naszych klientów o nowych godzinach otwarcia."),
    ("sv", "Skriv ett kort meddelande till våra kunder om de nya öppettiderna."),
    ("da", "Skriv en kort besked til vores kunder om de nye åbningstider."),
    ("cs", "Napiš krátkou zprávu našim zákazníkům o nové otevírací době."),
    ("tr", "Müşterilerimize yeni çalışma saatleri hakkında kısa bir mesaj yaz."),
    ("fi", "Kirjoita lyhyt viesti asiakkaille, joka kertoo että olemme nyt auki myös sunnuntaina."),
    ("ja", "新しい営業時間についてお客様への短いお知らせを書いてください。"),
    ("zh", "请给客户写一条关于新营业时间的简短通知。"),
    ("ko", "새로운 영업시간에 대해 고객에게 짧은 안내문을 써 주세요."),
    ("ru", "Напишите клиентам короткое сообщение о новых часах работы."),
    ("uk", "Напишіть клієнтам коротке повідомлення про нові години роботи."),
    ("ar", "اكتب رسالة قصيرة إلى عملائنا عن ساعات العمل الجديدة."),
    ("he", "כתוב הודעה קצרה ללקוחות שלנו על שעות הפתיחה החדשות."),
    ("hi", "हमारे ग्राहकों को नए समय के बारे में एक छोटा संदेश लिखें।"),
    ("th", "เขียนข้อความสั้น ๆ ถึงลูกค้าของเราเกี่ยวกับเวลาทำการใหม่"),
    ("el", "Γράψε ένα σύντομο μήνυμα στους πελάτες μας για το νέο ωράριο."),
]


@pytest.mark.parametrize(("code", "text"), TEXTS)
def test_languages_are_told_apart(code: str, text: str) -> None:
    """A sentence is enough for each language of the samples and for the scripts of others."""
    assert language(text) == code


@pytest.mark.parametrize("text", ["", "42", "asdf qwer", "???", "x = y + 2", "Qzx, 17:30"])
def test_a_text_that_does_not_tell_is_undetermined(text: str) -> None:
    """`und` is the honest answer, never a guess."""
    assert language(text) == "und"


def test_a_few_foreign_characters_do_not_decide() -> None:
    """A quoted word in another script leaves the language of the question alone."""
    assert language("What does the sign 関係者 say in plain English, please?") == "en"


def test_kanji_beside_kana_are_japanese() -> None:
    """Han characters alone are Chinese, with kana Japanese."""
    assert (language("東京都庁舎"), language("東京都庁舎はどこですか")) == ("zh", "ja")


@given(st.text(max_size=400))
def test_any_text_has_a_code(text: str) -> None:
    """No text crashes, and the code has two letters or is `und`."""
    code = language(text)
    assert code == "und" or len(code) == 2

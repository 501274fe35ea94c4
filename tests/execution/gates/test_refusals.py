"""Refusals told from answers."""

import pytest

from modelroute_cli.execution.gates.refusals import looks_like_refusal


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, but I can\u2019t assist with that request.",
        "I cannot create content that promotes gambling.",
        "I am unable to provide medical advice.",
        "As an AI language model, I cannot write this.",
        "Your request violates our usage policies.",
        "Es tut mir leid, aber ich kann dabei nicht helfen.",
        "Ich kann diese Anfrage leider nicht erfüllen.",
        "Je suis désolé, mais je ne peux pas vous aider avec cette demande.",
        "Lo siento, pero no puedo ayudar con eso.",
        "Desculpe, não posso ajudar com isso.",
        "Mi dispiace, non posso aiutarti con questa richiesta.",
        "Sorry, ik kan je daar niet bij helpen.",
        "Przepraszam, nie mogę pomóc w tej sprawie.",
        "Jag kan tyvärr inte hjälpa till med det.",
        "Извините, я не могу помочь с этим.",  # noqa: RUF001 - Russian
        "Üzgünüm, bu konuda yardımcı olamam.",  # noqa: RUF001 - Turkish
        "抱歉,我无法协助处理这个请求。",
        "申し訳ありませんが、そのご要望にはお応えできません。",
        "죄송하지만 그 요청은 도와드릴 수 없습니다.",
        "عذراً، لا أستطيع المساعدة في ذلك.",
    ],
)
def test_refusals_are_seen_in_many_languages(text: str) -> None:
    """Short answers that say they will not do it."""
    assert looks_like_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear Anna, we are sorry that your parcel was late. Here is a voucher.",
        "Subject: We're sorry we missed you",
        "I can't wait to show you our new collection!",
        "You can't help but love it.",
        "Sorry we can't make it to the party.",
        "Ich kann es kaum erwarten!",
        "Je ne peux pas attendre !",
        "No puedo esperar a verte.",
        "Can't sleep? Try our pillow.",
    ],
)
def test_apologies_and_headlines_are_no_refusals(text: str) -> None:
    """An e-mail may apologise and a headline may say cannot."""
    assert not looks_like_refusal(text)


def test_a_long_text_is_no_refusal() -> None:
    """An answer that goes on after a caveat is judged by the other gates."""
    assert not looks_like_refusal("I cannot provide legal advice, but here is what usually holds. " + "word " * 100)

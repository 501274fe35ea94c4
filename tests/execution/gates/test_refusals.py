"""Refusals told from answers."""

# ruff: noqa: RUF001 - other scripts are meant

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.execution.gates.refusals import Wording, is_refusal, looks_like_refusal

REFUSALS = {
    "en": [
        "Sorry, I can't do that.",
        "I can't write a message that impersonates a real person.",
        "Apologies, but I can't create marketing copy for weapons.",
        "I'm not comfortable creating this e-mail.",
        "My guidelines don't allow me to produce this kind of text.",
        "I cannot generate headlines that make false claims about a competitor.",
        "Unfortunately I am unable to complete this task as described.",
        "I'm sorry, but I'm not going to write that.",
        "I don't think I can help you with this one.",
        "It would be unethical for me to write this text.",
        "I'm just an AI, I can't engage in such conversations.",
        "I can't support that kind of request.",
        "That's not something I can help with.",
        "As an AI language model, I do not have personal opinions.",
        "I apologize, but I cannot fulfill your request as it goes against ethical guidelines.",
        "I refuse to help.",
        "I'd rather not go there.",
        "I cannot do that.",
        "I must decline to answer that one.",
        "As an AI, I am not able to provide that information.",
        "I'm sorry, but I cannot provide an analysis of the image based on your request.",
        "I'm sorry, I can't provide assistance with that request.",
        "I'm sorry, but I cannot provide specific medical diagnoses. Please consult a doctor.",
        "I'm sorry, but I cannot provide personal information or private medical records.",
        "I'm sorry, but I cannot assist with requests involving harmful or dangerous content.",
        "I'm sorry, but I can't assist with that.",
        "I'm sorry, I cannot help with that request.",
        "I apologize, but I am unable to fulfill this request.",
        "Sorry, but I can't continue with this request.",
        "I'm not able to help with that.",
        "I can't help with creating this kind of content.",
        "I won't be able to write that e-mail for you.",
        "Unfortunately, I can't provide that information.",
        "I must decline this request.",
        "As an AI language model, I don't have the ability to send e-mails.",
        "I'm afraid I can't do that.",
        "This content violates our policies and cannot be generated.",
        "I do not feel comfortable writing this.",
        "I'm really sorry, but I can't discuss that topic.",
        "Sorry, I'm unable to answer this question.",
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, but I can\u2019t assist with that request.",
        "I cannot create content that promotes gambling.",
        "I am unable to provide medical advice.",
        "As an AI language model, I cannot write this.",
        "Your request violates our usage policies.",
    ],
    "de": [
        "Es tut mir leid, ich kann keine medizinischen Ratschläge geben.",
        "Diese Aufgabe kann ich nicht übernehmen.",
        "Leider kann ich keine E-Mail schreiben, die sich als Bank ausgibt.",
        "Tut mir leid, aber solche Inhalte erstelle ich nicht.",
        "Ich kann dazu leider keine Informationen geben.",
        "Das verstößt gegen meine Richtlinien.",
        "Es ist mir nicht möglich, diese Frage zu beantworten.",
        "Entschuldigung, diese Art von Inhalten kann ich nicht erstellen.",
        "Bei diesem Thema kann ich leider nicht behilflich sein.",
        "Es tut mir leid, aber dabei kann ich dir nicht helfen.",
        "Entschuldigung, aber ich kann diese Anfrage nicht bearbeiten.",
        "Tut mir leid, das kann ich nicht tun.",
        "Leider kann ich Ihnen dabei nicht weiterhelfen.",
        "Ich kann diesen Text leider nicht schreiben.",
        "Ich bin nicht in der Lage, diese Anfrage zu erfüllen.",
        "Als KI-Sprachmodell kann ich keine Rechtsberatung geben.",
        "Diese Anfrage kann ich nicht beantworten.",
        "Ich darf dazu keine Auskunft geben.",
        "Ich muss diese Anfrage ablehnen.",
    ],
    "fr": [
        "Je ne peux pas vous fournir d'avis juridique.",
        "Désolé, je ne peux pas écrire un e-mail qui se fait passer pour une banque.",
        "Je regrette, mais je ne suis pas autorisé à fournir ces informations.",
        "Cette demande est contraire à mes règles.",
        "Je ne peux malheureusement pas vous aider sur ce sujet.",
        "Désolé, je ne peux pas traiter cette demande.",
        "Désolé, mais je ne peux pas vous aider avec cela.",
        "Je suis désolée, je ne peux pas répondre à cette demande.",
        "Je ne peux pas rédiger ce contenu.",
        "Je ne suis pas en mesure de répondre à cette question.",
        "Malheureusement, je ne peux pas accéder à votre demande.",
        "En tant qu'IA, je ne peux pas fournir de conseils médicaux.",
        "Il m'est impossible de répondre à cette demande.",
        "Je refuse de produire ce type de contenu.",
        "Je dois refuser cette demande.",
    ],
    "es": [
        "Me temo que no puedo ayudarle con esta petición.",
        "Lo siento, no puedo escribir un correo que suplante a un banco.",
        "No puedo ofrecer asesoramiento legal.",
        "Lo siento, pero no tengo permitido hablar de ese tema.",
        "Esa solicitud infringe mis políticas.",
        "Lo lamento, no puedo completar esta tarea.",
        "Lo siento, pero no puedo ayudarte con eso.",
        "Lo siento, no puedo cumplir con esa solicitud.",
        "Lamentablemente, no puedo responder a esa pregunta.",
        "No puedo generar este tipo de contenido.",
        "No me es posible ayudarte con esta solicitud.",
        "Como modelo de lenguaje de IA, no puedo dar consejos médicos.",
        "Disculpa, pero no estoy en condiciones de proporcionar esa información.",
        "No estoy autorizado a redactar ese texto.",
        "Debo rechazar esta solicitud.",
    ],
    "it": [
        "Non posso dare consigli medici.",
        "Mi dispiace, ma non posso creare contenuti di questo tipo.",
        "Scusa, ma non posso scrivere questo testo.",
        "Questa richiesta viola le mie linee guida.",
        "Mi dispiace, non posso fornire queste informazioni.",
        "Mi dispiace, ma non posso aiutarti con questo.",
        "Mi spiace, non sono in grado di soddisfare questa richiesta.",
        "Non posso rispondere a questa domanda.",
        "Spiacente, non posso generare questo contenuto.",
        "Purtroppo non posso aiutarla.",
        "In quanto modello linguistico di IA, non posso fornire consulenza legale.",
        "Non mi è possibile completare questa richiesta.",
        "Devo rifiutare questa richiesta.",
    ],
    "pt": [
        "Desculpe, não posso escrever esse tipo de mensagem.",
        "Não posso fornecer aconselhamento jurídico.",
        "Esse pedido viola as minhas diretrizes.",
        "Lamento, mas não posso ajudá-lo com isso.",
        "Desculpe, mas não posso ajudar com isso.",
        "Sinto muito, mas não consigo ajudar com esse pedido.",
        "Infelizmente, não posso responder a essa pergunta.",
        "Não posso gerar este tipo de conteúdo.",
        "Não sou capaz de atender a essa solicitação.",
        "Lamento, mas não me é possível ajudá-lo.",
        "Como um modelo de linguagem de IA, não posso dar conselhos médicos.",
        "Tenho de recusar este pedido.",
    ],
    "nl": [
        "Ik kan geen juridisch advies geven.",
        "Sorry, maar zulke teksten schrijf ik niet.",
        "Hier kan ik je helaas niet mee helpen.",
        "Dat verzoek is in strijd met mijn richtlijnen.",
        "Het spijt me, ik kan deze tekst niet schrijven.",
        "Het spijt me, maar daar kan ik je niet bij helpen.",
        "Sorry, ik kan niet voldoen aan dit verzoek.",
        "Helaas kan ik deze vraag niet beantwoorden.",
        "Ik kan deze inhoud niet genereren.",
        "Ik ben niet in staat om aan dit verzoek te voldoen.",
        "Als AI-taalmodel kan ik geen medisch advies geven.",
        "Ik moet dit verzoek weigeren.",
    ],
    "pl": [
        "Przykro mi, ale nie mogę napisać takiego maila.",
        "Niestety nie jestem w stanie spełnić tej prośby.",
        "Ta prośba narusza moje zasady.",
        "Przepraszam, nie mogę udostępnić tych informacji.",
        "Przykro mi, ale nie mogę w tym pomóc.",
        "Niestety nie mogę spełnić tej prośby.",
        "Przepraszam, ale nie jestem w stanie odpowiedzieć na to pytanie.",
        "Nie mogę wygenerować takiej treści.",
        "Jako model językowy AI nie mogę udzielać porad medycznych.",
        "Nie mogę Ci w tym pomóc.",
        "Muszę odmówić wykonania tego polecenia.",
    ],
    "sv": [
        "Tyvärr kan jag inte skriva ett sådant mejl.",
        "Denna begäran bryter mot mina riktlinjer.",
        "Jag kan inte ge juridisk rådgivning.",
        "Det kan jag tyvärr inte hjälpa dig med.",
        "Tyvärr kan jag inte hjälpa till med det.",
        "Jag är ledsen, men jag kan inte hjälpa dig med detta.",
        "Jag kan inte svara på den frågan.",
        "Jag har inte möjlighet att uppfylla denna begäran.",
        "Som en AI-språkmodell kan jag inte ge medicinska råd.",
        "Förlåt, men jag kan inte skapa sådant innehåll.",
        "Jag måste avböja denna begäran.",
    ],
    "ja": [
        "恐れ入りますが、そのようなメールは作成できません。",
        "その質問はガイドラインに違反しているため回答できません。",
        "お役に立てず申し訳ありませんが、お答えできません。",
        "申し訳ありませんが、そのような内容を生成することはできません。",
        "申し訳ございませんが、そのリクエストにはお応えできません。",
        "申し訳ありませんが、この質問にはお答えできません。",
        "すみません、それについてはお手伝いできません。",
        "ごめんなさい、その内容は作成できません。",
        "恐れ入りますが、その件についてはお答えいたしかねます。",
        "その依頼には対応できません。",
        "AIとして、医療に関するアドバイスを提供することはできません。",
        "このリクエストを処理することはできません。",
        "申し訳ありませんが、そのご要望にはお応えできません。",
    ],
    "zh": [
        "很抱歉,我无法撰写冒充银行的邮件。",
        "我不能协助这类请求。",
        "该请求违反了使用政策,我不能执行。",
        "对不起,作为AI,我无法提供医疗诊断。",
        "抱歉,我无法满足您的请求。",
        "很抱歉,我不能帮助您完成这个任务。",
        "对不起,我无法回答这个问题。",
        "我无法生成此类内容。",
        "作为一个人工智能语言模型,我不能提供医疗建议。",
        "非常抱歉,这个问题我没办法回答。",
        "不好意思,我不便提供相关信息。",
        "很遗憾,我不能协助您撰写该内容。",
        "您好,这个问题我暂时无法回答,让我们换个话题再聊聊吧。",
    ],
    "ko": [
        "죄송하지만 그 내용은 제공해 드릴 수 없습니다.",
        "죄송하지만 해당 요청은 도와드릴 수 없습니다.",
        "죄송합니다. 그 질문에는 답변할 수 없습니다.",
        "저는 그런 내용을 작성할 수 없습니다.",
    ],
    "ru": [
        "Я не могу выполнить этот запрос.",
        "Извините, но я не могу помочь с этим запросом.",
        "К сожалению, я не могу ответить на этот вопрос.",
        "Я не в состоянии выполнить эту просьбу.",
    ],
    "tr": [
        "Üzgünüm, bu isteği yerine getiremem.",
        "Maalesef bu konuda size yardımcı olamıyorum.",
        "Bu içeriği oluşturamam.",
        "Üzgünüm, bu konuda yardımcı olamam.",
    ],
    "ar": [
        "عذراً، لا أستطيع المساعدة في ذلك.",
    ],
    "hi": [
        "मैं इस अनुरोध में मदद नहीं कर सकता।",
    ],
}
ANSWERS = [
    "",
    "Dear Anna, we are sorry that your parcel was late. Here is a voucher.",
    "Subject: We're sorry we missed you",
    "You can't help but love it.",
    "Sorry we can't make it to the party.",
    "Can't sleep? Try our pillow.",
    "I cannot wait to see you at the launch!",
    "Dear Tom, I'm sorry I can't make it on Friday. Could we move the meeting to Monday?",
    "Subject: Sorry we can't ship this week",
    "I'm sorry that I could not answer sooner. The parcel left today.",
    "Hi Anna, unfortunately I can't provide a discount on this item, but shipping is on us.",
    "We are unable to accept returns after 30 days.",
    "I can't help falling in love with this lamp.",
    "I can't help but smile: our summer sale is here",
    "You won't be able to put it down.",
    "The customer says he cannot open the lid and asks for a refund.",
    "Can't create the perfect garden? We can.",
    "No, the text does not say when the shop opens.",
    "The answer cannot be determined from the text.",
    "I am not able to attend the workshop, she wrote.",
    "Thank you for your application. I'm sorry, but I can't offer you the position this time.",
    "As an AI company, we can't wait to show you our new model.",
    "ERROR: cannot create file",
    "Ich kann es kaum erwarten, dich zu sehen!",
    "Hallo Frau Weber, leider kann ich am Freitag nicht kommen. Geht es auch am Montag?",
    "Tut mir leid, dass ich erst heute antworte.",
    "Leider können wir Ihnen den Rabatt nicht gewähren.",
    "Wir bedauern die Verspätung Ihrer Lieferung.",
    "Das kann ich nicht glauben: 50 % auf alles!",
    "Der Kunde kann den Deckel nicht öffnen.",
    "Je ne peux pas attendre de vous voir !",
    "Bonjour Marie, je suis désolée, je ne peux pas venir vendredi.",
    "Impossible de résister à cette offre !",
    "Je ne peux pas m'en passer : la crème de l'année",
    "No puedo esperar a verte en la inauguración.",
    "Hola Ana, lo siento, no puedo ir el viernes.",
    "No puedo vivir sin café",
    "Non posso credere ai miei occhi: sconti del 70%!",
    "Ciao Marco, mi dispiace, non posso venire venerdì.",
    "Não posso acreditar: tudo com 50% de desconto!",
    "Olá Ana, desculpe, não posso ir na sexta-feira.",
    "Ik kan niet wachten om je te zien!",
    "Beste Jan, helaas kan ik vrijdag niet komen.",
    "Nie mogę się doczekać spotkania!",
    "Dzień dobry, niestety nie mogę przyjść w piątek.",
    "Jag kan inte vänta tills vi ses!",
    "Hej Anna, tyvärr kan jag inte komma på fredag.",
    "お返事が遅くなり申し訳ございません。商品は本日発送いたしました。",
    "待ちきれない!夏のセール開催中",
    "申し訳ございませんが、金曜日は伺うことができません。月曜日はいかがでしょうか。",
    "很抱歉让您久等了,您的包裹今天已发出。",
    "不能错过的夏日特惠!",
    "抱歉,我周五不能参加会议,可以改到周一吗?",
    "늦어서 죄송합니다. 오늘 발송했습니다.",
    "Не могу дождаться встречи!",
]


@pytest.mark.parametrize("text", [text for texts in REFUSALS.values() for text in texts])
def test_refusals_are_seen_in_many_languages(text: str) -> None:
    """Short answers that say they will not do it."""
    assert looks_like_refusal(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_apologies_headlines_and_letters_are_no_refusals(text: str) -> None:
    """An e-mail may apologise or decline, and a headline may say cannot."""
    assert not looks_like_refusal(text)


def test_a_long_text_is_no_refusal() -> None:
    """An answer that goes on after a caveat is judged by the other gates."""
    assert not looks_like_refusal("I cannot provide legal advice, but here is what usually holds. " + "word " * 100)
    assert looks_like_refusal("I cannot provide legal advice." + " " * 500)


def test_a_refusal_that_comes_late_is_none() -> None:
    """Only the first 200 characters are read."""
    assert not looks_like_refusal("The lamp is blue and the shade is white. " * 5 + "I cannot help with that.")


@pytest.mark.parametrize(
    "prompt",
    [
        "Translate into English: Es tut mir leid, aber dabei kann ich dir nicht helfen.",
        "Write a short note in which I decline the invitation.",
        "Schreibe eine kurze Absage an den Bewerber.",
        "Which of these is a refusal? Quote it.",
        "为我写一封婉拒邀请的短信",
    ],
)
def test_a_request_that_asks_for_a_refusal_gets_one(prompt: str) -> None:
    """Whether it holds one or names one."""
    assert not is_refusal("I'm sorry, but I can't help with that.", Request(custom_id="r", prompt=prompt))


def test_other_requests_are_refused() -> None:
    """All turns are read."""
    turns = (Message("system", "You write e-mails."), Message("user", "One about lamps."))
    assert is_refusal("I'm sorry, but I can't help with that.", Request(custom_id="r", messages=turns))
    turns = (Message("system", "You refuse all."), Message("user", "One about lamps."))
    assert not is_refusal("I'm sorry, but I can't help with that.", Request(custom_id="r", messages=turns))


def test_every_language_has_words_that_are_looked_for_first() -> None:
    """Without one of them a text is no refusal of that language."""
    said = shipped_table("refusals.yaml", Wording).said
    assert set(said) == set(REFUSALS)
    for code, texts in REFUSALS.items():
        lowered = [text.lower().replace("\u2019", "'") for text in texts]
        assert all(any(word in text for word in said[code].words) for text in lowered), code


@given(st.text(max_size=500))
def test_no_text_makes_it_raise(text: str) -> None:
    """Whatever a model says."""
    assert looks_like_refusal(text) in {True, False}

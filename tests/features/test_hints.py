"""Rules of length hints: what the instruction says is taken, in any language of the samples, and nothing else is."""

# ruff: noqa: RUF001 - texts in other scripts are meant

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.hints import length_hint
from modelroute_cli.features.reading import read

# tokens = words x tokens per word of the language, or characters / characters per token; 0.85 of a maximum
SAID = [
    ("Summarise this in 50 words.", 67),
    ("Write a product text, 200-250 words.", 303),
    ("Write a product text, 200 to 250 words.", 303),
    ("Between 80 and 100 words, please.", 121),
    ("In about 1,200 words, describe the town.", 1620),
    ("Please write no more than 100 words.", 114),
    ("Keep the answer under 150 words.", 172),
    ("Write a 90-word bio of the founder.", 121),
    ("Tell the story in two hundred-word paragraphs.", 135),
    ("Give me three bullet points on the merger.", 72),
    ("Answer in one sentence.", 24),
    ("A two-sentence answer please.", 48),
    ("Write an email in 4 short paragraphs.", 405),
    ("Write a one-page memo on rent.", 540),
    ("Write a poem of 16 lines.", 216),
    ("Write a caption, max 280 characters.", 56),
    ("Write 10 tweets of 200 characters each about rain.", 476),
    ("Write 3 subject lines under 50 characters.", 30),
    ("Write five headlines of at most eight words.", 45),
    ("Give 5 variants of at most seven words and one line of rationale.", 40),
    ("Write 3 paragraphs of 40 words each.", 162),
    ("Fasse den Text in höchstens 40 Wörtern zusammen.", 59),
    ("Nenne bitte drei Stichpunkte.", 94),
    ("Schreibe zwischen 100 und 120 Wörter über den Wald.", 192),
    ("Schreib bitte maximal 60 Zeichen, drei Varianten.", 40),
    ("Antworte bitte in einem Satz.", 31),
    ("Etwa 250 Wörter über die Decke schreiben.", 437),
    ("Écris un résumé en 40 mots.", 58),
    ("En deux phrases, explique le bail.", 52),
    ("Écris le texte, entre 150 et 180 mots, ton chaleureux.", 239),
    ("Trouve six objets de mail, 45 caractères max.", 60),
    ("Resume el texto en 60 palabras.", 85),
    ("Escribe un anuncio de máximo 160 caracteres.", 34),
    ("Escribe tres párrafos sobre el mar.", 319),
    ("Escribe unas 250 palabras para los clientes.", 355),
    ("Riassumi il verbale in tre frasi.", 86),
    ("Scrivi circa 250 parole sulla lampada.", 400),
    ("Vat het verslag samen in maximaal 30 woorden.", 38),
    ("Schrijf ongeveer 250 woorden over de fiets.", 375),
    ("Napisz około 200 słów o bucie.", 390),
    ("Napisz tekst, maksymalnie 60 znaków.", 15),
    ("Escreva cerca de 100 palavras sobre o seguro.", 148),
    ("Skriv 150 ord om hunden och katten.", 270),
    ("Bisiklet için 80 kelime yaz.", 168),
    ("Напиши 200 слов о море.", 390),
    ("280文字以内で書いてください。", 170),
    ("次の記事を三行で要約してください。", 45),
    ("用一句话概括这段通知。", 27),
    ("写一段200字左右的介绍。", 153),
    ("文案300字以内，面向家长。", 196),
    ("제목을 15자 이내로 써줘.", 7),
]

UNSAID = [
    "What is the capital of Peru?",
    "The shoe weighs 218 g and costs 45 pounds. Describe it.",
    "Write about the words of the year 2026.",
    "Translate this.",
    "Version 4.2 has 3 colours.",
    "Fix the code on line 12.",
    "",
]


def hint(prompt: str, system: str | None = None, task_type: TaskType = TaskType.OTHER) -> int | None:
    """The length hint of a request."""
    return length_hint(read(Request(custom_id="r", prompt=prompt or None, system=system)), task_type)


@pytest.mark.parametrize(("prompt", "tokens"), SAID)
def test_a_length_that_is_asked_for_is_found(prompt: str, tokens: int) -> None:
    """The expected tokens follow from the number, the unit and the language."""
    assert hint(prompt) == tokens


@pytest.mark.parametrize("prompt", UNSAID)
def test_a_text_that_does_not_say_has_no_hint(prompt: str) -> None:
    """Unknown is None: numbers of other things are no length."""
    assert hint(prompt) is None


EMAILS = [
    ("Reply with a single word, 'yes'. The body should have roughly 260 words.", 351),
    ("Subject line under 50 characters. Aim for 270 words, four or five short paragraphs.", 364),
    ("Extensión: alrededor de 270 palabras con el asunto. Sin emojis. Da dos opciones de asunto.", 383),
    ("We get 790 questions a month. Between 250 and 280 words.", 357),
    ("Ein Text von 250 Wörtern, vier oder fünf kurze Absätze. Zwei Varianten für den Betreff.", 437),
    ("One honest sentence on our mistake, and a button of two words.", None),
    ("Win-back e-mail, three short paragraphs.", 303),
]


@pytest.mark.parametrize(("prompt", "tokens"), EMAILS)
def test_a_small_size_in_an_e_mail_is_that_of_a_part(prompt: str, tokens: int | None) -> None:
    """A subject line's limit, a button's word or a number that is told about is not the e-mail's length."""
    assert hint(prompt, task_type=TaskType.EMAIL) == tokens


def test_the_middle_of_a_single_paragraph_is_read() -> None:
    """Nothing is pasted under a brief that is one paragraph, so its length may stand anywhere in it."""
    about = "The lamp is back after ten weeks and ships from our own workshop. " * 5
    assert hint(f"Write an e-mail. {about}About 100 words. {about}Be warm.", task_type=TaskType.EMAIL) == 135


def test_what_is_quoted_does_not_count() -> None:
    """The length named in pasted material is not what is asked for."""
    rule = '"Use 50 words or fewer in your abstract, and never more than ten lines of text at all."'
    assert hint(f"Translate into German: {rule}") is None


def test_what_stands_in_the_middle_of_long_material_does_not_count() -> None:
    """Only the instruction is read, not the pasted middle."""
    article = "The council met again and postponed the bridge. " * 20
    assert hint(f"Summarise.\n\n{article} It took 90 words to say so. {article}\n\nThanks!") is None


def test_the_system_message_says_it_when_the_user_does_not() -> None:
    """The user's own word wins; the system message is asked next."""
    system = "Answer in at most 40 words."
    assert hint("Why is the sky blue?", system) == 45
    assert hint("Why is the sky blue? Use 100 words.", system) == 135


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_has_a_hint_or_none(prompt: str) -> None:
    """A hint is a whole number of tokens of at least one and at most 100,000."""
    found = hint(prompt)
    assert found is None or 1 <= found <= 100_000


@pytest.mark.parametrize("count", ["99999999999999999999", "0", "1.000.000"])
def test_absurd_lengths_are_bounded(count: str) -> None:
    """No number in a text makes an expectation below one token or above 100,000."""
    found = hint(f"Write {count} words.")
    assert found is not None
    assert 1 <= found <= 100_000

"""Tests of modelroute_cli.emulator.reading."""

import pytest
from support.emulating import asked

from modelroute_cli.emulator.reading import read, schema_in_text


@pytest.mark.parametrize(
    ("prompt", "form"),
    [
        ("Write a friendly e-mail to our customers.", "email"),
        ("Schreibe eine E-Mail an unsere Kunden.", "email"),
        ("Rédigez un courriel de bienvenue.", "email"),
        ("Escribe un correo breve.", "email"),
        ("Give me three headlines for a bakery.", "headline"),
        ("Finde eine Überschrift für den Artikel.", "headline"),
        ("Classify the sentiment of this review.", "label"),
        ("Write a Python function that sorts.", "code"),
        ("How many days are in 3 weeks?", "number"),
        ("Summarize in five bullet points.", "bullets"),
        ("Tell me about the sea.", "prose"),
    ],
)
def test_the_form_follows_the_words(prompt: str, form: str) -> None:
    """What the instruction asks for is what is written."""
    assert read(asked(prompt)).form == form


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("Write an e-mail to the customers about your offer.", "en"),
        ("Schreibe eine E-Mail für die Kunden über das Angebot.", "de"),
        ("Rédigez un courriel pour les clients sur votre offre.", "fr"),
        ("Escribe un correo para los clientes sobre la oferta.", "es"),
        ("Scrivi una mail per il cliente che non risponde.", "it"),
        ("Escreva um e-mail para você e seu cliente.", "pt"),
        ("Schrijf een mail voor de klanten over het aanbod.", "nl"),
        ("Write the e-mail in German.", "de"),
        ("Translate to Spanish: the house is red.", "es"),
        ("メールを書いてください", "en"),
    ],
)
def test_the_language_is_the_one_named_or_the_prompt_s(prompt: str, language: str) -> None:
    """A named language wins; without any sign it is English."""
    assert read(asked(prompt)).language == language


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("Write about 120 words.", 110),
        ("Between 200-250 words, please.", 207),
        ("In 80 Wörtern.", 73),
        ("At most 280 characters.", 41),
        ("Use two sentences.", 23),
        ("In drei Sätzen.", 35),
        ("Tell me about the sea.", 90),
        ("Write an e-mail.", 110),
    ],
)
def test_the_length_stays_under_what_is_asked(prompt: str, words: int) -> None:
    """A little below the number of words, so that `at most` holds; else what is usual for the form."""
    assert read(asked(prompt)).words == words


@pytest.mark.parametrize(
    ("prompt", "items"),
    [
        ("Give me 5 headlines.", 5),
        ("Three short catchy slogans.", 3),
        ("zwei Varianten", 2),
        ("One headline.", 1),
        ("Hi", 1),
    ],
)
def test_variants_are_counted(prompt: str, items: int) -> None:
    """As many as asked for."""
    assert read(asked(prompt)).items == items


@pytest.mark.parametrize(
    ("prompt", "topic"),
    [
        ("Write a headline for “Blue Kettle” and others.", "Blue Kettle"),
        ("Write a headline for our new Alpine Backpack today.", "Alpine Backpack"),
        ("Schreibe eine E-Mail über Waldkaffee.", "Waldkaffee"),
        ("Write something nice.", "our offer"),
    ],
)
def test_the_topic_is_a_name_in_the_prompt(prompt: str, topic: str) -> None:
    """A quoted name, else capitalised words that are not the form itself, else a plain word."""
    assert read(asked(prompt)).topic == topic


def test_labels_are_the_choices_of_the_prompt() -> None:
    """A label is one of those listed."""
    reading = read(asked("Classify as positive, negative or neutral. Text: fine"))
    assert reading.labels == ("positive", "negative", "neutral")


def test_the_middle_of_a_long_prompt_is_material() -> None:
    """What is pasted between head and tail gives no instruction."""
    prompt = "Tell me about this. " + "x" * 1000 + " write an e-mail " + "y" * 1000
    assert read(asked(prompt)).form == "prose"


def test_a_schema_in_words_is_found() -> None:
    """As our own adapter writes it for models that take no schema."""
    request = asked('Name it.\n\nIt must meet this JSON Schema:\n{"type":"object"} Thanks')
    assert schema_in_text(request) == {"type": "object"}


@pytest.mark.parametrize("prompt", ["no schema", "JSON Schema: none", "JSON Schema: [1]", "JSON Schema: {broken"])
def test_words_without_a_schema_hold_none(prompt: str) -> None:
    """Anything that is no JSON object is no schema."""
    assert schema_in_text(asked(prompt)) is None

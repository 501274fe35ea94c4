"""A generated job file for measuring at scale: fifty prompt patterns in five languages, 300 characters a request.

The material is sentences of sample_jobs/parts/, with names and numbers that differ from row to row.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from msgspec import yaml

PARTS = Path(__file__).resolve().parent.parent / "sample_jobs" / "parts"
CHARS = 300
PATTERNS = {
    "en": (
        "Write a short promotional e-mail to {name} about this news. Plain words, no exclamation marks.\n\n{text}",
        "Classify the following customer message as complaint, praise or question. Answer with one word.\n\n{text}",
        "Summarise this note for {name} in one sentence:\n{text}",
        "Translate into German, keep names and numbers as they are: {text}",
        "Extract product, price and date as JSON from the text of ticket {number}.\n\n{text}",
        "{text}\n\nWrite three headlines for the text above, at most eight words each.",
        "Rewrite for a {number}-year-old reader without losing a fact:\n{text}",
        "Answer the customer's question from the note only. Customer: {name}. Note: {text}",
        "Product description for the catalogue, 60 words, from these facts (article {number}): {text}",
        "Name the two greatest risks in this statement and say why. Statement {number}: {text}",
    ),
    "de": (
        "Schreibe eine kurze Werbemail an {name} zu dieser Neuigkeit. Schlichte Worte, keine Ausrufezeichen.\n\n{text}",
        "Ordne die Kundennachricht ein: Beschwerde, Lob oder Frage. Antworte mit einem Wort.\n\n{text}",
        "Fasse diese Notiz f\u00fcr {name} in einem Satz zusammen:\n{text}",
        "\u00dcbersetze ins Englische, Namen und Zahlen bleiben: {text}",
        "Entnimm dem Text von Ticket {number} Produkt, Preis und Datum als JSON.\n\n{text}",
        "{text}\n\nSchreibe drei \u00dcberschriften f\u00fcr den Text oben, h\u00f6chstens acht W\u00f6rter.",
        "Formuliere f\u00fcr Leser von {number} Jahren um, ohne dass etwas verloren geht:\n{text}",
        "Beantworte die Frage des Kunden nur aus der Notiz. Kunde: {name}. Notiz: {text}",
        "Produktbeschreibung f\u00fcr den Katalog, 60 W\u00f6rter, aus diesen Angaben (Artikel {number}): {text}",
        "Nenne die zwei gr\u00f6\u00dften Risiken dieser Aussage und begr\u00fcnde sie. Aussage {number}: {text}",
    ),
    "fr": (
        "R\u00e9digez un court e-mail promotionnel pour {name} sur cette nouveaut\u00e9, en mots simples.\n\n{text}",
        "Classez ce message client : plainte, \u00e9loge ou question. R\u00e9pondez en un mot.\n\n{text}",
        "R\u00e9sumez cette note pour {name} en une phrase :\n{text}",
        "Traduisez en anglais, gardez les noms et les chiffres : {text}",
        "Extrayez du ticket {number} le produit, le prix et la date en JSON.\n\n{text}",
        "{text}\n\n\u00c9crivez trois titres pour le texte ci-dessus, huit mots au plus.",
        "R\u00e9\u00e9crivez pour un lecteur de {number} ans sans rien perdre :\n{text}",
        "R\u00e9pondez \u00e0 la question du client d'apr\u00e8s la note seule. Client : {name}. Note : {text}",
        "Fiche produit pour le catalogue, 60 mots, d'apr\u00e8s ces faits (article {number}) : {text}",
        "Nommez les deux plus grands risques de cette affirmation et dites pourquoi. N\u00b0 {number} : {text}",
    ),
    "es": (
        "Escribe un correo promocional breve a {name} sobre esta novedad, con palabras sencillas.\n\n{text}",
        "Clasifica el mensaje del cliente: queja, elogio o pregunta. Responde con una palabra.\n\n{text}",
        "Resume esta nota para {name} en una frase:\n{text}",
        "Traduce al ingl\u00e9s, conserva nombres y n\u00fameros: {text}",
        "Extrae del ticket {number} producto, precio y fecha como JSON.\n\n{text}",
        "{text}\n\nEscribe tres titulares para el texto anterior, de ocho palabras como m\u00e1ximo.",
        "Reescribe para un lector de {number} a\u00f1os sin perder ning\u00fan dato:\n{text}",
        "Responde a la pregunta del cliente solo con la nota. Cliente: {name}. Nota: {text}",
        "Ficha de producto para el cat\u00e1logo, 60 palabras, con estos datos (art\u00edculo {number}): {text}",
        "Nombra los dos mayores riesgos de esta afirmaci\u00f3n y di por qu\u00e9. Afirmaci\u00f3n {number}: {text}",
    ),
    "it": (
        "Scrivi una breve e-mail promozionale a {name} su questa novit\u00e0, con parole semplici.\n\n{text}",
        "Classifica il messaggio del cliente: reclamo, elogio o domanda. Rispondi con una parola.\n\n{text}",
        "Riassumi questa nota per {name} in una frase:\n{text}",
        "Traduci in inglese, lascia nomi e numeri come sono: {text}",
        "Estrai dal ticket {number} prodotto, prezzo e data come JSON.\n\n{text}",
        "{text}\n\nScrivi tre titoli per il testo sopra, al massimo otto parole.",
        "Riscrivi per un lettore di {number} anni senza perdere nulla:\n{text}",
        "Rispondi alla domanda del cliente solo con la nota. Cliente: {name}. Nota: {text}",
        "Scheda prodotto per il catalogo, 60 parole, da questi dati (articolo {number}): {text}",
        "Indica i due rischi maggiori di questa affermazione e spiega perch\u00e9. Affermazione {number}: {text}",
    ),
}
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tor",
    "vas",
    "ule",
    "shi",
    "por",
    "den",
    "al",
    "gri",
    "no",
    "be",
    "sta",
    "ros",
    "elm",
]


def write_job(path: Path, rows: int, seed: int = 1) -> None:
    """A job file of `rows` requests at `path`."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_lines(rows, Random(seed)))  # noqa: S311 - a generator of measured data


def _lines(rows: int, random: Random) -> Iterator[str]:
    for row, (_, prompt) in enumerate(prompts(rows, random)):
        yield json.dumps({"custom_id": f"row-{row:08d}", "prompt": prompt}, ensure_ascii=False) + "\n"


def prompts(rows: int, random: Random) -> Iterator[tuple[int, str]]:
    """Each prompt with the number of its pattern."""
    patterns = [(language, pattern) for language, listed in PATTERNS.items() for pattern in listed]
    facts = {language: _facts(language) for language in PATTERNS}
    for _ in range(rows):
        number = random.choice(range(len(patterns)))
        language, pattern = patterns[number]
        yield number, _prompt(pattern, facts[language], random)


def _facts(language: str) -> list[str]:
    """The sentences of a language's sample parts."""
    parts = yaml.decode((PARTS / f"{language}.yaml").read_bytes(), type=dict[str, object])
    products = parts["products"]
    if not isinstance(products, list):
        raise TypeError(language)
    return [str(fact) for product in products for fact in product["facts"]]


def _prompt(pattern: str, facts: list[str], random: Random) -> str:
    """A pattern filled so that about CHARS characters come out."""
    name, number = "".join(random.choices(_SYLLABLES, k=3)).capitalize(), random.randrange(10_000)
    text, room = "", CHARS - len(pattern)
    while len(text) < room:
        text += f"{random.choice(facts)} ({random.randrange(1_000)}) "
    return pattern.format(name=name, number=number, text=text[: max(room, 20)].strip())

"""Rules of cues: which concepts a text names."""

import pytest

from modelroute_cli.features.cues import ANY, NEGATION, asking_words, concepts, find_cues
from modelroute_cli.features.words import words

LANGUAGES = (
    "ar cs da de el en es fi fr he hi hu id it ja ko nb nl pl pt ro ru sv tr uk vi zh".split()  # noqa: SIM905 - a list is long
)
NAMED = [
    ("en", "Please translate the leaflet", "translate"),
    ("en", "boil down the memo", "summarize"),
    ("de", "Fasse den Bericht zusammen", "summarize"),
    ("de", "Wir brauchen eine Reaktivierungsmail", "email"),
    ("nl", "Kun je de lanceringsmail schrijven", "email"),
    ("fr", "Résume ce compte rendu", "summarize"),
    ("es", "Traduce al inglés", "translate"),
    ("it", "Riscrivi il testo", "rewrite"),
    ("pt", "Escreva um poema", "creative"),
    ("pl", "Przetłumacz na angielski", "translate"),
    ("cs", "Přelož tohle", "translate"),
    ("sv", "Sammanfatta rapporten", "summarize"),
    ("da", "Oversæt til dansk", "translate"),
    ("tr", "Metni özetle", "summarize"),
    ("ru", "Переведи на английский", "translate"),
    ("ja", "次の記事を要約してください", "summarize"),
    ("zh", "请把下面的内容翻译成英文", "translate"),
    ("ko", "다음 글을 요약해 주세요", "summarize"),
    ("ar", "لخّص الفقرة التالية", "summarize"),
    ("ar", "والترجمة", "translate"),
    ("hi", "इसका अनुवाद करो", "translate"),
    ("nb", "Oppsummer rapporten", "summarize"),
    ("fi", "Käännä tämä ruotsiksi", "translate"),
    ("ro", "Rezumă raportul", "summarize"),
    ("hu", "Fordítsd le angolra", "translate"),
    ("el", "Μετάφρασε το κείμενο", "translate"),
    ("uk", "Переклади англійською", "translate"),
    ("he", "תרגמי את המכתב", "translate"),
    ("he", "ולתרגם", "translate"),
    ("id", "Terjemahkan surat ini", "translate"),
    ("vi", "Tóm tắt báo cáo", "summarize"),
]


def named(text: str, language: str) -> list[tuple[str, bool]]:
    """The concepts a text names, each with whether it is negated."""
    return [(concepts()[cue.concept], cue.negated) for cue in find_cues(text, words(text), language)]


@pytest.mark.parametrize(("language", "text", "concept"), NAMED)
def test_every_language_asks_for_things(language: str, text: str, concept: str) -> None:
    """Words, beginnings, endings, phrases and runs without spaces are found."""
    assert (concept, False) in named(text, language)


def test_the_vocabulary_has_its_languages() -> None:
    """Twenty-seven languages; every concept has entries."""
    assert sorted(asking_words()) == LANGUAGES
    assert ANY not in asking_words()
    assert len(set(concepts())) == len(concepts())
    assert NEGATION in concepts()


def test_entries_hold_in_their_language_only() -> None:
    """Danish `ret` means `correct`; English `return` does not begin with it."""
    assert ("rewrite", False) not in named("return the list", "en")
    assert ("code", False) in named("en funktion i python", "sv")


def test_an_unknown_language_gets_every_entry() -> None:
    """A text that does not tell its language may still ask for something."""
    assert ("translate", False) in named("Traduce", "und")


def test_a_negation_turns_the_next_words_around() -> None:
    """`do not summarize` is no request for a summary."""
    assert ("summarize", True) in named("Do not summarize it", "en")
    assert ("summarize", True) in named("Bitte nicht zusammenfassen", "de")


def test_a_negation_ends_with_its_sentence() -> None:
    """The next sentence is not negated, nor what stands far behind."""
    assert ("translate", False) in named("Do not. Translate it", "en")
    assert ("translate", False) in named("not now because it is late translate it", "en")


def test_a_phrase_needs_all_its_words() -> None:
    """`boil down` is a cue, `boil the egg` is none."""
    assert named("boil the egg", "en") == []


def test_cues_know_their_place_and_sentence() -> None:
    """Places count words and sentence ends, sentences count from zero."""
    cues = find_cues("", words("Hm. Translate."), "en")
    assert [(concepts()[cue.concept], cue.place, cue.sentence) for cue in cues] == [("translate", 2, 1)]

"""Rules of reading a request."""

from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.schema import Request
from modelroute_cli.features.cues import concepts
from modelroute_cli.features.reading import BODY, HEAD, MIDDLE, SYSTEM, Reading, read
from modelroute_cli.features.sentences import ZONES


def of(prompt: str, system: str | None = None) -> Reading:
    """The reading of a prompt."""
    return read(Request(custom_id="r", prompt=prompt or None, system=system))


def named(reading: Reading, zone: int) -> list[str]:
    """The concepts named in a zone."""
    return [concepts()[cue.concept] for cue in reading.parts[zone].cues]


def test_the_language_is_that_of_the_instruction() -> None:
    """Not of the quoted material."""
    quote = '"Die Rechnung wurde am Montag an den Kunden geschickt und ist noch offen."'
    assert of(f"Please translate this into English: {quote}").language == "en"
    letter = "The invoice was sent to the customer on Monday and it is not paid yet, so please remind them."
    assert of(f"Bitte ins Deutsche übersetzen: {letter}").language == "de"


def test_the_system_message_is_read_in_its_own_language() -> None:
    """An English system message over a German request keeps its cues."""
    reading = of("Die Rechnung ist noch offen, bitte zahlen Sie bis Montag.", "You translate letters.")
    assert (reading.language, "translate" in named(reading, SYSTEM)) == ("de", True)


def test_every_zone_is_a_part() -> None:
    """Cues and words stand in the zone they come from; sentence ends are no words."""
    reading = of("Translate. Now.")
    assert len(reading.parts) == len(ZONES)
    assert named(reading, HEAD) == ["translate"]
    assert [word.text for word in reading.parts[HEAD].words] == ["translate", "now"]
    assert reading.parts[BODY].words == ()


def test_unspaced_scripts_are_words_of_two() -> None:
    """Pairs of characters stand for words where no space parts them."""
    assert [word.text for word in of("翻訳して").parts[HEAD].words] == ["翻訳", "訳し", "して", "て"]


def test_edges_are_read_by_sentence_and_what_stands_between_as_one() -> None:
    """Beginning and end have a sentence each for what they say; the middle is one, however long."""
    reading = of(
        "Sum up the note. Two lines." + " The lift was late again and nobody knew why." * 20 + " Thank you. Bye now."
    )
    assert [len(sentence.words) for sentence in reading.parts[HEAD].sentences][:2] == [4, 2]
    assert len(reading.parts[MIDDLE].sentences) == 1


@given(st.text(max_size=200), st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_request_can_be_read(prompt: str, system: str) -> None:
    """No text crashes the reading, and reading twice gives the same."""
    one, two = (of(prompt, system or None) for _ in range(2))
    assert [(part.cues, part.words) for part in one.parts] == [(part.cues, part.words) for part in two.parts]

"""Rules of sentences: how a zone is cut, and what place and look say."""

from modelroute_cli.features.cues import concepts
from modelroute_cli.features.sentences import LOOKS, MARKS, Sentence, cues_of, looks_of, marks, sentences


def said(text: str, spoken: str = "en") -> list[str]:
    """The words of each sentence, joined."""
    return [" ".join(word.text for word in sentence.words) for sentence in sentences(text, spoken)]


def looks(found: tuple[Sentence, ...]) -> list[set[str]]:
    """The looks of each sentence by name."""
    return [{LOOKS[look] for look in each} for each in looks_of(found)]


def marked(zone: int, count: int, *, told: bool) -> list[set[str]]:
    """The places of each sentence by name."""
    return [{MARKS[mark] for mark in each} for each in marks(zone, count, told=told)]


def test_sentences_lines_and_colons_part() -> None:
    """Each ends a sentence, in scripts with and without spaces."""
    assert said("Sum it up. Two lines:\nThe lift was late") == ["sum it up", "two lines", "the lift was late"]
    assert said("次を要約\uff1a駅は遠い", "ja") == ["次を を要 要約 約", "駅は は遠 遠い い"]


def test_crumbs_go_with_what_follows() -> None:
    """The number of a list is no sentence."""
    assert said("1. Milk is out. 2. Buy bread") == ["1 milk is out", "2 buy bread"]
    assert said("ok") == ["ok"]


def test_a_whole_zone_is_one_sentence() -> None:
    """What is read as material is not cut."""
    assert len(sentences("One thing. Another thing.", "en", whole=True)) == 1


def test_cues_are_placed_in_the_zone() -> None:
    """Places and sentences count on from sentence to sentence."""
    cues = cues_of(sentences("Please wait. Translate it. Summarize it.", "en"))
    told = [(concepts()[cue.concept], cue.sentence) for cue in cues]
    assert ("translate", 1) in told
    assert ("summarize", 2) in told
    assert [cue.place for cue in cues] == sorted(cue.place for cue in cues)


def test_looks_tell_colons_questions_and_brackets() -> None:
    """What stands behind a colon is marked as such."""
    found = sentences("Read this mail:\n{a, b, 2}\nWhen is the meeting?", "en")
    assert looks(found) == [
        {"short", "ends in a colon"},
        {"short", "bracketed", "behind a colon"},
        {"short", "asks"},
    ]


def test_length_is_a_look() -> None:
    """Short, middling, long."""
    assert looks(sentences("word " * 15, "en")) == [{"middling"}]
    assert looks(sentences("word " * 40, "en")) == [{"long"}]


def test_marks_tell_zone_and_place() -> None:
    """First, last, alone; whether a system message stands above; whether the zone is short."""
    assert marked(0, 1, told=True) == [
        {
            "system",
            "system first",
            "system last",
            "system alone",
            "system under a system message",
            "system among few",
        }
    ]
    assert marked(1, 4, told=False) == [{"head", "head first"}, {"head"}, {"head"}, {"head", "head last"}]
    assert marked(2, 0, told=False) == []


def test_a_repeated_sentence_is_read_once() -> None:
    """Batches repeat sentences; they are shared."""
    assert sentences("Thank you all.", "en")[0] is sentences("Thank you all.", "en")[0]

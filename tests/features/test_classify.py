"""Rules of the classifier that ships."""

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.schema import Message, Request, TaskType
from modelroute_cli.features import signals as seen
from modelroute_cli.features.classify import WEIGHTS, Classifier, Guess, score, softmax
from modelroute_cli.features.reading import read

REQUESTS = Path(__file__).parents[2] / "benchmarks" / "requests"
PLAIN = [
    ("Write a promotional e-mail for our new kettle, about 200 words, with a subject line.", TaskType.EMAIL),
    ("Schreibe eine Werbemail über unseren neuen Wasserkocher mit Betreff.", TaskType.EMAIL),
    ("Five headlines for an article on rainwater, max 60 characters.", TaskType.HEADLINE),
    ("Un titre pour notre podcast sur la voile, cinq propositions.", TaskType.HEADLINE),
    ("Write a product description for a folding bike, 90 words.", TaskType.COPYWRITING),
    ("Write a bedtime story about a hedgehog who lost his spines.", TaskType.CREATIVE_WRITING),
    ("Summarize the following report in three sentences.", TaskType.SUMMARIZATION),
    ("Translate into Spanish: the lift is out of order until Monday.", TaskType.TRANSLATION),
    ("Rewrite this paragraph so that it sounds more polite.", TaskType.REWRITING),
    ("Classify the sentiment of this review as positive, negative or neutral.", TaskType.CLASSIFICATION),
    ("Extract all names, dates and amounts as JSON.", TaskType.EXTRACTION),
    ("What is the difference between a lease and a licence?", TaskType.QUESTION_ANSWERING),
    ("Analyse the risks and opportunities of this plan and recommend one option.", TaskType.ANALYSIS),
    ("Solve the equation 3x + 7 = 22.", TaskType.MATH),
    ("Write a Python function that merges two sorted lists.", TaskType.CODE),
    ("hi! how was your day?", TaskType.CONVERSATION),
    ("次の記事を三行で要約してください。", TaskType.SUMMARIZATION),
    ("请把下面的说明书翻译成英文。", TaskType.TRANSLATION),
]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    """The classifier as it ships."""
    return Classifier.load()


def guess(classifier: Classifier, prompt: str) -> Guess:
    """The guess for one prompt."""
    return classifier.guess([read(Request(custom_id="r", prompt=prompt or None))])[0]


@pytest.mark.parametrize(("prompt", "task_type"), PLAIN)
def test_plain_requests_are_recognised(classifier: Classifier, prompt: str, task_type: TaskType) -> None:
    """What says plainly what it wants is understood."""
    assert guess(classifier, prompt).task_type == task_type


@pytest.mark.parametrize("prompt", ["asdf", "NULL", "test test 123", ""])
def test_what_says_nothing_is_other(classifier: Classifier, prompt: str) -> None:
    """`other` is the honest answer."""
    assert guess(classifier, prompt).task_type == TaskType.OTHER


def test_the_rows_own_word_wins(classifier: Classifier) -> None:
    """A given task type is taken as it is, with full confidence."""
    request = Request(custom_id="r", prompt="Translate this.", task_type=TaskType.MATH)
    found = classifier.classify(request)
    assert (found.task_type, found.confidence, found.evidence) == (TaskType.MATH, 1.0, ("the row says so",))


def test_evidence_names_what_decided(classifier: Classifier) -> None:
    """The strongest signals come first, in words a user can read."""
    found = classifier.classify(Request(custom_id="r", prompt="Translate the leaflet into German."))
    assert found.task_type == TaskType.TRANSLATION
    assert any("`translate`" in line for line in found.evidence)
    assert 1 <= len(found.evidence) <= 4


def test_one_and_many_agree(classifier: Classifier) -> None:
    """A request has the same guess alone and in a block."""
    requests = [Request(custom_id="r", prompt=prompt) for prompt, _ in PLAIN]
    together = classifier.guess([read(request) for request in requests])
    alone = [classifier.classify(request) for request in requests]
    assert [each.task_type for each in together] == [each.task_type for each in alone]
    assert np.allclose([each.confidence for each in together], [each.confidence for each in alone], atol=1e-5)


def test_an_empty_block_has_no_guesses(classifier: Classifier) -> None:
    """Nothing in, nothing out."""
    assert classifier.guess([]) == []


def test_a_chat_is_classified_by_its_last_turn(classifier: Classifier) -> None:
    """The request is what the user says last."""
    turns = (Message("user", "hi"), Message("assistant", "hello"), Message("user", "Translate `Hund` into English."))
    assert classifier.classify(Request(custom_id="r", messages=turns)).task_type == TaskType.TRANSLATION


def test_below_the_threshold_the_answer_is_other(classifier: Classifier) -> None:
    """A weak lead is not an answer; the confidence stays what it was."""
    careful = Classifier(replace(classifier._weights, threshold=1.1))
    sure = guess(classifier, "Translate this into Spanish.")
    unsure = guess(careful, "Translate this into Spanish.")
    assert (sure.task_type, unsure.task_type) == (TaskType.TRANSLATION, TaskType.OTHER)
    assert sure.confidence == unsure.confidence


def test_weights_of_another_vocabulary_are_refused(tmp_path: Path) -> None:
    """A changed vocabulary needs new weights, and says which script makes them."""
    with np.load(WEIGHTS) as stored:
        parts = dict(stored.items())
    path = tmp_path / "classifier.npz"
    np.savez_compressed(path, **{**parts, "digest": np.array("0" * 16)})
    with pytest.raises(ValueError, match=r"was trained for another vocabulary: run benchmarks/train_classifier\.py"):
        Classifier.load(path)


def test_the_weights_are_small() -> None:
    """The wheel carries less than two megabytes of weights."""
    assert WEIGHTS.stat().st_size < 2_000_000


def test_scores_are_sums_of_weights() -> None:
    """A row's score is its values times the weights; a row without signals has zero."""
    block = seen.Signals(np.array([0, 0, 2]), np.array([1, 2, 0]), np.array([1.0, 0.5, 2.0], np.float32), 3)
    matrix = np.array([[1, 0], [0, 1], [4, 2]], np.float32)
    assert score(block, matrix).tolist() == [[2.0, 2.0], [0.0, 0.0], [2.0, 0.0]]


def test_shares_sum_to_one() -> None:
    """Softmax is stable for large scores."""
    shares = softmax(np.array([[1000.0, 1000.0], [0.0, -1000.0]], np.float32))
    assert shares.tolist() == [[0.5, 0.5], [1.0, 0.0]]


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_classified(text: str) -> None:
    """No text crashes; the confidence is a share."""
    found = guess(Classifier.load(), text)
    assert 0 < found.confidence <= 1


def test_the_shipped_weights_know_the_development_requests(classifier: Classifier) -> None:
    """The weights are those of the training script: they fit what they were trained on."""
    rows = [json.loads(line) for line in (REQUESTS / "first.jsonl").read_text().splitlines()]
    requests = [Request(custom_id=row["id"], prompt=row["prompt"], system=row.get("system")) for row in rows]
    guesses = classifier.guess([read(request) for request in requests])
    right = sum(found.task_type.value == row["task_type"] for found, row in zip(guesses, rows, strict=True))
    assert right / len(rows) > 0.9


def test_the_sample_job_is_understood(classifier: Classifier) -> None:
    """At least 99 of 100 bulk mails of the sample are e-mails, and every headline is a headline."""
    sample = Path(__file__).parents[2] / "sample_jobs" / "marketing.jsonl"
    requests = [msgspec.json.decode(line, type=Request) for line in sample.read_bytes().splitlines()]
    guesses = classifier.guess([read(request) for request in requests])
    mails = [found.task_type for request, found in zip(requests, guesses, strict=True) if request.importance == "bulk"]
    lines = [found.task_type for request, found in zip(requests, guesses, strict=True) if request.importance != "bulk"]
    assert mails.count(TaskType.EMAIL) / len(mails) >= 0.99
    assert set(lines) == {TaskType.HEADLINE}


MISLEADING = [
    (
        "Fais-moi un résumé de ce courriel :\n\nBonjour, merci de traduire le devis avant lundi. Cordialement",
        "",
        "summarization",
    ),
    (
        "Dear team,\nplease send me the report by Friday.\nBest, Ann\n\nTranslate this mail into French.",
        "",
        "translation",
    ),
    (
        "Great phone, but the battery died in a week.",
        "Classify each review as positive, neutral or negative.",
        "classification",
    ),
    ("Order 4471, 3 chairs, 2026-03-01, 240 EUR", "Extract order number, date and amount as JSON.", "extraction"),
    ("Die Sonne sinkt, der Tag ist aus.", "Übersetze die Gedichte ins Englische.", "translation"),
    ('{"task": "translate", "target": "German", "text": "The lift is out of order."}', "", "translation"),
    ("great -> positive\nawful -> negative\nClassify the sentiment:\nso boring ->", "", "classification"),
    ("请把下面的邮件翻译成英文\n\n您好 请尽快回复。", "", "translation"),
]


@pytest.mark.parametrize(("prompt", "system", "task_type"), MISLEADING)
def test_what_counts_is_what_is_asked_for(classifier: Classifier, prompt: str, system: str, task_type: str) -> None:
    """Material may look like anything: the instruction decides, before it, behind it, in the system message or JSON."""
    request = Request(custom_id="r", prompt=prompt, system=system or None)
    assert classifier.guess([read(request)])[0].task_type.value == task_type

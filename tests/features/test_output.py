"""Rules of what an answer will be."""

import pytest

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.output import output_kind, output_language
from modelroute_cli.features.reading import read


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Translate into Spanish: the lift is out of order.", "es"),
        ("Translate from German to English: Der Aufzug ist kaputt.", "en"),
        ("Übersetze ins Französische: Der Aufzug ist kaputt.", "fr"),
        ("Traduis en allemand : L'ascenseur est en panne.", "de"),
        ("Spanish translation, please: the lift is out of order.", "es"),
        ("次の文を英語に訳してください。エレベーターは故障中です。", "en"),
        ("Translate: the lift is out of order.", "und"),
    ],
)
def test_a_translation_is_in_the_language_translated_into(prompt: str, expected: str) -> None:
    """Not in that of the request; `und` when none is named."""
    assert output_language(read(Request(custom_id="r", prompt=prompt)), TaskType.TRANSLATION) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Write a short mail to our customers about the holidays, in German.", "de"),
        ("Write a short mail to our customers about the holidays in Germany and Thailand.", "en"),
        ("Schreibe eine Mail an unsere Kunden.", "de"),
    ],
)
def test_other_answers_are_in_the_language_asked_for_or_asked_in(prompt: str, expected: str) -> None:
    """A country is no language."""
    assert output_language(read(Request(custom_id="r", prompt=prompt)), TaskType.EMAIL) == expected


def test_the_kind_is_what_is_demanded_or_what_the_task_gives() -> None:
    """A schema first, then the word JSON, then the task type."""
    schema = Request(custom_id="r", prompt="Find the name.", response_schema={"type": "object"})
    assert output_kind(read(schema), TaskType.EXTRACTION) == "schema"
    plain, json = Request(custom_id="r", prompt="Find the name."), Request(custom_id="r", prompt="Answer in JSON.")
    tasks = (TaskType.CLASSIFICATION, TaskType.CODE, TaskType.EMAIL)
    assert [output_kind(read(plain), task) for task in tasks] == ["label", "code", "text"]
    assert output_kind(read(json), TaskType.EMAIL) == "json"

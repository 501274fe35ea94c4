"""Rules of rows that say who wrote them."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.fake_transport import FakeProvider, always, answer
from support.plans import CHEAP, Row
from support.runs import Job, run

from modelroute_cli.catalog.marking import ResultSettings
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.marking import SOURCE_TYPE, MarkedRow, Marker, disclosure
from modelroute_cli.execution.result_row import ResultRow
from modelroute_cli.execution.results import result_rows, write_results

WORDS = {"de": "Mit KI erstellt.", "default": "Made with AI."}
MARKS = [name for name in MarkedRow.__struct_fields__ if name not in ResultRow.__struct_fields__]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A finished run of a request and its duplicate."""
    made = Job.of([Row(), Row(duplicate_of=0)], tmp_path_factory.mktemp("run"))
    run(made, FakeProvider(always(answer("Grüße"))))
    return made


@pytest.fixture
def marker(job: Job) -> Iterator[Marker]:
    """Over the journal of that run."""
    with reading(job.journal) as connection:
        yield Marker(connection, job.plan.header.models, ResultSettings(mark_ai=True, disclosure=WORDS))


def row_of(job: Job) -> ResultRow:
    """The first result, as if a provider had given it."""
    return structs.replace(next(result_rows(job.journal, job.plan)), emulated=False)


def marks(row: MarkedRow) -> dict[str, object]:
    """The marks alone."""
    return {name: getattr(row, name) for name in MARKS}


def test_an_answer_says_which_model_gave_it_at_whose_and_when(job: Job, marker: Marker) -> None:
    """By the provider's name of the model, with IPTC's word for it and the user's own."""
    assert marks(marker.marked(row_of(job), 0, "de")) == {
        "ai_generated": True,
        "ai_model": "served-1",
        "ai_provider": job.plan.header.models[CHEAP].provider,
        "generated_at": "2026-11-23T10:00:01+00:00",
        "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "ai_disclosure": "Mit KI erstellt.",
    }


def test_what_the_provider_does_not_name_is_named_as_it_was_asked_for(job: Job, marker: Marker) -> None:
    """And a row that nobody answered for has no time."""
    unnamed = structs.replace(row_of(job), model_served=None)
    assert marker.marked(unnamed, 0, "de").ai_model == CHEAP
    assert marker.marked(unnamed, 99, "de").generated_at is None


def test_an_emulated_answer_is_never_marked_as_a_models(job: Job, marker: Marker) -> None:
    """It names nobody, and says in so many words that no model wrote it."""
    emulated = marker.marked(structs.replace(row_of(job), emulated=True), 0, "de")
    assert marks(emulated) == dict.fromkeys(MARKS) | {"ai_generated": False}


def test_where_nothing_was_answered_there_is_nothing_to_mark(job: Job, marker: Marker) -> None:
    """Unknown is neither true nor false; a call of a tool is an answer."""
    nothing = structs.replace(row_of(job), output=None)
    assert marks(marker.marked(nothing, 0, "de")) == dict.fromkeys(MARKS)


def test_a_row_is_otherwise_as_without_marks(job: Job, marker: Marker) -> None:
    """Nothing is appended to the answer."""
    row = row_of(job)
    marked = marker.marked(row, 0, "de")
    assert [getattr(marked, name) for name in ResultRow.__struct_fields__] == [*structs.astuple(row)]


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", WORDS["de"]), ("de-AT", WORDS["de"]), ("fr", WORDS["default"]), ("und", WORDS["default"])],
)
def test_words_are_chosen_by_language(language: str, text: str) -> None:
    """Those of the language, else the default."""
    assert disclosure(WORDS, language) == text
    assert disclosure({"de": "x"}, "fr") is None


@settings(max_examples=40, deadline=None)
@given(
    texts=st.dictionaries(st.sampled_from(["de", "fr", "default"]), st.text(min_size=1)), language=st.text(max_size=5)
)
def test_no_words_are_ever_made_up(texts: dict[str, str], language: str) -> None:
    """Only those that the user wrote."""
    assert disclosure(texts, language) in {None, *texts.values()}


def test_marks_stand_in_jsonl_and_csv_where_they_are_asked_for(job: Job, tmp_path: Path) -> None:
    """A run of the emulator: every row is marked as nobody's, duplicates too."""
    said = ResultSettings(mark_ai=True)
    write_results(job.journal, job.plan, tmp_path / "out.jsonl", "jsonl", said)
    write_results(job.journal, job.plan, tmp_path / "out.csv", "csv", said)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        cells = list(csv.DictReader(file))
    assert [line["ai_generated"] for line in lines] == [False, False]
    assert [(cell["ai_generated"], cell["ai_model"]) for cell in cells] == [("false", ""), ("false", "")]
    assert list(lines[0]) == list(cells[0])


def test_without_the_wish_there_are_no_marks(job: Job, tmp_path: Path) -> None:
    """Nor is there a place for them in OpenAI's own form."""
    write_results(job.journal, job.plan, tmp_path / "plain.jsonl", "jsonl")
    write_results(job.journal, job.plan, tmp_path / "batch.jsonl", "openai-batch", ResultSettings(mark_ai=True))
    written = (tmp_path / "plain.jsonl").read_text("utf-8") + (tmp_path / "batch.jsonl").read_text("utf-8")
    assert "ai_generated" not in written
    assert SOURCE_TYPE not in written

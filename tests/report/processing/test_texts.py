"""Rules of the record in words, in every form."""

import json

import pytest
from msgspec import structs

from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.processing import ProcessingSettings
from modelroute_cli.report.processing.forms import form_of, html, markdown, screen
from modelroute_cli.report.processing.record import outside
from modelroute_cli.report.processing.texts import Chapter, Said, chapters, listed
from modelroute_cli.report.processing.types import Counted, Kept, Recipient, Record, Sent, Subject, Terms

HOSTILE = "<script>alert(1)</script>|\x1b[31m\u202e@all"
TERMS = Terms(
    regions=("eu",),
    outside_eea="no",
    retention_days=30,
    zero_retention="on_request",
    trains_on_data=False,
    source="a page of 2026-11",
)
UNKNOWN = Terms(
    regions=(), outside_eea="unknown", retention_days=None, zero_retention=None, trains_on_data=None, source=""
)
RECIPIENT = Recipient(
    provider="mistral",
    host="api.mistral.ai",
    upstream=None,
    models=("mistral-small",),
    terms=TERMS,
    requests=12,
    transmissions=14,
    purposes=(Counted("answers", 12), Counted("judging answers", 2)),
    service_tiers=(Counted("batch", 12), Counted("standard", 2)),
    stored_as_files=True,
    first_at="2026-11-23T10:00:00+00:00",
    last_at="2026-11-23T10:05:00+00:00",
    redacted=3,
    emulated=0,
    sent=Sent(
        data_classes=(Counted("personal", 12),),
        personal_data=(Counted("national_id", 2), Counted("none found", 10)),
        modalities=(Counted("text", 12),),
        languages=(Counted("de", 12),),
    ),
)
RECORD = Record(
    made_at="2026-11-24T00:00:00+00:00",
    tool_version="1",
    responsible=ProcessingSettings(controller="Acme GmbH"),
    subjects=(Subject(kind="run", name="abc", source="a.csv", requests=12, emulated=False, redaction=True),),
    recipients=(RECIPIENT,),
    kept=(Kept(what="Journal", where=".modelroute/runs/abc/"),),
    notes=("A note.",),
)


def chapter(record: Record, title: str) -> Chapter:
    """The part of that title."""
    return next(each for each in chapters(record) if each.title == title)


def with_recipient(**fields: object) -> Record:
    """The record with another recipient."""
    return structs.replace(RECORD, recipients=(structs.replace(RECIPIENT, **fields),))


def test_what_only_the_user_can_say_is_left_open_never_invented() -> None:
    """With the setting that fills it in."""
    said = chapter(RECORD, "Responsible").said
    assert said[0] == Said("Controller", "Acme GmbH")
    assert said[1] == Said("Data-protection officer", "[to be filled in: settings `processing.dpo`]")
    assert [each.text.startswith("[to be filled in") for each in said] == [False, *[True] * 6]


def test_a_recipient_says_where_how_long_what_for_and_which_data() -> None:
    """In counts."""
    assert [(each.term, each.text) for each in chapter(RECORD, "Recipient: mistral").said] == [
        ("Address", "api.mistral.ai"),
        ("Models", "mistral-small"),
        ("Processed in", "European Union"),
        ("Kept there", "30 days"),
        ("Keeps nothing (zero retention)", "only where that was agreed on request"),
        ("Trains on it", "no"),
        ("Source of these terms", "a page of 2026-11"),
        ("Requests", "12"),
        ("Transmissions", "14: answers 12, judging answers 2"),
        ("Period (UTC)", "2026-11-23T10:00:00+00:00 to 2026-11-23T10:05:00+00:00"),
        ("Service tiers", "batch 12, standard 2 (files of many requests are stored there for a time)"),
        ("Replaced before sending", "in 3 of 14 transmissions"),
        ("Data classes (as rows name them)", "personal 12"),
        ("Personal data found", "national id 2, none found 10"),
        ("Modalities", "text 12"),
        ("Languages", "de 12"),
    ]


def test_unknown_is_said_as_unknown() -> None:
    """Of places, times, training, sources and categories."""
    said = {
        each.term: each.text for each in chapter(with_recipient(terms=UNKNOWN, sent=None), "Recipient: mistral").said
    }
    assert said["Processed in"] == said["Kept there"] == said["Trains on it"] == "unknown"
    assert said["Keeps nothing (zero retention)"] == "unknown"
    assert said["Source of these terms"] == "nobody states one"
    assert said["Categories of data"] == "unknown: the job file is not there any more"


def test_third_countries_stand_apart() -> None:
    """With what has to be named for them."""
    record = with_recipient(terms=structs.replace(TERMS, regions=("us",), outside_eea="yes"))
    assert chapter(record, "Transfers to third countries").said == (
        Said(
            "mistral: United States",
            "outside the EEA: name the safeguard (adequacy decision, standard contractual clauses)",
        ),
    )
    assert chapter(RECORD, "Transfers to third countries").paragraphs == (
        "None: by the terms above nothing that is really sent goes outside the EEA, or to a place that is unknown.",
    )


def test_an_unknown_place_is_a_third_country_until_it_is_known() -> None:
    """Also of somebody who may only receive something; not of what was emulated alone."""
    far = structs.replace(RECIPIENT, terms=UNKNOWN)
    emulated = structs.replace(far, emulated=14)
    maybe = structs.replace(far, possible=True, transmissions=0)
    assert outside((far, emulated, maybe, RECIPIENT)) == (far, maybe)


def test_who_may_only_receive_something_has_terms_and_no_counts() -> None:
    """And says so in its title, with the gateway."""
    found = with_recipient(possible=True, upstream="azure")
    said = chapter(found, "May also receive: azure through mistral").said
    assert [each.term for each in said][-1] == "Source of these terms"


def test_nothing_counted_is_none() -> None:
    """And underscores are blanks."""
    assert listed(()) == "none"
    assert listed((Counted("national_id", 1_200),)) == "national id 1,200"


def test_all_forms_say_the_same() -> None:
    """Each chapter's title stands in each of them."""
    shown = "\n".join(line.text for line in screen(RECORD, None))
    for title in (each.title for each in chapters(RECORD)):
        assert title in markdown(RECORD)
        assert title in html(RECORD)
        assert title in shown
    assert json.loads(form_of("a.JSON")(RECORD))["recipients"][0]["requests"] == 12


def test_strange_texts_do_nothing() -> None:
    """Names of files and of models are strangers' words."""
    subject = structs.replace(RECORD.subjects[0], source=HOSTILE)
    record = structs.replace(RECORD, subjects=(subject,), notes=(HOSTILE,))
    page, text = html(record), markdown(record)
    shown = "\n".join(line.text for line in screen(record, 80))
    assert "<script" not in page
    assert "<" not in text.replace("\\<", "")
    assert not {"\x1b", "\u202e"} & {*page, *text, *shown}


def test_lines_are_wrapped_at_the_width_of_the_terminal() -> None:
    """And nothing is cut."""
    assert max(len(line.text) for line in screen(RECORD, 60)[2:]) <= 60
    words = " ".join(line.text for line in screen(RECORD, 60)).split()
    assert words == " ".join(line.text for line in screen(RECORD, None)).split()


def test_another_ending_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(UsageError) as refused:
        form_of("record.docx")
    assert refused.value.message == "`record.docx`: a record of processing is written as .md, .html or .json"
    assert refused.value.hint == "name it with one of these endings: `-o processing.md`"

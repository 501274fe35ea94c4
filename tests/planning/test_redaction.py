"""What a plan knows of redaction."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.planning_jobs import job_of, requests_of, settings_of
from support.redacting import TERMS, asked, texts

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import PersonalData, Request, TaskType
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.settings import DataPolicy, Match, Restrictions, Rule, Settings
from modelroute_cli.features.content_tokens import content_tokens
from modelroute_cli.features.redaction.order import Redacting, Redactor
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.redaction import Replaced, as_planned, ordered, redacted_in, saying_so, with_redaction
from modelroute_cli.planning.rules import with_rule

ALL = tuple(PersonalData)
MAIL = PersonalData.EMAIL


def job_in(folder: Path, requests: Sequence[Request], **columns: object) -> JobFile:
    """A job file of these requests, described as far as redaction looks."""
    path, rows, offset = folder / "jobs.jsonl", [], 0
    lines = []
    for request, tokens in zip(requests, content_tokens(requests), strict=True):
        line = msgspec.json.encode(request)
        modality, needs = request.modality().value, request.needs()
        found = MAIL.bit if "@" in (request.prompt or "") else 0
        row = {"offset": offset, "length": len(line), "input_tokens": tokens, "modality": modality, "needs": needs}
        rows.append({**row, "personal": found, "data_class": request.data_class, **columns})
        lines.append(line)
        offset += len(line) + 1
    path.write_bytes(b"\n".join(lines))
    return replace(job_of(requests_of(*rows)), path=path)


def replaced(job: JobFile, held: Settings) -> Replaced:
    """The requests of a job with what is replaced in them."""
    return with_redaction(with_rule(job.requests, every_rule(held)), job, held)


def test_without_any_order_nothing_is_read(tmp_path: Path) -> None:
    """The requests stay as they are, and the plan says nothing."""
    job = replace(job_in(tmp_path, [asked("a@web.de")]), path=tmp_path / "gone")
    found = replaced(job, settings_of())
    assert found.order is None
    assert found.requests.collect()["input_tokens"].to_list() == job.requests.collect()["input_tokens"].to_list()


def test_a_plan_says_in_how_many_requests_what_is_replaced(tmp_path: Path) -> None:
    """Duplicates are counted once; what grows is planned as it is sent, what shrinks as it was written."""
    long, short = "Write to anna.schmidt-mueller@verwaltung.example-stadt.de", "Thank Bo"
    job = job_in(tmp_path, [asked(long), asked(short), asked("nothing"), asked(long)])
    doubled = pl.when(pl.col("row") == 3).then(0).alias("duplicate_of").cast(pl.Int64)
    found = replaced(
        replace(job, requests=job.requests.with_columns(doubled)),
        settings_of(privacy__redact=True, privacy__redact_terms=["Bo"]),
    )
    assert found.order is not None
    assert (found.order.requests, found.order.found) == (2, {"email": 1, "term": 1})
    before = content_tokens([asked(long), asked(short), asked("nothing")])
    sent = content_tokens([asked("Write to [EMAIL_1]"), asked("Thank [NAME_1]")])
    assert sent[0] < before[0]
    assert sent[1] > before[1]
    assert found.requests.collect()["input_tokens"].to_list() == [before[0], sent[1], before[2], before[0]]


@settings(max_examples=15, deadline=None)
@given(said=st.lists(texts(), min_size=1, max_size=3))
def test_what_is_planned_covers_what_is_sent(said: list[str]) -> None:
    """In tokens, whatever is replaced by whatever."""
    requests = [asked(text.encode("utf-8", "replace").decode()) for text in said]
    with TemporaryDirectory() as folder:
        job = job_in(Path(folder), requests)
        found = replaced(job, settings_of(privacy__redact=True, privacy__redact_terms=list(TERMS)))
    redactor = Redactor(found.order or Redacting())
    sealed = [redactor.sealed(request, "all") for request in requests]
    sent = content_tokens([each.request for each in sealed if each is not None])
    planned = found.requests.collect()["input_tokens"].to_list()
    assert all(planned[row] >= tokens for row, tokens in enumerate(sent))
    assert all(planned[row] >= tokens for row, tokens in enumerate(content_tokens(requests)))


def test_rules_and_classes_of_data_are_told_apart() -> None:
    """A request under several has what any of them wants."""
    rules = (
        Rule(name="eu", match=Match(tenant=("eu",)), redact=(PersonalData.PHONE, MAIL)),
        Rule(name="all", allow=("cheap",)),
    )
    held = replace(settings_of(), rules=rules, data_policy=DataPolicy(personal=Restrictions(redact=(MAIL,))))
    met = ("all", "all + eu", "all + data_policy.personal", "all + eu + data_policy.personal")
    order = ordered(held.privacy, every_rule(held), met)
    assert order.rules == {
        "all + eu": (MAIL, PersonalData.PHONE),
        "all + data_policy.personal": (MAIL,),
        "all + eu + data_policy.personal": (MAIL, PersonalData.PHONE),
    }
    assert order.everywhere == ()


def test_only_requests_of_such_a_rule_are_looked_into(tmp_path: Path) -> None:
    """And rows that ask for it themselves."""
    held = replace(settings_of(), data_policy=DataPolicy(personal=Restrictions(redact=True)))
    requests = [
        asked("a@web.de"),
        msgspec.structs.replace(asked("b@web.de"), data_class="personal"),
        asked("c@web.de, Bo", redact_terms=("Bo",)),
    ]
    found = replaced(job_in(tmp_path, requests), held)
    assert found.order is not None
    assert (found.order.requests, found.order.found) == (2, {"email": 1, "term": 1})


@pytest.mark.parametrize("prompt", ["a@web.de", "nothing that could be found"])
def test_pictures_are_refused_before_anything_is_planned(prompt: str, tmp_path: Path) -> None:
    """Unless the user says that nobody is in them."""
    held = settings_of(privacy__redact=True)
    job = job_in(tmp_path, [asked("x"), asked(prompt, images=("https://example.com/a.png",))])
    with pytest.raises(JobFileError) as caught:
        replaced(job, held)
    assert caught.value.message == (
        "what is to be redacted may carry no pictures, sound or documents: 1 request, the first on line 2 (`r1`)"
    )
    assert caught.value.hint == (
        "take pictures, sound and documents out of it, or say `privacy: {redact_media: send}` if nobody is in them"
    )
    assert replaced(job, settings_of(privacy__redact=True, privacy__redact_media="send")).order is not None


def test_one_request_is_told_apart() -> None:
    """By kind; what cannot be redacted has nothing."""
    order = Redacting(rules={"eu": ALL})
    assert redacted_in(asked("a@web.de, b@web.de"), "eu", order) == {"email": 2}
    assert redacted_in(asked("a@web.de"), "all", order) == {}
    assert redacted_in(asked("a@web.de", images=("https://a.de/x.png",)), "eu", order) == {}


def test_one_request_is_shown_with_what_was_planned_for_it(tmp_path: Path) -> None:
    """The larger of both counts, as in the plan."""
    request = asked("Thank Bo and Bo", redact_terms=("Bo",))
    job = job_in(tmp_path, [request])
    shown = as_planned(job.requests.collect(), request, "all", None)
    assert shown["input_tokens"].to_list() == content_tokens([asked("Thank [NAME_1] and [NAME_1]")])
    assert shown.equals(replaced(job, settings_of()).requests.collect().select(shown.columns))
    plain = asked("Thank Bo")
    assert as_planned(shown, plain, "all", None) is shown


def test_what_is_asked_about_a_request_later_is_redacted_as_it_is(tmp_path: Path) -> None:
    """A pilot's judge has a job of its own, under whose rules the questions might not come."""
    mails = Rule(name="mail", match=Match(task_type=(TaskType.EMAIL,)), redact=(MAIL,))
    rules = (mails, Rule(name="all", allow=("cheap",)))
    held = replace(settings_of(), rules=rules)
    requests = [asked("a", redact=(PersonalData.PHONE,)), asked("b", redact_terms=("Bo",))]
    job = job_in(tmp_path, requests)
    named = {f"r{row}": request for row, request in enumerate(requests)}
    told = saying_so(named, job, held)
    assert [request.redact for request in told.values()] == [(MAIL, PersonalData.PHONE), (MAIL,)]
    assert told["r1"].redact_terms == ("Bo",)
    assert [request.redact for request in saying_so(named, job, settings_of()).values()] == [(PersonalData.PHONE,), ()]

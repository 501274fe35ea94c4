"""What leaves the machine, and what comes back to it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from msgspec import structs
from support.calls import make_call, make_card
from support.fake_transport import Act, FakeProvider, answer, failure, in_turn
from support.handing_in import BatchProvider, FakeBatches, batch_plan
from support.judged import is_judge, judged_plan, judging, user_text
from support.outfits import answered as answered_before
from support.outfits import left_behind
from support.outfits import sent as sent_before
from support.plans import OTHER, PlanParts, Row, plan_of
from support.redacting import TERMS, texts
from support.runs import Job, Setup, run
from support.tickets import ticket

from modelroute_cli.base.schema import GateRules, JudgeRule, Message, PersonalData, Request, ServiceTier, Tool, ToolCall
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.execution.audit.prompt import prompt_sha256
from modelroute_cli.execution.bounds import input_bound
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.journal_redactions import Redactions, redactions
from modelroute_cli.execution.redaction import sealed_call
from modelroute_cli.execution.result_row import Hidden
from modelroute_cli.execution.results import result_rows, write_results
from modelroute_cli.execution.routes import Routes
from modelroute_cli.features.redaction.order import Redacting, Redactor
from modelroute_cli.features.tokens import count_o200k
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.base import Call, FailureKind
from modelroute_cli.providers.batches.formats import batch_api_for
from modelroute_cli.providers.formats import format_for

FORMATS = ("openai_chat", "openai_responses", "anthropic_messages", "gemini")
BATCH_APIS = {"openai": "openai_chat", "anthropic": "anthropic_messages", "gemini": "gemini", "mistral": "openai_chat"}
MAIL = "anna.schmidt@web.de"
ORDER = Redacting(everywhere=tuple(PersonalData), terms=("Anna Schmidt", 'Dwayne "Rock" J.'))
ASKED = Request(custom_id="a", system=f"You write for {MAIL}.", prompt=f"Anna Schmidt ({MAIL}): thank her.")


def redacted(rows: Sequence[Row], order: Redacting = ORDER, plan: Plan | None = None) -> Plan:
    """A plan that redacts, and escalates nowhere."""
    plan = plan or plan_of(rows, PlanParts(escalations={"all": ()}))
    return replace(plan, header=structs.replace(plan.header, redaction=order))


def echo(call: Call, nth: int) -> Act:
    """The prompt as it came, as an answer."""
    del nth
    return Act(answer(call.request.turns()[-1].content))


def test_what_is_sent_has_placeholders_and_the_answer_has_the_values(tmp_path: Path) -> None:
    """The same ones in the system's turn and the user's."""
    rows = [Row(request=ASKED), Row()]
    job, provider = Job.of(rows, tmp_path, redacted(rows)), FakeProvider(echo)

    run(job, provider)

    sent = provider.sent[0].request
    assert (sent.system, sent.prompt) == ("You write for [EMAIL_1].", "[NAME_1] ([EMAIL_1]): thank her.")
    first, second = result_rows(job.journal, job.plan)
    assert (first.output, second.output) == (ASKED.prompt, "write number 1")
    assert first.redacted == Hidden(values={"email": 1, "term": 1}, lost=0, unknown=0)
    assert "redacted" not in json.loads(lines_of(job, tmp_path)[1])


def lines_of(job: Job, folder: Path) -> list[str]:
    """The results as JSON lines."""
    write_results(job.journal, job.plan, folder / "out.jsonl", "jsonl")
    return (folder / "out.jsonl").read_text().splitlines()


def test_only_requests_of_a_rule_that_says_so_are_redacted(tmp_path: Path) -> None:
    """And those whose rows do."""
    own = structs.replace(ASKED, redact=(PersonalData.EMAIL,), redact_terms=("Anna",))
    rows = [Row(request=ASKED), Row(request=ASKED, rule="eu"), Row(request=own)]
    plan = plan_of(rows, PlanParts(escalations={"all": (), "eu": ()}))
    job = Job.of(rows, tmp_path, redacted(rows, Redacting(rules={"eu": (PersonalData.EMAIL,)}), plan))
    provider = FakeProvider(echo)

    run(job, provider)

    assert sorted(str(call.request.prompt) for call in provider.sent) == sorted(
        [
            f"Anna Schmidt ({MAIL}): thank her.",
            "Anna Schmidt ([EMAIL_1]): thank her.",
            "[NAME_1] Schmidt ([EMAIL_1]): thank her.",
        ]
    )
    assert [row.output for row in result_rows(job.journal, job.plan)] == [ASKED.prompt] * 3


def test_gates_see_the_answer_with_its_values(tmp_path: Path) -> None:
    """A name that must be mentioned is, and a placeholder that nobody gave out is left over."""
    gates = GateRules(must_mention=("who",), placeholders=False)
    asked = structs.replace(ASKED, metadata={"who": "Anna Schmidt"}, gates=gates)
    rows = [Row(request=asked), Row(request=structs.replace(asked, custom_id="b"))]
    said = {"a": "Thank you, [name_1]!", "b": "Thank you, [NAME_1] of [NAME_7]!"}
    job = Job.of(rows, tmp_path, redacted(rows))

    run(job, FakeProvider(lambda call, _: Act(answer(said[call.request.custom_id]))))

    first, second = result_rows(job.journal, job.plan)
    assert (first.output, first.verdict) == ("Thank you, Anna Schmidt!", "pass")
    assert first.redacted == Hidden(values={"email": 1, "term": 1}, lost=1, unknown=0)
    assert (second.status, second.verdict) == ("failed", "placeholders")


def test_json_stays_json_and_calls_of_tools_get_their_values(tmp_path: Path) -> None:
    """A quote in a value is escaped where it stands in a string, and a schema's form is not asked of a placeholder."""
    schema: dict[str, object] = {
        "type": "object",
        "properties": {"who": {"enum": ['Dwayne "Rock" J.']}, "to": {"type": "string", "format": "email"}},
        "required": ["who", "to"],
    }
    tool = Tool(name="send", description=f"Never to {MAIL}", parameters={"type": "object", "title": "Anna Schmidt"})
    asked = Request(custom_id="a", prompt=f'Who is Dwayne "Rock" J. ({MAIL})?', response_schema=schema)
    calling = Request(custom_id="b", prompt=f'Mail Dwayne "Rock" J. ({MAIL})', tools=(tool,))
    rows = [Row(request=asked), Row(request=calling)]
    called = replace(
        answer("", finish_reason="tool_calls"),
        tool_calls=(ToolCall(id="1", name="send", arguments='{"to": "[NAME_1] <[EMAIL_1]>"}'),),
    )
    said = {"a": answer('{"who": "[NAME_1]", "to": "[EMAIL_1]"}'), "b": called}
    job = Job.of(rows, tmp_path, redacted(rows))
    provider = FakeProvider(lambda call, _: Act(said[call.request.custom_id]))

    run(job, provider)

    first, second = result_rows(job.journal, job.plan)
    assert json.loads(first.output or "") == {"who": 'Dwayne "Rock" J.', "to": MAIL}
    assert json.loads(second.tool_calls[0].arguments) == {"to": f'Dwayne "Rock" J. <{MAIL}>'}
    sent = {call.request.custom_id: call.request for call in provider.sent}
    sent_properties = {"who": {"enum": ["[NAME_1]"]}, "to": {"type": "string"}}
    assert sent["a"].response_schema == {**schema, "properties": sent_properties}
    assert sent["b"].tools[0].description == "Never to [EMAIL_1]"
    assert sent["b"].tools[0].parameters == {"type": "object", "title": "[NAME_2]"}


def test_judges_see_placeholders_alone(tmp_path: Path) -> None:
    """Those of the request, in the answer and in the reference too; what they say of it stays as it came."""
    rule = JudgeRule(model="judge", mode="pairwise", rubric="Anna Schmidt is named")
    asked = structs.replace(ASKED, expected=f"Thanks, Anna Schmidt, {MAIL} or 030 9018 2012!")
    rows = [Row(request=asked)]
    job = Job.of(rows, tmp_path, redacted(rows, plan=judged_plan(rows, rule=rule)))
    said = answer('{"reason": "[NAME_1] is thanked", "better": "tie"}')
    provider = FakeProvider(judging(said, echo))

    run(job, provider)

    questions = [call.request for call in provider.sent if is_judge(call)]
    assert len(questions) == 2
    for question in questions:
        assert "[NAME_1] ([EMAIL_1]): thank her." in user_text(question)
        assert "Thanks, [NAME_1], [EMAIL_1] or " in user_text(question)
        assert not any(value in turn.content for turn in question.turns() for value in (MAIL, "Anna Schmidt"))
    (row,) = result_rows(job.journal, job.plan)
    assert (row.output, row.verdict) == (ASKED.prompt, "pass")


def test_what_cannot_be_redacted_is_sent_nowhere(tmp_path: Path) -> None:
    """Pictures, and tools whose names give it away; with leave, pictures go."""
    picture = structs.replace(ASKED, images=("https://example.com/a.png",))
    named = structs.replace(ASKED, custom_id="b", tools=(Tool(name="mail_Bobby"),))
    rows = [Row(request=picture), Row(request=named)]
    order = Redacting(everywhere=(PersonalData.EMAIL,), terms=("Bobby",))
    job, provider = Job.of(rows, tmp_path, redacted(rows, order)), FakeProvider(echo)

    run(job, provider)

    assert provider.sent == []
    assert [row.reason for row in result_rows(job.journal, job.plan)] == [
        "request: request `a` is to be redacted, and carries what cannot be",
        "request: request `b` is to be redacted, and its tool `mail_Bobby` names what is hidden",
    ]
    allowed = structs.replace(order, media="send")
    (tmp_path / "allowed").mkdir()
    again = Job.of(rows[:1], tmp_path / "allowed", redacted(rows[:1], allowed))
    run(again, provider)
    assert len(provider.sent) == 1


def test_what_is_handed_in_is_redacted_and_collected_by_a_later_session(tmp_path: Path) -> None:
    """Nothing of it is stored: the same request gives the same placeholders."""
    rows = [Row(model=OTHER, service_tier="batch", request=structs.replace(ASKED, custom_id=f"r{n}")) for n in range(3)]
    job = Job.of(rows, tmp_path, redacted(rows, plan=batch_plan(rows)))
    provider = BatchProvider(echo, fate=lambda _: answer("Dear [NAME_1] <[EMAIL_1]>"))
    lines: list[str] = []

    class Heard(FakeBatches):
        def line(self, custom_id: str, call: Call) -> bytes:
            lines.append(f"{call.request.system} {call.request.prompt}")
            return super().line(custom_id, call)

    run(job, provider, Setup(batches=lambda *_: Heard(provider), clock=provider.clock))

    assert lines == ["You write for [EMAIL_1]. [NAME_1] ([EMAIL_1]): thank her."] * 3
    assert [row.output for row in result_rows(job.journal, job.plan)] == [f"Dear Anna Schmidt <{MAIL}>"] * 3


@pytest.mark.parametrize("form", ["csv", "openai-batch"])
def test_every_form_of_results_has_the_values(form: str, tmp_path: Path) -> None:
    """And what was replaced, where the form has a place for it."""
    rows = [Row(request=ASKED)]
    job = Job.of(rows, tmp_path, redacted(rows))
    run(job, FakeProvider(echo))
    write_results(job.journal, job.plan, tmp_path / "out", form)  # type: ignore[arg-type]
    written = (tmp_path / "out").read_text()
    assert str(ASKED.prompt) in written
    assert ('"{""values"":{""email"":1,""term"":1},""lost"":0,""unknown"":0}"' in written) == (form == "csv")


FULL = Request(
    custom_id="a",
    messages=(
        Message("system", f"You write for {MAIL}."),
        Message("user", f"Anna Schmidt ({MAIL})"),
        Message("assistant", "Yes?"),
        Message("user", 'Thank ANNA\nSCHMIDT and Dwayne "Rock" J.'),
    ),
    response_schema={
        "type": "object",
        "properties": {"Anna Schmidt": {"type": "string", "description": f"not {MAIL}"}},
        "required": ["Anna Schmidt"],
        "additionalProperties": False,
    },
    tools=(Tool(name="send", description=f"Never to {MAIL}", parameters={"type": "object", "title": "Anna Schmidt"}),),
    stop=(MAIL,),
)
PLANTED = (MAIL, "Anna Schmidt", "ANNA", "Rock")


def sealed(provider: Provider, prefix_chars: int = 0) -> Call:
    """A call of FULL as it may leave the machine."""
    card = make_card("gpt-6-luna")
    made = replace(make_call(FULL, provider, card), prefix=1, prefix_chars=prefix_chars)
    return sealed_call(made, ticket(), Redactor(ORDER), FULL).call


def provider_of(form: str, batch_api: str | None = None) -> Provider:
    """An account of any wire format."""
    told = {"name": "p", "base_url": "http://127.0.0.1:9/v1", "format": form, "batch_api": batch_api}
    return msgspec.convert({**told, "cache_markers": form == "anthropic_messages"}, Provider)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_planted_is_in_any_byte_on_the_wire(form: str) -> None:
    """Body, address and headers, in every wire format."""
    provider = provider_of(form)
    wire = format_for(provider).encode(sealed(provider, 40))
    sent = json.dumps(json.loads(wire.body), ensure_ascii=False) + wire.url + str(wire.headers)
    assert not [value for value in PLANTED if value in sent]
    assert "[NAME_1]" in sent


@pytest.mark.parametrize(("api", "form"), BATCH_APIS.items())
def test_nothing_planted_is_in_a_line_of_a_batch(api: str, form: str) -> None:
    """Of any provider's batches."""
    provider = provider_of(form, api)
    batch = batch_api_for(provider, ServiceTier.BATCH)
    assert batch is not None
    line = json.dumps(json.loads(batch.line("a-1", sealed(provider))), ensure_ascii=False)
    assert not [value for value in PLANTED if value in line]
    assert "[EMAIL_1]" in line


def test_the_shared_beginning_ends_where_it_does_in_what_is_sent() -> None:
    """Placeholders are shorter or longer: the mark for the prompt cache moves with them."""
    beginning = f"\x1esystem You write for {MAIL}."
    plain = structs.replace(FULL, response_schema=None, tools=())
    made = replace(make_call(plain), prefix=1, prefix_chars=len(beginning))
    call = sealed_call(made, ticket(), Redactor(ORDER), plain).call
    assert call.prefix_chars == len("\x1esystem You write for [EMAIL_1].")


@settings(max_examples=15, deadline=None)
@given(text=texts())
def test_a_reservation_holds_for_what_is_sent(text: str) -> None:
    """Placeholders may be longer than what they stand for: what is bounded is what goes over the wire."""
    said = text.encode("utf-8", "replace").decode()
    short = Request(custom_id="a", prompt=f"{said} {'Bo ' * 300}")
    plan = redacted([Row()], Redacting(everywhere=tuple(PersonalData), terms=TERMS))
    routes = Routes.of(plan)
    sent = routes.sent(short, "all")
    assert sent != short
    assert routes.bound(short, "all").tokens >= count_o200k([sent.prompt or ""])[0]
    assert routes.bound(short, "all") == input_bound(sent, {})


def test_what_cannot_be_sent_is_bounded_as_it_stands() -> None:
    """It is refused at the door, not before."""
    picture = structs.replace(ASKED, images=("https://example.com/a.png",))
    assert Routes.of(redacted([Row()])).sent(picture, "all") is picture


def test_an_answer_that_a_crash_left_unjudged_is_judged_with_its_values(tmp_path: Path) -> None:
    """The journal has it as it goes into the results."""
    rows = [Row(request=ASKED)]
    job = Job.of(rows, tmp_path, redacted(rows))
    left_behind(job, sent_before(1, 0), answered_before(1, 1_000, f"Dear Anna Schmidt ({MAIL})"))
    provider = FakeProvider(echo)
    run(job, provider)
    assert provider.sent == []
    assert [row.output for row in result_rows(job.journal, job.plan)] == [f"Dear Anna Schmidt ({MAIL})"]


def test_a_journal_counts_what_was_replaced(tmp_path: Path) -> None:
    """Requests once, however often they were sent; answers with placeholders that nobody gave out."""
    rows = [Row(request=ASKED), Row(request=structs.replace(ASKED, custom_id="b")), Row()]
    job = Job.of(rows, tmp_path, redacted(rows))
    said = in_turn(failure(FailureKind.TRANSIENT), answer("Dear [NAME_1] and [NAME_8], [NAME_9]"))
    run(job, FakeProvider(said))
    assert redactions(job.journal) == Redactions(requests=2, strange=2, unknown=4)


def test_the_digest_of_a_prompt_is_of_what_was_sent(tmp_path: Path) -> None:
    """The audit log names nothing that never left the machine; by itself and in a batch."""
    sent = structs.replace(ASKED, system="You write for [EMAIL_1].", prompt="[NAME_1] ([EMAIL_1]): thank her.")
    digest = prompt_sha256(sent)
    alone, batch = [Row(request=ASKED)], [Row(model=OTHER, service_tier="batch", request=ASKED)]
    for name, rows, plan in (("a", alone, None), ("b", batch, batch_plan(batch))):
        (tmp_path / name).mkdir()
        job = Job.of(rows, tmp_path / name, redacted(rows, plan=plan))
        provider = BatchProvider(echo)
        run(job, provider, Setup(batches=provider.api_for, clock=provider.clock))
        with reading(job.journal) as connection:
            assert connection.execute("SELECT prompt_sha256 FROM intents").fetchall() == [(digest,)]

from pathlib import Path

import pytest
from msgspec import structs
from support.job_files import MEDIA
from support.pictures import png

from modelroute_cli.base.schema import CommandRule, GateRules, JudgeRule, Message, Request, Tool
from modelroute_cli.catalog.gate_checks import LANGUAGES
from modelroute_cli.catalog.settings import ImageSettings
from modelroute_cli.jobs.checks import request_faults
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.problems import Fault


def _faults(request: Request) -> list[Fault]:
    return request_faults(request, MEDIA)


@pytest.mark.parametrize(
    "request_",
    [
        Request(custom_id="a", prompt="x"),
        Request(custom_id="a", prompt="x", max_output_tokens=10_000_000, deadline="24h"),
        Request(custom_id="a", messages=(Message("system", ""), Message("user", "x"))),
        Request(custom_id="a", prompt="x", response_schema={}),
        Request(custom_id="a", prompt="x", gates=GateRules(min_words=3, max_words=3)),
        Request(custom_id="Größe 1 / é", prompt="x"),
        Request(custom_id="a", prompt="x", temperature=0.0, top_p=1.0, seed=0, stop=("a", "a")),
        Request(custom_id="a", prompt="x", tools=(Tool(name="f"),), tool_choice="f"),
    ],
)
def test_a_sound_request_has_no_fault(request_: Request) -> None:
    """What keeps to the rules passes."""
    assert _faults(request_) == []


def test_a_request_needs_prompt_or_messages() -> None:
    """Neither is a fault of `prompt`."""
    assert _faults(Request(custom_id="a")) == [
        Fault("prompt", "is missing", "write the request into `prompt`, or the turns of a chat into `messages`")
    ]


def test_a_request_has_prompt_or_messages_not_both() -> None:
    """Both is a fault of `messages`."""
    assert _faults(Request(custom_id="a", prompt="x", messages=(Message("user", "y"),))) == [
        Fault("messages", "stands beside `prompt`: a request has one of the two", "remove one of them")
    ]


@pytest.mark.parametrize("prompt", [" ", "\n\t ", "\u2003"])
def test_a_blank_prompt_asks_nothing(prompt: str) -> None:
    """White space is no request."""
    assert _faults(Request(custom_id="a", prompt=prompt)) == [
        Fault("prompt", "is blank", "write what the model shall do, or remove the row")
    ]


@pytest.mark.parametrize("messages", [(), (Message("system", "x"), Message("assistant", "y"))])
def test_messages_need_a_user(messages: tuple[Message, ...]) -> None:
    """Somebody must ask."""
    assert _faults(Request(custom_id="a", messages=messages)) == [
        Fault("messages", "have no turn of the user", 'add `{"role": "user", "content": "..."}`')
    ]


def test_a_blank_turn_of_the_user_is_named_by_its_place() -> None:
    """The index of the turn is in the field."""
    assert _faults(Request(custom_id="a", messages=(Message("user", "x"), Message("user", " ")))) == [
        Fault("messages[1].content", "is blank", "write what the model shall do, or remove the turn")
    ]


def test_a_custom_id_is_one_printable_line() -> None:
    """Control characters would act on logs and terminals."""
    assert _faults(Request(custom_id="a\x1b[2J", prompt="x")) == [
        Fault("custom_id", r"holds a control character: `a\x1b[2J`")
    ]


def test_the_output_limit_stays_within_what_any_model_takes() -> None:
    """A number beyond all models is a slip, and would overflow a column."""
    assert _faults(Request(custom_id="a", prompt="x", max_output_tokens=10**30)) == [
        Fault("max_output_tokens", "is more than 10,000,000")
    ]


@pytest.mark.parametrize("deadline", ["1m", "90m", "24h", "7d", "365d"])
def test_a_deadline_is_a_span(deadline: str) -> None:
    """Minutes, hours and days."""
    assert _faults(Request(custom_id="a", prompt="x", deadline=deadline)) == []


@pytest.mark.parametrize("deadline", ["soon", "24", "0h", "-1h", "1.5h", "24 h", "2026-12-01", "24h\n", "1w"])
def test_any_other_deadline_is_refused(deadline: str) -> None:
    """What is no whole number of minutes, hours or days is refused with examples."""
    found = _faults(Request(custom_id="a", prompt="x", deadline=deadline))
    assert [fault.field for fault in found] == ["deadline"]
    assert found[0].message.endswith("is no span of time")
    assert found[0].hint == "write it like `90m`, `24h` or `7d`, or as a time: `2026-12-01T09:00:00Z`"


def test_a_schema_that_is_none_is_refused() -> None:
    """The schema is checked with the row."""
    assert _faults(Request(custom_id="a", prompt="x", response_schema={"required": 1})) == [
        Fault("response_schema", "is no valid JSON Schema: required: 1 is not of type 'array'")
    ]


@pytest.mark.parametrize(("unit", "least"), [("words", "min_words"), ("chars", "min_chars")])
def test_gates_must_be_possible(unit: str, least: str) -> None:
    """A least that is above the most can never pass."""
    gates = GateRules(min_words=9, max_words=3) if unit == "words" else GateRules(min_chars=9, max_chars=3)
    assert _faults(Request(custom_id="a", prompt="x", gates=gates)) == [
        Fault(
            f"gates.{least}",
            f"`9` is more than `max_{unit}`, which is `3`",
            "no answer would pass: correct one of them",
        )
    ]


@pytest.mark.parametrize(
    ("gates", "fault"),
    [
        (
            GateRules(must_mention=("name", "oder")),
            Fault("gates.must_mention", "`metadata` has no text or number `oder`", "did you mean `order`?"),
        ),
        (
            GateRules(must_mention=("none",)),
            Fault(
                "gates.must_mention",
                "`metadata` has no text or number `none`",
                "give the row that field, or leave it out of the gate",
            ),
        ),
        (
            GateRules(must_mention=("zzz",)),
            Fault(
                "gates.must_mention",
                "`metadata` has no text or number `zzz`",
                "give the row that field, or leave it out of the gate",
            ),
        ),
        (
            GateRules(labels=("a", "b")),
            Fault(
                "gates.labels",
                "stands beside `response_schema`",
                "give the labels as an `enum` of the schema, and leave out `labels`",
            ),
        ),
        (
            GateRules(expected="number"),
            Fault("gates.expected", "`about a dozen` is no number", "use `normalised`, or correct it"),
        ),
        (
            GateRules(language="germna"),
            Fault(
                "gates.language",
                "`germna` is no language that is told from others",
                f"use `same`, `any` or one of {', '.join(LANGUAGES)}",
            ),
        ),
        (
            GateRules(pattern="(?=x)"),
            Fault(
                "gates.pattern",
                "`(?=x)` cannot be used: it looks ahead or behind, which no linear engine can",
                "write it as Rust's crate `regex` reads it: without looking around and references back",
            ),
        ),
    ],
)
def test_a_gate_fits_its_row(gates: GateRules, fault: Fault) -> None:
    """What it looks for is there, and could be found."""
    request = Request(
        custom_id="a",
        prompt="x",
        gates=gates,
        response_schema={"type": "object"},
        metadata={"name": "Anna", "order": 4711, "none": None, "flags": [True, ""]},
        expected="about a dozen",
    )
    assert _faults(request) == [fault]


def test_a_gate_that_compares_needs_something_to_compare_with() -> None:
    """A row without `expected` is refused; one with it is not."""
    gates = GateRules(expected="number", must_mention=("tags",))
    alone = Request(custom_id="a", prompt="x", gates=gates, metadata={"tags": ["lid", 4]})
    assert _faults(alone) == [
        Fault("gates.expected", "there is no `expected` to compare with", "give the row its `expected`")
    ]
    assert _faults(structs.replace(alone, expected=54)) == []


def test_data_starts_no_programs() -> None:
    """A row may ask for a judge model, and never for a program of the user's machine."""
    judged = GateRules(judge=JudgeRule(model="gpt-6-luna"))
    assert _faults(Request(custom_id="a", prompt="x", gates=judged)) == []
    gates = GateRules(command=CommandRule(run=("rm", "-r", "/")))
    assert _faults(Request(custom_id="a", prompt="x", gates=gates)) == [
        Fault(
            "gates.command",
            "may not stand in a job file: data starts no programs",
            "put the gate into a rule of the settings, where it holds for what it matches",
        )
    ]


def test_images_are_judged_in_their_places(tmp_path: Path) -> None:
    """The field names the first, the second, ..."""
    (tmp_path / "a.png").write_bytes(png(3, 3))
    request = Request(custom_id="a", prompt="x", images=("a.png", "b.png"))
    assert request_faults(request, Media(tmp_path, ImageSettings())) == [
        Fault("images[1]", "there is no file `b.png` beside the job file", f"it was looked for in `{tmp_path}`")
    ]


def test_sound_documents_and_tools_are_judged_too() -> None:
    """A request that carries one of them is not plain."""
    request = Request(custom_id="a", prompt="x", audio=("no.wav",), files=("no.pdf",), tool_choice="auto")
    assert [fault.field for fault in _faults(request)] == ["audio[0]", "files[0]", "tool_choice"]
    for single in (
        Request(custom_id="a", prompt="x", audio=("no.wav",)),
        Request(custom_id="a", prompt="x", files=("no.pdf",)),
        Request(custom_id="a", prompt="x", tool_choice="auto"),
        Request(custom_id="a", prompt="x", tools=(Tool(name="f", parameters={"type": "array"}),)),
    ):
        assert len(_faults(single)) == 1

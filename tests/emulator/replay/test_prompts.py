"""Tests of modelroute_cli.emulator.replay.prompts and wire_words."""

from base64 import b64encode
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.emulating import asked
from support.pictures import png
from support.replaying import as_it_is, job_of

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Message, Request
from modelroute_cli.emulator.asked import Asked, Turn
from modelroute_cli.emulator.replay.prompts import COLUMNS, Inline, Prompts
from modelroute_cli.emulator.replay.wire_words import name_of, words_asked, words_of
from modelroute_cli.planning.judge_prompt import shown


def prompts_of(
    folder: Path, requests: list[Request], *, inline: Inline = as_it_is, templates: list[str] | None = None
) -> Prompts:
    """The job file of these requests."""
    job = job_of(folder, requests, templates=templates or (), inline=inline)
    return Prompts(job.path, job.frame.select(COLUMNS).collect(), inline)


def simple(*prompts: str) -> list[Request]:
    """Requests of one turn."""
    return [Request(custom_id=f"r{number}", prompt=prompt) for number, prompt in enumerate(prompts)]


def test_a_request_is_found_by_its_words(tmp_path: Path) -> None:
    """White space does not count; other words are not found."""
    prompts = prompts_of(tmp_path, simple("Say one.", "Say  two.\n"))
    assert [prompts.find(asked(text)) for text in ("Say one.", "Say two.", "Say three.")] == [0, 1, None]
    assert (len(prompts), prompts.custom_id(1), prompts.request(1).prompt) == (2, "r1", "Say  two.\n")
    prompts.close()


def test_of_twins_the_first_is_found(tmp_path: Path) -> None:
    """As the first is what is sent for all of them."""
    prompts = prompts_of(tmp_path, simple("b", "a", "a", "b", "a"))
    assert [prompts.find(asked(text)) for text in "ab"] == [1, 0]
    prompts.close()


def test_requests_that_differ_in_white_space_alone_are_told_apart(tmp_path: Path) -> None:
    """On the wire and where a judge is shown them; what is like none of them is taken for the first."""
    texts = ["int  x", "int x", "in tx", "int x"]
    requests = simple(*texts)
    prompts = prompts_of(tmp_path, requests)
    assert [prompts.find(asked(text)) for text in texts] == [0, 1, 2, 1]
    assert prompts.find(asked("i n t x")) == 0
    assert [prompts.find_shown(shown(request), asked("")) for request in requests] == [0, 1, 2, 1]
    prompts.close()


def test_requests_are_known_by_what_they_carry_too(tmp_path: Path) -> None:
    """By the content of files, as it will be sent; where that is not known, by their words."""
    urls = {name: png(width, 2) for name, width in (("a.png", 3), ("b.png", 4))}
    encoded = {name: f"data:image/png;base64,{b64encode(content).decode()}" for name, content in urls.items()}

    def inline(request: Request) -> Request:
        return replace(request, images=tuple(encoded[name] for name in request.images))

    requests = [Request(custom_id=name, prompt="What is it?", images=(name,)) for name in urls]
    prompts = prompts_of(tmp_path, requests, inline=inline)
    found = [prompts.find(_with_picture(url)) for url in (*encoded.values(), "https://example.com/c.png")]
    assert found == [0, 1, 0]
    prompts.close()


def _with_picture(url: str) -> Asked:
    content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    return asked(messages=[{"role": "user", "content": content}])


def test_templates_and_task_types_are_told_by_row(tmp_path: Path) -> None:
    """A row without one has none; peers are the rows of the same template."""
    prompts = prompts_of(tmp_path, simple("a", "b", "c", "d"), templates=["x", "", "y", "x"])
    assert [prompts.template(row) for row in range(4)] == ["x", None, "y", "x"]
    assert [prompts.task_type(row) for row in (0, 3)] == ["classification"] * 2
    assert {prompts.peer(0, number) for number in range(9)} == {0, 3}
    assert {prompts.peer(2, number) for number in range(9)} == {2}
    prompts.close()


def test_a_file_that_changed_is_noticed(tmp_path: Path) -> None:
    """When the request is read again."""
    prompts = prompts_of(tmp_path, simple("a", "b" * 300_000, "c"))
    prompts.request(0)
    (tmp_path / "job.jsonl").write_bytes(b"nothing of it")
    with pytest.raises(JobFileError, match="changed while it was in use"):
        prompts.request(1)
    prompts.close()


def test_places_may_be_of_an_enum(tmp_path: Path) -> None:
    """As task types are in the frames of a job."""
    job = job_of(tmp_path, simple("a", "b"))
    places = job.frame.collect().with_columns(pl.col("task_type").cast(pl.Enum(["email", "classification"])))
    prompts = Prompts(job.path, places, as_it_is)
    assert prompts.task_type(1) == "classification"
    prompts.close()


def test_words_keep_the_system_in_front() -> None:
    """Wherever it stands in the chat, as formats put it there."""
    request = Request(custom_id="r", messages=(Message("user", "a b"), Message("developer", "c"), Message("user", "d")))
    assert words_of(request) == "cabd"
    assert (
        words_asked(
            asked(
                messages=[
                    {"role": "user", "content": "ab"},
                    {"role": "system", "content": "c "},
                    {"role": "user", "content": "d"},
                ]
            )
        )
        == "cabd"
    )


def test_what_is_carried_is_part_of_the_name_in_any_order() -> None:
    """Some formats send pictures first, some files."""
    assert name_of("w", ["a", "b"]) == name_of("w", ["b", "a"]) != name_of("w", ["a"]) != name_of("w")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), st.text(min_size=1)), min_size=1, max_size=6)
)
def test_words_are_the_same_however_turns_are_joined_and_spaced(turns: list[tuple[str, str]]) -> None:
    """Turns of one speaker in a row as one, blank ones left out, other white space."""
    plain = Asked(model="m", turns=tuple(Turn(role=role, text=text) for role, text in turns))  # type: ignore[arg-type]
    system = "\n".join(text for role, text in turns if role == "system")
    rest = [Turn(role=role, text=f" {text}\n") for role, text in turns if role != "system" and text.strip()]  # type: ignore[arg-type]
    assert words_asked(plain) == words_asked(Asked(model="m", turns=(*rest, Turn(role="system", text=system))))


def test_requests_are_found_as_they_are_sent(tmp_path: Path) -> None:
    """By their own rule, where the job says it; what replaces values for one rule leaves those of others alone."""
    requests = simple("To anna@web.de", "To ben@web.de")
    job = job_of(tmp_path, requests, inline=as_it_is)
    places = job.frame.select(COLUMNS).collect().with_columns(rule=pl.Series(["hidden", "open"]))

    def sent(request: Request, rule: str) -> Request:
        return replace(request, prompt="To [EMAIL_1]") if rule == "hidden" else request

    prompts = Prompts(job.path, places, as_it_is, sent)
    texts = ("To [EMAIL_1]", "To anna@web.de", "To ben@web.de")
    assert [prompts.find(asked(text)) for text in texts] == [0, None, 1]
    assert prompts.request(0).prompt == "To [EMAIL_1]"
    prompts.close()

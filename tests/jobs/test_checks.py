from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Message, Request
from modelroute_cli.jobs.checks import request_faults
from modelroute_cli.jobs.problems import Fault

_PATHS = "give an https URL, a data: URL or a relative path below the job file's folder"


def _faults(request: Request, folder: Path = Path()) -> list[Fault]:
    return request_faults(request, folder)


def _image_faults(image: str, folder: Path) -> list[Fault]:
    return _faults(Request(custom_id="a", prompt="x", images=(image,)), folder)


@pytest.mark.parametrize(
    "request_",
    [
        Request(custom_id="a", prompt="x"),
        Request(custom_id="a", prompt="x", max_output_tokens=10_000_000, deadline="24h"),
        Request(custom_id="a", messages=(Message("system", ""), Message("user", "x"))),
        Request(custom_id="a", prompt="x", response_schema={}),
        Request(custom_id="a", prompt="x", gates=GateRules(min_words=3, max_words=3)),
        Request(custom_id="Größe 1 / é", prompt="x"),
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
    assert found[0].hint == "write it like `90m`, `24h` or `7d`"


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
        Fault(f"gates.{least}", f"`9` is more than `max_{unit}`, which is `3`")
    ]


@pytest.mark.parametrize("image", ["https://example.com/a.png", "data:image/png;base64,iVBORw0KGgo="])
def test_images_are_addresses_or_data(image: str, tmp_path: Path) -> None:
    """The two forms of an image that are sent."""
    assert _image_faults(image, tmp_path) == []


@pytest.mark.parametrize("image", ["pic.png", "sub/pic.png", "./sub/../pic.png"])
def test_image_files_are_not_sent_yet(image: str, tmp_path: Path) -> None:
    """A file is refused before anything is paid; a step up even where it would come back."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "pic.png").write_bytes(b"x")
    (tmp_path / "sub" / "pic.png").write_bytes(b"x")
    outside = Fault("images[0]", f"`{image}` leads out of the job file's folder", _PATHS)
    unsent = Fault(
        "images[0]",
        f"`{image}` is a file, and files are not sent yet",
        "give an https URL or the picture as a data: URL",
    )
    assert _image_faults(image, tmp_path) == [outside if ".." in image else unsent]


@pytest.mark.parametrize(
    "image", ["../a.png", "a/../../b.png", "/etc/passwd", r"C:\a.png", r"\\host\a.png", r"..\a.png"]
)
def test_images_never_leave_the_folder(image: str, tmp_path: Path) -> None:
    """Absolute paths and steps up are refused, in the notation of either system."""
    assert _image_faults(image, tmp_path) == [
        Fault("images[0]", f"`{image}` leads out of the job file's folder", _PATHS)
    ]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A symbolic link is followed before the folder is compared."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    assert _image_faults("link.png", inside) == [
        Fault("images[0]", "`link.png` leads out of the job file's folder", _PATHS)
    ]


def test_an_image_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file is found before anything is planned."""
    assert _image_faults("a.png", tmp_path) == [Fault("images[0]", "there is no file `a.png` beside the job file")]


def test_an_image_name_with_a_nul_is_no_file(tmp_path: Path) -> None:
    """The system's own refusal of such names does not reach the user as a bug."""
    assert _image_faults("a\0.png", tmp_path) == [
        Fault("images[0]", r"there is no file `a\x00.png` beside the job file")
    ]


@pytest.mark.parametrize(
    "image", ["file:///etc/passwd", "ftp://example.com/a.png", "s3://bucket/a.png", "javascript:1"]
)
def test_other_schemes_are_refused(image: str, tmp_path: Path) -> None:
    """Only https and data are read."""
    assert _image_faults(image, tmp_path) == [Fault("images[0]", f"`{image}` has a scheme that is not read", _PATHS)]


def test_an_image_name_that_no_file_can_have_is_no_file(tmp_path: Path) -> None:
    """A name beyond the system's limit is missing like any other."""
    [fault] = _image_faults("x" * 5000, tmp_path)
    assert fault.message == f"there is no file `{'x' * 60}...` beside the job file"


def test_a_circle_of_links_is_no_file(tmp_path: Path) -> None:
    """Links that lead to themselves end nowhere."""
    (tmp_path / "a.png").symlink_to(tmp_path / "a.png")
    assert _image_faults("a.png", tmp_path) == [Fault("images[0]", "there is no file `a.png` beside the job file")]


def test_plain_http_is_refused_with_its_https_form(tmp_path: Path) -> None:
    """The hint is the address to type."""
    assert _image_faults("http://example.com/a.png", tmp_path) == [
        Fault("images[0]", "`http://example.com/a.png` is not encrypted", "use `https://example.com/a.png`")
    ]


@pytest.mark.parametrize(
    "image", ["data:text/html;base64,AAAA", "data:image/png,AAAA", "data:image/png;base64,", "data:"]
)
def test_a_data_url_holds_an_image(image: str, tmp_path: Path) -> None:
    """Only base64 images are data we send."""
    assert _image_faults(image, tmp_path) == [
        Fault("images[0]", f"`{image}` is no image", "write it like `data:image/png;base64,...`")
    ]


@settings(deadline=None)
@given(image=st.text(min_size=1, max_size=60))
def test_checking_any_image_never_fails(image: str) -> None:
    """Whatever stands there, it is a fault or none, never an exception."""
    found = _image_faults(image, Path(__file__).parent)
    assert all(fault.field == "images[0]" for fault in found)

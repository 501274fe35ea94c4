"""The examples of docs/job-file.md are job files, and its tables name every field."""

import gzip
import io
import re
import shlex
import shutil
from collections import Counter
from pathlib import Path

import pytest
import zstandard
from support.job_files import Alike, read, read_bytes, refused, requests_in

from modelroute_cli.base.schema import GateRules, Request, TaskType
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.reading import AS_IT_STANDS, Reading

_SAMPLES = Path(__file__).parents[2] / "sample_jobs"
_DOC = Path(__file__).parents[2] / "docs" / "job-file.md"
_BLOCK = re.compile(r"^```(?P<kind>[a-z-]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_BLOCKS = [(found["kind"], found["text"]) for found in _BLOCK.finditer(_DOC.read_text("utf-8"))]


def _blocks(*kinds: str) -> list[tuple[str, str]]:
    return [block for block in _BLOCKS if block[0] in kinds]


def _requests(folder: Path, kind: str, text: str) -> list[Request]:
    suffix, _, form = kind.partition("-")
    reading = _shown_reading() if form == "template" else AS_IT_STANDS
    if not (folder / "images").exists():  # an example names one
        shutil.copytree(_SAMPLES / "images", folder / "images")
    return requests_in(read_bytes(folder, f"a.{suffix}", text.encode(), reading))


def _shown_reading() -> Reading:
    """The flags of the command that the page shows."""
    [command] = re.findall(r"^    (modelroute plan .*--prompt.*)$", _DOC.read_text("utf-8"), re.MULTILINE)
    words = shlex.split(command)
    return Reading(prompt=words[words.index("--prompt") + 1], system=words[words.index("--system") + 1])


@pytest.mark.parametrize(
    ("kind", "text"),
    _blocks("jsonl", "csv", "tsv", "jsonl-openai", "jsonl-anthropic", "jsonl-gemini", "csv-template", "jsonl-template"),
)
def test_an_example_is_a_job_file(kind: str, text: str, tmp_path: Path) -> None:
    """What the page shows is read as it stands."""
    assert _requests(tmp_path, kind, text)


def test_there_are_examples_in_both_formats() -> None:
    """The page is not read in vain."""
    assert Counter(kind for kind, _ in _BLOCKS) == {
        "jsonl": 16,
        "csv": 4,
        "tsv": 1,
        "python-parquet": 1,
        "console-packed": 1,
        "jsonl-openai": 1,
        "jsonl-anthropic": 1,
        "jsonl-gemini": 1,
        "csv-template": 1,
        "jsonl-template": 1,
        "jsonl-wrong": 1,
        "text": 1,
    }


def test_the_parquet_example_writes_a_job_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of the page is run, and what it writes is read as the page says."""
    [(_, code)] = _blocks("python-parquet")
    monkeypatch.chdir(tmp_path)
    exec(code, {})  # noqa: S102 - our own page
    first, second = requests_in(read(tmp_path / "requests.parquet"))
    assert (first.custom_id, first.max_output_tokens, first.metadata) == ("1", 40, {"batch": 7})
    assert second.response_schema == {"type": "object", "required": ["name", "year"]}


@pytest.mark.parametrize("command", _blocks("console-packed")[0][1].splitlines())
def test_the_packed_examples_are_read(command: str, tmp_path: Path) -> None:
    """Each suffix that the page shows, and a stream that was unpacked on the way."""
    (name,) = re.findall(r"requests\.\S+", command)
    kind, text = _blocks(name.split(".")[1])[0]
    packed = zstandard.compress(text.encode()) if name.endswith(".zst") else gzip.compress(text.encode())
    if command.endswith(" -"):
        options = IndexOptions(spool_dir=tmp_path, stdin=io.BytesIO(gzip.decompress(packed)))
        job = index("-", Alike(), options)
    else:
        job = read_bytes(tmp_path, name, packed)
    assert requests_in(job) == _requests(tmp_path, kind, text)


def test_the_template_examples_make_the_same_prompts(tmp_path: Path) -> None:
    """A row is a row in either form."""
    [(_, table)], [(_, lines)] = _blocks("csv-template"), _blocks("jsonl-template")
    prompts = [
        [(request.prompt, request.system, request.expected) for request in _requests(tmp_path, kind, text)]
        for kind, text in (("csv-template", table), ("jsonl-template", lines))
    ]
    assert prompts[0] == prompts[1]
    assert prompts[0][0] == (
        "Is this review of kettle positive? Boils fast and looks good.",
        "Answer in English.",
        "positive",
    )


def test_every_field_has_an_example(tmp_path: Path) -> None:
    """No field is only described."""
    shown = [request for kind, text in _blocks("jsonl") for request in _requests(tmp_path, kind, text)]
    plain = Request(custom_id="")
    missing = [
        name
        for name in Request.__struct_fields__
        if all(getattr(request, name) == getattr(plain, name) for request in shown)
    ]
    assert missing == []


@pytest.mark.parametrize("name", [*Request.__struct_fields__, *GateRules.__struct_fields__, *TaskType])
def test_every_field_gate_and_task_type_is_named(name: str) -> None:
    """The page knows all there is."""
    assert f"`{name}`" in _DOC.read_text("utf-8")


def test_the_table_lists_the_fields_in_their_order() -> None:
    """The table of fields is that of the type."""
    table = _DOC.read_text("utf-8").split("| field |")[1].split("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == Request.__struct_fields__


def test_the_wrong_file_is_refused_in_the_words_of_the_page(tmp_path: Path) -> None:
    """The page quotes the program."""
    [(_, wrong)] = _blocks("jsonl-wrong")
    [(_, said)] = _blocks("text")
    assert refused(tmp_path, "emails.jsonl", wrong.encode()).message + "\n" == said


def test_cells_of_the_csv_examples_are_read_as_the_page_says(tmp_path: Path) -> None:
    """Metadata columns, JSON cells and line breaks arrive."""
    kind, text = _blocks("csv")[2]
    first, second = _requests(tmp_path, kind, text)
    assert first.metadata == {"batch": 7, "campaign": "spring"}
    assert first.response_schema == {"type": "object", "required": ["total"]}
    assert second.gates == GateRules(max_words=30, must_contain=("spring",))

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.job_files import problems, read, read_bytes

from modelroute_cli.base.schema import DataClass, GateRules, Importance, Message, Request, TaskType
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader

_QUOTES = 'hint: put cells that hold the delimiter, a quote or a line break into "double quotes"'


def _requests(job: JobFile) -> list[Request]:
    with RequestReader(job.path) as reader:
        return [
            reader.at(offset, length)
            for offset, length in job.requests.collect().select("offset", "length").iter_rows()
        ]


def _read(folder: Path, text: str) -> list[Request]:
    return _requests(read_bytes(folder, "a.csv", text.encode()))


def test_a_record_becomes_a_request(tmp_path: Path) -> None:
    """Every column has its field."""
    text = (
        "custom_id,prompt,system,task_type,importance,min_quality,max_output_tokens,response_schema,model,deadline,"
        "tenant,data_class,metadata.campaign,metadata,gates\n"
        'a,Hello,Be kind,email,bulk,0.8,700,"{""type"":""object""}",gpt-5,24h,shop,public,spring,"{""n"":1}",'
        '"{""max_words"":9}"\n'
    )
    assert _read(tmp_path, text) == [
        Request(
            custom_id="a",
            prompt="Hello",
            system="Be kind",
            task_type=TaskType.EMAIL,
            importance=Importance.BULK,
            min_quality=0.8,
            max_output_tokens=700,
            response_schema={"type": "object"},
            model="gpt-5",
            deadline="24h",
            tenant="shop",
            data_class=DataClass.PUBLIC,
            metadata={"n": 1, "campaign": "spring"},
            gates=GateRules(max_words=9),
        )
    ]


def test_messages_may_stand_in_the_place_of_a_prompt(tmp_path: Path) -> None:
    """A chat is a JSON cell; each row has one of the two."""
    text = 'prompt,messages\n,"[{""role"":""user"",""content"":""Hi""}]"\nHello,\n'
    assert _read(tmp_path, text) == [
        Request(custom_id="row-000001", messages=(Message("user", "Hi"),)),
        Request(custom_id="row-000002", prompt="Hello"),
    ]


def test_ids_are_made_from_the_number_of_the_record(tmp_path: Path) -> None:
    """Without the column, or with an empty cell, the record's number is the id; blank lines are no records."""
    assert [request.custom_id for request in _read(tmp_path, "prompt\nx\n\ny\n")] == ["row-000001", "row-000002"]
    assert [request.custom_id for request in _read(tmp_path, "prompt,custom_id\nx,a\ny,\n")] == ["a", "row-000002"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(delimiter: str, tmp_path: Path) -> None:
    """The one that finds known names."""
    text = delimiter.join(["custom_id", "prompt"]) + "\n" + delimiter.join(["a", '"one, two; three\tfour|five"'])
    assert _read(tmp_path, text) == [Request(custom_id="a", prompt="one, two; three\tfour|five")]


def test_a_header_of_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    """A list of prompts is a job file."""
    assert [request.prompt for request in _read(tmp_path, "prompt\nx;y\nz\n")] == ["x;y", "z"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_bom_and_line_ends_change_nothing(end: str, bom: str, tmp_path: Path) -> None:
    """Excel's way of saving is read."""
    text = bom + end.join(["", '"custom_id","prompt"', "a,x", "", "b,y", ",", ""])
    job = read_bytes(tmp_path, "a.csv", text.encode())
    assert job.requests.collect().select("custom_id", "line").rows() == [("a", 3), ("b", 5)]


def test_a_record_stands_on_its_first_line(tmp_path: Path) -> None:
    """Line breaks in quotes are counted as the editor counts them."""
    text = 'prompt,custom_id\n"one\n""two""\nthree",a\nfour,b\n"five\r\n",c\nsix,d\n'
    job = read_bytes(tmp_path, "a.csv", text.encode())
    assert job.requests.collect().select("custom_id", "line").rows() == [("a", 2), ("b", 5), ("c", 6), ("d", 8)]
    assert [request.prompt for request in _requests(job)] == ['one\n"two"\nthree', "four", "five\r\n", "six"]


def test_the_spool_holds_one_request_a_line(tmp_path: Path) -> None:
    """The spool is itself a job file, and says the same."""
    job = read_bytes(tmp_path, "a.csv", b'prompt\n"a\nb"\nc\n')
    assert job.path.parent == tmp_path / "spool"
    assert (
        job.path.read_bytes()
        == b'{"custom_id":"row-000001","prompt":"a\\nb"}\n{"custom_id":"row-000002","prompt":"c"}\n'
    )
    assert _requests(read(job.path)) == _requests(job)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "promt,custom_id",
            [
                "a.csv:1: prompt: there is no such column; the columns are `promt`, `custom_id`",
                "hint: rename `promt` to `prompt`",
            ],
        ),
        (
            "text,id",
            [
                "a.csv:1: prompt: there is no such column; the columns are `text`, `id`",
                "hint: name the column that holds the request `prompt`",
            ],
        ),
        ("prompt,sistem", ["a.csv:1: sistem: is no field", "hint: did you mean `system`?"]),
        ("prompt,", ["a.csv:1: column 2 has no name", "hint: name it or remove it"]),
        ("prompt,prompt", ["a.csv:1: prompt: names two columns", "hint: remove one"]),
    ],
)
def test_a_wrong_header_is_told_with_the_nearest_name(header: str, expected: list[str], tmp_path: Path) -> None:
    """Columns are checked before the records."""
    assert problems(tmp_path, "a.csv", f"{header}\nx,y\n".encode()) == expected


def test_the_header_is_named_by_its_own_line(tmp_path: Path) -> None:
    """Blank lines above it are counted."""
    assert problems(tmp_path, "a.csv", b"\n\nprompt,foo,system\nx,y,z\n")[0] == "a.csv:3: foo: is no field"


def test_a_header_alone_holds_no_request(tmp_path: Path) -> None:
    """A table without records is empty."""
    with pytest.raises(Exception, match="holds no request"):
        read_bytes(tmp_path, "a.csv", b"prompt,system\n\n,\n")


@pytest.mark.parametrize(("record", "count"), [("a,b,c", "3 cells"), ("a", "1 cell")])
def test_a_record_has_as_many_cells_as_the_header(record: str, count: str, tmp_path: Path) -> None:
    """Fewer is as wrong as more: a line break outside quotes cuts a text in two."""
    assert problems(tmp_path, "a.csv", f"prompt,system\nx,y\n{record}\n".encode()) == [
        f"a.csv:3: has {count}, the header has 2",
        _QUOTES,
    ]


def test_a_quote_that_is_never_closed_is_found_where_it_opens(tmp_path: Path) -> None:
    """The line is where the mistake is, not the end of the file."""
    assert problems(tmp_path, "a.csv", b'prompt,system\nx,y\n"abc,y\nx,y\nx,y\n') == [
        "a.csv:3: broken CSV: a quote is opened here and never closed",
        _QUOTES,
    ]


def test_text_behind_a_closing_quote_is_found_and_the_rest_read_on(tmp_path: Path) -> None:
    """A broken record does not hide the next problem."""
    assert problems(tmp_path, "a.csv", b'prompt\n"abc"d\nx\ny,z\n') == [
        "a.csv:2: broken CSV: text follows a closing quote",
        _QUOTES,
        "a.csv:4: has 2 cells, the header has 1",
        _QUOTES,
    ]


def test_a_bare_carriage_return_is_named(tmp_path: Path) -> None:
    """Line ends of old systems are not guessed."""
    assert problems(tmp_path, "a.csv", b"prompt\na\rb\n") == [
        "a.csv:2: broken CSV: a bare carriage return stands outside quotes",
        'hint: end every line alike, with LF or CRLF; a line break inside a cell needs "double quotes" around the cell',
    ]


def test_a_nul_byte_in_a_cell_is_named(tmp_path: Path) -> None:
    """Far behind the beginning, where it does not make the file a binary one; no provider takes it."""
    text = b"prompt,system\n" + b"hello,x\n" * 10_000 + b"a\0b,y\n"
    assert problems(tmp_path, "a.csv", text) == [
        "a.csv:10002: prompt: holds a NUL byte, which is no text",
        "hint: remove it, or save the file as UTF-8",
    ]


def test_problems_of_cells_and_rows_come_together(tmp_path: Path) -> None:
    """Unreadable cells, wrong values and doubled ids of one file are told at once."""
    text = (
        "custom_id,prompt,min_quality,task_type,messages,response_schema\n"
        'a,x,"0,5",emial,,\n'
        "a,x,2,,,\n"
        "b,,,,{bad,\n"
        'c,x,,,,"{""type"":1}"\n'
    )
    assert problems(tmp_path, "a.csv", text.encode()) == [
        "a.csv:2: min_quality: must be a number from 0 to 1, not `0,5`",
        "hint: write `0.5`",
        "a.csv:2: task_type: unknown value `emial`",
        "hint: did you mean `email`?",
        "a.csv:3: min_quality: must be a number from 0 to 1, not `2.0`",
        "a.csv:3: custom_id: `a` is used already on line 2",
        "hint: give each request its own id",
        "a.csv:4: messages: is no JSON: object keys must be strings (byte 1)",
        "hint: got `{bad`",
        "a.csv:5: response_schema: is no valid JSON Schema: type: 1 is not valid under any of the given schemas",
    ]


def test_an_unknown_column_is_told_once_and_other_problems_too(tmp_path: Path) -> None:
    """One wrong column of a long table is one problem."""
    assert problems(tmp_path, "a.csv", b"prompt,promt\nx,y\nx,y\n,y\n") == [
        "a.csv:1: promt: is no field",
        "hint: did you mean `prompt`?",
        "a.csv:4: prompt: is missing",
        "hint: write the request into `prompt`, or the turns of a chat into `messages`",
    ]


def test_bad_bytes_far_in_the_file_are_named_with_their_column(tmp_path: Path) -> None:
    """A table saved in the code page of one country is found at its first foreign letter."""
    content = b"custom_id,prompt\n" + b"".join(b"%d,%s\n" % (n, b"x" * 500) for n in range(200)) + b"z,caf\xe9\n"
    assert problems(tmp_path, "a.csv", content) == [
        "a.csv:202: prompt: is not UTF-8 text: byte `0xe9`",
        "hint: save the file as UTF-8",
    ]


def test_a_cell_of_five_megabytes_is_read(tmp_path: Path) -> None:
    """The library's own limit of 128 KiB does not hold here."""
    [request] = _read(tmp_path, "prompt\n" + "long " * 2**20 + "\n")
    assert request.prompt == "long " * 2**20


_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@settings(max_examples=60, deadline=None)
@given(prompts=st.lists(_CELLS.filter(lambda text: bool(text.strip())), min_size=1, max_size=6))
def test_what_a_csv_writer_wrote_is_read(prompts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any texts survive the standard library's writer, in order."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["prompt", "tenant"], *([prompt, "t"] for prompt in prompts)])
    job = read_bytes(tmp_path_factory.mktemp("csv"), "a.csv", buffer.getvalue().encode())
    assert [request.prompt for request in _requests(job)] == prompts

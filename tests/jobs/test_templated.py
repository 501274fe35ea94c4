import gzip
from pathlib import Path

from support.job_files import problems, read_bytes, requests_in, spool_dir

from modelroute_cli.base.schema import Importance, Request
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reading import Reading

_READING = Reading(prompt="Sum up {{ title }}: {{ body }}", system="Answer in {{ language | default('English') }}.")
_LINES = b'{"title":"a","body":"x","importance":"bulk","expected":"s"}\n\n{"custom_id":"k","title":"b","body":null}\n'


def test_lines_are_rows_for_the_template(tmp_path: Path) -> None:
    """Fields of a request are kept, the others are the template's."""
    job = read_bytes(tmp_path, "a.jsonl", b"\xef\xbb\xbf" + _LINES, _READING)
    assert requests_in(job) == [
        Request(
            custom_id="row-000001",
            prompt="Sum up a: x",
            system="Answer in English.",
            importance=Importance.BULK,
            expected="s",
        ),
        Request(custom_id="k", prompt="Sum up b: ", system="Answer in English."),
    ]
    assert job.requests.collect()["line"].to_list() == [1, 3]
    job.path.unlink()
    assert locate(job, spool_dir(job.source)) == job.path


def test_each_reading_has_a_spool_of_its_own(tmp_path: Path) -> None:
    """Two plans of one file both stay runnable."""
    one = read_bytes(tmp_path, "a.jsonl", _LINES, _READING)
    two = read_bytes(tmp_path, "a.jsonl", _LINES, Reading(prompt="{{ title }}"))
    assert one.digest == two.digest
    assert one.path != two.path
    assert locate(one, spool_dir(one.source)) == one.path


def test_a_row_without_a_column_is_refused_by_line(tmp_path: Path) -> None:
    """Rows of JSONL may differ in their columns."""
    content = b'{"title":"a","body":"x"}\n{"titel":"b","body":"x"}\n[1]\n{"oops\n'
    assert problems(tmp_path, "a.jsonl", content, _READING) == [
        "a.jsonl:2: --prompt: there is no column `title`",
        "hint: did you mean `titel`?",
        "a.jsonl:3: is no JSON object: `[1]`",
        "hint: write each request as one complete JSON object on one line",
        "a.jsonl:4: broken JSON at column 7: invalid character",
        "hint: write each request as one complete JSON object on one line",
    ]


def test_a_system_message_alone_leaves_native_rows_as_they_are(tmp_path: Path) -> None:
    """Unknown fields stay a slip."""
    reading = Reading(system="Be brief.")
    job = read_bytes(tmp_path, "a.jsonl.gz", gzip.compress(b'{"custom_id":"a","prompt":"x"}\n'), reading)
    assert requests_in(job) == [Request(custom_id="a", prompt="x", system="Be brief.")]
    assert problems(tmp_path, "a.jsonl", b'{"promt":"x"}\n', reading)[0] == "a.jsonl:1: promt: is no field"


def test_a_table_names_a_missing_column_once(tmp_path: Path) -> None:
    """At its header, not in a million rows; a column of the template decides the delimiter."""
    content = b"title;body, long\na;x\nb;y\n"
    reading = Reading(prompt='{{ title }}{{ row["body, long"] }}')
    assert [item.prompt for item in requests_in(read_bytes(tmp_path, "a.csv", content, reading))] == ["ax", "by"]
    assert problems(tmp_path, "a.csv", b"title;body\na;x\nb;y\n", Reading(prompt="{{ titel }}")) == [
        "a.csv:1: --prompt: there is no column `titel`",
        "hint: did you mean `title`?",
    ]

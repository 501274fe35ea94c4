from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from support.planning_jobs import job_of, requests_of

from modelroute_cli.report.job_summary import ImageCount, Lengths, ValueCount, job_screen, job_summary
from modelroute_cli.report.job_templates import TemplateCount

_JOB = job_of(
    requests_of(
        *({"template": "mail", "input_tokens": 10 * place} for place in range(1, 11)),
        {"template": "head", "task_type": "headline", "input_tokens": 500, "model": "gpt-5"},
        {"template": "head", "task_type": "headline", "input_tokens": 500, "model": "gpt-5", "duplicate_of": 10},
    )
)


def template(name: str, task_type: str, requests: int, example: str) -> TemplateCount:
    """A template of a job without a file."""
    return TemplateCount(
        template=name,
        task_type=task_type,
        confidence=0.9,
        language="en",
        requests=requests,
        example=example,
        begins=None,
    )


def test_a_job_is_counted_by_template_length_and_pin() -> None:
    """Lengths are lengths that occur; each template has its first request as example."""
    summary = job_summary(_JOB)
    assert summary.lengths == Lengths(p50=70, p90=500, p99=500, most=500)
    assert summary.largest_templates == (
        template("mail", "email", 10, "r0"),
        template("head", "headline", 2, "r10"),
    )
    assert summary.pinned_models == (ValueCount(value="gpt-5", requests=2),)
    assert (summary.templates, summary.duplicates, summary.packed) == (2, 1, None)


def test_the_screen_names_format_lengths_pins_and_templates() -> None:
    """What a user needs to trust what was read."""
    summary = job_summary(replace(_JOB, format="openai_batch", packed="gzip", size_bytes=1_234))
    lines = [line.text for line in job_screen(summary, 100)]
    assert lines[:2] == [
        "jobs.jsonl is valid: 12 requests, 1 of them duplicates",
        "OpenAI batch lines, packed with gzip, 1,234 bytes",
    ]
    assert lines[-6:] == [
        "length: half up to 70 tokens, 90% up to 500, 99% up to 500, the longest 500",
        "pinned to: gpt-5 2",
        "",
        "Template  Requests  Confidence  Such as",
        "mail            10        0.90  r0",
        "head             2        0.90  r10",
    ]


def test_templates_of_one_request_each_are_not_listed() -> None:
    """A list of single requests says nothing."""
    job = job_of(requests_of({"template": "a"}, {"template": "b"}))
    assert not [line for line in job_screen(job_summary(job), 100) if line.text.startswith("Template")]


def test_images_and_schemas_are_counted() -> None:
    """With the largest picture, and how many nobody looked at."""
    rows: tuple[Mapping[str, object], ...] = (
        {"modality": "image", "image_sizes": [800 << 16 | 600, 0]},
        {"modality": "image", "image_sizes": [600 << 16 | 900], "has_schema": True},
        {},
    )
    summary = job_summary(job_of(requests_of(*rows)))
    assert summary.images == ImageCount(images=3, unknown_size=1, largest="600 x 900")
    lines = [line.text for line in job_screen(summary, 100)]
    assert "images: 3, the largest 600 x 900 pixels, 1 of unknown size" in lines
    assert "response schema: 1" in lines


def test_a_job_without_images_does_not_speak_of_them() -> None:
    """Nor one whose images are all addresses of a largest one."""
    assert job_summary(job_of(requests_of({}))).images is None
    addresses = job_summary(job_of(requests_of({"image_sizes": [0, 0]})))
    assert addresses.images == ImageCount(images=2, unknown_size=2, largest=None)
    assert "images: 2, 2 of unknown size" in [line.text for line in job_screen(addresses, 100)]


def test_notes_of_the_file_are_in_the_summary() -> None:
    """For scripts, which do not read stderr."""
    assert job_summary(replace(_JOB, notes=("`seed` (1 request) is not sent",))).notes == (
        "`seed` (1 request) is not sent",
    )


def test_examples_are_cut_to_the_room_and_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Each template shows how its first request begins; narrow terminals leave the examples out."""
    lines = [
        f'{{"custom_id": "{at}", "prompt": "Sum up\\u001b[2J\\nthis report in one line please, number {at}"}}'
        for at in "ab"
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n")
    job = replace(
        job_of(requests_of(*({"offset": at * len(lines[0]) + at, "length": len(lines[0])} for at in (0, 1)))),
        path=tmp_path / "a.jsonl",
    )
    [found] = job_summary(job).largest_templates
    assert found.begins == "Sum up\x1b[2J this report in one line please, number a"
    assert [line.text for line in job_screen(job_summary(job), 60)][-2:] == [
        "Template  Requests  Confidence  Such as",
        "t1               2        0.90  Sum up?[2J this rep…",
    ]
    assert [line.text for line in job_screen(job_summary(job), 40)][-1] == "t1               2        0.90"


def test_templates_that_are_not_shown_are_counted() -> None:
    """The list ends after twenty."""
    rows = [{"template": f"t{at // 2:02}"} for at in range(50)]
    lines = [line.text for line in job_screen(job_summary(job_of(requests_of(*rows))), 100)]
    assert lines[-2:] == ["t19              2        0.90  r38", "and 5 smaller templates"]

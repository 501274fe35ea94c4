from dataclasses import replace

from support.planning_jobs import job_of, requests_of

from modelroute_cli.report.job_summary import Lengths, TemplateCount, ValueCount, job_screen, job_summary

_JOB = job_of(
    requests_of(
        *({"template": "mail", "input_tokens": 10 * place} for place in range(1, 11)),
        {"template": "head", "task_type": "headline", "input_tokens": 500, "model": "gpt-5"},
        {"template": "head", "task_type": "headline", "input_tokens": 500, "model": "gpt-5", "duplicate_of": 10},
    )
)


def test_a_job_is_counted_by_template_length_and_pin() -> None:
    """Lengths are lengths that occur; each template has its first request as example."""
    summary = job_summary(_JOB)
    assert summary.lengths == Lengths(p50=70, p90=500, p99=500, most=500)
    assert summary.largest_templates == (
        TemplateCount(template="mail", task_type="email", requests=10, example="r0"),
        TemplateCount(template="head", task_type="headline", requests=2, example="r10"),
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
        "Largest templates",
        "  10 email, such as `r0`",
        "  2 headline, such as `r10`",
    ]


def test_templates_of_one_request_each_are_not_listed() -> None:
    """A list of single requests says nothing."""
    job = job_of(requests_of({"template": "a"}, {"template": "b"}))
    assert "Largest templates" not in [line.text for line in job_screen(job_summary(job), 100)]

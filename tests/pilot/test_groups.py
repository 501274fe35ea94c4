"""Groups to measure by: patterned templates as they stand, loose prompts by their words."""

import json
from pathlib import Path

from modelroute_cli.base.schema import Request
from modelroute_cli.features.describe import Describer
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.pilot.groups import REQUESTS_A_GROUP, group_requests, prompt_text, regrouped

MAIL = [f"Write a short mail to the customer about order {n}." for n in range(60)]
SUMS = [f"{n} apples and {n + 2} pears are {2 * n + 2}: how many kilos of fruit?" for n in range(300)]
LINES = [f"who sang the song number {n} of that band in the seventies" for n in range(300)]
CODE = [f"fn part_{n}(x: u32) -> u32 {{ x.wrapping_add({n}) }} // explain" for n in range(300)]


def test_a_template_whose_prompts_share_words_in_a_row_stands() -> None:
    """Sixty mails of one pattern keep their template; nine hundred loose prompts are divided by what they look like."""
    texts = MAIL + SUMS + LINES + CODE
    templates = ["email-en-aa"] * 60 + [f"other-en-{at % 7}" for at in range(900)]
    names = group_requests(templates, texts.__getitem__)
    assert set(names[:60]) == {"email-en-aa"}
    for start in (60, 360, 660):
        part = names[start : start + 300]
        assert max(part.count(name) for name in set(part)) >= 290
        assert all("~" in name for name in part)
    assert len({names[60], names[360], names[660]}) == 3


def test_loose_prompts_are_named_for_what_most_of_them_were_taken_for() -> None:
    """Of a group's templates the commonest kind, and the number of its centre."""
    texts = SUMS + CODE
    templates = [f"math-en-{at}" for at in range(300)] + [f"code-en-{at}" for at in range(300)]
    names = set(group_requests(templates, texts.__getitem__))
    assert {name.rpartition("~")[0] for name in names} == {"math-en", "code-en"}


def test_a_few_loose_prompts_keep_their_templates() -> None:
    """Fewer than two groups take: there is nothing to divide."""
    texts = (SUMS + LINES)[: 2 * REQUESTS_A_GROUP - 1]
    templates = [f"other-en-{at}" for at in range(len(texts))]
    assert group_requests(templates, texts.__getitem__) == tuple(templates)
    assert group_requests([], texts.__getitem__) == ()


def test_the_order_of_asking_does_not_matter() -> None:
    """The same batch twice: the same groups."""
    texts, templates = SUMS + CODE, ["other-en-1"] * 600
    assert group_requests(templates, texts.__getitem__) == group_requests(templates, texts.__getitem__)


def test_all_turns_of_a_request_are_read() -> None:
    """The system message is part of what a model is asked."""
    request = Request(custom_id="a", prompt="Say hello", system="You are terse")
    assert prompt_text(request) == "You are terse\nSay hello"


def test_a_job_is_regrouped_by_its_own_texts(tmp_path: Path) -> None:
    """The column `template` of loose prompts changes, nothing else; a second time changes nothing more."""
    rows = [{"custom_id": str(at), "prompt": text} for at, text in enumerate(SUMS + LINES + CODE)]
    path = tmp_path / "jobs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    from modelroute_cli.features.classify import Classifier  # noqa: PLC0415 - its table is loaded here alone

    job = index(str(path), Describer(Classifier.load()), IndexOptions(spool_dir=tmp_path))
    made = regrouped(job)
    before, after = job.requests.collect(), made.requests.collect()
    assert before.drop("template").equals(after.drop("template"))
    assert after["template"].n_unique() <= before["template"].n_unique() + 3
    assert after["template"].null_count() == 0

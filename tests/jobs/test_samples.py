"""The sample job files are what they claim to be."""

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from support.job_files import Alike

from modelroute_cli.base.schema import Importance, Request, TaskType
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader

_SAMPLES = Path(__file__).parents[2] / "sample_jobs"


def _job(name: str, spool: Path) -> JobFile:
    return index(str(_SAMPLES / name), Alike(), IndexOptions(spool_dir=spool))


def _requests(job: JobFile) -> list[Request]:
    with RequestReader(job.path) as reader:
        return [reader.at(*place) for place in job.requests.collect().select("offset", "length").iter_rows()]


@pytest.fixture(scope="module")
def marketing(tmp_path_factory: pytest.TempPathFactory) -> JobFile:
    """The user's own example, indexed once."""
    return _job("marketing.jsonl", tmp_path_factory.mktemp("spool"))


def _maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_marketing", _SAMPLES / "make_marketing.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_marketing_is_what_its_script_writes() -> None:
    """The file is made, not edited: change the parts, then run `python sample_jobs/make_marketing.py`."""
    assert _maker().content() == (_SAMPLES / "marketing.jsonl").read_bytes()


def test_marketing_is_a_thousand_mails_and_ten_headlines(marketing: JobFile) -> None:
    """Bulk mails first, premium headlines after them, as their ids say."""
    rows = marketing.requests.collect()
    assert rows["importance"].to_list() == ["bulk"] * 1_000 + ["premium"] * 10
    assert rows["custom_id"].to_list() == [
        *(f"mail-{number:04d}" for number in range(1, 1_001)),
        *(f"headline-{number:02d}" for number in range(1, 11)),
    ]


def test_eighteen_mails_are_duplicates(marketing: JobFile) -> None:
    """Each asks what one earlier mail asked; no mail is asked three times."""
    copies = marketing.requests.collect().filter(pl.col("duplicate_of").is_not_null())
    assert copies.height == 18
    assert copies["custom_id"].str.starts_with("mail-").all()
    assert copies["duplicate_of"].n_unique() == 18


def test_marketing_limits_mails_and_not_headlines(marketing: JobFile) -> None:
    """The limit of a mail is 700 tokens; a headline has none."""
    assert marketing.requests.collect()["max_output_tokens"].to_list() == [700] * 1_000 + [None] * 10


def test_few_rows_of_marketing_say_their_type(marketing: JobFile) -> None:
    """The classifier must earn the others."""
    typed = Counter(request.task_type for request in _requests(marketing))
    assert typed == {None: 980, TaskType.EMAIL: 28, TaskType.HEADLINE: 2}


def test_half_of_the_mails_come_with_a_brand_voice(marketing: JobFile) -> None:
    """Some have a system text, some have none."""
    voices = [request.system is not None for request in _requests(marketing)]
    assert 450 < sum(voices) < 550


def test_marketing_stays_small() -> None:
    """A sample is no burden on a checkout."""
    assert (_SAMPLES / "marketing.jsonl").stat().st_size < 1_500_000


def test_no_placeholder_is_left_in_marketing(marketing: JobFile) -> None:
    """Every date, code and name was filled in."""
    assert [request.custom_id for request in _requests(marketing) if "{" in (request.prompt or "")] == []


def test_mixed_holds_every_importance_several_schemas_and_tenants(tmp_path: Path) -> None:
    """Sixty requests of many kinds."""
    job = _job("mixed.csv", tmp_path)
    requests = _requests(job)
    assert len(requests) == 60
    assert {request.importance for request in requests} == set(Importance)
    assert sum(request.response_schema is not None for request in requests) == 9
    assert len({request.tenant for request in requests}) > 10
    assert job.requests.collect()["duplicate_of"].null_count() == 60


def test_most_rows_of_mixed_leave_their_type_to_the_classifier(tmp_path: Path) -> None:
    """Some rows name a type, over at least ten of them; most name none."""
    typed = [request.task_type for request in _requests(_job("mixed.csv", tmp_path)) if request.task_type]
    assert len(set(typed)) >= 10
    assert len(typed) < 20

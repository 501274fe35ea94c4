"""Rules of what finding personal data does to a plan."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import polars as pl
import pytest
from support.planning_jobs import OPTIONS, job_of, plan_of, requests_of, settings_of

from modelroute_cli.base.schema import PersonalData
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Match, PrivacySettings, Rule, Settings
from modelroute_cli.planning.explain import explain
from modelroute_cli.planning.privacy import personal_data, with_data_class

EMAIL, IBAN = PersonalData.EMAIL.bit, PersonalData.IBAN.bit
ROWS = (
    {"personal": EMAIL},
    {"personal": 0},
    {"personal": EMAIL | IBAN, "data_class": "public"},
    {"personal": 0, "data_class": "confidential"},
)


def classes(privacy: PrivacySettings) -> list[str | None]:
    """The data classes of ROWS."""
    return with_data_class(requests_of(*ROWS), privacy)["data_class"].to_list()


def ruled(force: Literal["personal", "confidential"] | None) -> Settings:
    """Personal data is for one model, all else for another."""
    rules = (
        Rule(name="stays", match=Match(data_class=("personal",)), allow=("gpt-6-luna",)),  # type: ignore[arg-type]
        Rule(name="rest", allow=("deepseek-flash",)),
    )
    return replace(settings_of(objective__min_quality=0), rules=rules, privacy=PrivacySettings(force=force))


def test_without_force_rows_keep_their_class() -> None:
    """The default: finds are counted and change nothing."""
    assert classes(PrivacySettings()) == [None, None, "public", "confidential"]


@pytest.mark.parametrize("force", ["personal", "confidential"])
def test_a_find_gives_the_forced_class_to_a_row_that_has_none(force: Literal["personal", "confidential"]) -> None:
    """A row's own class wins."""
    assert classes(PrivacySettings(force=force)) == [force, None, "public", "confidential"]


def test_a_find_wins_over_the_rows_own_class_when_settings_say_so() -> None:
    """Rows without a find keep theirs all the same."""
    over = PrivacySettings(force="personal", force_over=True)
    assert classes(over) == ["personal", None, "personal", "confidential"]


def test_kinds_are_counted_by_requests() -> None:
    """A request with two kinds counts for both; kinds that none has are left out."""
    assert personal_data(requests_of(*ROWS).lazy()) == {"email": 2, "iban": 1}
    assert personal_data(requests_of({"personal": 0}).lazy()) == {}


def test_the_forced_class_stands_before_rules_are_applied() -> None:
    """So that a rule about personal data holds for what was found."""
    assert plan_of(ROWS, ruled("personal")).assignments.collect()["rule"].to_list() == ["stays", "rest", "rest", "rest"]
    assert plan_of(ROWS, ruled(None)).assignments.collect()["rule"].to_list() == ["rest"] * 4


def test_a_plan_counts_what_was_found_in_the_requests_it_takes() -> None:
    """Those that --limit leaves out are not counted."""
    assert plan_of(ROWS).header.personal_data == {"email": 2, "iban": 1}
    assert plan_of(ROWS, options=replace(OPTIONS, limit=1)).header.personal_data == {"email": 1}
    assert plan_of([{}]).header.personal_data == {}


def test_a_request_is_explained_by_the_rule_that_its_plan_used() -> None:
    """The forced class holds there too."""
    settings = ruled("personal")
    header = plan_of(ROWS, settings).header
    one = requests_of(*ROWS)[:1]
    at = OPTIONS.at + timedelta(0)
    assert explain(one, header, load_catalog(settings), settings, at).rule == "stays"


def test_frames_that_are_not_read_yet_stay_so() -> None:
    """A million rows are forced as they pass."""
    forced = with_data_class(job_of(requests_of(*ROWS)).requests, PrivacySettings(force="personal"))
    assert isinstance(forced, pl.LazyFrame)
    assert forced.collect()["data_class"].to_list()[0] == "personal"

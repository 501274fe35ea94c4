"""Rules that cannot be kept are refused when settings are read."""

from pathlib import Path

import pytest
from support.catalog_room import catalog_of

from modelroute_cli.base.errors import SettingsError

ALL = "  - {name: all, allow: [cheap]}\n"


@pytest.mark.parametrize(
    ("rule", "message", "hint"),
    [
        (
            "{name: a + b, allow: [cheap]}",
            "modelroute.yaml: rule `a + b`: a name may not be blank or hold ` + `, which joins the names of rules",
            "name it otherwise",
        ),
        (
            "{name: idle}",
            "modelroute.yaml: rule `idle` says nothing",
            "name models or aliases in its `allow`, or restrict them, as by `forbid`",
        ),
        (
            "{name: up, min_quality: 0.9, escalate: [premium]}",
            "modelroute.yaml: rule `up` has `escalate` without `allow`",
            "a rule that only restricts lets another one say where a failed gate may go",
        ),
        (
            "{name: none, forbid: [gpt-7-lunar]}",
            "modelroute.yaml: rule `none`: `gpt-7-lunar` is no model or alias",
            None,
        ),
        (
            "{name: span, match: {input_tokens: {min: 9, max: 8}}, allow: [cheap]}",
            "modelroute.yaml: rule `span`: `input_tokens` begins at 9 and ends at 8, so it never holds",
            "`min` is not more than `max`",
        ),
        (
            "{name: field, match: {metadata: {shop: []}}, allow: [cheap]}",
            "modelroute.yaml: rule `field`: `metadata.shop` names no value, so it never holds",
            "list its values: `shop: [spring]`",
        ),
        (
            "{name: nobody, match: {not: {}}, allow: [cheap]}",
            "modelroute.yaml: rule `nobody`: `not` without a field excludes every request",
            "say below `not` what must not hold, or leave it out",
        ),
        (
            "{name: gate, gates: {min_words: 9, max_words: 8}}",
            "modelroute.yaml: rule `gate`: `gates.min_words`: `9` is more than `max_words`, which is `8`",
            "no answer would pass: correct one of them",
        ),
        (
            "{name: checked, gates: {command: {run: []}}}",
            "modelroute.yaml: rule `checked`: `gates.command.run`: names no program",
            "write the program and its arguments: `[python3, check.py]`",
        ),
        (
            "{name: judged, gates: {judge: {model: gpt-6-lunar}}}",
            "modelroute.yaml: rule `judged`: `gates.judge`: `gpt-6-lunar` is no model or alias",
            "did you mean `gpt-6-luna`?",
        ),
        (
            "{name: hard, effort: hihg}",
            "modelroute.yaml: rule `hard`: no model takes the effort `hihg`",
            "did you mean `high`?",
        ),
        (
            "{name: shut, allow: [deepseek-flash], forbid: [deepseek-flash]}",
            "modelroute.yaml: rule `shut` leaves no model: `deepseek-flash`: it is forbidden",
            None,
        ),
        (
            "{name: far, allow: [deepseek-flash, deepseek-v4-pro], regions: [eu]}",
            (
                "modelroute.yaml: rule `far` leaves no model: "
                "`deepseek-flash`: it is processed in `cn`, not in `eu`, and 1 more"
            ),
            (
                "loosen the rule, or state under `providers` what your contract says "
                "(`regions`, `retention_days`, `zero_retention`, `trains_on_data`)"
            ),
        ),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(rule: str, message: str, hint: str | None, tmp_path: Path) -> None:
    """Before any job is read, with what to write instead."""
    with pytest.raises(SettingsError) as caught:
        catalog_of(f"rules:\n  - {rule}\n{ALL}", tmp_path)
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


def test_a_data_policy_that_no_model_meets_is_refused(tmp_path: Path) -> None:
    """It names itself, since it is not written under `rules`."""
    with pytest.raises(SettingsError) as caught:
        catalog_of("data_policy: {public: {regions: [us, eu], zero_data_retention: true}}\n", tmp_path)
    assert caught.value.message.startswith("`data_policy.public` leaves no model: ")

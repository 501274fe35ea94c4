"""docs/settings.md documents every key with its true default, and its examples load."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from support.catalog_room import REPO, settings_of

from modelroute_cli.base.schema import DataClass, Importance, TaskType
from modelroute_cli.catalog.audit import AuditSettings
from modelroute_cli.catalog.cards import Limits, ModelCard, Provider
from modelroute_cli.catalog.hidden_quality import EmulatorDrift, EmulatorReplay
from modelroute_cli.catalog.library import load_catalog, shipped_providers
from modelroute_cli.catalog.load import SettingsFile
from modelroute_cli.catalog.marking import ResultSettings
from modelroute_cli.catalog.processing import ProcessingSettings
from modelroute_cli.catalog.scoring import ScoringCommand, ScoringJudge, ScoringSettings
from modelroute_cli.catalog.settings import (
    Assumptions,
    DataPolicy,
    Discount,
    EmulatorBatches,
    EmulatorChange,
    EmulatorFaults,
    EmulatorLimits,
    EmulatorSettings,
    HedgeSettings,
    HistorySettings,
    ImageSettings,
    JobSettings,
    LengthRange,
    Match,
    Objective,
    Price,
    PrivacySettings,
    Rule,
    RunSettings,
    TierPrice,
)

TEXT = (REPO / "docs" / "settings.md").read_text("utf-8")
SECTIONS: dict[str, str] = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
STRUCTS: list[tuple[str, type[msgspec.Struct]]] = [
    ("objective", Objective),
    ("rules", Rule),
    ("rules", Match),
    ("data_policy", DataPolicy),
    ("models", ModelCard),
    ("models", Limits),
    ("prices", Price),
    ("prices", TierPrice),
    ("discounts", Discount),
    ("providers", Provider),
    ("providers", Limits),
    ("assumptions", Assumptions),
    ("assumptions", LengthRange),
    ("job", JobSettings),
    ("images", ImageSettings),
    ("run", RunSettings),
    ("run", HedgeSettings),
    ("history", HistorySettings),
    ("audit", AuditSettings),
    ("emulator", EmulatorSettings),
    ("emulator", EmulatorFaults),
    ("emulator", EmulatorLimits),
    ("emulator", EmulatorChange),
    ("emulator", EmulatorBatches),
    ("emulator", EmulatorReplay),
    ("emulator", EmulatorDrift),
    ("privacy", PrivacySettings),
    ("results", ResultSettings),
    ("processing", ProcessingSettings),
    ("scoring", ScoringSettings),
    ("scoring", ScoringJudge),
    ("scoring", ScoringCommand),
]
KEYS = [
    (section, field.encode_name)
    for section, kind in STRUCTS
    for field in msgspec.structs.fields(kind)
    if not (kind in (ModelCard, Provider) and field.name == "name")
]
_NUMBERS = {"false": "0", "true": "1"}
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def rows(section: str) -> Iterator[tuple[str, str]]:
    """Key and default of each row of a section's tables."""
    for line in SECTIONS[section].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3:
            yield cells[0].strip("`"), cells[1]


def test_every_section_has_its_heading() -> None:
    """The headings are the sections of a settings file, in its order."""
    assert tuple(SECTIONS) == SettingsFile.__struct_fields__


@pytest.mark.parametrize(("section", "key"), KEYS, ids=[".".join(pair) for pair in KEYS])
def test_every_key_is_documented_in_its_section(section: str, key: str) -> None:
    """Who adds a setting documents it in docs/settings.md."""
    assert f"`{key}`" in SECTIONS[section]


@pytest.mark.parametrize(
    "section",
    [
        "objective",
        "models",
        "prices",
        "discounts",
        "providers",
        "job",
        "images",
        "run",
        "emulator",
        "privacy",
        "scoring",
        "history",
        "audit",
        "results",
        "processing",
    ],
)
def test_no_row_documents_a_key_that_is_not_there(section: str) -> None:
    """A setting that was removed leaves its row too."""
    known = {field for name, kind in STRUCTS if name == section for field in kind.__struct_fields__}
    known |= set(Limits.__struct_fields__)
    assert {key for key, _ in rows(section)} <= known


@pytest.mark.parametrize(
    ("section", "kind"),
    [("images", ImageSettings), ("run", RunSettings), ("emulator", EmulatorSettings), ("audit", AuditSettings)],
)
def test_documented_numbers_are_the_defaults(section: str, kind: type[msgspec.Struct]) -> None:
    """What the table says is what holds."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(kind)}
    told = {
        key: value.strip('`"')
        for key, value in rows(section)
        if key not in {"batches", "faults", "hedge", "limits", "replay"}
    }
    assert [key for key in told if told[key] == "null"] == [key for key in told if defaults[key] is None]
    told = {key: value for key, value in told.items() if value != "null"}
    assert {key: plain(value) for key, value in told.items()} == {key: plain(defaults[key]) for key in told}


def plain(value: object) -> float | str:
    """A number as a number, `true` as 1, and a word as it is."""
    text = str(value).lower()
    try:
        return float(_NUMBERS.get(text, text))
    except ValueError:
        return text


@pytest.mark.parametrize(("section", "kind"), [("models", ModelCard), ("providers", Provider)])
def test_required_fields_are_documented_as_such(section: str, kind: type[msgspec.Struct]) -> None:
    """A new card's author learns from the table what cannot be left out."""
    required = {field.name for field in msgspec.structs.fields(kind) if field.required and field.name != "name"}
    assert {key for key, default in rows(section) if default == "required"} == required


@pytest.mark.parametrize("word", [*TaskType, *Importance, *DataClass])
def test_every_word_that_a_rule_can_match_is_listed(word: str) -> None:
    """The values stand where they are used."""
    assert f"`{word}`" in SECTIONS["rules"]


def test_every_shipped_provider_is_named() -> None:
    """Which accounts can be used without a definition is told."""
    assert [name for name in shipped_providers() if f"`{name}`" not in SECTIONS["providers"]] == []


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_loads(number: int, tmp_path: Path) -> None:
    """An example can be copied; names that the other examples define are defined here too."""
    acme = "provider: openrouter, model_id: a, base_model: a, context_tokens: 9, max_output_tokens: 9"
    tiny = "provider: local, model_id: s, base_model: s, context_tokens: 9, max_output_tokens: 9"
    others = f"models: {{openrouter/acme/acme-1: {{{acme}}}, local/small: {{{tiny}}}}}\n"
    text = EXAMPLES[number]
    settings = settings_of(text if "models:" in text.splitlines() else f"{text}{others}", tmp_path)
    assert "modelroute.yaml" in settings.origins.values()
    assert load_catalog(settings).models


def test_the_shipped_configs_are_linked() -> None:
    """Every file to copy is named where settings are explained."""
    names = [path.stem for path in (REPO / "configs").glob("*.yaml")]
    assert [name for name in names if f"(../configs/{name}.yaml)" not in TEXT] == []

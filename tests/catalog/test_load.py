"""Settings are found in five places, the nearer one wins, and each value remembers where it came from."""

import dataclasses
from pathlib import Path

import pytest
from support.catalog_room import CONFIGS, NOWHERE, REPO, default_settings, settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import Importance, TaskType
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings, settings_digest
from modelroute_cli.catalog.settings import (
    Assumptions,
    EmulatorSettings,
    Objective,
    Price,
    RunSettings,
    Settings,
)


def without_origins(settings: Settings) -> Settings:
    """Settings to compare by value."""
    return dataclasses.replace(settings, origins={})


def user_file(home: Path, text: str) -> dict[str, str]:
    """An environment whose user has a settings file."""
    folder = home / ".config" / "modelroute"
    folder.mkdir(parents=True)
    (folder / "settings.yaml").write_text(text, "utf-8")
    return {"HOME": str(home)}


def refusal(text: str, folder: Path) -> str:
    """The message that a project's file meets."""
    with pytest.raises(SettingsError) as caught:
        settings_of(text, folder)
    return caught.value.message


def test_without_any_file_the_defaults_hold() -> None:
    """Nobody has to write settings."""
    settings = default_settings()
    assert settings.objective == Objective(min_quality=0.8, max_cost=None, baseline="gpt-5")
    assert settings.aliases["cheap"] == ("gpt-6-luna", "deepseek-flash", "claude-haiku-5-5", "gemini-2.5-flash-lite")
    assert set(settings.origins.values()) == {"defaults"}


def test_the_defaults_file_says_what_the_types_say() -> None:
    """A default stands once in the types and once in the file: they agree."""
    settings = default_settings()
    assert settings.run == RunSettings()
    assert settings.emulator == EmulatorSettings()
    assert settings.assumptions == Assumptions()


def test_the_default_rules_are_the_strategy() -> None:
    """Each has its alias: what is no text, premium, bulk, analysis; what a row says comes before what its text says."""
    rules = {rule.name: rule for rule in default_settings().rules}
    assert list(rules) == ["multimodal", "premium", "bulk", "analysis", "standard"]
    assert rules["premium"].match.importance == (Importance.PREMIUM,)
    assert rules["analysis"].match.task_type == (TaskType.ANALYSIS, TaskType.REASONING, TaskType.MATH, TaskType.CODE)
    assert [rule.allow for rule in rules.values()] == [
        ("multimodal",),
        ("premium",),
        ("cheap",),
        ("analysis",),
        ("cheap", "analysis", "premium"),
    ]


def test_each_layer_wins_over_the_one_below(tmp_path: Path) -> None:
    """Flags > environment > project > user > defaults, value by value."""
    home = tmp_path / "home"
    project = home / "project"
    project.mkdir(parents=True)
    env = user_file(home, "run: {concurrency: 1, max_attempts: 1, timeout_s: 1, max_escalations: 0}\n")
    (project / "modelroute.yaml").write_text("run: {concurrency: 2, max_attempts: 2, timeout_s: 2}\n")
    env |= {"MODELROUTE_RUN__CONCURRENCY": "3", "MODELROUTE_RUN__MAX_ATTEMPTS": "3"}
    settings = load_settings(project, None, env, {"run.concurrency": 4, "objective.max_cost": None})
    assert settings.run == RunSettings(concurrency=4, max_attempts=3, timeout_s=2.0, max_escalations=0)
    assert {name: origin for name, origin in settings.origins.items() if name.startswith("run.")} == {
        "run.concurrency": "the command line",
        "run.max_attempts": "MODELROUTE_RUN__MAX_ATTEMPTS",
        "run.timeout_s": "modelroute.yaml",
        "run.max_escalations": "~/.config/modelroute/settings.yaml",
        "run.hard_cap_factor": "defaults",
        "run.max_unknown": "defaults",
        "run.fit_output_limits": "defaults",
        "run.patience_s": "defaults",
        "run.default_gates": "defaults",
        **dict.fromkeys((f"run.hedge.{key}" for key in ("most", "quantile", "factor", "after_s")), "defaults"),
    }


def test_xdg_config_home_moves_the_users_file(tmp_path: Path) -> None:
    """The user's own folder is taken at its word."""
    (tmp_path / "modelroute").mkdir()
    (tmp_path / "modelroute" / "settings.yaml").write_text("objective: {min_quality: 0.9}\n")
    env = {"HOME": "/nonexistent", "XDG_CONFIG_HOME": str(tmp_path)}
    assert load_settings(NOWHERE, None, env, {}).objective.min_quality == 0.9


def test_mappings_merge_and_lists_replace(tmp_path: Path) -> None:
    """One alias of a file leaves the others; its list is the whole list."""
    settings = settings_of("aliases: {cheap: [gpt-6-luna], drafts: [deepseek-flash]}\n", tmp_path)
    assert settings.aliases == {
        **default_settings().aliases,
        "cheap": ("gpt-6-luna",),
        "drafts": ("deepseek-flash",),
    }
    assert (settings.origins["aliases.cheap"], settings.origins["aliases.premium"]) == ("modelroute.yaml", "defaults")


def test_an_empty_section_changes_nothing(tmp_path: Path) -> None:
    """A section whose lines are all commented out is no section."""
    settings = settings_of("aliases:\n  # cheap: [gpt-6-luna]\nprices:\n", tmp_path)
    assert without_origins(settings) == without_origins(default_settings())


def test_null_takes_a_value_away(tmp_path: Path) -> None:
    """`min_quality: null` asks for no floor."""
    assert settings_of("objective: {min_quality: null}\n", tmp_path).objective.min_quality is None


@pytest.mark.parametrize(("written", "kept"), [("5", "5"), ("0.10", "0.10"), ('"12.345678"', "12.345678")])
def test_money_keeps_its_digits(written: str, kept: str, tmp_path: Path) -> None:
    """What is written is what is meant, to the last digit."""
    assert settings_of(f"objective: {{max_cost: {written}}}\n", tmp_path).objective.max_cost == kept


def test_prices_need_input_and_output(tmp_path: Path) -> None:
    """A price that lacks one is refused; one that has both may leave the cache out."""
    assert settings_of("prices: {gpt-5: {input: 0.27, output: 1}}\n", tmp_path).prices == {
        "gpt-5": Price(input="0.27", output="1")
    }
    assert refusal("prices: {gpt-5: {input: 1}}\n", tmp_path) == "modelroute.yaml:1: `prices.gpt-5` lacks `output`"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("objectve: {min_quality: 1}\n", "modelroute.yaml:1: unknown key `objectve`"),
        ("objective:\n  min_qualty: 1\n", "modelroute.yaml:2: unknown key `min_qualty` in `objective`"),
        (
            "objective: {min_quality: 80}\n",
            "modelroute.yaml:1: `objective.min_quality` is `80`: expected a number <= 1.0",
        ),
        ("rules:\n  - allow: [cheap]\n", "modelroute.yaml:2: `rules[0]` lacks `name`"),
        (
            "rules:\n  - {name: x, allow: [cheap], match: {importance: [hi]}}\n",
            "modelroute.yaml:2: `rules[0].match.importance[0]` is `hi`: not one of the known values",
        ),
        (
            "run: {concurrency: fast}\n",
            "modelroute.yaml:1: `run.concurrency` is `fast`: neither a number nor a known word",
        ),
        ("run: {concurrency: 0}\n", "modelroute.yaml:1: `run.concurrency` is `0`: expected a whole number >= 1"),
        (
            "run: {concurrency: true}\n",
            "modelroute.yaml:1: `run.concurrency` is `true`: expected a whole number or a word, got true or false",
        ),
        ("run: {timeout_s: 0}\n", "modelroute.yaml:1: `run.timeout_s` is `0`: expected a number > 0.0"),
        (
            "emulator: {faults: {empty: 2}}\n",
            "modelroute.yaml:1: `emulator.faults.empty` is `2`: expected a number <= 1.0",
        ),
        (
            "assumptions: {reasoning_tokens: {gpt-5: {email: -1}}}\n",
            "modelroute.yaml:1: `assumptions.reasoning_tokens.gpt-5.email` is `-1`: expected a whole number >= 0",
        ),
        ("models:\n  gpt-5: {context: 5}\n", "modelroute.yaml:2: unknown key `context` in `models.gpt-5`"),
        (
            "providers: {openai: {auth: basic}}\n",
            "modelroute.yaml:1: `providers.openai.auth` is `basic`: not one of the known values",
        ),
        ("objective: 5\n", "modelroute.yaml:1: `objective` is a mapping of names"),
        ("aliases: {cheap: gpt-5}\n", "modelroute.yaml:1: `aliases.cheap` is a list"),
    ],
)
def test_a_bad_setting_is_named_by_file_line_and_key(text: str, message: str, tmp_path: Path) -> None:
    """Every section refuses what it cannot be."""
    assert refusal(text, tmp_path) == message


def test_the_project_file_is_found_above_up_to_the_repository(tmp_path: Path) -> None:
    """From a folder inside a repository its settings hold."""
    inside = tmp_path / "repo" / "a" / "b"
    inside.mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    (tmp_path / "repo" / "modelroute.yaml").write_text("run: {concurrency: 7}\n")
    settings = load_settings(inside, None, {}, {})
    assert settings.run.concurrency == 7
    assert settings.origins["run.concurrency"] == str(tmp_path / "repo" / "modelroute.yaml")


def test_a_file_above_the_repository_is_not_taken(tmp_path: Path) -> None:
    """Settings of a folder that may be someone else's decide nothing here."""
    inside = tmp_path / "repo"
    inside.mkdir()
    (inside / ".git").mkdir()
    (tmp_path / "modelroute.yaml").write_text("run: {concurrency: 7}\n")
    assert load_settings(inside, None, {}, {}).run.concurrency == "auto"


def test_outside_a_repository_and_home_only_this_folder_counts(tmp_path: Path) -> None:
    """A shared folder's settings do not reach into the folders below it."""
    inside = tmp_path / "work"
    inside.mkdir()
    (tmp_path / "modelroute.yaml").write_text("run: {concurrency: 7}\n")
    assert load_settings(inside, None, {}, {}).run.concurrency == "auto"
    assert load_settings(tmp_path, None, {}, {}).run.concurrency == 7


def test_below_home_the_search_ends_at_home(tmp_path: Path) -> None:
    """Home's file holds for the folders below it, a file above home does not."""
    inside = tmp_path / "home" / "a"
    inside.mkdir(parents=True)
    (tmp_path / "modelroute.yaml").write_text("run: {concurrency: 7}\n")
    env = {"HOME": str(tmp_path / "home")}
    assert load_settings(inside, None, env, {}).run.concurrency == "auto"
    (tmp_path / "home" / "modelroute.yaml").write_text("run: {concurrency: 8}\n")
    settings = load_settings(inside, None, env, {})
    assert (settings.run.concurrency, settings.origins["run.concurrency"]) == (8, "~/modelroute.yaml")


def test_a_named_file_stands_for_the_projects(tmp_path: Path) -> None:
    """`--config` wins over `MODELROUTE_CONFIG`, and either over the file that would be found."""
    for name, count in (("modelroute.yaml", 5), ("env.yaml", 6), ("flag.yaml", 7)):
        (tmp_path / name).write_text(f"run: {{concurrency: {count}}}\n")
    env = {"MODELROUTE_CONFIG": "env.yaml"}
    assert load_settings(tmp_path, None, {}, {}).run.concurrency == 5
    assert load_settings(tmp_path, None, env, {}).run.concurrency == 6
    assert load_settings(tmp_path, Path("flag.yaml"), env, {}).run.concurrency == 7


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A wrong path is not read as "no settings"."""
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, Path("no.yaml"), {}, {})
    assert (caught.value.message, caught.value.hint) == ("no settings file `no.yaml`", "`modelroute init` writes one")


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are named as such."""
    (tmp_path / "modelroute.yaml").write_bytes(b"a: \xff\xfe\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, None, {}, {})
    assert caught.value.message == "settings file `modelroute.yaml` cannot be read: it is not UTF-8 text"


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    """What the system says about a file is passed on."""
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, Path(), {}, {})
    assert caught.value.message == "settings file `.` cannot be read: Is a directory"


def test_a_byte_order_mark_is_read_past(tmp_path: Path) -> None:
    """Editors that write one do no harm."""
    (tmp_path / "modelroute.yaml").write_bytes(b"\xef\xbb\xbfrun: {concurrency: 9}\r\n")
    assert load_settings(tmp_path, None, {}, {}).run.concurrency == 9


@pytest.mark.parametrize(
    ("name", "value", "path", "expected"),
    [
        ("MODELROUTE_OBJECTIVE__MIN_QUALITY", "0.9", "objective.min_quality", 0.9),
        ("MODELROUTE_OBJECTIVE__MAX_COST", "0.30", "objective.max_cost", "0.30"),
        ("MODELROUTE_OBJECTIVE__MIN_QUALITY", "null", "objective.min_quality", None),
        ("MODELROUTE_EMULATOR__FAULTS__EMPTY", "0.5", "emulator.faults.empty", 0.5),
    ],
)
def test_an_environment_variable_sets_a_value(name: str, value: str, path: str, expected: object) -> None:
    """The variable's value is YAML, its name the path."""
    settings = load_settings(NOWHERE, None, {name: value}, {})
    found: object = settings
    for part in path.split("."):
        found = getattr(found, part)
    assert (found, settings.origins[path]) == (expected, name)


def test_a_list_in_the_environment_is_yaml() -> None:
    """Lists are written with brackets."""
    env = {"MODELROUTE_ALIASES__CHEAP": "[gpt-5, gpt-5-mini]"}
    assert load_settings(NOWHERE, None, env, {}).aliases["cheap"] == ("gpt-5", "gpt-5-mini")


def test_how_screens_are_written_is_no_setting(tmp_path: Path) -> None:
    """`MODELROUTE_PLAIN` is the console's."""
    assert load_settings(tmp_path, None, {"MODELROUTE_PLAIN": "1"}, {}) == load_settings(tmp_path, None, {}, {})


def test_an_empty_variable_is_not_given() -> None:
    """`MODELROUTE_X=` is how shells unset."""
    assert load_settings(NOWHERE, None, {"MODELROUTE_OBJECTIVE__BASELINE": ""}, {}).objective.baseline == "gpt-5"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("MODELROUTE_OBJECTIVE_MIN_QUALITY", "did you mean `MODELROUTE_OBJECTIVE__MIN_QUALITY`?"),
        ("MODELROUTE_SPEED", "names are `MODELROUTE_SECTION__KEY`, as `MODELROUTE_RUN__CONCURRENCY`"),
    ],
)
def test_a_variable_that_is_no_setting_is_an_error(name: str, hint: str) -> None:
    """A typing error in a variable's name is not read past."""
    with pytest.raises(SettingsError) as caught:
        load_settings(NOWHERE, None, {name: "1"}, {})
    assert (caught.value.message, caught.value.hint) == (f"environment variable `{name}` is no setting", hint)


def test_a_bad_variable_is_named() -> None:
    """The place of a value from the environment is its variable."""
    with pytest.raises(SettingsError) as caught:
        load_settings(NOWHERE, None, {"MODELROUTE_RUN__CONCURENCY": "8"}, {})
    assert caught.value.message == "MODELROUTE_RUN__CONCURENCY: unknown key `concurency` in `run`"
    assert caught.value.hint == "did you mean `concurrency`?"


def test_a_bad_flag_is_named() -> None:
    """The place of a flag's value is the command line."""
    with pytest.raises(SettingsError) as caught:
        load_settings(NOWHERE, None, {}, {"objective.max_cost": "five"})
    expected = "the command line: `objective.max_cost` is `five`: expected a plain number such as `12.50`"
    assert caught.value.message == expected


def test_the_documented_defaults_are_the_defaults() -> None:
    """configs/default.yaml repeats every default and changes none."""
    copied = load_settings(REPO, CONFIGS / "default.yaml", {}, {})
    assert without_origins(copied) == without_origins(default_settings())
    assert set(copied.origins.values()) == {"configs/default.yaml"}


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.name)
def test_every_shipped_settings_file_loads(path: Path) -> None:
    """A file that users copy works as it is, cards and prices included."""
    settings = load_settings(REPO, path, {}, {})
    catalog = load_catalog(settings)
    assert settings.objective.baseline in catalog.models


def test_the_digest_sees_what_decides_a_plan(tmp_path: Path) -> None:
    """Another alias, rule, price or card is another digest."""
    texts = [
        "aliases: {cheap: [gpt-5]}",
        "rules: [{name: all, allow: [cheap]}]",
        "prices: {gpt-5: {input: 1, output: 1}}",
        "models: {gpt-5: {effort: low}}",
        "providers: {openai: {limits: {rpm: 5}}}",
        "assumptions: {reasoning_tokens: {gpt-5: {email: 5}}}",
    ]
    digests = {settings_digest(settings_of(f"{text}\n", tmp_path)) for text in texts}
    assert len(digests | {settings_digest(default_settings())}) == len(texts) + 1


@pytest.mark.parametrize("text", ["objective: {min_quality: 0.5}", "run: {concurrency: 1}", "emulator: {seed: 9}"])
def test_the_digest_is_blind_to_what_does_not(text: str, tmp_path: Path) -> None:
    """The objective stands in the plan itself; how a run executes changes no plan."""
    assert settings_digest(settings_of(f"{text}\n", tmp_path)) == settings_digest(default_settings())


def test_the_digest_does_not_depend_on_the_order_of_names(tmp_path: Path) -> None:
    """The same settings written in another order are the same."""
    one = settings_digest(settings_of("aliases: {a: [gpt-5], b: [gpt-5-mini]}\n", tmp_path))
    other = settings_digest(settings_of("aliases: {b: [gpt-5-mini], a: [gpt-5]}\n", tmp_path))
    assert one == other
    assert one.startswith("sha256:")

"""How a job file is to be read: what the flags say, else the settings."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from modelroute_cli.base.errors import ModelrouteError, SettingsError, UsageError
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.settings import ImageSettings, PrivacySettings, Settings
from modelroute_cli.cli.flags import ReadingFlags
from modelroute_cli.jobs.facets import NOTHING, Wanted, wanted_by
from modelroute_cli.jobs.reading import BY_FLAGS, Reading, TemplateOrigins


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReading:
    """What a job file is read with."""

    reading: Reading
    origins: TemplateOrigins = BY_FLAGS
    images: ImageSettings | None  # None: they were checked when the plan was made
    max_side: int | None = None  # pixels that pictures were planned at, where they are not checked again
    privacy: PrivacySettings
    wanted: Wanted = NOTHING  # tags and metadata that rules look at
    at: datetime | None = None  # the time that deadlines are counted from


def wanted_by_rules(settings: Settings) -> Wanted:
    """The tags and metadata that the rules of the settings look at."""
    return wanted_by(rule.match for rule in every_rule(settings))


@dataclass(frozen=True, slots=True)
class _Template:
    """The text of a template, and who gave it as errors name it."""

    text: str | None
    origin: str


def job_reading(flags: ReadingFlags, settings: Settings, at: datetime | None = None) -> JobReading:
    """How flags and settings want a job file read; UsageError for a prompt given twice, or a file that is not read.

    Deadlines are counted from `at`.
    """
    prompt = _prompt_by_flags(flags) or _prompt_by_settings(settings)
    system = _system(flags, settings)
    reading = Reading(
        ignore_models=flags.ignore_models, prompt=prompt.text, system=system.text, encoding=flags.encoding
    )
    origins = TemplateOrigins(prompt=prompt.origin, system=system.origin)
    return JobReading(
        reading=reading,
        origins=origins,
        images=settings.images,
        privacy=settings.privacy,
        wanted=wanted_by_rules(settings),
        at=at,
    )


def _prompt_by_flags(flags: ReadingFlags) -> _Template | None:
    if flags.prompt is not None and flags.prompt_file is not None:
        message = "--prompt and --prompt-file: a row has one prompt"
        raise UsageError(message, hint="leave one of them out")
    if flags.prompt_file is not None:
        return _Template(_read(flags.prompt_file, "--prompt-file", UsageError), "--prompt-file")
    return None if flags.prompt is None else _Template(flags.prompt, "--prompt")


def _prompt_by_settings(settings: Settings) -> _Template:
    text, name = settings.job.prompt, settings.job.prompt_file
    if text is not None and name is not None:
        message = f"{_origin(settings, 'prompt')} and {_origin(settings, 'prompt_file')}: a row has one prompt"
        raise SettingsError(message, hint="set one of them to `null`")
    if name is None:
        return _Template(text, _origin(settings, "prompt"))
    origin = _origin(settings, "prompt_file")
    return _Template(_read(_beside(settings, name), origin, SettingsError), origin)


def _system(flags: ReadingFlags, settings: Settings) -> _Template:
    if flags.system is not None:
        return _Template(flags.system, "--system")
    return _Template(settings.job.system, _origin(settings, "system"))


def _origin(settings: Settings, key: str) -> str:
    """`modelroute.yaml: job.prompt`, or the environment variable."""
    source = settings.origins.get(f"job.{key}", "defaults")
    return source if source.startswith("MODELROUTE_") else f"{source}: job.{key}"


def _beside(settings: Settings, name: str) -> Path:
    """A file named in a settings file, from where that lies; from here when an environment variable names it."""
    source = Path(settings.origins.get("job.prompt_file", "")).expanduser()
    return (source.parent if source.is_file() else Path()) / Path(name).expanduser()


def _read(path: Path, origin: str, kind: type[ModelrouteError]) -> str:
    """The text of a template file."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{origin}: cannot read `{path}`: {error.strerror}"
        raise kind(message, hint="check the path and its permissions") from error
    except UnicodeDecodeError as error:
        message = f"{origin}: `{path}` is not UTF-8 text"
        raise kind(message, hint="save it as UTF-8") from error

"""The flags of every command as frozen values, and how Typer learns of them."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_type_hints

import typer

from modelroute_cli.base.errors import ExitCode, InterruptedRunError
from modelroute_cli.cli.plain_wish import FLAG

T = TypeVar("T")

_RUN = "Run id, job file or plan file [default: the latest run]."

Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file, instead of the project's modelroute.yaml."),
]
Plain = Annotated[
    bool, typer.Option(FLAG, help="For screen readers: a fact a line, no tables, nothing drawn, no colour.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a screen.")]
FailAbove = Annotated[
    bool, typer.Option("--fail-above", help="Exit 3 where the projected cost is above --max-cost; it steers no more.")
]
FailAboveHigh = Annotated[
    bool, typer.Option("--fail-above-high", help="The same by the upper end of the 90% range of the cost.")
]
Jobs = Annotated[str, typer.Argument(metavar="JOBS", help="Job file (JSONL, CSV, Parquet), or - for stdin.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFlags:
    """How a job file is read."""

    prompt: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Template of every row's prompt: `Sum up: {{ body }}`.")
    ] = None
    prompt_file: Annotated[Path | None, typer.Option(metavar="FILE", help="The same, from a file.")] = None
    system: Annotated[
        str | None, typer.Option(metavar="TEXT", help="System message (a template) of rows that have none.")
    ] = None
    ignore_models: Annotated[
        bool, typer.Option("--ignore-models", help="Choose freely where rows name a model of their own.")
    ] = False
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the text is, if not UTF-8: cp1252, shift_jis, ...")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningFlags(ReadingFlags):
    """What a plan is asked for."""

    min_quality: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="Q", help="Expected quality the whole job must keep, 0 to 1."),
    ] = None
    baseline_share: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="S", help="Keep this share of the baseline's quality, 0 to 1."),
    ] = None
    confidence: Annotated[
        float | None,
        typer.Option(metavar="P", help="How surely measured quality is kept, such as 0.95: the surer, the dearer."),
    ] = None
    max_cost: Annotated[
        str | None,
        typer.Option(metavar="USD", help="Never spend more; without --min-quality: the best quality for this money."),
    ] = None
    baseline: Annotated[str | None, typer.Option(metavar="MODEL", help="Model to compare the plan with.")] = None
    models: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Only these models or aliases, separated by commas.")
    ] = None
    exclude: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Without these models or aliases, separated by commas.")
    ] = None
    deadline: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Answers may take this long (24h, 90m): slower service tiers cost less."),
    ] = None
    tiers: Annotated[
        str | None,
        typer.Option(
            metavar="TIERS", help="Service tiers that may be bought [default: standard,flex,priority,off_peak]."
        ),
    ] = None
    start_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Begin then (16:30Z, 6h, 2026-12-01T10:30Z), at the prices of that hour."),
    ] = None
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N requests.")] = None
    sample: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only N requests, drawn by --seed.")] = None
    seed: Annotated[int, typer.Option(metavar="N", help="Decides what --sample draws.")] = 1
    prices_as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Prices of a past day (2025-03-01): a study, sent to the emulator only."),
    ] = None
    no_dedupe: Annotated[bool, typer.Option("--no-dedupe", help="Send duplicates again, each by itself.")] = False
    classify_with: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Ask this model first, once a template whose task type is a guess."),
    ] = None
    from_pilot: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Plan by this pilot, or by none [default: the latest of this job that fits]."),
    ] = None
    uncertified: Annotated[
        bool, typer.Option("--uncertified", help="Plan by the pilot alone, whatever `certify` came to.")
    ] = False
    config: Config = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFlags(PlanningFlags):
    """The flags of `plan`."""

    jobs: Jobs
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PLAN", help="Write the plan file, to show and run later.")
    ] = None
    fail_above: FailAbove = False
    fail_above_high: FailAboveHigh = False
    curve: Annotated[bool, typer.Option("--curve", help="Show what every quality would cost, the plan among them.")] = (
        False
    )
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuringFlags(PlanningFlags):
    """How quality is measured on a sample of the job."""

    pilot_budget: Annotated[
        str,
        typer.Option(metavar="USD|SHARE", help="Most that measuring may cost: dollars, or a share of the baseline's."),
    ] = "5%"
    pilot_per_template: Annotated[
        int, typer.Option(min=1, max=1000, metavar="N", help="Most requests of a template that are measured.")
    ] = 50
    scorer: Annotated[
        Literal["auto", "gates", "expected", "judge", "command"],
        typer.Option(help="Who says how good an answer is; auto: command, else `expected`, else judge, else gates."),
    ] = "auto"
    judge: Annotated[
        str | None, typer.Option(metavar="MODEL", help="Model that scores answers; its questions cost money, too.")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFlags(MeasuringFlags):
    """The flags of `run`."""

    target: Annotated[str, typer.Argument(metavar="PLAN|JOBS", help="Plan file, job file, or - for stdin.")]
    pilot: Annotated[
        bool, typer.Option("--pilot", help="Measure quality on a sample first, as `modelroute pilot` does.")
    ] = False
    yes: Annotated[bool, typer.Option("--yes", help="Accept the shown cost without asking; the hard cap stays.")] = (
        False
    )
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Results file [default: JOBS.results.jsonl].")
    ] = None
    output_format: Annotated[
        Literal["jsonl", "csv", "openai-batch"] | None,
        typer.Option(
            "--results-format",
            "--format",
            help="Form of the results; openai-batch: OpenAI's own [default: by the file's ending, else jsonl].",
        ),
    ] = None
    mark_ai: Annotated[
        bool, typer.Option("--mark-ai", help="Results say that a model wrote them, which, at whose and when.")
    ] = False
    emulator: Annotated[
        bool, typer.Option("--emulator", help="Send to an emulator on this machine: no key, nothing is paid.")
    ] = False
    emulator_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Send to an emulator that already runs on loopback.")
    ] = None
    emulator_replay: Annotated[
        Path | None,
        typer.Option(
            metavar="OUTCOMES", help="With --emulator: recorded outcomes (Parquet, CSV, JSONL) say what is right."
        ),
    ] = None
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, max=4096, metavar="N", help="Most requests in flight [default: what limits allow]."),
    ] = None
    control: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="Let the baseline answer this share (1%) as well, to compare [default: 0]."),
    ] = None
    pace: Annotated[
        str | None,
        typer.Option(
            metavar="PACE", help="Begin slower: 50%, half, or how many in flight; `modelroute pace` changes it."
        ),
    ] = None
    progress: Annotated[
        Literal["auto", "plain", "json", "off"],
        typer.Option(
            help="On stderr: drawn on a terminal and plain lines elsewhere, or plain, or JSON lines, or none."
        ),
    ] = "auto"
    restart: Annotated[
        bool, typer.Option("--restart", help="Start anew and pay again; the earlier run is kept aside.")
    ] = False
    except_local: Annotated[
        bool, typer.Option("--except-local", help="With an emulator: models on this machine answer for themselves.")
    ] = False
    leave_unknown: Annotated[
        bool,
        typer.Option("--leave-unknown", help="Never send again what was in flight at a crash: it may be paid twice."),
    ] = False
    only: Annotated[
        Literal["failed"] | None, typer.Option(help="Send again what failed in the earlier run, nothing else.")
    ] = None
    detach: Annotated[
        bool, typer.Option("--detach", help="Leave what waits in provider batches; the same command collects it later.")
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFlags:
    """The flags of `show`."""

    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan file.")]
    request: Annotated[
        str | None, typer.Option(metavar="ID", help="One request: why it got its model, what others cost.")
    ] = None
    max_cost: Annotated[
        str | None, typer.Option(metavar="USD", help="With --fail-above: the amount that the plan is held against.")
    ] = None
    fail_above: FailAbove = False
    fail_above_high: FailAboveHigh = False
    config: Config = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFlags:
    """The flags of `status`."""

    run: Annotated[str | None, typer.Argument(metavar="RUN", help=_RUN)] = None
    watch: Annotated[bool, typer.Option("--watch", help="Again every two seconds, until the run ends.")] = False
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelFlags:
    """The flags of `cancel`."""

    run: Annotated[str | None, typer.Argument(metavar="RUN", help=_RUN)] = None
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False
    emulator_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The emulator that has the batches of an emulated run.")
    ] = None
    config: Config = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceFlags:
    """The flags of `pace`."""

    words: Annotated[
        list[str],
        typer.Argument(metavar="[RUN] PACE", help="50%, half, full, pause, resume, or how many may be in flight."),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFlags:
    """The flags of `report`."""

    target: Annotated[
        str | None,
        typer.Argument(metavar="RUN|PLAN", help=_RUN),
    ] = None
    form: Annotated[
        Literal["terminal", "markdown", "html", "json", "csv", "parquet"] | None,
        typer.Option("--format", help="How it is written [default: as the ending of --output says, else terminal]."),
    ] = None
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it there: .html, .md, .json, .csv, .parquet, .txt."),
    ] = None
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Fill the pilot's folder that `init --pilot` made.")
    ] = None
    open_it: Annotated[bool, typer.Option("--open", help="Write the HTML report and open it in the browser.")] = False
    details: Annotated[
        bool, typer.Option("--details", help="Templates, latency, samples of failures, and what it rests on, too.")
    ] = False
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsFlags:
    """The flags of `models`."""

    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Models or aliases [default: all].")] = None
    provider: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Only of these providers, separated by commas.")
    ] = None
    tier: Annotated[
        Literal["standard", "flex", "batch", "priority", "background_2h", "background_8h", "off_peak"] | None,
        typer.Option(help="Only those sold at this service tier, with its prices."),
    ] = None
    all_tiers: Annotated[bool, typer.Option("--all-tiers", help="One row for each service tier.")] = False
    modality: Annotated[
        Literal["text", "image", "audio", "file"] | None, typer.Option(help="Only those that take it.")
    ] = None
    schema: Annotated[bool, typer.Option("--schema", help="Only those that enforce a response schema.")] = False
    max_input_price: Annotated[
        str | None, typer.Option(metavar="USD", help="At most this for a million input tokens.")
    ] = None
    max_output_price: Annotated[
        str | None, typer.Option(metavar="USD", help="At most this for a million output tokens.")
    ] = None
    min_context: Annotated[int | None, typer.Option(min=1, metavar="TOKENS", help="At least this much context.")] = None
    region: Annotated[
        Literal["us", "eu", "cn", "global", "local"] | None,
        typer.Option(help="Only where requests are known to be processed there."),
    ] = None
    sort: Annotated[
        Literal["name", "input", "output", "context", "shutdown"] | None,
        typer.Option(help="By name, price, length or day [default: as in the catalog]."),
    ] = None
    prices_as_of: Annotated[str | None, typer.Option(metavar="DATE", help="Prices of a past day.")] = None
    config: Config = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsImportFlags:
    """The flags of `models import`."""

    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="LiteLLM's model map, models.dev's api.json or OpenRouter's /api/v1/models (.gz too), or - for stdin.",
        ),
    ]
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Only these models, separated by commas, or those like `gpt-5*`."),
    ] = None
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Settings file to write [default: stdout].")
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace the file that --output names.")] = False
    config: Config = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFlags(ReadingFlags):
    """The flags of `check`."""

    jobs: Jobs
    config: Config = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorFlags(ReadingFlags):
    """The flags of `emulator`."""

    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Port on 127.0.0.1; 0 takes a free one.")] = 0
    replay: Annotated[
        tuple[str, Path] | None,
        typer.Option(metavar="JOBS OUTCOMES", help="Answer this job's requests by recorded outcomes, right or wrong."),
    ] = None
    replay_jobs: Annotated[
        str | None,
        typer.Option(metavar="JOBS", help="Answer this job's requests by `emulator.replay` of the settings alone."),
    ] = None
    config: Config = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitFlags:
    """The flags of `init`."""

    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder for the files [default: here].", show_default=False)
    ] = Path()
    pilot: Annotated[
        bool,
        typer.Option("--pilot", help="A company's pilot: use case, targets, steps; `report --into` fills it."),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorFlags:
    """The flags of `doctor`."""

    config: Config = None
    online: Annotated[
        bool, typer.Option("--online", help="Ask each provider of an alias something free: is the key accepted?")
    ] = False
    as_json: Json = False


def text_flags(flags: type) -> frozenset[str]:
    """The names of the fields that take any text."""
    return frozenset(name for name, kind in get_type_hints(flags).items() if kind in (str, str | None))


def spread(command: Callable[[T], ExitCode], flags: type[T]) -> Callable[..., ExitCode]:
    """`command` with one keyword parameter for each field of `flags`, as Typer wants it, and one for `--plain`.

    The console knows of that one already.
    """

    def shim(*, plain: bool = False, **values: object) -> ExitCode:
        del plain
        try:
            return command(flags(**values))
        except KeyboardInterrupt as error:  # Typer would end with its own code and without a word
            message = "interrupted"
            raise InterruptedRunError(message) from error

    hints = {**get_type_hints(flags, include_extras=True), "plain": Plain}
    shim.__annotations__ = hints
    shim.__doc__ = command.__doc__
    shim.__name__ = command.__name__
    vars(shim)["__signature__"] = inspect.Signature(_parameters(flags, hints))
    return shim


def _parameters(flags: type, hints: dict[str, object]) -> list[inspect.Parameter]:
    """The fields as keyword parameters, arguments first."""
    defaults = {
        field.name: inspect.Parameter.empty if field.default is MISSING else field.default for field in fields(flags)
    }
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hints[name])
        for name, default in {**defaults, "plain": False}.items()
    ]

"""What a model is to be asked about templates, once each, as a job of its own: its requests, its plan, its cost."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import polars as pl
from msgspec import structs

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.frames import REQUESTS, check
from modelroute_cli.base.schema import DataClass
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.restrictions import added_up, every_rule, refusal
from modelroute_cli.catalog.settings import DataPolicy, Objective, PrivacySettings, Rule, Settings
from modelroute_cli.features.describe import Describer
from modelroute_cli.features.redaction.order import Redactor
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.planning.figures import total
from modelroute_cli.planning.header import PlanOptions
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.plan import Plan, Questions
from modelroute_cli.planning.privacy import with_data_class
from modelroute_cli.planning.question import question
from modelroute_cli.planning.redaction import ordered
from modelroute_cli.planning.rules import rules_named, with_rule
from modelroute_cli.planning.take import take, without_dedupe
from modelroute_cli.planning.uncertain import uncertain

QUESTIONS_NAME: Final = "questions.jsonl"
_NOT_LOOKED_FOR = PrivacySettings(detect=())  # what may be shown was decided before
_PRIVATE = [DataClass.PERSONAL.value, DataClass.CONFIDENTIAL.value]


@dataclass(frozen=True, slots=True)
class Asking:
    """The questions as a job file's bytes, the plan of sending them, and what they are and cost in sum."""

    content: bytes
    plan: Plan
    questions: Questions


def make_asking(job: JobFile, catalog: Catalog, settings: Settings, options: PlanOptions, model: str) -> Asking | None:
    """The questions that `model` (a name, or an alias of one) is asked about a job; None when no template is uncertain.

    One for each uncertain template of the requests that `options` take. Raises SettingsError for a model without a
    price, past its end or unknown, UsageError for an alias of several models.
    """
    name = _one_model(catalog, model)
    taken = take(check(job.requests, REQUESTS), options.limit, options.sample, options.seed)
    taken = with_data_class(taken, settings.privacy)
    ruled = with_rule(taken if options.dedupe else without_dedupe(taken), every_rule(settings))
    met = ruled.select(pl.col("rule").unique()).collect()["rule"].drop_nulls().sort().to_list()
    found = uncertain(ruled, _may_be_shown(name, catalog, every_rule(settings), met))
    if not found.height:
        return None
    redactor = Redactor(ordered(settings.privacy, every_rule(settings), met))
    content = b"".join(_lines(job, _with_rules(found, ruled), name, redactor))
    plan = _plan_of(content, catalog, settings, options, name)
    return Asking(content, plan, _questions(plan, name, int(found["requests"].sum())))


def digest(content: bytes) -> str:
    """Names the questions, as a plan names its job file."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _one_model(catalog: Catalog, model: str) -> str:
    names = expand(catalog, (model,))
    if len(names) == 1:
        return names[0]
    message = f"--classify-with: `{model}` names {len(names)} models: {', '.join(names)}"
    raise UsageError(message, hint=f"name one of them, as in `--classify-with {names[0] if names else 'MODEL'}`")


def _may_be_shown(model: str, catalog: Catalog, rules: tuple[Rule, ...], met: Sequence[str]) -> pl.Expr:
    """Which requests (by their `rule`, one of `met`) may be an example: no restriction may shut the model out.

    A deciding rule about whose data it is must allow the model. Where no such rule decides, personal and confidential
    requests are not shown.
    """
    held = {key: rules_named(key, rules) for key in met}
    shut = [key for key, each in held.items() if not _takes(model, catalog, each.restricting)]
    about_data = {key: each.keeper for key, each in held.items() if each.keeper is not None}
    open_to = [key for key, rule in about_data.items() if model in expand(catalog, rule.allow or ())]
    private = pl.col("data_class").cast(pl.String).is_in(_PRIVATE).fill_null(value=False)
    rule = pl.col("rule")
    return ~rule.is_in(shut) & pl.when(rule.is_in(list(about_data))).then(rule.is_in(open_to)).otherwise(~private)


def _takes(model: str, catalog: Catalog, rules: tuple[Rule, ...]) -> bool:
    """Whether restrictions leave a model."""
    forbidden = {rule.name: frozenset(expand(catalog, rule.forbid)) for rule in rules}
    return refusal(model, catalog, added_up(rules, forbidden)) is None


def _with_rules(found: pl.DataFrame, ruled: pl.LazyFrame) -> pl.DataFrame:
    """UNCERTAIN with the `rule` of each example."""
    rules = ruled.filter(pl.col("offset").is_in(found["offset"].implode())).select("offset", "rule").collect()
    return found.join(rules, on="offset", how="left", maintain_order="left")


def _lines(job: JobFile, found: pl.DataFrame, model: str, redactor: Redactor) -> Iterator[bytes]:
    """The questions as lines of a job file; examples are shown as they would be sent, values replaced.

    Before they are cut: half an address is not found any more.
    """
    with RequestReader(job.path, ignore_models=job.reading.ignore_models) as reader:
        for template, offset, length, rule in found.select("template", "offset", "length", "rule").iter_rows():
            example = reader.at(offset, length)
            sealed = redactor.sealed(example, rule)
            shown = example if sealed is None else sealed.request
            yield msgspec.json.encode(question(template, shown, model)) + b"\n"


def _plan_of(content: bytes, catalog: Catalog, settings: Settings, options: PlanOptions, model: str) -> Plan:
    """The plan of the questions: each names its model, so nothing is to be chosen."""
    plain = PlanOptions(
        at=options.at,
        created_at=options.created_at,
        historic=options.historic,
        tool_version=options.tool_version,
        dedupe=False,
        start_at=options.start_at,
    )
    alone = replace(ungated(settings), objective=Objective(baseline=model))
    with TemporaryDirectory(prefix="modelroute-") as folder:
        path = Path(folder) / QUESTIONS_NAME
        path.write_bytes(content)
        job = index(str(path), Describer(privacy=_NOT_LOOKED_FOR), IndexOptions(spool_dir=Path(folder), stdin=None))
        return make_plan(replace(job, source=QUESTIONS_NAME), catalog, alone, plain)


def ungated(settings: Settings) -> Settings:
    """The settings without gates: those are for answers to the job's requests, not to questions about them."""
    policy = {each.value: structs.replace(getattr(settings.data_policy, each.value), gates=None) for each in DataClass}
    rules = tuple(structs.replace(rule, gates=None) for rule in settings.rules)
    return replace(settings, rules=rules, data_policy=DataPolicy(**policy))


def _questions(plan: Plan, model: str, requests: int) -> Questions:
    """The plan in sum."""
    totals = plan.header.totals
    most = plan.assignments.select("cost_high_pusd").collect()["cost_high_pusd"]
    return Questions(
        model=model,
        templates=totals.requests,
        requests=requests,
        input_tokens=totals.input_tokens,
        output_tokens=totals.output_tokens,
        cost_pusd=totals.cost_pusd,
        cost_low_pusd=totals.cost_low_pusd,
        cost_range_pusd=totals.cost_range_pusd,
        cost_high_pusd=total(most),
    )

"""A run or a plan as one HTML file: it fetches nothing, runs nothing, and can be printed."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from modelroute_cli.report.charts.picture import hatching
from modelroute_cli.report.html.answer import answer, plan_figures, plan_sentence, run_figures, run_sentence
from modelroute_cli.report.html.basis import basis_section, plan_grounds, run_grounds
from modelroute_cli.report.html.checks import checks_section, handed_in_section, happened_section, quality_section
from modelroute_cli.report.html.costs import cost_section, planned_cost_section
from modelroute_cli.report.html.curves import curve_section, plan_choices
from modelroute_cli.report.html.failures import failures_section
from modelroute_cli.report.html.groups import TEMPLATES, TENANTS, groups_section
from modelroute_cli.report.html.planned import planned_baselines, planned_models, planned_proof, planned_tasks
from modelroute_cli.report.html.savings import plan_savings, run_savings
from modelroute_cli.report.html.section import Section, drawn
from modelroute_cli.report.html.speed import latency_section, pace_section
from modelroute_cli.report.html.spending import models_section, tasks_section, tiers_section
from modelroute_cli.report.markup import Markup, element, joined, name_of, raw
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import PlanSummary

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_NOT_RUN = "This plan was not run yet: all numbers are projections."


def run_page(summary: RunSummary) -> str:
    """The whole report of a run as HTML; sections of which nothing is known are left out."""
    top = answer(_kicker(summary), run_sentence(summary), run_figures(summary), emulated=summary.emulated)
    return _page(f"{summary.job.source}: run {summary.run_id}", top, _run_sections(summary))


def plan_page(summary: PlanSummary) -> str:
    """The whole plan as HTML: everything in it is a projection, and is called that."""
    source = name_of(summary.job.source)
    kicker = joined(("Plan of ", source, f", made {summary.created_at[:16].replace('T', ' ')} UTC. {_NOT_RUN}"))
    top = answer(kicker, plan_sentence(summary), plan_figures(summary), emulated=False)
    return _page(f"{summary.job.source}: plan", top, _plan_sections(summary))


def _run_sections(summary: RunSummary) -> list[Section]:
    """In the order in which they are read; those that need `details` are left out where there are none."""
    found = summary.details
    basis = None if found is None else found.basis
    parts = (
        cost_section(summary),
        None if basis is None else curve_section(basis.curve, basis.choices),
        run_savings(summary),
        models_section(summary),
        tiers_section(summary),
        tasks_section(summary),
        None if found is None else groups_section(found.templates, TEMPLATES),
        None if found is None else groups_section(found.tenants, TENANTS),
        quality_section(summary),
        checks_section(summary),
        None if found is None else latency_section(found.latency),
        None if found is None else pace_section(found.pace),
        handed_in_section(summary),
        failures_section(summary),
        happened_section(summary),
        None if basis is None else basis_section(run_grounds(summary, basis)),
    )
    return [part for part in parts if part is not None]


def _plan_sections(summary: PlanSummary) -> list[Section]:
    parts = (
        planned_cost_section(summary),
        curve_section(summary.curve, plan_choices(summary)),
        plan_savings(summary),
        planned_models(summary),
        planned_tasks(summary),
        planned_baselines(summary),
        planned_proof(summary),
        basis_section(plan_grounds(summary)),
    )
    return [part for part in parts if part is not None]


def _kicker(summary: RunSummary) -> Markup:
    """Which run of what, how it stands, and when it was."""
    source = element("strong", name_of(summary.job.source))
    return joined((source, f", run {summary.run_id}, {summary.state}{_period(summary)}"))


def _period(summary: RunSummary) -> str:
    """From when to when, UTC."""
    if summary.started_at is None or summary.ended_at is None:
        return ""
    start, end = (moment[:16].replace("T", " ") for moment in (summary.started_at, summary.ended_at))
    return f", {start} to {end[11:] if start[:10] == end[:10] else end} UTC"


def any_page(title: str, top: Markup, sections: Sequence[Section]) -> str:
    """A page of the same kind about something else."""
    return _page(title, top, sections)


def _page(title: str, top: Markup, sections: Sequence[Section]) -> str:
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{title} - modelroute"),
        element("style", raw(_style())),
    )
    body = element(
        "body",
        element("a", "Skip to the report", href="#report", class_="skip"),
        hatching(),
        element("header", top),
        _contents(sections),
        element("main", *(drawn(part) for part in sections), id="report", tabindex=-1),
        element("footer", element("p", "Money is in US dollars, times are UTC. Unknown numbers are called unknown.")),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en').text}\n"


def _contents(sections: Sequence[Section]) -> Markup:
    """Links to all sections."""
    links = (element("li", element("a", part.title, href=f"#{part.key}")) for part in sections)
    return element("nav", element("ul", *links), aria_label="Sections")


@cache
def _style() -> str:
    """The style sheet, without its comments."""
    return files("modelroute_cli.report.html").joinpath("style.css").read_text(encoding="utf-8")

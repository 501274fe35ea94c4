"""What is believed of a model: measured of the request's group, else the prior table."""

from dataclasses import replace

import pytest
from support.measured_plans import FLASH, LUNA, cell, measured
from support.open_rows import open_of
from support.planning_jobs import OPTIONS, plan_of, requests_of, settings_of

from modelroute_cli.base.schema import TaskType
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.planning.beliefs import belief_columns, cells_of, length_columns, with_group
from modelroute_cli.planning.explain import explain
from modelroute_cli.planning.kinds import make_kinds
from modelroute_cli.planning.offers import make_outlook, make_terms
from modelroute_cli.planning.open_requests import kinds_of
from modelroute_cli.planning.quality import load_prior
from modelroute_cli.planning.quotes import quote
from modelroute_cli.planning.reach import Reach
from modelroute_cli.planning.replan import believed
from modelroute_cli.planning.rules import with_rule

BELIEFS = measured({"g": {LUNA: cell(0.61, 0.04)}, "h": {FLASH: cell(0.3)}}, {"t1": "g", "t2": "g", "t3": "h"})
PRIOR = load_prior().expected(LUNA, TaskType.EMAIL, "en")


def test_a_group_has_the_figures_of_its_cell_and_others_those_of_the_prior() -> None:
    """Templates of one group share them; a template in no group, and a group without the model, have the prior's."""
    frame = with_group(requests_of({}, {"template": "t2"}, {"template": "t3"}, {"template": "t4"}).lazy(), BELIEFS)
    columns = frame.select(*belief_columns(load_prior(), BELIEFS, LUNA, LUNA)).collect()
    assert columns["quality"].to_list() == [0.61, 0.61, PRIOR, PRIOR]
    assert columns["quality_low"].to_list()[:2] == [pytest.approx(0.61 - 1.6449 * 0.04)] * 2


def test_where_nothing_was_measured_requests_are_as_they_are() -> None:
    """No column is added, and no model has a cell."""
    plain = requests_of({}, {"template": "t2"}).lazy()
    assert with_group(plain, None) is plain
    assert cells_of(None, LUNA) == {}
    assert cells_of(BELIEFS, "gpt-6-sol") == {}


def test_requests_of_two_groups_are_two_kinds() -> None:
    """And those of two templates of one group are one, as without any measurement."""
    ruled = requests_of({}, {"template": "t2"}, {"template": "t3"}).lazy().with_columns(patience_s=None)
    settings = settings_of()
    ruled = with_rule(ruled.collect().lazy(), every_rule(settings))
    assert make_kinds(ruled).frame.height == 1
    kinds = make_kinds(with_group(ruled, BELIEFS))
    assert kinds.kind.tolist() == [0, 0, 1]
    assert kinds.frame["group"].to_list() == ["g", "h"]


def test_an_empty_measurement_plans_as_none_does() -> None:
    """Beliefs of no template change no assignment and no sum."""
    rows = [{"template": "t9"}, {"task_type": "headline", "importance": "premium"}]
    plain = plan_of(rows)
    other = plan_of(rows, options=replace(OPTIONS, measured=measured({})))
    assert other.assignments.collect().equals(plain.assignments.collect())
    assert other.header.totals == plain.header.totals


def test_a_request_is_explained_with_its_groups_figures() -> None:
    """As the plan's header holds them."""
    settings = settings_of()
    header = plan_of([{}], options=replace(OPTIONS, measured=BELIEFS)).header
    about = explain(requests_of({"template": "t2"}), header, load_catalog(settings), settings, OPTIONS.at)
    assert {each.model: each.quality for each in about.alternatives}[LUNA] == 0.61


def test_a_run_counts_with_what_was_measured() -> None:
    """A plan's reach believes its header's cells, the prior where a template has none, and nothing of strangers."""
    plan = plan_of([{}, {"template": "t4"}], options=replace(OPTIONS, measured=BELIEFS))
    reach = Reach.of(plan.header)
    assert reach.quality(LUNA, TaskType.EMAIL, "en", "t2") == 0.61
    assert reach.quality(LUNA, TaskType.EMAIL, "en", "t4") == PRIOR
    assert reach.quality(LUNA, TaskType.EMAIL, "en") == PRIOR
    assert reach.quality("stranger", TaskType.EMAIL, "en", "t1") == 0.0
    assert (reach.group("t3"), reach.group("t4")) == ("h", None)
    open_ = open_of(plan)
    assert kinds_of(open_, BELIEFS)["group"].to_list() == ["g", None]
    assert kinds_of(open_of(plan_of([{}, {"template": "t4"}])), None).height == 1
    worth = {
        (name, template): reach.quality(name, TaskType.EMAIL, "en", template)
        for name, template in open_.select("model", "template").iter_rows()
    }
    assert believed(open_, reach) == pytest.approx(sum(worth.values()) / 2)


def test_a_measured_length_is_expected_and_the_range_stays_as_wide() -> None:
    """From 20 answers on; the limit that is sent, and so the most that an answer can cost, stays as it was."""
    known = measured({"t1": {LUNA: cell(0.9, tokens=260.4)}, "t2": {LUNA: cell(0.9, n=19, tokens=260.4)}})
    settings = settings_of()
    frame = with_group(requests_of({}, {"template": "t2"}, {"max_output_tokens": 40}).lazy(), known).collect()
    terms = make_terms(LUNA, load_catalog(settings), settings, OPTIONS.at)
    plain = quote(frame, terms, make_outlook(settings, OPTIONS.at))
    longer = quote(frame, terms, make_outlook(settings, OPTIONS.at, known))
    assert longer["output_tokens"].to_list() == [261, plain["output_tokens"][1], 40]
    assert longer["output_cost_pusd"][0] > plain["output_cost_pusd"][0]
    for same in ("max_tokens", "cost_high_pusd", "cost_low_pusd"):
        assert longer[same].to_list() == plain[same].to_list()
    assert (longer["cost_range_pusd"] >= plain["cost_range_pusd"]).all()
    assert length_columns(None, LUNA) == ()


def test_a_length_beyond_the_assumed_range_widens_it() -> None:
    """On the side where it lies."""
    known = measured({"t1": {LUNA: cell(0.9, tokens=1.0)}})
    settings = settings_of()
    frame = with_group(requests_of({}).lazy(), known).collect()
    quoted = quote(
        frame, make_terms(LUNA, load_catalog(settings), settings, OPTIONS.at), make_outlook(settings, OPTIONS.at, known)
    )
    assert quoted["output_tokens"].to_list() == [1]
    assert (quoted["cost_low_pusd"] <= quoted["cost_pusd"]).all()
    assert quoted["reasoning_tokens"].to_list() == [min(1, quoted["reasoning_tokens"][0])]

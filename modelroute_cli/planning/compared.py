"""Which requests the baseline may be shown, where a run compares its answers with those that are sent."""

from collections.abc import Sequence

from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.restrictions import Effects, refusal
from modelroute_cli.planning.policy import Policy

_NOTHING_ASKED = Effects()


def control_rules(policy: Policy, catalog: Catalog, baseline: str, excluded: Sequence[str] = ()) -> tuple[str, ...]:
    """The rules whose restrictions (places, data terms, what they forbid) let the baseline see their requests.

    It need not be among the models that a rule routes to, for it is asked beside them; but where a rule about whose
    data it is decides who may answer, nobody else sees it. What `excluded` (--exclude) names is
    shown nothing. SettingsError for a name that nobody knows.
    """
    if baseline in expand(catalog, excluded):
        return ()
    open_ = (rule for rule in policy.allowed if baseline in policy.kept_to.get(rule, {baseline}))
    asked = ((rule, policy.effects.get(rule, _NOTHING_ASKED)) for rule in open_)
    return tuple(sorted(rule for rule, effects in asked if refusal(baseline, catalog, effects) is None))

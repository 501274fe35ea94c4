"""Which requests the baseline may be shown, where a run compares its answers with those that are sent."""

from collections.abc import Sequence

from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.restrictions import Effects, refusal
from modelroute_cli.planning.policy import Policy

_NOTHING_ASKED = Effects()


def control_rules(policy: Policy, catalog: Catalog, baseline: str, excluded: Sequence[str] = ()) -> tuple[str, ...]:
    """The rules whose restrictions (places, data terms, what they forbid) let the baseline see their requests.

    It need not be among the models that a rule routes to: it is asked beside them. What `excluded` (--exclude) names is
    shown nothing. SettingsError for a name that nobody knows.
    """
    if baseline in expand(catalog, excluded):
        return ()
    asked = ((rule, policy.effects.get(rule, _NOTHING_ASKED)) for rule in policy.allowed)
    return tuple(sorted(rule for rule, effects in asked if refusal(baseline, catalog, effects) is None))

"""Pages of a list, in the manner of OpenAI and Anthropic: so many after the one named."""

from collections.abc import Mapping, Sequence

from modelroute_cli.emulator.batches.visit import Reply, Visit, told

Item = Mapping[str, object]
_USUAL, _MOST = 20, 100


def after(items: Sequence[Item], visit: Visit, key: str = "after") -> tuple[list[Item], bool]:
    """The items of the page that is asked for, and whether more follow."""
    size = max(1, min(int(visit.query.get("limit", _USUAL)), _MOST))
    last = visit.query.get(key)
    start = next((place + 1 for place, item in enumerate(items) if item["id"] == last), 0)
    return list(items[start : start + size]), start + size < len(items)


def page(items: Sequence[Item], visit: Visit) -> Reply:
    """A page in OpenAI's form."""
    shown, more = after(items, visit)
    ends = {"first_id": shown[0]["id"], "last_id": shown[-1]["id"]} if shown else {"first_id": "", "last_id": ""}
    return told({"object": "list", "data": shown, **ends, "has_more": more})

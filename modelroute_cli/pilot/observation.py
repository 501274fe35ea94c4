"""One answer that was measured: who gave it, what it was worth, by which scorer, and what it cost."""

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Share, TaskType


class Observation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The measured quality of one model's answer to one request.

    Several models' observations of one `custom_id` are paired: their differences are what plans are made from.
    """

    custom_id: str
    template: str
    task_type: TaskType
    language: str
    model: str  # as it was asked, a name of the catalog
    quality: Share
    scorer: str  # `gates`, `expected`, `judge:NAME`, `command`, `labels`
    model_served: str | None = None  # as the provider names it; None: it does not say
    passed: bool | None = None  # what the gates said; None: nothing looked
    cost_pusd: PicoUSD | None = None  # of the answer itself; None: unknown
    input_tokens: int | None = None
    output_tokens: int | None = None  # hidden reasoning with it
    emulated: bool = False

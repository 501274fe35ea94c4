"""The settings section `results`: whether results say that a model wrote them, and in which words."""

from collections.abc import Mapping

from msgspec import Struct

from modelroute_cli.base.schema import NonEmpty


class ResultSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each row of the results says besides."""

    mark_ai: bool = False
    disclosure: Mapping[str, NonEmpty] = {}  # by language of the request (`de`); `default`: of all others

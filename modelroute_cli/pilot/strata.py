"""What a batch is made of, as the quality model sees it."""

from dataclasses import dataclass

from modelroute_cli.base.schema import TaskType


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A template of the batch and how many requests of it are sent."""

    template: str
    task_type: TaskType
    language: str
    requests: int

"""The labelled requests that the classifier is trained on and checked with: benchmarks/requests/, one file an author.

Each line: id, prompt (or messages) and perhaps system, task_type, language, and whether the author meant it as tricky.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from modelroute_cli.base.schema import Message, Request, TaskType
from modelroute_cli.features.classify import TASK_TYPES

FOLDER = Path(__file__).parent / "requests"
OWN = Path(__file__).parent / "own_requests.yaml"


@dataclass(frozen=True, slots=True)
class Labelled:
    """Requests with their task types and what the author said of them."""

    requests: list[Request]
    labels: NDArray[np.int64]
    tricky: NDArray[np.bool_]
    language: list[str]


def files() -> list[Path]:
    """Every author's file, in order of name."""
    return sorted(FOLDER.glob("*.jsonl"))


def read(path: Path) -> Labelled:
    """One author's file."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return Labelled(
        [_request(row) for row in rows],
        np.array([TASK_TYPES.index(TaskType(row["task_type"])) for row in rows]),
        np.array([bool(row.get("tricky") or row.get("note")) for row in rows]),
        [row["language"] for row in rows],
    )


def own() -> Labelled:
    """The requests written for this project, which train what ships and are no part of any check."""
    table: dict[str, list[str]] = yaml.safe_load(OWN.read_text())
    labelled = [(task_type, str(text).rpartition(" ||| ")) for task_type, texts in table.items() for text in texts]
    return Labelled(
        [
            Request(custom_id=f"own-{number}", system=told or None, prompt=asked)
            for number, (_, (told, _, asked)) in enumerate(labelled)
        ],
        np.array([TASK_TYPES.index(TaskType(task_type)) for task_type, _ in labelled]),
        np.zeros(len(labelled), np.bool_),
        ["und"] * len(labelled),
    )


def joined(parts: Sequence[Labelled]) -> Labelled:
    """All authors' files as one."""
    return Labelled(
        [request for part in parts for request in part.requests],
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.tricky for part in parts]),
        [language for part in parts for language in part.language],
    )


def _request(row: dict[str, Any]) -> Request:
    """One line of an author's file: a prompt with its system message, or a chat."""
    chat = tuple(Message(turn["role"], turn["content"]) for turn in row.get("messages") or ())
    return Request(
        custom_id=row["id"], prompt=row.get("prompt"), system=row.get("system") or None, messages=chat or None
    )

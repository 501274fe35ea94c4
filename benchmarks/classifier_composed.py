"""Requests composed of others of the same author: one's instruction with another's material, in the ways people paste.

The label stays that of the instruction. They only train, so that the classifier learns which part of a request asks.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from classifier_data import Labelled

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.classify import TASK_TYPES
from modelroute_cli.features.layout import lay_out
from modelroute_cli.features.zones import zones

TIMES = 2  # of every instruction
_LONGEST_ASK, _LEAST_ASK = 330, 12
_LEAST_MATERIAL = 70
_TALK = frozenset([TASK_TYPES.index(TaskType.CONVERSATION), TASK_TYPES.index(TaskType.OTHER)])

Layout = Callable[[str, str], tuple[str | None, str]]
_LAYOUTS: tuple[Layout, ...] = (
    lambda asked, material: (None, f"{asked}\n\n{material}"),
    lambda asked, material: (None, f"{material}\n\n{asked}"),
    lambda asked, material: (None, f"{material}\n\n{asked}"),
    lambda asked, material: (None, f"{material}\n---\n{asked}"),
    lambda asked, material: (None, f'{asked}\n"{material}"'),
    lambda asked, material: (None, f"{material}\n{asked}"),
    lambda asked, material: (asked, material),
    lambda asked, material: (asked, material),
    lambda asked, material: (None, f"<text>\n{material}\n</text>\n{asked}"),
    lambda asked, material: (None, json.dumps({"task": asked, "text": material}, ensure_ascii=False)),
)


def composed(data: Labelled, seed: int) -> Labelled:
    """Requests made of one author's; the same for the same seed."""
    random = np.random.default_rng(seed)
    asks, materials = _parts(data)
    rows = [(place, random.integers(len(materials)), random.integers(len(_LAYOUTS))) for place in asks] if materials else []
    made = [_made(asks[place], materials[material], _LAYOUTS[layout]) for place, material, layout in rows]
    places = [place for place, _, _ in rows]
    return Labelled(
        made, data.labels[places], np.ones(len(made), np.bool_), [data.language[place] for place in places]
    )


def _made(asked: str, material: str, layout: Layout) -> Request:
    """One instruction over one material."""
    system, prompt = layout(asked, material)
    return Request(custom_id="composed", prompt=prompt, system=system)


def _parts(data: Labelled) -> tuple[dict[int, str], Sequence[str]]:
    """The instructions of an author by row, and all materials."""
    asks: dict[int, str] = {}
    materials: list[str] = []
    for place, request in enumerate(data.requests):
        if request.messages is not None or not request.prompt:
            continue
        laid = lay_out(request.prompt)
        found = zones(request)
        told = laid.material or (found.tail + found.body if found.head.rstrip().endswith((":", "\uff1a")) else "")
        asked = laid.asked or laid.plain if laid.material else found.head if told else request.prompt
        if request.system and not told:
            asked, told = request.system, request.prompt
        if len(told) >= _LEAST_MATERIAL:
            materials.append(told)
        elif data.labels[place] == TASK_TYPES.index(TaskType.OTHER):
            if len(request.prompt) >= _LEAST_MATERIAL:
                materials.append(request.prompt)
            continue
        if data.labels[place] in _TALK or (request.system and laid.material):
            continue
        if _LEAST_ASK <= len(asked.strip()) <= _LONGEST_ASK:
            asks[place] = asked.strip()
    return asks, materials

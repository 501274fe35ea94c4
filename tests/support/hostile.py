"""A run whose every foreign text tries to be more than text."""

from msgspec import structs
from support.summaries import full_run, group, sample

from modelroute_cli.report.run_types import FailureLine, RunSummary

SCRIPTS = (
    "<script>document.title='owned';alert(1)</script>",
    "</title><img src=x onerror=alert(2)>",
    "</style><svg onload=alert(3)><script href=data:,alert(4) />",
    "\" onmouseover=\"alert(5)\" autofocus onfocus='alert(6)' x='",
    "<iframe srcdoc='<script>parent.document.title=1</script>'></iframe>",
    "<meta http-equiv=refresh content=0;url=http://127.0.0.1:9/>",
    "]]><foreignObject><body onload=alert(7)>",
    "{{ 7 * 7 }} ${alert(8)} javascript:alert(9)",
)
"""What would run, load or leave if it were taken for markup."""

UNSEEN = "pay \u202e00.001$\u202c \u200bnow\u0000 \x1b[2Jgone \u2066x\u2069 \ufeff\u007f\u0085"
"""Characters that reorder, hide or steer."""

LONG = "A" * 1_000_000
"""A line of a megabyte without a place to break it."""


def hostile_run() -> RunSummary:
    """Names of everything, reasons and samples are hostile."""
    texts = (*SCRIPTS, UNSEEN, LONG)
    run = full_run()
    found = run.details
    assert found is not None
    return structs.replace(
        run,
        job=structs.replace(run.job, source=f"{SCRIPTS[0]}{SCRIPTS[1]}.csv"),
        baselines=tuple(structs.replace(line, model=SCRIPTS[2]) for line in run.baselines),
        models=tuple(structs.replace(line, model=SCRIPTS[at]) for at, line in enumerate(run.models)),
        failures=tuple(FailureLine(reason=text, requests=9, custom_ids=(text, text, text)) for text in texts),
        details=structs.replace(
            found,
            templates=tuple(group(text, 1.0) for text in texts),
            tenants=tuple(group(text, 1.0) for text in texts),
            latency=tuple(structs.replace(line, model=SCRIPTS[1]) for line in found.latency),
            pace=tuple(structs.replace(line, model=SCRIPTS[3]) for line in found.pace),
            samples=tuple(sample(text, text) for text in texts),
            basis=structs.replace(
                found.basis,
                warnings=texts,
                assumptions=texts,
                price_sources=dict.fromkeys(texts, SCRIPTS[0]),
                quality_source=SCRIPTS[1],
                hard_cap_source=SCRIPTS[2],
            ),
        ),
    )

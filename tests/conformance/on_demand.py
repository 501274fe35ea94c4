"""What is run on demand: `PYTHONPATH=tests python -m conformance.on_demand local` (or `llama`)."""

import sys

from conformance import llama_server, local_first

SCENARIOS = {"llama": llama_server.main, "local": local_first.main}


def main() -> int:
    """The scenario that is named; 2 where none is."""
    named = sys.argv[1:]
    if len(named) != 1 or named[0] not in SCENARIOS:
        sys.stderr.write(f"name one of: {', '.join(SCENARIOS)}\n")
        return 2
    return SCENARIOS[named[0]]()


if __name__ == "__main__":
    sys.exit(main())

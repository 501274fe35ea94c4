"""`python -m modelroute_cli` is `modelroute`."""

from modelroute_cli.cli.main import main

main()

"""Where the data that ships with us stands."""

from modelroute_cli.base.shipped import DATA

__all__ = ["DATA"]

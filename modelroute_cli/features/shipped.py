"""Where the data that ships with us stands."""

from pathlib import Path

DATA = Path(__file__).parent.parent / "data"

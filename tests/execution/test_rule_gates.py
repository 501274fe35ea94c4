"""Gates that rules add to those of requests."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.runs import *  # placeholder

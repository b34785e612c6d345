"""Shared by all tests: the shipped packs, compiled once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def program():
    from hrlint import compiled

    return compiled.load()


@pytest.fixture(scope="session")
def engine(program):
    from hrlint.engine import Engine

    return Engine(program)

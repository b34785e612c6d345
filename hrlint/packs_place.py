"""Where the shipped rule packs are; apart from `packs`, so that a clean note never loads the YAML side."""

from __future__ import annotations

from pathlib import Path


def shipped() -> Path:
    """Return the folder of the shipped packs: inside the package when installed, beside it in a checkout."""
    inside = Path(__file__).parent / "rules"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "rules"

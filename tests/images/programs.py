"""Programs that stand in for engines where a test is about which of them is chosen, not about containers."""

from pathlib import Path


def program(folder: Path, name: str, script: str) -> None:
    """Write a shell script as a program."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)

"""The whole check, step by step, and mending what a tool can mend. `.ci/run` and a developer run the same."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS = (
    ("Style", ["-m", "ruff", "check", "."]),
    ("Layout", ["-m", "ruff", "format", "--check", "."]),
    ("Types", ["-m", "mypy"]),
    ("Arrows between the rooms", ["-c", "from importlinter.cli import lint_imports_command as c; c()"]),
    ("Tests", ["-m", "pytest", "--durations=10", "--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"]),
)
"""Each process has servers of its own; a file's tests stay together, since they share what they start."""


def _run(name: str, arguments: list[str]) -> int:
    print(f"── {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode
    print(f"── {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return code


def check(pytest_arguments: list[str]) -> int:
    """Run every check and return 0 if all passed; with arguments, run pytest alone with them."""
    if pytest_arguments:
        return _run("Tests", ["-m", "pytest", *pytest_arguments])
    codes = [_run(name, arguments) for name, arguments in STEPS]  # all of them, also behind one that failed
    return int(any(codes))


def mend() -> int:
    """Mend what a tool can mend."""
    return _run("Style", ["-m", "ruff", "check", "--fix", "."]) | _run("Layout", ["-m", "ruff", "format", "."])

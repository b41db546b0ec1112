"""What a benchmark measures: a figure beside another of the same run."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Figure:
    """One measured figure beside what it was compared with, its target, and whether that is met."""

    name: str
    figure: float
    unit: str
    compared_with: str
    other: float
    target: str
    met: bool

    @property
    def ratio(self) -> float:
        return self.figure / self.other if self.other else float("inf")

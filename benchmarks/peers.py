"""The other programs live in a virtual environment of their own; here it is made and used.

``python -m benchmarks.peers`` only makes it. Their pins would pull the project's own dependencies down.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PINS = PROJECT / "benchmarks" / "peers.txt"
HOME = PROJECT / "build" / "peers-venv"


def peers_python() -> Path:
    """The interpreter of the peers' environment, built anew whenever the pins have changed."""
    python, stamp = HOME / "bin" / "python", HOME / "pins.sha256"
    pins = hashlib.sha256(PINS.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == pins):
        venv.create(HOME, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-input", "-r", PINS], check=True)
        stamp.write_text(pins)
    return python


def run_peer(script: str, source: Path, figures: Path, rounds: int) -> dict[str, float]:
    """Best seconds per way of reading ``source``; the peer writes what it read to ``figures`` as CSV."""
    command: list[str | Path] = [peers_python(), PROJECT / "benchmarks" / script, source, figures, str(rounds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seconds


if __name__ == "__main__":
    sys.stdout.write(f"{peers_python()}\n")

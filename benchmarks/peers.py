"""The other programs live in a virtual environment of their own; here it is made and used.

``python -m benchmarks.peers`` only makes it. Their pins would pull the project's own dependencies down.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PINS = PROJECT / "benchmarks" / "peers.txt"
PINS_OF_FFCSV = PROJECT / "benchmarks" / "peers_ffcsv.txt"  # pystatis wants an older pandas than the others
BUILD = PROJECT / "build"


def peers_python(pins: Path = PINS) -> Path:
    """The interpreter of the peers' environment, built anew whenever the pins have changed."""
    home = BUILD / f"{pins.stem}-venv"
    python, stamp = home / "bin" / "python", home / "pins.sha256"
    wanted = hashlib.sha256(pins.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted):
        venv.create(home, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-input", "-r", pins], check=True)
        stamp.write_text(wanted)
    return python


def run_peer(script: str, source: Path, figures: Path, rounds: int, pins: Path = PINS) -> dict[str, float]:
    """Best seconds per way of reading ``source``; the peer writes what it read to ``figures`` as CSV.

    What a peer keeps for itself (settings, caches) goes to the environment's folder.
    """
    command: list[str | Path] = [peers_python(pins), PROJECT / "benchmarks" / script, source, figures, str(rounds)]
    home = {"HOME": str(BUILD / f"{pins.stem}-venv")}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **home})
    seconds: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seconds


if __name__ == "__main__":
    sys.stdout.write(f"{peers_python()}\n{peers_python(PINS_OF_FFCSV)}\n")

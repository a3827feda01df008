"""The command ``framewall`` as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def framewall(
    *arguments: str | Path, cwd: Path, stdin: str | bytes = "", status: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """Runs it to its end; fails if it does not end with ``status`` (None: whatever)."""
    sent = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "framewall", *map(str, arguments)],
        cwd=cwd,
        input=sent,
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in said.stderr, said.stderr
    if status is not None:
        assert said.returncode == status, (said.returncode, said.stdout, said.stderr)
    return said

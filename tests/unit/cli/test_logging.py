"""The log never holds up those who write to it."""

from __future__ import annotations

import subprocess
import sys

CROWD = """
import logging, sys, time
from framewall.cli import _logging
_logging.LINES = 100
_logging.log_to_stderr(sys.argv[1])
log = logging.getLogger("framewall")
started = time.monotonic()
for number in range(20_000):
    log.info("line %d %s", number, "x" * 200)
print(f"{time.monotonic() - started:.3f}", flush=True)
sys.stdin.readline()
log.info("the last one")
"""


def test_a_reader_that_is_stuck_delays_nobody_and_what_is_left_out_is_told() -> None:
    command = [sys.executable, "-c", CROWD, "info"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as crowd:
        assert crowd.stdout
        assert float(crowd.stdout.readline()) < 20  # and nobody has read standard error
        _, said = crowd.communicate("go\n", timeout=30)
    lines = said.splitlines()
    assert "line 0 xxx" in lines[0]
    assert len(lines) < 19_000
    assert "lines before this one were left out" in said


def test_lines_have_time_level_and_name_and_the_level_counts() -> None:
    program = "from framewall.cli._logging import log_to_stderr; import logging; log_to_stderr('warning'); "
    program += "logging.getLogger('framewall.relay').warning('%s away', 'upstream'); logging.info('quiet')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    (line,) = done.stderr.splitlines()
    assert line.endswith(" WARNING framewall.relay: upstream away")

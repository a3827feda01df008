"""What is compressed is opened, whatever else its header could be taken for."""

from __future__ import annotations

import gzip
import json

import pytest

from framewall.detect.load import builtin_engine

ATTACK = "".join(f"\\x{ord(letter):02x}" for letter in "' union select password from users where 1=1 -- ")


@pytest.mark.parametrize("text", [ATTACK, "<script>alert(1)</script>"])
def test_a_gzip_is_opened_whatever_the_time_in_its_header(text: str) -> None:
    document = json.dumps({"text": text}).encode()
    missed = []
    for first in range(256):
        for rest in (0x00_00_00, 0x6E_30_84, 0x02_FF_55):
            time = first | rest << 8
            report = builtin_engine().inspect([(gzip.compress(document, mtime=time), "auto", False)])
            if report.score < 5:
                missed.append(f"{time:08x}")
    assert missed == []

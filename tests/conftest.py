"""What holds for every test."""

import os

# Python's websockets reads it once, when it is first imported: a message in 10,000 frames is legal.
os.environ.setdefault("WEBSOCKETS_MAX_FRAGMENTS", "100000")

from hypothesis import settings

# A busy machine is no fault of what is tested; what must be fast has tests of its own, by the thread's time.
settings.register_profile("framewall", deadline=None, derandomize=True)
# `make properties`: as many cases as asked for, others each time.
CASES = int(os.environ.get("FRAMEWALL_CASES", 0))
settings.register_profile("search", deadline=None, max_examples=CASES or 100)
settings.load_profile("search" if CASES else "framewall")

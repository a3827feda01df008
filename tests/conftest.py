"""What holds for every test."""

import os

# Python's websockets reads it once, when it is first imported: a message in 10,000 frames is legal.
os.environ.setdefault("WEBSOCKETS_MAX_FRAGMENTS", "100000")

from hypothesis import settings

# A busy machine is no fault of what is tested; what must be fast has tests of its own, by the thread's time.
settings.register_profile("framewall", deadline=None)
settings.load_profile("framewall")

"""What holds for every test."""

import os

# Python's websockets reads it once, when it is first imported: a message in 10,000 frames is legal.
os.environ.setdefault("WEBSOCKETS_MAX_FRAGMENTS", "100000")

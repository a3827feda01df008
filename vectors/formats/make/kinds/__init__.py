"""Golden documents of every kind of value, by two encoders and more: `python -m kinds NODE_FOLDER [FORMAT …]`."""

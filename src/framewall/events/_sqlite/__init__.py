"""Events in SQLite, piece by piece: the shape, writing, retention, searching."""

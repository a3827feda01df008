"""WAMP's messages, version 2 in every serialization and version 1, and what their fields are called."""

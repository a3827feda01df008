"""Packets to named fields: what is handed to the engine, and what its findings are called."""

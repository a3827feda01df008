"""Stub of the native extension; checked against it by a test."""

__version__: str

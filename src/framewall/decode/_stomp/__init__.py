"""STOMP's frames: out of a stream of bytes, and into parts."""

//! The relay: HTTP/1.1 reverse proxy and WebSocket tunnel. The only sockets of the data path.
//!
//! It knows nothing of Python: whatever decides is behind [`judge::Judge`].

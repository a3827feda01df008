//! RFC 6455 and RFC 7692 without sockets: handshake, frames, inflate, messages, tunnel.

//! RFC 6455 and RFC 7692 without sockets, for something that stands between the two peers.
//!
//! The original bytes are what is forwarded; a decoded copy is what is judged. Files in the order data flows:
//! [`extensions`] and [`handshake`] (what the two agreed), [`frame`], [`sequence`] (which frame may follow which),
//! [`mask`], [`inflate`], [`utf8`], [`message`], then the two readers: [`tunnel`] for a direction that is judged and
//! [`boundary`] for one that is passed through.

use std::fmt;

use crate::limits::{self, Limit};

pub mod boundary;
pub mod close;
pub mod extensions;
pub mod frame;
pub mod handshake;
pub mod inflate;
pub mod mask;
pub mod message;
pub mod sequence;
pub mod tunnel;
pub mod utf8;

pub use extensions::Deflate;
pub use handshake::Negotiated;

/// One of the two peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The one that opened the connection; its frames are masked.
    Client,
    /// The one that accepted it; its frames are not.
    Server,
}

/// The caps of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireLimits {
    /// Bytes of one message, as sent and, on its own, after inflation.
    pub message_bytes: u64,
    /// Frames of one message, empty ones counted.
    pub message_frames: u64,
}

impl Default for WireLimits {
    fn default() -> Self {
        Self { message_bytes: limits::MESSAGE_BYTES.default, message_frames: limits::MESSAGE_FRAMES.default }
    }
}

/// Why a stream of frames is refused: what to close with, and who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireError {
    /// 1002 protocol, 1007 not UTF-8, 1009 too big (RFC 6455 7.4.1).
    pub close_code: u16,
    /// Who sent the bytes.
    pub fault: Side,
    /// The cap that was reached, if it was one.
    pub limit: Option<Limit>,
    /// What was wrong, for the log; fits into a Close frame's reason.
    pub why: &'static str,
}

impl WireError {
    pub(crate) fn protocol(fault: Side, why: &'static str) -> Self {
        Self { close_code: close::PROTOCOL_ERROR, fault, limit: None, why }
    }

    pub(crate) fn not_utf8(fault: Side) -> Self {
        Self { close_code: close::INVALID_PAYLOAD, fault, limit: None, why: "text is not UTF-8" }
    }

    pub(crate) fn too_big(fault: Side, limit: Limit, why: &'static str) -> Self {
        Self { close_code: close::TOO_BIG, fault, limit: Some(limit), why }
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = match self.fault {
            Side::Client => "client",
            Side::Server => "server",
        };
        write!(f, "{who}: {} ({})", self.why, self.close_code)?;
        match self.limit {
            Some(limit) => write!(f, ", limit {}", limit.name),
            None => Ok(()),
        }
    }
}

impl std::error::Error for WireError {}

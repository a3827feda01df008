//! What may be wrong with an opening handshake, whose fault it is and what to answer (RFC 6455 4).

use std::fmt;

use crate::wire::Side;

/// What is wrong with a handshake, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum HandshakeError {
    Method,
    HttpVersion,
    Host,
    Upgrade,
    Connection,
    /// Another version than 13, which the answer has to name (RFC 6455 4.4).
    Version,
    Key,
    Body,
    Subprotocols,
    Extensions,
    AnswerStatus,
    AnswerUpgrade,
    AnswerConnection,
    AnswerAccept,
    AnswerSubprotocol,
    AnswerExtensions,
}

impl HandshakeError {
    /// Who is at fault.
    pub fn fault(self) -> Side {
        match self {
            Self::AnswerStatus
            | Self::AnswerUpgrade
            | Self::AnswerConnection
            | Self::AnswerAccept
            | Self::AnswerSubprotocol
            | Self::AnswerExtensions => Side::Server,
            _ => Side::Client,
        }
    }

    /// The HTTP status to answer the client with. 426 goes with `Sec-WebSocket-Version: 13`, see
    /// [`header`](Self::header).
    pub fn status(self) -> u16 {
        match (self, self.fault()) {
            (Self::Version, _) => 426,
            (_, Side::Client) => 400,
            (_, Side::Server) => 502,
        }
    }

    /// The header that belongs to the answer.
    pub fn header(self) -> Option<(&'static str, &'static str)> {
        (self == Self::Version).then_some(("Sec-WebSocket-Version", "13"))
    }

    /// What is wrong, in one line.
    pub fn why(self) -> &'static str {
        match self {
            Self::Method => "a WebSocket handshake is a GET",
            Self::HttpVersion => "a WebSocket handshake is HTTP/1.1",
            Self::Host => "Host is not there exactly once",
            Self::Upgrade => "Upgrade is not websocket alone",
            Self::Connection => "Connection does not name upgrade",
            Self::Version => "Sec-WebSocket-Version is not 13",
            Self::Key => "Sec-WebSocket-Key is not 16 bytes in base64, exactly once",
            Self::Body => "a WebSocket handshake has no body",
            Self::Subprotocols => "Sec-WebSocket-Protocol is not a list of different tokens",
            Self::Extensions => "Sec-WebSocket-Extensions is not a list of extensions",
            Self::AnswerStatus => "the answer is not 101",
            Self::AnswerUpgrade => "the answer's Upgrade is not websocket alone",
            Self::AnswerConnection => "the answer's Connection does not name upgrade",
            Self::AnswerAccept => "the answer's Sec-WebSocket-Accept is not that of the key, exactly once",
            Self::AnswerSubprotocol => "the answer's subprotocol is not one of those offered",
            Self::AnswerExtensions => "the answer's extensions are not among those offered, or not legal",
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why())
    }
}

impl std::error::Error for HandshakeError {}

//! Which frame may follow which (RFC 6455 5.1, 5.4, 5.5; RFC 7692 6.1).

use super::frame::{Header, Opcode};
use super::{Side, WireError};

/// The order of one direction's frames. Fed with each header once, it says whether it may be there.
#[derive(Clone, Copy, Debug)]
pub struct Sequence {
    sender: Side,
    deflate: bool,
    in_message: bool,
    closed: bool,
}

impl Sequence {
    /// A fresh direction. `deflate`: whether permessage-deflate was negotiated.
    pub fn new(sender: Side, deflate: bool) -> Self {
        Self { sender, deflate, in_message: false, closed: false }
    }

    /// Whose frames these are.
    pub fn sender(&self) -> Side {
        self.sender
    }

    /// Whether a message has begun and not ended.
    pub fn in_message(&self) -> bool {
        self.in_message
    }

    /// Whether a Close has been seen; nothing counts after it.
    pub fn closed(&self) -> bool {
        self.closed
    }

    /// Checks that `header` may come now, without taking it.
    pub fn check(&self, header: &Header) -> Result<(), WireError> {
        match self.objection(header) {
            None => Ok(()),
            Some(why) => Err(WireError::protocol(self.sender, why)),
        }
    }

    /// Takes a header that [`check`](Self::check) let pass.
    pub fn take(&mut self, header: &Header) {
        match header.opcode {
            Opcode::Close => self.closed = true,
            Opcode::Ping | Opcode::Pong => {}
            Opcode::Text | Opcode::Binary | Opcode::Continuation => self.in_message = !header.fin,
        }
    }

    fn objection(&self, header: &Header) -> Option<&'static str> {
        match (self.sender, header.mask) {
            (Side::Client, None) => return Some("frame from the client without a mask"),
            (Side::Server, Some(_)) => return Some("frame from the server with a mask"),
            _ => {}
        }
        if header.rsv1 {
            if !self.deflate {
                return Some("RSV1 set without permessage-deflate");
            }
            if header.opcode.is_control() {
                return Some("RSV1 set on a control frame");
            }
            if header.opcode == Opcode::Continuation {
                return Some("RSV1 set on a continuation");
            }
        }
        match (header.opcode, self.in_message) {
            (Opcode::Continuation, false) => Some("continuation of no message"),
            (Opcode::Text | Opcode::Binary, true) => Some("new message before the last one ended"),
            _ => None,
        }
    }
}

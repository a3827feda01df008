//! A direction that is passed through: headers are checked, payloads skipped, nothing is copied.

use super::frame::{self, MAX_HEADER, Opcode, Parse};
use super::sequence::Sequence;
use super::{Negotiated, Side, WireError};

/// Where in its frames a direction stands, so that a Close of our own can be put between two of them.
#[derive(Debug)]
pub struct Boundary {
    sequence: Sequence,
    header: [u8; MAX_HEADER],
    header_len: u8,
    /// Bytes of the current frame's payload still to come.
    remaining: u64,
    error: Option<WireError>,
    close_begun: bool,
}

impl Boundary {
    /// At the first byte after the handshake.
    pub fn new(sender: Side, negotiated: &Negotiated) -> Self {
        Self {
            sequence: Sequence::new(sender, negotiated.deflate.is_some()),
            header: [0; MAX_HEADER],
            header_len: 0,
            remaining: 0,
            error: None,
            close_begun: false,
        }
    }

    /// Follows the next bytes and says how many of them may be passed on: all, unless a Close frame ends
    /// among them, as what follows it counts for nothing (RFC 6455 1.4). An error is said again each time.
    pub fn advance(&mut self, bytes: &[u8]) -> Result<usize, WireError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.follow(bytes).inspect_err(|error| self.error = Some(*error))
    }

    fn follow(&mut self, bytes: &[u8]) -> Result<usize, WireError> {
        let mut at = 0;
        while at < bytes.len() && !self.seen_close() {
            let skip = self.remaining.min((bytes.len() - at) as u64);
            self.remaining -= skip;
            at += skip as usize;
            if self.remaining == 0 && !self.seen_close() {
                at += self.header(&bytes[at..])?;
            }
        }
        Ok(at)
    }

    /// Takes bytes of a header, gives how many.
    fn header(&mut self, bytes: &[u8]) -> Result<usize, WireError> {
        let mut taken = 0;
        loop {
            let have = usize::from(self.header_len);
            match frame::parse(&self.header[..have]) {
                Parse::Need(need) => {
                    let step = (need - have).min(bytes.len() - taken);
                    if step == 0 {
                        return Ok(taken);
                    }
                    self.header[have..have + step].copy_from_slice(&bytes[taken..taken + step]);
                    self.header_len += step as u8;
                    taken += step;
                }
                Parse::Header(header) => {
                    self.sequence.check(&header)?;
                    self.sequence.take(&header);
                    self.close_begun |= header.opcode == Opcode::Close;
                    self.remaining = header.payload_len;
                    self.header_len = 0;
                    return Ok(taken);
                }
                Parse::Wrong(why) => return Err(WireError::protocol(self.sequence.sender(), why)),
            }
        }
    }

    /// Whether the last byte was the last of a frame, or none has come.
    pub fn at_boundary(&self) -> bool {
        self.header_len == 0 && self.remaining == 0 && self.error.is_none()
    }

    /// Whether a message has begun whose last frame has not: none of our own may stand here (RFC 6455 5.4).
    pub fn in_message(&self) -> bool {
        self.sequence.in_message()
    }

    /// Bytes of payload until the next boundary, if the frame's header is complete.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Whether a whole Close frame has passed.
    pub fn seen_close(&self) -> bool {
        self.close_begun && self.remaining == 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::encode;
    use super::*;

    fn from_server() -> Boundary {
        Boundary::new(Side::Server, &Negotiated::default())
    }

    #[test]
    fn a_boundary_is_between_frames_and_nowhere_else() {
        let wire = [encode(Opcode::Binary, &[7; 300], None), encode(Opcode::Ping, b"", None)].concat();
        let mut boundary = from_server();
        let between: Vec<usize> = (0..wire.len())
            .filter(|&at| {
                let was = boundary.at_boundary();
                boundary.advance(&wire[at..=at]).unwrap();
                was
            })
            .collect();
        assert_eq!(between, [0, 304]);
        assert!(boundary.at_boundary());
    }

    /// RFC 6455 5.4: the fragments of one message are not interleaved with those of another.
    #[test]
    fn a_message_is_open_until_the_header_of_its_last_frame() {
        let mut boundary = from_server();
        for (wire, open) in [(&b"\x01\x01a"[..], true), (b"\x89\x00", true), (b"\x80\x01b", false)] {
            boundary.advance(wire).unwrap();
            assert_eq!((boundary.at_boundary(), boundary.in_message()), (true, open), "{wire:?}");
        }
    }

    #[test]
    fn the_rest_of_a_frame_is_told() {
        let mut boundary = from_server();
        boundary.advance(&encode(Opcode::Text, &[b'a'; 100], None)[..42]).unwrap();
        assert_eq!((boundary.remaining(), boundary.at_boundary()), (60, false));
    }

    /// RFC 6455 1.4.
    #[test]
    fn nothing_passes_after_a_close() {
        let close = encode(Opcode::Close, b"\x03\xe8", None);
        let mut boundary = from_server();
        assert_eq!(boundary.advance(&close[..3]), Ok(3));
        assert!(!boundary.seen_close());
        assert_eq!(boundary.advance(&[&close[3..], b"more"].concat()), Ok(1));
        assert!(boundary.seen_close());
        assert_eq!(boundary.advance(b"and more"), Ok(0));
    }

    #[test]
    fn an_error_stays() {
        let mut boundary = from_server();
        let error = boundary.advance(b"HTTP/1.1 200 OK\r\n").unwrap_err();
        assert_eq!((error.close_code, error.fault), (1002, Side::Server));
        assert_eq!(boundary.advance(b"\x81\x00"), Err(error));
        assert!(!boundary.at_boundary());
    }
}

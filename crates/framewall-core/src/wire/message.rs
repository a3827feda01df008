//! Messages and control frames, and a message that is being assembled from its frames (RFC 6455 5.4).

use bytes::Bytes;

use super::frame::{Header, Opcode};
use super::utf8::Utf8;
use super::{Side, WireError, mask};

/// A whole text or binary message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Text or Binary. Text is valid UTF-8.
    pub opcode: Opcode,
    /// Unmasked, inflated, assembled.
    pub payload: Bytes,
    /// Frames it came in.
    pub frames: u32,
    /// Whether it came compressed.
    pub compressed: bool,
    /// The original bytes of exactly its frames; control frames in between are not among them.
    pub wire: Bytes,
}

/// A Close, Ping or Pong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Which one.
    pub opcode: Opcode,
    /// Unmasked; a Close's code is valid and its reason is UTF-8.
    pub payload: Bytes,
    /// The frame's original bytes.
    pub wire: Bytes,
}

/// What may be released next, each with its original bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// To be judged.
    Message(Message),
    /// Given at once, also between the frames of a message that is still held.
    Control(Control),
}

impl Unit {
    /// The original bytes.
    pub fn wire(&self) -> &Bytes {
        match self {
            Self::Message(message) => &message.wire,
            Self::Control(control) => &control.wire,
        }
    }
}

/// A message of which some is here.
#[derive(Debug)]
pub(super) struct Held {
    opcode: Opcode,
    compressed: bool,
    frames: u32,
    /// The original bytes so far.
    wire: Vec<u8>,
    /// The payload so far, unmasked; stays empty while compressed, as `wire` has all of it.
    payload: Vec<u8>,
    /// Payload bytes announced by the headers so far.
    announced: u64,
    utf8: Utf8,
    /// The frame that is being read.
    mask: Option<[u8; 4]>,
    fin: bool,
    len: u64,
    remaining: u64,
}

impl Held {
    /// An empty message, to begin with the frame of this header.
    pub(super) fn new(first: &Header) -> Self {
        Self {
            opcode: first.opcode,
            compressed: first.rsv1,
            frames: 0,
            wire: Vec::new(),
            payload: Vec::new(),
            announced: 0,
            utf8: Utf8::default(),
            mask: None,
            fin: false,
            len: 0,
            remaining: 0,
        }
    }

    /// Takes the next frame's header, with its bytes; the payload follows as it comes.
    pub(super) fn begin(&mut self, header: &Header, bytes: &[u8]) {
        self.wire.extend_from_slice(bytes);
        self.frames += 1;
        self.announced += header.payload_len;
        (self.mask, self.fin) = (header.mask, header.fin);
        (self.len, self.remaining) = (header.payload_len, header.payload_len);
    }

    /// Takes what is here of the current frame's payload.
    pub(super) fn take(&mut self, input: &mut Bytes, sender: Side) -> Result<(), WireError> {
        let piece = input.split_to(self.remaining.min(input.len() as u64) as usize);
        let phase = ((self.len - self.remaining) % 4) as usize;
        let end = self.fin.then_some(self.remaining as usize);
        self.remaining -= piece.len() as u64;
        append(&mut self.wire, &piece, end);
        if self.compressed {
            return Ok(());
        }
        let start = self.payload.len();
        append(&mut self.payload, &piece, end);
        if let Some(key) = self.mask {
            mask::apply(&mut self.payload[start..], key, phase);
        }
        if self.opcode == Opcode::Text {
            self.utf8.push(&self.payload[start..]).map_err(|_| WireError::not_utf8(sender))?;
        }
        Ok(())
    }

    /// Whether the current frame is all here.
    pub(super) fn frame_done(&self) -> bool {
        self.remaining == 0
    }

    /// Whether the message is.
    pub(super) fn done(&self) -> bool {
        self.fin && self.frame_done()
    }

    /// Payload bytes and frames that the headers so far announce.
    pub(super) fn announced(&self) -> (u64, u32) {
        (self.announced, self.frames)
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.wire.capacity() + self.payload.capacity()
    }

    /// The whole message, once [`done`](Self::done).
    pub(super) fn finish(
        self,
        sender: Side,
        inflate: impl FnOnce(&[u8], bool) -> Result<Bytes, WireError>,
    ) -> Result<Message, WireError> {
        let Self { opcode, frames, compressed, .. } = self;
        let (wire, text) = (Bytes::from(self.wire), opcode == Opcode::Text);
        let payload = if compressed {
            inflate(&wire, text)?
        } else {
            if text {
                self.utf8.end().map_err(|_| WireError::not_utf8(sender))?;
            }
            self.payload.into()
        };
        Ok(Message { opcode, payload, frames, compressed, wire })
    }
}

/// Appends `piece`. Room is made by doubling, so that a lying length costs nothing, but not beyond the message's
/// end where that is known: `to_end` bytes from here.
fn append(bytes: &mut Vec<u8>, piece: &[u8], to_end: Option<usize>) {
    let needed = bytes.len() + piece.len();
    if let Some(to_end) = to_end.filter(|_| needed > bytes.capacity()) {
        let room = (2 * bytes.capacity()).clamp(needed, bytes.len() + to_end);
        bytes.reserve_exact(room - bytes.len());
    }
    bytes.extend_from_slice(piece);
}

//! A direction that is judged: bytes in any chunks in, whole messages and control frames out.

use bytes::{Bytes, BytesMut};

use super::frame::{self, Header, Opcode, Parse};
use super::inflate::Inflater;
use super::message::Held;
pub use super::message::{Control, Message, Unit};
use super::sequence::Sequence;
use super::{Deflate, Negotiated, Side, WireError, WireLimits, close, mask};
use crate::limits;

mod glance;

pub use glance::Single;

const SCRATCH: usize = 4 << 10;

/// One direction's reader.
///
/// Call [`receive`](Self::receive) with what came, then [`next`](Self::next) until it gives `None`.
/// Nothing of a message is given before all of it is there and has been checked. After a Close frame every
/// byte is discarded (RFC 6455 1.4). After an error every byte is discarded and the error said again.
///
/// A compressed message is inflated when its last frame is here, so until then a connection holds no more
/// than was sent; plain text fails at its first bad byte. Between messages no buffer is held, but for the
/// history of a compressed direction (at most its window).
#[derive(Debug)]
pub struct Inbound {
    limits: WireLimits,
    sequence: Sequence,
    inflater: Option<Inflater>,
    /// Received and not yet read.
    input: Bytes,
    held: Option<Held>,
    error: Option<WireError>,
    discarded: u64,
}

impl Inbound {
    /// At the first byte after the handshake.
    pub fn new(sender: Side, negotiated: &Negotiated, limits: WireLimits) -> Self {
        let deflate = negotiated.deflate.as_ref();
        Self {
            limits,
            sequence: Sequence::new(sender, deflate.is_some()),
            inflater: deflate.map(|deflate| inflater(sender, deflate)),
            input: Bytes::new(),
            held: None,
            error: None,
            discarded: 0,
        }
    }

    /// Takes the next bytes, by copy.
    pub fn receive(&mut self, bytes: &[u8]) {
        if self.is_over() {
            self.discarded += bytes.len() as u64;
        } else if self.input.is_empty() {
            self.input = Bytes::copy_from_slice(bytes);
        } else {
            self.append(bytes);
        }
    }

    /// Takes the next bytes without a copy where nothing is left over from the last ones. Units then share
    /// this buffer.
    pub fn receive_bytes(&mut self, bytes: Bytes) {
        if self.is_over() {
            self.discarded += bytes.len() as u64;
        } else if self.input.is_empty() {
            self.input = bytes;
        } else {
            self.append(&bytes);
        }
    }

    fn append(&mut self, bytes: &[u8]) {
        let mut input = std::mem::take(&mut self.input).try_into_mut().unwrap_or_else(|shared| {
            let mut own = BytesMut::with_capacity(shared.len() + bytes.len());
            own.extend_from_slice(&shared);
            own
        });
        input.extend_from_slice(bytes);
        self.input = input.freeze();
    }

    /// The next unit; `None`: more bytes are needed, or a Close has been.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Unit>, WireError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let step = self.step();
        match &step {
            Ok(None) => self.settle(),
            Ok(Some(_)) => {}
            Err(error) => {
                self.error = Some(*error);
                self.release();
            }
        }
        step
    }

    /// Whether a Close has been given; there will be no more units.
    pub fn seen_close(&self) -> bool {
        self.sequence.closed()
    }

    /// Whether a frame or a message has begun and not ended: what a timer for slow senders asks.
    pub fn unfinished(&self) -> bool {
        self.held.is_some() || !self.input.is_empty()
    }

    /// Bytes of memory held: input, the message that is assembled, the inflate history.
    pub fn memory(&self) -> usize {
        let held = self.held.as_ref().map_or(0, Held::memory);
        self.input.len() + held + self.inflater.as_ref().map_or(0, Inflater::kept)
    }

    /// Of [`memory`](Self::memory), what belongs to a message or frame that is not complete.
    pub fn buffered(&self) -> usize {
        self.input.len() + self.held.as_ref().map_or(0, Held::memory)
    }

    /// Bytes that came after a Close or an error and were thrown away.
    pub fn discarded(&self) -> u64 {
        self.discarded
    }

    fn is_over(&self) -> bool {
        self.error.is_some() || self.sequence.closed()
    }

    fn release(&mut self) {
        self.discarded += self.input.len() as u64;
        self.input = Bytes::new();
        self.held = None;
        self.inflater = None;
    }

    /// What is left over is less than a header or a control frame: keep it, not the chunk it came in.
    fn settle(&mut self) {
        if self.is_over() {
            self.release();
        } else if self.input.is_empty() {
            self.input = Bytes::new();
        } else {
            self.input = Bytes::copy_from_slice(&self.input);
        }
    }

    fn step(&mut self) -> Result<Option<Unit>, WireError> {
        while !self.sequence.closed() {
            if let Some(held) = self.held.as_mut().filter(|held| !held.frame_done()) {
                held.take(&mut self.input, self.sequence.sender())?;
                if !held.frame_done() {
                    return Ok(None);
                }
            }
            if let Some(held) = self.held.take_if(|held| held.done()) {
                let sender = self.sequence.sender();
                return held
                    .finish(sender, |wire, text| self.inflate(wire, text))
                    .map(|done| Some(Unit::Message(done)));
            }
            let header = match frame::parse(&self.input) {
                Parse::Need(_) => return Ok(None),
                Parse::Wrong(why) => return Err(WireError::protocol(self.sequence.sender(), why)),
                Parse::Header(header) => header,
            };
            self.sequence.check(&header)?;
            let whole = (self.input.len() - usize::from(header.header_len)) as u64 >= header.payload_len;
            if header.opcode.is_control() {
                return if whole { self.control(&header).map(Some) } else { Ok(None) };
            }
            self.within_limits(&header)?;
            self.sequence.take(&header);
            if whole && header.fin && self.held.is_none() {
                return self.single(&header).map(Some);
            }
            let bytes = self.input.split_to(usize::from(header.header_len));
            self.held.get_or_insert_with(|| Held::new(&header)).begin(&header, &bytes);
        }
        Ok(None)
    }

    /// A lying length is refused here, before anything is kept for it.
    fn within_limits(&self, header: &Header) -> Result<(), WireError> {
        let sender = self.sequence.sender();
        let (announced, frames) = self.held.as_ref().map_or((0, 0), Held::announced);
        // No overflow: both are below 2^63.
        if announced + header.payload_len > self.limits.message_bytes {
            return Err(WireError::too_big(sender, limits::MESSAGE_BYTES, "message too big"));
        }
        if u64::from(frames) + 1 > self.limits.message_frames {
            return Err(WireError::too_big(sender, limits::MESSAGE_FRAMES, "message in too many frames"));
        }
        Ok(())
    }

    fn control(&mut self, header: &Header) -> Result<Unit, WireError> {
        let (payload, wire) = self.split_whole(header);
        if header.opcode == Opcode::Close {
            close::check(&payload, self.sequence.sender())?;
        }
        self.sequence.take(header);
        Ok(Unit::Control(Control { opcode: header.opcode, payload, wire }))
    }

    /// The common case: one frame, all of it here.
    fn single(&mut self, header: &Header) -> Result<Unit, WireError> {
        let text = header.opcode == Opcode::Text;
        let (payload, wire) = if header.rsv1 {
            let wire = self.input.split_to(usize::from(header.header_len) + header.payload_len as usize);
            (self.inflate(&wire, text)?, wire)
        } else {
            let (payload, wire) = self.split_whole(header);
            if text && std::str::from_utf8(&payload).is_err() {
                return Err(WireError::not_utf8(self.sequence.sender()));
            }
            (payload, wire)
        };
        Ok(Unit::Message(Message { opcode: header.opcode, payload, frames: 1, compressed: header.rsv1, wire }))
    }

    /// Cuts a whole frame off the input: its payload, unmasked, and its wire bytes.
    fn split_whole(&mut self, header: &Header) -> (Bytes, Bytes) {
        let start = usize::from(header.header_len);
        let wire = self.input.split_to(start + header.payload_len as usize);
        let payload = match header.mask {
            None => wire.slice(start..),
            Some(key) => {
                let mut payload = Vec::with_capacity(wire.len() - start);
                mask::append(&mut payload, &wire[start..], key, 0);
                payload.into()
            }
        };
        (payload, wire)
    }

    fn inflate(&mut self, wire: &[u8], text: bool) -> Result<Bytes, WireError> {
        let inflater = self.inflater.as_mut().expect("RSV1 is refused where deflate was not negotiated");
        let out = inflater.with_pieces(text, &self.limits, |run| {
            let mut scratch = Vec::new();
            for (payload, mask) in frames(wire) {
                let Some(key) = mask else {
                    run.push(payload)?;
                    continue;
                };
                // A multiple of four, so that each piece starts at the key's first byte.
                for piece in payload.chunks(SCRATCH) {
                    scratch.clear();
                    mask::append(&mut scratch, piece, key, 0);
                    run.push(&scratch)?;
                }
            }
            Ok(())
        })?;
        Ok(out.into())
    }
}

fn inflater(sender: Side, deflate: &Deflate) -> Inflater {
    match sender {
        Side::Client => Inflater::new(sender, deflate.client_max_window_bits, deflate.client_no_context_takeover),
        Side::Server => Inflater::new(sender, deflate.server_max_window_bits, deflate.server_no_context_takeover),
    }
}

/// The payloads, still masked, and keys of a run of whole frames that were parsed before.
fn frames(mut wire: &[u8]) -> impl Iterator<Item = (&[u8], Option<[u8; 4]>)> {
    std::iter::from_fn(move || {
        let Parse::Header(header) = frame::parse(wire) else { return None };
        let (frame, rest) = wire.split_at(usize::from(header.header_len) + header.payload_len as usize);
        wire = rest;
        Some((&frame[usize::from(header.header_len)..], header.mask))
    })
}

#[cfg(test)]
mod tests {
    use super::super::frame::encode;
    use super::*;

    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

    fn from_server() -> Inbound {
        Inbound::new(Side::Server, &Negotiated::default(), WireLimits::default())
    }

    fn from_client() -> Inbound {
        Inbound::new(Side::Client, &Negotiated::default(), WireLimits::default())
    }

    fn compressed(sender: Side) -> Inbound {
        let negotiated = Negotiated { subprotocol: None, deflate: Some(Deflate::default()) };
        Inbound::new(sender, &negotiated, WireLimits::default())
    }

    fn units(reader: &mut Inbound, bytes: &[u8]) -> Result<Vec<Unit>, WireError> {
        reader.receive(bytes);
        std::iter::from_fn(|| reader.next().transpose()).collect()
    }

    fn message(unit: &Unit) -> &Message {
        let Unit::Message(message) = unit else { panic!("not a message: {unit:?}") };
        message
    }

    /// RFC 6455 5.7: a single-frame unmasked text message, then a masked one.
    #[test]
    fn the_hello_of_the_rfc_is_a_message() {
        let plain = b"\x81\x05\x48\x65\x6c\x6c\x6f";
        let masked = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
        for (mut reader, wire) in [(from_server(), &plain[..]), (from_client(), &masked[..])] {
            let units = units(&mut reader, wire).unwrap();
            let expected = Message {
                opcode: Opcode::Text,
                payload: Bytes::from_static(b"Hello"),
                frames: 1,
                compressed: false,
                wire: Bytes::copy_from_slice(wire),
            };
            assert_eq!(units, [Unit::Message(expected)]);
            assert_eq!(reader.memory(), 0);
        }
    }

    /// RFC 6455 5.4: control frames MAY be injected in the middle of a fragmented message.
    #[test]
    fn a_ping_between_fragments_is_given_at_once_and_kept_out_of_the_message() {
        let mut reader = from_server();
        let ping = units(&mut reader, b"\x01\x03Hel\x89\x01?").unwrap();
        assert_eq!(ping.len(), 1);
        assert_eq!(ping[0].wire().as_ref(), b"\x89\x01?");
        let rest = units(&mut reader, b"\x80\x02lo").unwrap();
        assert_eq!(message(&rest[0]).payload.as_ref(), b"Hello");
        assert_eq!(message(&rest[0]).wire.as_ref(), b"\x01\x03Hel\x80\x02lo");
        assert_eq!(message(&rest[0]).frames, 2);
    }

    /// RFC 7692 7.2.3.1, 7.2.3.2: one block, then the same message referring to the first.
    #[test]
    fn the_compressed_hello_of_the_rfc_is_inflated_with_its_context() {
        let mut reader = compressed(Side::Server);
        let units = units(&mut reader, b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\xc1\x05\xf2\x00\x11\x00\x00").unwrap();
        assert_eq!(units.iter().map(|unit| message(unit).payload.as_ref()).collect::<Vec<_>>(), [b"Hello", b"Hello"]);
        assert!(message(&units[0]).compressed);
    }

    /// RFC 6455 1.4: after a Close, further data is discarded.
    #[test]
    fn bytes_after_a_close_are_discarded() {
        let mut reader = from_client();
        let wire = [encode(Opcode::Close, b"\x03\xe8", Some(KEY)), encode(Opcode::Text, b"late", Some(KEY))].concat();
        let seen = units(&mut reader, &wire).unwrap();
        assert_eq!(seen.len(), 1);
        assert!(reader.seen_close());
        assert_eq!(units(&mut reader, b"more").unwrap(), []);
        assert_eq!(reader.discarded(), 14);
    }

    #[test]
    fn a_length_over_the_cap_is_refused_before_its_payload() {
        let mut reader = from_client();
        let error = units(&mut reader, b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0").unwrap_err();
        assert_eq!((error.close_code, error.limit.unwrap().name), (1009, "message_bytes"));
        assert_eq!(reader.next(), Err(error));
        assert_eq!(reader.memory(), 0);
    }

    #[test]
    fn bad_utf8_fails_before_its_message_ends() {
        let mut reader = from_server();
        assert_eq!(units(&mut reader, b"\x01\x7e\x01\x00ok\xff").unwrap_err().close_code, 1007);
    }

    #[test]
    fn half_a_header_does_not_keep_the_chunk_it_came_in() {
        let chunk = std::sync::Arc::new([encode(Opcode::Text, b"hi", Some(KEY)), vec![0x81]].concat());
        struct Shared(std::sync::Arc<Vec<u8>>);
        impl AsRef<[u8]> for Shared {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
        let mut reader = from_client();
        reader.receive_bytes(Bytes::from_owner(Shared(chunk.clone())));
        while reader.next().unwrap().is_some() {}
        assert!(reader.unfinished());
        assert_eq!(std::sync::Arc::strong_count(&chunk), 1);
    }

    /// Each growth copies what came before: with a fragment a byte there must be few of them.
    #[test]
    fn as_many_fragments_as_allowed_grow_by_doubling() {
        let mut reader = from_client();
        let mut wire = encode(Opcode::Continuation, b"x", Some(KEY));
        wire[0] = Opcode::Continuation as u8;
        let frames = limits::MESSAGE_FRAMES.default - 1;
        let (mut size, mut growths) = (0, 0);
        assert_eq!(units(&mut reader, b"\x01\x80\0\0\0\0").unwrap(), []);
        for _ in 1..frames {
            assert_eq!(units(&mut reader, &wire).unwrap(), []);
            growths += usize::from(std::mem::replace(&mut size, reader.memory()) != size);
        }
        let last = units(&mut reader, &encode(Opcode::Continuation, b"!", Some(KEY))).unwrap();
        assert_eq!(message(&last[0]).payload.len() as u64, frames);
        assert!(growths < 64, "{growths}");
    }
}

//! One frame's header, and writing the few frames that are our own (RFC 6455 5.2).

use bytes::Bytes;

use super::mask;

/// The longest header: 2 bytes, 8 of length, 4 of mask.
pub const MAX_HEADER: usize = 14;
/// The longest payload of a control frame (RFC 6455 5.5).
pub const MAX_CONTROL: u64 = 125;

/// What a frame is (RFC 6455 11.8); the reserved ones are refused by [`parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Opcode {
    /// The next part of a message.
    Continuation = 0x0,
    /// A text message, or its first part.
    Text = 0x1,
    /// A binary message, or its first part.
    Binary = 0x2,
    /// Close.
    Close = 0x8,
    /// Ping.
    Ping = 0x9,
    /// Pong.
    Pong = 0xa,
}

impl Opcode {
    /// The opcode of this number, if it is defined.
    pub fn from_bits(bits: u8) -> Option<Self> {
        Some(match bits {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xa => Self::Pong,
            _ => return None,
        })
    }

    /// Close, Ping or Pong.
    pub fn is_control(self) -> bool {
        self as u8 & 0x8 != 0
    }
}

/// A frame's header, as far as one frame alone can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Last frame of its message.
    pub fin: bool,
    /// "Per-message compressed" where deflate was negotiated (RFC 7692 6).
    pub rsv1: bool,
    /// What it is.
    pub opcode: Opcode,
    /// The masking key of a masked frame.
    pub mask: Option<[u8; 4]>,
    /// Bytes of payload that follow.
    pub payload_len: u64,
    /// Bytes of the header itself, 2 to 14.
    pub header_len: u8,
}

/// What the first bytes of a frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parse {
    /// So far so good; at least this many bytes in all are needed.
    Need(usize),
    /// A whole header.
    Header(Header),
    /// No frame may start like this, and why.
    Wrong(&'static str),
}

/// Reads a frame's header from the front of `bytes`; wrong is said as soon as it shows.
pub fn parse(bytes: &[u8]) -> Parse {
    let &[first, second, ref rest @ ..] = bytes else { return parse_first(bytes) };
    if let wrong @ Parse::Wrong(_) = parse_first(&[first]) {
        return wrong;
    }
    let (fin, opcode) = (first & 0x80 != 0, Opcode::from_bits(first & 0x0f).expect("parse_first checked it"));
    let (masked, short_len) = (second & 0x80 != 0, second & 0x7f);
    if opcode.is_control() && u64::from(short_len) > MAX_CONTROL {
        return Parse::Wrong("control frame longer than 125 bytes");
    }
    let len_bytes: usize = match short_len {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let header_len = 2 + len_bytes + if masked { 4 } else { 0 };
    if rest.len() < len_bytes {
        return Parse::Need(header_len);
    }
    let payload_len = match (short_len, &rest[..len_bytes]) {
        (126, &[a, b]) => u64::from(u16::from_be_bytes([a, b])),
        (127, bytes) => u64::from_be_bytes(bytes.try_into().expect("eight bytes of length")),
        _ => u64::from(short_len),
    };
    if payload_len >> 63 != 0 {
        return Parse::Wrong("length with its highest bit set");
    }
    if (len_bytes == 2 && payload_len < 126) || (len_bytes == 8 && payload_len <= 0xffff) {
        return Parse::Wrong("length not in its shortest form");
    }
    if bytes.len() < header_len {
        return Parse::Need(header_len);
    }
    let mask = masked.then(|| bytes[header_len - 4..header_len].try_into().expect("four bytes of mask"));
    Parse::Header(Header { fin, rsv1: first & 0x40 != 0, opcode, mask, payload_len, header_len: header_len as u8 })
}

fn parse_first(bytes: &[u8]) -> Parse {
    let Some(&first) = bytes.first() else { return Parse::Need(2) };
    let Some(opcode) = Opcode::from_bits(first & 0x0f) else { return Parse::Wrong("reserved opcode") };
    if first & 0x30 != 0 {
        return Parse::Wrong("RSV2 or RSV3 set");
    }
    if opcode.is_control() && first & 0x80 == 0 {
        return Parse::Wrong("fragmented control frame");
    }
    Parse::Need(2)
}

impl Header {
    /// Appends the header in its shortest form; `header_len` is not looked at.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.fin) << 7 | u8::from(self.rsv1) << 6 | self.opcode as u8);
        let masked = u8::from(self.mask.is_some()) << 7;
        match self.payload_len {
            len @ 0..=125 => out.push(masked | len as u8),
            len @ 126..=0xffff => {
                out.push(masked | 126);
                out.extend_from_slice(&(len as u16).to_be_bytes());
            }
            len => {
                out.push(masked | 127);
                out.extend_from_slice(&len.to_be_bytes());
            }
        }
        out.extend_from_slice(self.mask.as_ref().map_or(&[], |key| &key[..]));
    }
}

/// A whole frame of its own: `fin` set, no RSV bit. `mask` for frames sent as a client.
pub fn encode(opcode: Opcode, payload: &[u8], mask: Option<[u8; 4]>) -> Vec<u8> {
    let mut out = Vec::with_capacity(MAX_HEADER + payload.len());
    let payload_len = payload.len() as u64;
    Header { fin: true, rsv1: false, opcode, mask, payload_len, header_len: 0 }.write(&mut out);
    match mask {
        Some(key) => mask::append(&mut out, payload, key, 0),
        None => out.extend_from_slice(payload),
    }
    out
}

/// A Close frame; the reason is cut, at a character, to the 123 bytes that fit (RFC 6455 5.5).
pub fn close_frame(code: u16, reason: &str, mask: Option<[u8; 4]>) -> Bytes {
    let fits = (0..=reason.len().min(MAX_CONTROL as usize - 2)).rev().find(|&end| reason.is_char_boundary(end));
    let reason = &reason[..fits.unwrap_or(0)];
    let body = [&code.to_be_bytes()[..], reason.as_bytes()].concat();
    encode(Opcode::Close, &body, mask).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> impl Strategy<Value = Header> {
        let opcode = prop_oneof![Just(0x0u8), Just(0x1), Just(0x2), Just(0x8), Just(0x9), Just(0xa)];
        let len = prop_oneof![0u64..=125, 126u64..=0xffff, 0x1_0000u64..1 << 63];
        (opcode, any::<bool>(), any::<bool>(), any::<Option<[u8; 4]>>(), len).prop_map(
            |(bits, fin, rsv1, mask, len)| {
                let opcode = Opcode::from_bits(bits).unwrap();
                let (fin, payload_len) = if opcode.is_control() { (true, len % 126) } else { (fin, len) };
                Header { fin, rsv1, opcode, mask, payload_len, header_len: 0 }
            },
        )
    }

    proptest! {
        /// RFC 6455 5.2: the minimal number of bytes MUST be used to encode the length.
        #[test]
        fn what_is_written_is_read(header in header(), rest in any::<[u8; 3]>()) {
            let mut wire = Vec::new();
            header.write(&mut wire);
            let header_len = wire.len();
            for cut in 0..header_len {
                let Parse::Need(need) = parse(&wire[..cut]) else { panic!("{:?}", parse(&wire[..cut])) };
                prop_assert!(need > cut && need <= header_len);
            }
            wire.extend(rest);
            prop_assert_eq!(parse(&wire), Parse::Header(Header { header_len: header_len as u8, ..header }));
        }
    }

    #[test]
    fn what_is_wrong_in_the_first_byte_is_said_at_the_first_byte() {
        assert_eq!(parse(b"\x83"), Parse::Wrong("reserved opcode"));
        assert_eq!(parse(b"\x09"), Parse::Wrong("fragmented control frame"));
        assert_eq!(parse(b"\xa1"), Parse::Wrong("RSV2 or RSV3 set"));
    }

    #[test]
    fn a_close_frame_fits_whatever_the_reason() {
        assert_eq!(close_frame(1008, "no", None).as_ref(), b"\x88\x04\x03\xf0no");
        assert_eq!(close_frame(1001, "", Some([1, 2, 3, 4])).as_ref(), b"\x88\x82\x01\x02\x03\x04\x02\xeb");
        let long = close_frame(1008, &"\u{e9}".repeat(100), None);
        assert_eq!(long.len(), 2 + 2 + 122, "cut before the character that would not fit");
    }
}

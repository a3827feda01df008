//! Messages that are looked at where they came, before anything of them is kept.

use super::Inbound;
use crate::wire::frame::{self, Header, Opcode, Parse};
use crate::wire::mask;

/// A message that is one whole frame, not compressed.
#[derive(Clone, Copy, Debug)]
pub struct Single {
    header: Header,
    /// Bytes of the frame.
    pub length: usize,
    /// A text message; else binary.
    pub text: bool,
}

impl Inbound {
    /// The message that `bytes`, the next to come, begin with, its payload unmasked; `None` if it is anything else
    /// than one whole frame, not compressed and without fault, or if something is held already. Nothing is taken:
    /// [`pass`](Self::pass) does that, or [`receive`](Self::receive) from the same byte on.
    pub fn glance(&self, bytes: &[u8], payload: &mut Vec<u8>) -> Option<Single> {
        if self.unfinished() || self.is_over() {
            return None;
        }
        let Parse::Header(header) = frame::parse(bytes) else { return None };
        let text = header.opcode == Opcode::Text;
        let data = text || header.opcode == Opcode::Binary;
        if !data || !header.fin || header.rsv1 || self.sequence.check(&header).is_err() {
            return None;
        }
        self.within_limits(&header).ok()?;
        let start = usize::from(header.header_len);
        let whole = start + usize::try_from(header.payload_len).ok()?;
        let wire = bytes.get(start..whole)?;
        payload.clear();
        match header.mask {
            Some(key) => mask::append(payload, wire, key, 0),
            None => payload.extend_from_slice(wire),
        }
        if text && std::str::from_utf8(payload).is_err() {
            return None;
        }
        Some(Single { header, length: whole, text })
    }

    /// Takes a message that was glanced at: its bytes have gone on.
    pub fn pass(&mut self, single: &Single) {
        self.sequence.take(&single.header);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Negotiated, Side, WireLimits};

    fn glanced(sender: Side, bytes: &[u8]) -> Option<(usize, bool, Vec<u8>)> {
        let reader = Inbound::new(sender, &Negotiated::default(), WireLimits::default());
        let mut payload = Vec::new();
        reader.glance(bytes, &mut payload).map(|single| (single.length, single.text, payload))
    }

    /// RFC 6455 5.7.
    #[test]
    fn the_hello_of_the_rfc_is_seen_where_it_came() {
        let masked = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58and more";
        assert_eq!(glanced(Side::Client, masked), Some((11, true, b"Hello".to_vec())));
        assert_eq!(glanced(Side::Server, b"\x82\x01a"), Some((3, false, b"a".to_vec())));
    }

    #[test]
    fn what_is_not_one_whole_frame_without_fault_is_left_alone() {
        let others: [&[u8]; 8] = [
            b"",
            b"\x81\x05Hel",
            b"\x01\x01a",
            b"\x80\x01a",
            b"\x89\x01a",
            b"\xc1\x01a",
            b"\x81\x81\0\0\0\0a",
            b"\x81\x01\xff",
        ];
        for other in others {
            assert_eq!(glanced(Side::Server, other), None, "{other:?}");
        }
        assert_eq!(glanced(Side::Client, b"\x81\x01a"), None, "no mask");
    }

    #[test]
    fn nothing_is_seen_while_something_is_held() {
        let mut reader = Inbound::new(Side::Server, &Negotiated::default(), WireLimits::default());
        reader.receive(b"\x01\x01a");
        assert!(reader.next().unwrap().is_none());
        assert!(reader.glance(b"\x81\x01a", &mut Vec::new()).is_none());
    }

    #[test]
    fn a_message_over_the_cap_is_left_to_be_refused() {
        let limits = WireLimits { message_bytes: 1, ..WireLimits::default() };
        let reader = Inbound::new(Side::Server, &Negotiated::default(), limits);
        assert!(reader.glance(b"\x81\x02ab", &mut Vec::new()).is_none());
        assert!(reader.glance(b"\x81\x01a", &mut Vec::new()).is_some());
    }
}

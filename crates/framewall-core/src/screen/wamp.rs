//! WAMP: messages that the decoder has not to remember, one a WebSocket message or in batches.

use super::parts::Parts;
use super::split::Said;
use crate::formats::view::{Shape, Tape};
use crate::formats::{Budget, Kind, Outcome, Role, by_name};

/// Messages of one batch; more of them are the Inspector's.
const MOST: usize = 64;
/// Types of version 2's messages, greetings left out: they settle what the connection speaks.
const TYPES: [i64; 22] = [3, 4, 5, 6, 8, 16, 17, 32, 33, 34, 35, 36, 48, 49, 50, 64, 65, 66, 67, 68, 69, 70];
/// Those of version 1, but the greeting and the prefixes, which are remembered.
const TYPES_1: [i64; 7] = [2, 3, 4, 5, 6, 7, 8];

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Version 1.
    First,
    /// In JSON.
    Json,
    /// In MessagePack.
    MsgPack,
    /// In CBOR.
    Cbor,
    /// In UBJSON or what has become of it: clients differ.
    Ubjson,
}

impl Written {
    /// The formats, and the hint for a part in each: a binary one is not spoken unless the server has chosen it.
    fn formats(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Written::First | Written::Json => &[("json", "json")],
            Written::MsgPack => &[("msgpack", "msgpack!")],
            Written::Cbor => &[("cbor", "cbor!")],
            Written::Ubjson => &[("ubjson", "ubjson!"), ("bjdata", "bjdata!")],
        }
    }

    fn types(self) -> &'static [i64] {
        if self == Written::First { &TYPES_1 } else { &TYPES }
    }
}

/// One message.
pub(super) fn message(written: Written, message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    let mut said = None;
    for (format, hint) in written.formats() {
        let tape = Tape::read(by_name(format)?, message, &mut Budget::default());
        if tape.outcome() != (Outcome::Complete { consumed: message.len() }) {
            continue;
        }
        let root = tape.root().filter(|root| tape.roots() == 1 && tape.shape(*root) == Shape::List)?;
        let first = tape.children(root).next().filter(|first| tape.shape(*first) == Shape::Leaf(Kind::Number))?;
        let kind: i64 = std::str::from_utf8(tape.bytes(first, message)).ok()?.parse().ok()?;
        if !written.types().contains(&kind) {
            return None;
        }
        parts.part(message, hint, Role::Value);
        said = Some(Said::Something);
    }
    said
}

/// A batch: in JSON each message is followed by a separator, else each stands behind its length.
pub(super) fn batch(written: Written, data: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    let mut said = Said::Nothing;
    let each = if written == Written::Json { separated(data) } else { measured(data)? };
    if each.len() > MOST {
        return None;
    }
    for one in each {
        said = message(written, one, parts)?;
    }
    Some(said)
}

fn separated(data: &[u8]) -> Vec<&[u8]> {
    let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
    let each = data.split(|byte| matches!(byte, 0x18 | 0x1e));
    each.filter(|one| !one.iter().all(blank)).take(MOST + 1).collect()
}

fn measured(mut data: &[u8]) -> Option<Vec<&[u8]>> {
    let mut each = Vec::new();
    while !data.is_empty() && each.len() <= MOST {
        let (length, rest) = data.split_first_chunk()?;
        let (one, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        each.push(one);
        data = rest;
    }
    Some(each)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &[u8] = br#"[48,7814135,{},"com.example.add",[23,7]]"#;

    #[test]
    fn a_message_is_one_part() {
        let mut parts = Vec::new();
        assert_eq!(message(Written::Json, CALL, &mut parts), Some(Said::Something));
        assert_eq!(parts, [(CALL.to_vec(), "json", Role::Value)]);
    }

    #[test]
    fn a_batch_is_its_messages() {
        let mut parts = Vec::new();
        let whole = [CALL, b"\x1e", CALL, b"\x18 \n"].concat();
        assert_eq!(batch(Written::Json, &whole, &mut parts), Some(Said::Something));
        assert_eq!(parts.len(), 2);
        let packed = b"\0\0\0\x03\x92\x31\x01\0\0\0\x03\x92\x31\x02";
        assert_eq!(batch(Written::MsgPack, packed, &mut parts), Some(Said::Something));
        assert_eq!(
            parts[2..],
            [(b"\x92\x31\x01".to_vec(), "msgpack!", Role::Value), (b"\x92\x31\x02".to_vec(), "msgpack!", Role::Value)]
        );
        for broken in [&packed[..9], &packed[1..], b"\0\0\0\x01\x92"] {
            assert_eq!(batch(Written::MsgPack, broken, &mut Vec::new()), None);
        }
        assert_eq!(batch(Written::Json, &b"[49,1]\x18".repeat(MOST + 1), &mut Vec::new()), None);
    }

    #[test]
    fn of_two_formats_each_that_it_is_whole_in_is_a_part() {
        let hints = |data: &[u8]| {
            let mut parts = Vec::new();
            message(Written::Ubjson, data, &mut parts)
                .map(|_| parts.into_iter().map(|(_, hint, _)| hint).collect::<Vec<_>>())
        };
        assert_eq!(hints(b"[i\x31i\x01]"), Some(vec!["ubjson!", "bjdata!"]));
        // One writes lengths highest byte first, the other lowest.
        assert_eq!(hints(b"[i\x31SI\x00\x01a]"), Some(vec!["ubjson!"]));
        assert_eq!(hints(b"[i\x31SI\x01\x00a]"), Some(vec!["bjdata!"]));
        assert_eq!(hints(b"[i\x01i\x01]"), None);
    }

    #[test]
    fn greetings_and_what_is_no_message_are_not_taken() {
        for other in ["[1,\"realm\",{}]", "[2,1,{}]", "[999]", "{}", "[48,1,{}] x", "[48,1,{}][48]", "[", ""] {
            assert_eq!(message(Written::Json, other.as_bytes(), &mut Vec::new()), None, "{other}");
        }
        for remembered in ["[0,\"s\",1,\"x\"]", "[1,\"a\",\"http://a/\"]"] {
            assert_eq!(message(Written::First, remembered.as_bytes(), &mut Vec::new()), None, "{remembered}");
        }
        assert!(message(Written::First, b"[2,\"1\",\"http://a/p\",1]", &mut Vec::new()).is_some());
    }
}

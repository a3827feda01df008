//! SignalR Core: whole hub messages, in a message that ends with one. Those that open a stream or feed it are the
//! decoder's: it remembers whose stream it is. Where both sides are heard, so are calls that are answered, and their
//! answers: only the call says what it is that is answered.

use super::parts::Parts;
use super::split::Said;
use crate::formats::view::{Node, Shape, Tape};
use crate::formats::{Budget, Format, Kind, Outcome, Role, by_name};

const SEPARATOR: u8 = 0x1e;
/// Records of one message; more of them are the Inspector's.
const MOST: usize = 64;
const PING: &[u8] = br#"{"type":6}"#;
const PACKED_PING: &[u8] = b"\x91\x06";
/// Types of hub messages: all but a stream's item and its invocation.
const TYPES: [i64; 7] = [1, 3, 5, 6, 7, 8, 9];
const STREAMS: &[u8] = b"streamIds";
const ID: &[u8] = b"invocationId";
/// Where a MessagePack record has the id of its call.
const ID_AT: usize = 2;
/// Where a MessagePack invocation lists its streams.
const STREAMS_AT: usize = 5;

/// Records of the JSON hub protocol; `calls`: those of a call that is answered are not for the screen.
pub(super) fn json(calls: bool, message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    let bare = message.strip_suffix(&[SEPARATOR])?;
    let format = by_name("json")?;
    let mut said = None;
    for (count, record) in bare.split(|byte| *byte == SEPARATOR).enumerate() {
        if count == MOST {
            return None;
        }
        if record != PING {
            let tape = document(format, record)?;
            let root = tape.root().filter(|root| tape.shape(*root) == Shape::Map)?;
            let named = |child: &Node| tape.key(*child, record) == Some(b"type");
            is_known(&tape, tape.children(root).filter(named).last()?, record)?;
            let own = |key: &[u8]| key == STREAMS || calls && key == ID;
            if tape.children(root).any(|child| tape.key(child, record).is_some_and(own)) {
                return None;
            }
            parts.part(record, "json", Role::Value);
        }
        said.get_or_insert(if record == PING { Said::Heartbeat } else { Said::Something });
    }
    said
}

/// Records of the MessagePack hub protocol, each after its length.
pub(super) fn messagepack(calls: bool, message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    let format = by_name("msgpack")?;
    let mut said = None;
    let mut rest = message;
    for _ in 0..MOST {
        let (length, digits) = length(rest)?;
        let record = rest.get(digits..digits + length)?;
        rest = &rest[digits + length..];
        if !matches!(record.first()?, 0x90..=0x9f | 0xdc | 0xdd) {
            return None;
        }
        if record != PACKED_PING {
            let tape = document(format, record)?;
            let root = tape.root().filter(|root| tape.shape(*root) == Shape::List)?;
            is_known(&tape, tape.children(root).next()?, record)?;
            let id = tape.children(root).nth(ID_AT).filter(|_| calls);
            if id.is_some_and(|id| tape.shape(id) == Shape::Leaf(Kind::Text)) {
                return None;
            }
            let streams = tape.children(root).nth(STREAMS_AT);
            if streams.is_some_and(|streams| tape.children(streams).next().is_some()) {
                return None;
            }
            parts.part(record, "msgpack", Role::Value);
        }
        said.get_or_insert(if record == PACKED_PING { Said::Heartbeat } else { Said::Something });
        if rest.is_empty() {
            return said;
        }
    }
    None
}

/// Seven bits a byte, lowest first, in the one or two bytes that a screened record needs.
fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    match bytes {
        [only @ ..0x80, ..] => Some((usize::from(*only), 1)),
        [first, second @ ..0x80, ..] => Some((usize::from(first & 0x7f) | usize::from(*second) << 7, 2)),
        _ => None,
    }
}

/// One document, and nothing behind it.
fn document(format: &dyn Format, record: &[u8]) -> Option<Tape> {
    let tape = Tape::read(format, record, &mut Budget::default());
    (tape.roots() == 1 && tape.outcome() == Outcome::Complete { consumed: record.len() }).then_some(tape)
}

/// Whether a node is the number of a type of hub message.
fn is_known(tape: &Tape, node: Node, record: &[u8]) -> Option<()> {
    let number = tape.shape(node) == Shape::Leaf(Kind::Number);
    let kind: i64 = std::str::from_utf8(tape.bytes(node, record)).ok().filter(|_| number)?.parse().ok()?;
    TYPES.contains(&kind).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_cut_at_their_ends() {
        let mut parts = Vec::new();
        let said =
            json(false, b"{\"type\":6}\x1e{\"arguments\":[\"a\"],\"target\":\"Send\",\"type\":1}\x1e", &mut parts);
        assert_eq!((said, parts.len()), (Some(Said::Heartbeat), 1));
        assert_eq!(parts[0].0, br#"{"arguments":["a"],"target":"Send","type":1}"#);
        let mut parts = Vec::new();
        assert_eq!(messagepack(true, b"\x02\x91\x06\x06\x95\x01\x80\xc0\xa0\x90", &mut parts), Some(Said::Heartbeat));
        assert_eq!(parts[0].0, b"\x95\x01\x80\xc0\xa0\x90");
    }

    #[test]
    fn halves_and_unknown_types_are_not_taken() {
        let others: [&[u8]; 11] = [
            b"",
            b"\x1e",
            b"{\"type\":1}",
            b"{\"type\":1}\x1e{",
            b"{\"type\":99}\x1e",
            b"{\"type\":1,\"\\u0074ype\":99}\x1e",
            b"{\"type\":\"1\"}\x1e",
            b"{\"type\":1} {}\x1e",
            b"{\"type\":1,\"target\":\"Up\",\"arguments\":[],\"streamIds\":[\"1\"]}\x1e",
            b"{\"type\":2,\"invocationId\":\"1\",\"item\":1}\x1e",
            b"{\"type\":4,\"invocationId\":\"1\",\"target\":\"Count\",\"arguments\":[]}\x1e",
        ];
        for other in others {
            assert_eq!(json(false, other, &mut Vec::new()), None, "{}", String::from_utf8_lossy(other));
        }
        for other in [
            &b""[..],
            b"\0",
            b"\x02\x91",
            b"\x03\x91\x06\x00",
            b"\x02\x91\x6f",
            b"\x80\x80\x01\x91",
            b"\x0a\x96\x01\x80\xc0\xa1U\x90\x91\xa11",
        ] {
            assert_eq!(messagepack(false, other, &mut Vec::new()), None, "{other:?}");
        }
    }

    #[test]
    fn a_call_that_is_answered_is_taken_only_where_no_answer_is_heard() {
        let call = b"{\"type\":1,\"invocationId\":\"7\",\"target\":\"Send\",\"arguments\":[]}\x1e";
        let packed = b"\x07\x95\x01\x80\xa17\xa0\x90";
        for calls in [false, true] {
            assert_eq!(json(calls, call, &mut Vec::new()).is_some(), !calls);
            assert_eq!(messagepack(calls, packed, &mut Vec::new()).is_some(), !calls);
        }
    }
}

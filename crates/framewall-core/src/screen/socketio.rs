//! Socket.IO: events and acknowledgements without attachments, and heartbeats.

use super::parts::Parts;
use super::split::Said;
use crate::formats::view::{Shape, Tape};
use crate::formats::{Budget, Kind, Outcome, Role, by_name};

/// Engine.IO packets that say nothing: closing, upgrading, and none at all.
const QUIET: [&[u8]; 3] = [b"1", b"5", b"6"];
const HEARTBEATS: [&[u8]; 4] = [b"2", b"3", b"2probe", b"3probe"];
/// Digits of an acknowledgement's id that every parser reads alike.
const LONGEST_ID: usize = 15;
const EVENT: i64 = 2;
const ACK: i64 = 3;

/// A text message: `4(2|3)[/namespace,][id][JSON array]`.
pub(super) fn text(message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    if QUIET.contains(&message) {
        return Some(Said::Nothing);
    }
    if HEARTBEATS.contains(&message) {
        return Some(Said::Heartbeat);
    }
    let rest = message.strip_prefix(b"42").or_else(|| message.strip_prefix(b"43"))?;
    let (namespace, rest) = if rest.first() == Some(&b'/') { namespace(rest)? } else { (&b"/"[..], rest) };
    let digits = rest.iter().take(LONGEST_ID).take_while(|byte| byte.is_ascii_digit()).count();
    let body = &rest[digits..];
    if !matches!(body.first(), None | Some(b'[')) {
        return None;
    }
    // An event always has a part, though it be empty; an acknowledgement may have none.
    let spoken = !body.is_empty() || message[1] == b'2';
    if spoken {
        parts.part(body, "json", Role::Value);
    }
    if namespace != b"/" {
        parts.part(namespace, "text", Role::Key);
        let query = memchr::memchr(b'?', namespace).map_or(&b""[..], |at| &namespace[at + 1..]);
        if !query.is_empty() {
            parts.part(query, "form", Role::Value);
        }
    }
    Some(Said::by(spoken || namespace != b"/"))
}

/// A namespace up to its comma, or to the end, and what follows.
fn namespace(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    match rest.iter().position(|byte| matches!(byte, b',' | b'[' | b'"' | b'{')) {
        None => Some((rest, b"")),
        Some(end) if rest[end] == b',' => Some((&rest[..end], &rest[end + 1..])),
        Some(_) => None,
    }
}

/// A binary message: a packet of socket.io-msgpack-parser.
pub(super) fn binary(engine: u8, message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    let message = match (engine, message.first()?) {
        (3, _) => &message[1..],
        (0, 4) => return None,
        _ => message,
    };
    let tape = Tape::read(by_name("msgpack")?, message, &mut Budget::default());
    let root = tape.root().filter(|root| tape.roots() == 1 && tape.shape(*root) == Shape::Map)?;
    if tape.outcome() != (Outcome::Complete { consumed: message.len() }) {
        return None;
    }
    let member = |name: &[u8]| tape.children(root).filter(|child| tape.key(*child, message) == Some(name)).last();
    let kind = member(b"type").filter(|node| tape.shape(*node) == Shape::Leaf(Kind::Number))?;
    let kind: i64 = std::str::from_utf8(tape.bytes(kind, message)).ok()?.parse().ok()?;
    let named = tape.shape(member(b"nsp")?) == Shape::Leaf(Kind::Text);
    let listed = tape.shape(member(b"data")?) == Shape::List;
    if !matches!(kind, EVENT | ACK) || !named || !listed {
        return None;
    }
    parts.part(message, "msgpack", Role::Value);
    Some(Said::Something)
}

#[cfg(test)]
mod tests {
    use super::super::parts::Own;
    use super::*;

    fn cut(message: &[u8]) -> Option<(Said, Vec<Own>)> {
        let mut parts = Vec::new();
        text(message, &mut parts).map(|said| (said, parts))
    }

    #[test]
    fn an_event_is_its_array_and_its_namespace() {
        let (said, parts) = cut(br#"42/admin?a=1,12["kick",1]"#).unwrap();
        assert_eq!(said, Said::Something);
        let expected: [Own; 3] = [
            (br#"["kick",1]"#.to_vec(), "json", Role::Value),
            (b"/admin?a=1".to_vec(), "text", Role::Key),
            (b"a=1".to_vec(), "form", Role::Value),
        ];
        assert_eq!(parts, expected);
    }

    #[test]
    fn heartbeats_and_upgrades_say_nothing() {
        assert_eq!(cut(b"3"), Some((Said::Heartbeat, Vec::new())));
        assert_eq!(cut(b"2probe"), Some((Said::Heartbeat, Vec::new())));
        assert_eq!(cut(b"5"), Some((Said::Nothing, Vec::new())));
    }

    #[test]
    fn what_changes_the_decoder_or_divides_parsers_is_not_taken() {
        let others: [&[u8]; 12] = [
            b"40",
            b"41/admin,",
            b"44{}",
            b"451-[\"a\"]",
            b"42{\"a\":1}",
            b"42/a[1]",
            b"42 [1]",
            b"0{}",
            b"4",
            b"",
            b"b4AA",
            b"421234567890123456[1]",
        ];
        for other in others {
            assert_eq!(cut(other), None, "{}", String::from_utf8_lossy(other));
        }
    }
}

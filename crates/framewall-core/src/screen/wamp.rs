//! WAMP version 2: one message that the decoder has not to remember.

use super::parts::Parts;
use super::split::Said;
use crate::formats::view::{Shape, Tape};
use crate::formats::{Budget, Kind, Outcome, Role, by_name};

/// Types of messages, greetings left out: they settle what the connection speaks.
const TYPES: [i64; 22] = [3, 4, 5, 6, 8, 16, 17, 32, 33, 34, 35, 36, 48, 49, 50, 64, 65, 66, 67, 68, 69, 70];

/// The hint for a part in this format: a binary one is not spoken unless the server has chosen it.
fn settled(format: &str) -> Option<&'static str> {
    ["json", "msgpack!", "cbor!", "ubjson!", "bjdata!"].into_iter().find(|hint| hint.trim_end_matches('!') == format)
}

/// One message in this format.
pub(super) fn message(format: &'static str, message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    let tape = Tape::read(by_name(format)?, message, &mut Budget::default());
    let root = tape.root().filter(|root| tape.roots() == 1 && tape.shape(*root) == Shape::List)?;
    if tape.outcome() != (Outcome::Complete { consumed: message.len() }) {
        return None;
    }
    let first = tape.children(root).next().filter(|first| tape.shape(*first) == Shape::Leaf(Kind::Number))?;
    let kind: i64 = std::str::from_utf8(tape.bytes(first, message)).ok()?.parse().ok()?;
    if !TYPES.contains(&kind) {
        return None;
    }
    parts.part(message, settled(format)?, Role::Value);
    Some(Said::Something)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_part() {
        let call = br#"[48,7814135,{},"com.example.add",[23,7]]"#;
        let mut parts = Vec::new();
        assert_eq!(super::message("json", call, &mut parts), Some(Said::Something));
        assert_eq!(parts, [(call.to_vec(), "json", Role::Value)]);
    }

    #[test]
    fn greetings_and_what_is_no_message_are_not_taken() {
        for other in ["[1,\"realm\",{}]", "[2,1,{}]", "[999]", "{}", "[48,1,{}] x", "[48,1,{}][48]", "[", ""] {
            assert_eq!(super::message("json", other.as_bytes(), &mut Vec::new()), None, "{other}");
        }
    }
}

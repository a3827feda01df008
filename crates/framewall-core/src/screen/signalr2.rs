//! SignalR 2: a hub's invocations, what its server says, and keep-alives.

use super::parts::Parts;
use super::split::Said;
use crate::formats::view::{Shape, Tape};
use crate::formats::{Budget, Kind, Outcome, Role, by_name};
use crate::wire::Side;

const KEEPALIVE: &[u8] = b"{}";

/// One message, on a connection that has hubs.
pub(super) fn message(side: Side, message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    if message == KEEPALIVE {
        return Some(Said::Heartbeat);
    }
    if side == Side::Client {
        is_call(message)?;
    }
    parts.part(message, "json", Role::Value);
    Some(Said::Something)
}

/// Whether it is an object with a hub and a method, in whatever case their names are.
fn is_call(message: &[u8]) -> Option<()> {
    let tape = Tape::read(by_name("json")?, message, &mut Budget::default());
    let root = tape.root().filter(|root| tape.roots() == 1 && tape.shape(*root) == Shape::Map)?;
    if tape.outcome() != (Outcome::Complete { consumed: message.len() }) {
        return None;
    }
    for name in [b"h", b"m"] {
        let named = |key: &[u8]| key.eq_ignore_ascii_case(name);
        let member = tape.children(root).filter(|child| tape.key(*child, message).is_some_and(named)).last()?;
        if tape.shape(member) != Shape::Leaf(Kind::Text) {
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(side: Side, said: &[u8]) -> Option<(Said, usize)> {
        let mut parts = Vec::new();
        message(side, said, &mut parts).map(|said| (said, parts.len()))
    }

    #[test]
    fn a_call_is_one_part_and_a_keepalive_none() {
        assert_eq!(cut(Side::Client, br#"{"H":"chat","m":"Send","A":["hi"],"I":1}"#), Some((Said::Something, 1)));
        assert_eq!(cut(Side::Server, br#"{"C":"d-1","M":[]}"#), Some((Said::Something, 1)));
        assert_eq!(cut(Side::Server, b"{}"), Some((Said::Heartbeat, 0)));
    }

    #[test]
    fn what_is_no_call_is_not_taken() {
        for other in [&br#"{"H":"chat"}"#[..], br#"{"H":"c","M":"s","h":1}"#, br#"{"H":1,"M":"s"}"#, b"[]", b"hi", b""]
        {
            assert_eq!(cut(Side::Client, other), None, "{}", String::from_utf8_lossy(other));
        }
    }
}

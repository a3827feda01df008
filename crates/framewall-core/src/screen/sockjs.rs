//! SockJS: a client's array of messages, each of which is cut as what it carries.

use super::parts::Parts;
use super::split::{Said, Split};
use crate::formats::view::{Shape, Tape};
use crate::formats::{Budget, Kind, Outcome, Role, by_name};
use crate::wire::Side;

/// Messages in a frame; more of them are the Inspector's.
const MOST: usize = 64;

/// One frame. `either`: what follows may be no frame at all, and is judged as it is too.
pub(super) fn frame(inner: &Split, either: bool, side: Side, message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    if side == Side::Server {
        let quiet = message.iter().all(|byte| *byte == b'h');
        return quiet.then_some(Said::Heartbeat);
    }
    let mut said = Said::Nothing;
    if !message.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0x0b) {
        said = messages(inner, side, message, parts)?;
    }
    if either {
        parts.part(message, "auto", Role::Value);
        said = Said::Something;
    }
    Some(said)
}

fn messages(inner: &Split, side: Side, frame: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    let tape = Tape::read(by_name("json")?, frame, &mut Budget::default());
    let root = tape.root().filter(|_| tape.roots() == 1 && matches!(tape.outcome(), Outcome::Complete { .. }))?;
    let whole = [root];
    let each: Vec<_> = match tape.shape(root) {
        Shape::List => tape.children(root).take(MOST + 1).collect(),
        _ => whole.to_vec(),
    };
    if each.len() > MOST {
        return None;
    }
    let mut said = None;
    for node in each {
        let text = match tape.shape(node) {
            Shape::Leaf(Kind::Text) => tape.bytes(node, frame),
            _ => frame.get(tape.span(node))?,
        };
        let one = inner.parts(side, true, text, parts)?;
        said.get_or_insert(one);
    }
    Some(said.unwrap_or(Said::Nothing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(either: bool, message: &[u8]) -> Option<(Said, Vec<Vec<u8>>)> {
        let inner = Split::new("plain", &["4"], None).unwrap();
        let mut parts = Vec::new();
        let said = frame(&inner, either, Side::Client, message, &mut parts)?;
        Some((said, parts.into_iter().map(|(bytes, ..)| bytes).collect()))
    }

    #[test]
    fn every_message_of_a_frame_is_cut_as_what_it_is() {
        let (said, parts) = cut(false, br#"["a\nb",{"c":1}]"#).unwrap();
        assert_eq!((said, parts), (Said::Something, vec![b"a\nb".to_vec(), br#"{"c":1}"#.to_vec()]));
    }

    #[test]
    fn where_frames_are_not_certain_the_whole_is_a_part_too() {
        assert_eq!(cut(true, b"[\"a\"]").unwrap().1, [b"a".to_vec(), b"[\"a\"]".to_vec()]);
        assert_eq!(cut(true, b" ").unwrap(), (Said::Something, vec![b" ".to_vec()]));
    }

    #[test]
    fn one_that_what_is_inside_does_not_take_is_not_taken() {
        assert_eq!(cut(false, br#"["a","42[]"]"#), None);
        assert_eq!(cut(false, b"a"), None);
    }
}

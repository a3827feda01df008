//! Protocol Buffers without a schema, and with one.
//!
//! Without: members are named by their field numbers, and bytes of known length are read every way that holds:
//! as text or binary, and as a message if they are one throughout. With the user's descriptors
//! ([`schema::Described`]) fields have names and types; unknown fields are read as without.

use std::ops::Range;

use super::probe::reads_as_text;
use super::tree::{Tree, Turn, UNCOUNTED, Walked};
use super::{Container, Format, Halted, Kind, Likelihood, Walk};
use crate::limits;

pub mod schema;

/// Fields that a guess at the whole input looks at.
const GLANCE: usize = 64;

/// The walker that knows no schema.
#[derive(Clone, Copy, Debug)]
pub struct Protobuf;

impl Format for Protobuf {
    fn name(&self) -> &'static str {
        "protobuf"
    }

    fn opens(&self, first: u8) -> bool {
        // A first field number above 15 takes two bytes; group ends and wire types 6 and 7 never begin a message.
        first >= 0x08 && matches!(first & 7, 0..=3 | 5)
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        match scan(bytes, GLANCE) {
            Some(found) if found.texts > 0 && !reads_as_text(bytes) => 40,
            Some(_) if bytes.len() > 1 => 20,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        read(bytes, walk, None)
    }
}

/// `extra` of a level: where the message ends, or which group it is, and its type if that is known.
#[derive(Clone, Copy)]
struct Message<'s> {
    end: End,
    described: Option<&'s schema::Message>,
    /// A packed field: its elements follow one another without tags.
    packed: Option<schema::Type>,
    /// What the whole is besides, and is told after its fields: they are the more exact place.
    also: Option<Kind>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    At(usize),
    Group(u64),
}

type State<'d, 'w, 'a, 's> = Tree<'d, 'w, 'a, Message<'s>>;

fn read(bytes: &[u8], walk: &mut Walk<'_>, root: Option<(&schema::Schema, &schema::Message)>) -> Result<usize, Halted> {
    let mut tree = Tree::new(bytes, walk);
    let schema = root.map(|(schema, _)| schema);
    // Every message around the others is read with them: what is too deep is known before it is.
    if root.is_none() && goes_deeper(bytes, tree.walk.depth_left()) {
        return Err(tree.walk.spent(limits::FORMAT_DEPTH, 0));
    }
    let whole =
        Message { end: End::At(bytes.len()), described: root.map(|(_, message)| message), packed: None, also: None };
    tree.step()?;
    tree.enter(Turn::Value, Container::Map, UNCOUNTED, 0, whole)?;
    while let Some(level) = tree.levels.last() {
        let message = level.extra;
        if message.end == End::At(tree.at) {
            let span = level.start..tree.at;
            tree.exit()?;
            if let Some(kind) = message.also {
                let doc = tree.doc;
                tree.value(kind, &doc[span.clone()], span)?;
            }
            tree.end = enclosing(&tree);
            continue;
        }
        if let Some(kind) = message.packed {
            tree.step()?;
            scalar(&mut tree, kind)?;
            continue;
        }
        tree.rewind();
        let start = tree.at;
        let tag = tree.varint()?;
        let (number, wire) = (tag >> 3, tag & 7);
        if number == 0 {
            return Err(tree.invalid(start, "a field has the number 0"));
        }
        if wire == 4 {
            if message.end != End::Group(number) {
                return Err(tree.invalid(start, "a group ends that did not begin"));
            }
            tree.exit()?;
            tree.end = enclosing(&tree);
            continue;
        }
        if message.described.is_none() && matches!(wire, 0 | 1 | 5) && tree.is_untold(Turn::Value) {
            match wire {
                0 => drop(tree.varint()?),
                1 => drop(tree.array::<8>()?),
                _ => drop(tree.array::<4>()?),
            }
            tree.untold(start)?;
            continue;
        }
        tree.step()?;
        let field = message.described.and_then(|described| described.field(number));
        match field {
            Some(field) => tree.walk.path.push_key(field.name.as_bytes()),
            None => tree.walk.path.push_key(itoa::Buffer::new().format(number).as_bytes()),
        }
        tree.value_next();
        member(&mut tree, schema, field, number, wire)?;
    }
    Ok(tree.at)
}

/// Where the message around here ends.
fn enclosing(tree: &State<'_, '_, '_, '_>) -> usize {
    let mut ends = tree.levels.iter().rev().filter_map(|level| match level.extra.end {
        End::At(end) => Some(end),
        End::Group(_) => None,
    });
    ends.next().unwrap_or(tree.doc.len())
}

fn member<'s>(
    tree: &mut State<'_, '_, '_, 's>,
    schema: Option<&'s schema::Schema>,
    field: Option<&'s schema::Field>,
    number: u64,
    wire: u64,
) -> Walked {
    let start = tree.at;
    let described = field.and_then(|field| schema.and_then(|schema| schema.message(&field.type_name)));
    match (wire, field.map(|field| field.kind)) {
        (0 | 1 | 5, Some(kind)) if kind.wire() == wire => scalar(tree, kind),
        (0, _) => {
            let value = tree.varint()?;
            tree.int(Turn::Value, value, start)
        }
        (1, _) => {
            let value = u64::from_le_bytes(tree.array()?);
            tree.int(Turn::Value, value, start)
        }
        (5, _) => {
            let value = u32::from_le_bytes(tree.array()?);
            tree.int(Turn::Value, value, start)
        }
        (3, _) => {
            let group = Message { end: End::Group(number), described, packed: None, also: None };
            tree.enter(Turn::Value, Container::Map, UNCOUNTED, start, group)
        }
        (2, kind) => {
            let len = tree.varint()?;
            let bytes = tree.take(len)?;
            let span = tree.at - bytes.len()..tree.at;
            match kind {
                Some(schema::Type::Text) => tree.value(Kind::Text, bytes, span),
                Some(schema::Type::Bytes) => tree.value(Kind::Binary, bytes, span),
                Some(schema::Type::Message) => descend(
                    tree,
                    Container::Map,
                    span,
                    Message { end: End::At(0), described, packed: None, also: None },
                ),
                Some(kind) => {
                    let packed = Message { end: End::At(0), described: None, packed: Some(kind), also: None };
                    descend(tree, Container::List, span, packed)
                }
                None => guess(tree, bytes, span),
            }
        }
        _ => Err(tree.invalid(start, "no such wire type")),
    }
}

/// Bytes of which only the length is known: read every way that holds.
fn guess(tree: &mut State<'_, '_, '_, '_>, bytes: &[u8], span: Range<usize>) -> Walked {
    let is_text = is_text(bytes);
    let mut found = scan(bytes, usize::MAX);
    if found.is_some_and(|found| found.texts > 0) && tree.walk.too_deep(span.start)? {
        found = None;
    }
    let kind = if is_text { Kind::Text } else { Kind::Binary };
    // A text may happen to be fields of numbers; only fields that hold text would show anything more.
    let Some(found) = found.filter(|found| !is_text || found.texts > 0) else {
        return tree.value(kind, bytes, span);
    };
    // The same bytes are read again, one level deeper.
    tree.decoded(bytes.len())?;
    let also = (is_text || found.hides).then_some(kind);
    descend(tree, Container::Map, span, Message { end: End::At(0), described: None, packed: None, also })
}

/// Whether these bytes are a text and nothing else. Most messages end the look at their first tag.
fn is_text(bytes: &[u8]) -> bool {
    let control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r');
    !bytes.iter().any(control)
        && std::str::from_utf8(bytes)
            .is_ok_and(|text| text.is_ascii() || !text.chars().any(|char| char.is_control() && !char.is_ascii()))
}

/// Goes into bytes that have just been passed over.
fn descend<'s>(
    tree: &mut State<'_, '_, '_, 's>,
    kind: Container,
    span: Range<usize>,
    mut message: Message<'s>,
) -> Walked {
    message.end = End::At(span.end);
    (tree.at, tree.end) = (span.start, span.end);
    tree.enter(Turn::Value, kind, UNCOUNTED, span.start, message)
}

/// A number whose type is known.
fn scalar(tree: &mut State<'_, '_, '_, '_>, kind: schema::Type) -> Walked {
    use schema::Type;
    let start = tree.at;
    match kind {
        Type::Double => {
            let value = f64::from_le_bytes(tree.array()?);
            tree.float(Turn::Value, value, start)
        }
        Type::Float => {
            let value = f32::from_le_bytes(tree.array()?);
            tree.float(Turn::Value, f64::from(value), start)
        }
        Type::Fixed64 | Type::SFixed64 => {
            let value = u64::from_le_bytes(tree.array()?);
            let signed = kind == Type::SFixed64;
            if signed { tree.int(Turn::Value, value as i64, start) } else { tree.int(Turn::Value, value, start) }
        }
        Type::Fixed32 | Type::SFixed32 => {
            let value = u32::from_le_bytes(tree.array()?);
            let signed = kind == Type::SFixed32;
            if signed { tree.int(Turn::Value, value as i32, start) } else { tree.int(Turn::Value, value, start) }
        }
        _ => {
            let value = tree.varint()?;
            match kind {
                Type::Bool => tree.bool(Turn::Value, value != 0, start),
                Type::Int => tree.int(Turn::Value, value as i64, start),
                Type::SInt => tree.int(Turn::Value, (value >> 1) as i64 ^ -((value & 1) as i64), start),
                _ => tree.int(Turn::Value, value, start),
            }
        }
    }
}

/// What a look at one level of fields found.
#[derive(Clone, Copy, Default)]
struct Found {
    /// Fields that are text.
    texts: u32,
    /// The longest field's content.
    longest: (usize, usize),
    /// Bytes between the fields' contents could be part of a text that the fields would cut up.
    hides: bool,
}

/// Whether `bytes` are fields to the very end (or for as many as `most`), groups passed over.
fn scan(bytes: &[u8], most: usize) -> Option<Found> {
    let (mut at, mut found, mut groups) = (0, Found::default(), Groups::default());
    for _ in 0..most {
        if at == bytes.len() {
            break;
        }
        let start = at;
        let tag = varint(bytes, &mut at)?;
        if tag >> 3 == 0 || tag >> 3 > 0x1fff_ffff {
            return None;
        }
        let mut content = 0;
        match tag & 7 {
            0 => drop(varint(bytes, &mut at)?),
            1 => at += 8,
            5 => at += 4,
            3 => groups.begin(tag >> 3),
            4 => groups.end(tag >> 3)?,
            2 => {
                content = usize::try_from(varint(bytes, &mut at)?).ok()?;
                let text = bytes.get(at..at.checked_add(content)?)?;
                found.texts += u32::from(content > 0 && reads_as_text(text));
                if content > found.longest.1 - found.longest.0 {
                    found.longest = (at, at + content);
                }
                at += content;
            }
            _ => return None,
        }
        let head = bytes.get(start..at - content)?;
        found.hides = found.hides || head.iter().any(|byte| matches!(byte, 0x20..=0x7e));
    }
    (groups.open == 0 || at < bytes.len()).then_some(found).filter(|_| !bytes.is_empty())
}

/// Groups inside one another that are told apart when one ends; of more, only the count is kept.
const GROUPS: usize = 16;

/// The groups that are open, by their numbers.
#[derive(Default)]
struct Groups {
    numbers: [u32; GROUPS],
    open: usize,
}

impl Groups {
    fn begin(&mut self, number: u64) {
        if let Some(place) = self.numbers.get_mut(self.open) {
            *place = number as u32;
        }
        self.open += 1;
    }

    /// None if it is not the group that is open.
    fn end(&mut self, number: u64) -> Option<()> {
        self.open = self.open.checked_sub(1)?;
        self.numbers.get(self.open).is_none_or(|begun| u64::from(*begun) == number).then_some(())
    }
}

/// How far down a message's texts are looked for.
const TEXTS_WITHIN: usize = 8;

/// Whether all of it is one message with text in it, or in the longest of its messages, and no text itself.
pub(crate) fn is_message(mut bytes: &[u8]) -> bool {
    if reads_as_text(bytes) {
        return false;
    }
    for _ in 0..TEXTS_WITHIN {
        match scan(bytes, usize::MAX) {
            Some(found) if found.texts > 0 => return true,
            Some(Found { longest: (start, end), .. }) if start < end => bytes = &bytes[start..end],
            _ => return false,
        }
    }
    false
}

/// Whether all of it is fields, of whatever kind, and no text itself.
pub(crate) fn are_fields(bytes: &[u8]) -> bool {
    !reads_as_text(bytes) && scan(bytes, usize::MAX).is_some()
}

/// Whether more than `most` messages stand inside one another where the most bytes are; every head is looked at once.
fn goes_deeper(mut bytes: &[u8], most: u32) -> bool {
    for _ in 0..=most {
        match longest(bytes) {
            Some((start, end)) if start < end => bytes = &bytes[start..end],
            _ => return false,
        }
    }
    true
}

/// Where the longest content is of what [`scan`] takes for fields, and nothing else of it.
fn longest(bytes: &[u8]) -> Option<(usize, usize)> {
    let (mut at, mut longest, mut groups) = (0, (0, 0), Groups::default());
    while at < bytes.len() {
        let tag = varint(bytes, &mut at)?;
        if tag >> 3 == 0 || tag >> 3 > 0x1fff_ffff {
            return None;
        }
        match tag & 7 {
            0 => drop(varint(bytes, &mut at)?),
            1 => at += 8,
            5 => at += 4,
            3 => groups.begin(tag >> 3),
            4 => groups.end(tag >> 3)?,
            2 => {
                let len = usize::try_from(varint(bytes, &mut at)?).ok()?;
                let end = at.checked_add(len)?;
                if len > longest.1 - longest.0 {
                    longest = (at, end);
                }
                at = end;
            }
            _ => return None,
        }
    }
    (at == bytes.len() && groups.open == 0).then_some(longest)
}

#[inline]
fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    // Most are short.
    if let Some(&byte @ 0..0x80) = bytes.get(*at) {
        *at += 1;
        return Some(u64::from(byte));
    }
    let mut value = 0u64;
    for shift in (0..70).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift.min(63);
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::leaves;
    use super::*;

    #[test]
    fn bytes_are_read_every_way_that_holds() {
        // 1: {1: "hi"}, 2: 5
        assert_eq!(leaves(&Protobuf, b"\x0a\x04\x0a\x02hi\x10\x05"), ["[\"1\"][\"1\"] hi", "[\"2\"] number 5"]);
        // A message all of whose bytes are printable is a text too.
        let rows = leaves(&Protobuf, b"\x0a\x24\"\"0123456789012345678901234567890123");
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert_eq!(rows[0], "[\"1\"][\"4\"] 0123456789012345678901234567890123");
    }

    #[test]
    fn a_group_is_a_message() {
        assert_eq!(leaves(&Protobuf, b"\x0b\x12\x01x\x0c"), ["[\"1\"][\"2\"] x"]);
    }

    #[test]
    fn fields_whose_groups_end_as_others_are_bytes() {
        assert!(!are_fields(b"\x0b\x14\x0c") && are_fields(b"\x0b\x13\x14\x0c"));
        // 1: 15 { 13: fixed64, 2: "hi", and then the end of group 13, not of 15
        let rows = leaves(&Protobuf, b"\x0a\x0f{i12345678\x12\x02hil");
        assert_eq!(rows, ["[\"1\"] binary {i12345678\\x12\\x02hil"]);
    }

    #[test]
    fn a_text_that_happens_to_be_fields_of_numbers_is_a_text_only() {
        assert_eq!(leaves(&Protobuf, b"\x0a\x08xxxxxxxx"), ["[\"1\"] xxxxxxxx"]);
    }

    #[test]
    fn a_message_is_known_by_the_texts_in_it_or_in_its_messages() {
        assert!(is_message(b"\x12\x02hi\x10\x05"));
        assert!(is_message(b"\x0a\x06\x12\x04\x0a\x02hi"));
        assert!(!is_message(b"\x0a\x02\x10\x05") && are_fields(b"\x0a\x02\x10\x05"));
        assert!(!is_message(b"\x0a\x02hi\x0b") && !is_message(b"hello world"));
    }

    #[test]
    fn plain_text_is_not_protobuf() {
        for text in ["hello world", "{\"a\":1}", "привет, мир", "<b>bold</b>", "a=1&b=2", ""] {
            assert!(Protobuf.sniff(text.as_bytes()) < 20, "{text}");
        }
        assert!(Protobuf.sniff(b"\x0a\x04\x0a\x02hi\x10\x05") >= 20);
    }
}

//! Thrift: binary and compact protocol, messages and bare structs, framed or not.
//!
//! Source: Thrift's protocol specifications. Fields are named by their numbers; a message's method is a name
//! above its arguments.

use super::probe::probe;
use super::tree::{Tree, Turn, UNCOUNTED, Walked};
use super::{Container, Format, Halted, Kind, Likelihood, Walk};

const STRICT: [u8; 2] = [0x80, 0x01];
const COMPACT: u8 = 0x82;
/// The longest method name by which an old message, which has no mark, is told from others.
const LONGEST_NAME: usize = 128;

/// The walker.
#[derive(Clone, Copy, Debug)]
pub struct Thrift;

/// How a document is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Binary protocol, marked message.
    Strict,
    /// Binary protocol, message without a mark.
    Old,
    /// Compact protocol, message.
    Compact,
    BareBinary,
    BareCompact,
}

impl Shape {
    fn of(bytes: &[u8]) -> Shape {
        match *bytes {
            [0x80, 0x01, _, 1..=4, ..] => Shape::Strict,
            [COMPACT, second, ..] if second & 0x1f == 1 && matches!(second >> 5, 1..=4) => Shape::Compact,
            [0, 0, 0, len, ref rest @ ..] if usize::from(len) <= LONGEST_NAME => {
                let (len, rest) = (usize::from(len), rest);
                let named = len > 0 && rest.len() > len && rest[..len].iter().all(u8::is_ascii_graphic);
                if named && matches!(rest[len], 1..=4) { Shape::Old } else { Shape::BareCompact }
            }
            [2..=4 | 6 | 8 | 10..=16, 0, ..] => Shape::BareBinary,
            _ => Shape::BareCompact,
        }
    }

    fn compact(self) -> bool {
        matches!(self, Shape::Compact | Shape::BareCompact)
    }
}

/// Bytes of a frame's head, if the input is one frame.
fn frame(bytes: &[u8]) -> usize {
    match bytes.split_first_chunk::<4>() {
        Some((len, rest)) if !rest.is_empty() && u32::from_be_bytes(*len) as usize == rest.len() => 4,
        _ => 0,
    }
}

impl Format for Thrift {
    fn name(&self) -> &'static str {
        "thrift"
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let framed = frame(bytes);
        let shape = Shape::of(&bytes[framed..]);
        // A struct ends with a zero, and nothing comes after one that stands alone.
        if matches!(shape, Shape::BareBinary | Shape::BareCompact) && bytes.last() != Some(&0) {
            return 0;
        }
        let seen = probe(self, bytes);
        let clean = seen.sound && seen.garbled == 0;
        match shape {
            Shape::Strict if clean => 95,
            // What it calls a string may be bytes.
            Shape::Strict if seen.whole => 60,
            Shape::Compact if clean && seen.whole => 60,
            Shape::Strict | Shape::Compact => 20,
            Shape::Old if clean => 60,
            Shape::BareBinary if clean && seen.whole && seen.leaves > 0 => 30,
            Shape::BareCompact if clean && seen.whole && seen.texts > 0 => 20,
            _ if framed > 0 && seen.whole => 25,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let mut tree = Tree::new(bytes, walk);
        tree.at = frame(bytes);
        let shape = Shape::of(&bytes[tree.at..]);
        let mut state = State { tree, compact: shape.compact() };
        state.tree.step()?;
        state.head(shape)?;
        let start = state.tree.at;
        state.tree.enter(Turn::Value, Container::Map, UNCOUNTED, start, Frame::Struct(0))?;
        loop {
            let Some(level) = state.tree.levels.last() else { return Ok(state.tree.at) };
            match level.extra {
                Frame::Struct(last) => state.field(last)?,
                Frame::Items(key, value) if level.left > 0 || level.owes_value() => {
                    let map = level.kind == Container::Map;
                    let turn = state.tree.step()?;
                    state.value(if map && turn == Turn::Key { key } else { value }, turn)?;
                }
                Frame::Items(..) => state.tree.exit()?,
            }
        }
    }
}

/// A value's type, whichever protocol wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Bool,
    /// A boolean that its field's type tells.
    Known(bool),
    Byte,
    Int(u8),
    Double,
    Text,
    Struct,
    Map,
    List,
    Uuid,
}

/// `extra` of a level.
#[derive(Clone, Copy)]
enum Frame {
    /// The last field's number.
    Struct(i32),
    /// Types of keys and values.
    Items(Type, Type),
}

struct State<'d, 'w, 'a> {
    tree: Tree<'d, 'w, 'a, Frame>,
    compact: bool,
}

impl State<'_, '_, '_> {
    /// A message's head; the name is gone down to.
    fn head(&mut self, shape: Shape) -> Walked {
        match shape {
            Shape::Strict => {
                self.tree.take(STRICT.len() as u64 + 2)?;
                self.name()?;
                self.tree.take(4)?;
            }
            Shape::Old => {
                self.name()?;
                self.tree.take(5)?;
            }
            Shape::Compact => {
                self.tree.take(2)?;
                self.tree.varint()?;
                self.name()?;
            }
            Shape::BareBinary | Shape::BareCompact => {}
        }
        Ok(())
    }

    fn name(&mut self) -> Walked {
        let len = self.length()?;
        let name = self.tree.take(len)?;
        self.tree.key(Kind::Text, name, self.tree.at - name.len()..self.tree.at)
    }

    fn length(&mut self) -> Walked<u64> {
        if self.compact {
            return self.tree.varint();
        }
        let len = i32::from_be_bytes(self.tree.array()?);
        u64::try_from(len).map_err(|_| self.tree.invalid(self.tree.at - 4, "a length is negative"))
    }

    fn kind(&mut self, code: u8) -> Walked<Type> {
        let kind = if self.compact {
            match code {
                1 | 2 => Type::Bool,
                3 => Type::Byte,
                4 => Type::Int(2),
                5 => Type::Int(4),
                6 => Type::Int(8),
                7 => Type::Double,
                8 => Type::Text,
                9 | 10 => Type::List,
                11 => Type::Map,
                12 => Type::Struct,
                13 => Type::Uuid,
                _ => return Err(self.tree.invalid(self.tree.at - 1, "no such type")),
            }
        } else {
            match code {
                2 => Type::Bool,
                3 => Type::Byte,
                4 => Type::Double,
                6 => Type::Int(2),
                8 => Type::Int(4),
                10 => Type::Int(8),
                11 => Type::Text,
                12 => Type::Struct,
                13 => Type::Map,
                14 | 15 => Type::List,
                16 => Type::Uuid,
                _ => return Err(self.tree.invalid(self.tree.at - 1, "no such type")),
            }
        };
        Ok(kind)
    }

    /// The next field of the struct that is open, or its end.
    fn field(&mut self, last: i32) -> Walked {
        let head = self.tree.byte()?;
        if head == 0 {
            return self.tree.exit();
        }
        self.tree.step()?;
        let (kind, number) = if self.compact {
            let kind = match head & 0x0f {
                code @ (1 | 2) => Type::Known(code == 1),
                code => self.kind(code)?,
            };
            let delta = i32::from(head >> 4);
            let number = if delta == 0 { self.zigzag()? as i32 } else { last.wrapping_add(delta) };
            (kind, number)
        } else {
            (self.kind(head)?, i32::from(i16::from_be_bytes(self.tree.array()?)))
        };
        if let Some(level) = self.tree.levels.last_mut() {
            level.extra = Frame::Struct(number);
        }
        self.tree.walk.path.push_key(itoa::Buffer::new().format(number).as_bytes());
        let turn = self.tree.step()?;
        self.value(kind, turn)
    }

    fn zigzag(&mut self) -> Walked<i64> {
        let number = self.tree.varint()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn value(&mut self, kind: Type, turn: Turn) -> Walked {
        let start = self.tree.at;
        let tree = &mut self.tree;
        match kind {
            Type::Known(value) => tree.bool(turn, value, start),
            Type::Bool => {
                let value = tree.byte()? == 1;
                tree.bool(turn, value, start)
            }
            Type::Byte => {
                let value = tree.byte()? as i8;
                tree.int(turn, value, start)
            }
            Type::Int(_) if self.compact => {
                let value = self.zigzag()?;
                self.tree.int(turn, value, start)
            }
            Type::Int(width) => {
                let bytes = tree.take(u64::from(width))?;
                let bits = bytes.iter().fold(0u64, |bits, &byte| bits << 8 | u64::from(byte));
                let unused = 64 - 8 * u32::from(width);
                tree.int(turn, (bits << unused) as i64 >> unused, start)
            }
            Type::Double => {
                let bytes = tree.array()?;
                let value = if self.compact { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) };
                tree.float(turn, value, start)
            }
            Type::Text => {
                let len = self.length()?;
                let bytes = self.tree.text(len)?;
                let kind = if std::str::from_utf8(bytes).is_ok() { Kind::Text } else { Kind::Binary };
                self.tree.scalar(turn, kind, bytes, self.tree.at - bytes.len()..self.tree.at)
            }
            Type::Uuid => {
                let bytes = tree.take(16)?;
                tree.scalar(turn, Kind::Binary, bytes, start..tree.at)
            }
            Type::Struct => tree.enter(turn, Container::Map, UNCOUNTED, start, Frame::Struct(0)),
            Type::List => self.list(turn, start),
            Type::Map => self.map(turn, start),
        }
    }

    fn list(&mut self, turn: Turn, start: usize) -> Walked {
        let head = self.tree.byte()?;
        let (code, count) = match (self.compact, head >> 4) {
            (true, 15) => (head & 0x0f, self.length()?),
            (true, count) => (head & 0x0f, u64::from(count)),
            (false, _) => (head, self.length()?),
        };
        if count == 0 {
            return self.tree.enter(turn, Container::List, 0, start, Frame::Items(Type::Bool, Type::Bool));
        }
        let kind = self.kind(code)?;
        self.tree.counted(count, least(kind))?;
        self.tree.enter(turn, Container::List, count, start, Frame::Items(kind, kind))
    }

    fn map(&mut self, turn: Turn, start: usize) -> Walked {
        let (codes, count) = if self.compact {
            let count = self.length()?;
            let kinds = if count == 0 { 0 } else { self.tree.byte()? };
            ((kinds >> 4, kinds & 0x0f), count)
        } else {
            ((self.tree.byte()?, self.tree.byte()?), self.length()?)
        };
        if count == 0 {
            return self.tree.enter(turn, Container::Map, 0, start, Frame::Items(Type::Bool, Type::Bool));
        }
        let (key, value) = (self.kind(codes.0)?, self.kind(codes.1)?);
        self.tree.counted(count, least(key) + least(value))?;
        self.tree.enter(turn, Container::Map, count, start, Frame::Items(key, value))
    }
}

/// The fewest bytes that a value takes in either protocol.
fn least(kind: Type) -> u64 {
    match kind {
        Type::Double => 8,
        Type::Uuid => 16,
        _ => 1,
    }
}

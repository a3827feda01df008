//! Binary Ion.

use super::symbols::{IMPORTS, MAX_ID, SYMBOLS, Symbols, TABLE};
use super::{BINARY_VERSION, Halted, Walk};
use crate::formats::tree::{Tree, Turn, UNCOUNTED, Walked};
use crate::formats::{Container, Kind, Role};
use crate::limits;

/// Low nibbles: the length follows as a VarUInt; the value is a null of its type.
const LENGTH_FOLLOWS: u8 = 14;
const NULL: u8 = 15;

/// `extra` of a level: where it ends, and where the one around it does.
type State<'d, 'w, 'a> = Tree<'d, 'w, 'a, (usize, usize)>;

pub(super) fn read(bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
    let (mut tree, mut symbols) = (Tree::new(bytes, walk), Symbols::default());
    loop {
        let level = tree.levels.last().map(|level| (level.kind, level.extra));
        let is_map = matches!(level, Some((Container::Map, _)));
        match level {
            Some((_, (end, outer))) if tree.at == end => {
                tree.exit()?;
                tree.end = outer;
                continue;
            }
            Some(_) => {}
            None if tree.rest() == 0 => return Ok(tree.at),
            None if tree.doc[tree.at..].starts_with(BINARY_VERSION) => {
                tree.at += BINARY_VERSION.len();
                symbols.reset();
                continue;
            }
            None => {}
        }
        let back = tree.at;
        let field = match is_map {
            true => Some(var_uint(&mut tree)?),
            false => None,
        };
        if padding(&mut tree)? {
            continue;
        }
        // Values of the stream itself are at the root, one after another.
        if level.is_some() {
            tree.step()?;
        }
        if let Some(number) = field {
            symbol(&mut tree, &symbols, Turn::Key, number, back)?;
            tree.value_next();
        }
        value(&mut tree, &mut symbols)?;
    }
}

/// A no-op pad, passed over.
#[inline]
fn padding(tree: &mut State<'_, '_, '_>) -> Walked<bool> {
    let head = tree.peek()?;
    if head >> 4 != 0 || head == NULL {
        return Ok(false);
    }
    tree.at += 1;
    let len = if head == LENGTH_FOLLOWS { var_uint(tree)? } else { u64::from(head) };
    tree.take(len)?;
    Ok(true)
}

/// A number in groups of seven bits, the most significant first; the last has the top bit set.
fn var_uint(tree: &mut State<'_, '_, '_>) -> Walked<u64> {
    // Most are short.
    if let [byte @ 0x80..=0xff, ..] = tree.doc[tree.at..tree.end] {
        tree.at += 1;
        return Ok(u64::from(byte & 0x7f));
    }
    let mut number = 0u64;
    for _ in 0..10 {
        let byte = tree.byte()?;
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            return Ok(number);
        }
    }
    Err(tree.invalid(tree.at - 1, "a number is longer than ten bytes"))
}

fn value(tree: &mut State<'_, '_, '_>, symbols: &mut Symbols) -> Walked {
    let mut wrappers = 0;
    let mut table = false;
    loop {
        let start = tree.at;
        let head = tree.byte()?;
        let (kind, low) = (head >> 4, head & 0x0f);
        if low == NULL && kind < 14 {
            return tree.null(Turn::Value, start);
        }
        if kind == 1 {
            return tree.bool(Turn::Value, low == 1, start);
        }
        let len = match (kind, low) {
            (13, 1) | (_, LENGTH_FOLLOWS) => var_uint(tree)?,
            _ => u64::from(low),
        };
        if kind == 14 {
            wrappers += 1;
            if wrappers > limits::FORMAT_DEPTH.default {
                return Err(tree.walk.spent(limits::FORMAT_DEPTH, start));
            }
            table = annotations(tree, symbols)? && tree.levels.is_empty();
            continue;
        }
        let bytes = tree.take(len)?;
        let span = tree.at - bytes.len()..tree.at;
        if matches!(kind, 11..=13) {
            if table && kind == 13 {
                define(symbols, tree.doc, span.clone(), tree.walk.nodes_left());
            }
            let shape = if kind == 13 { Container::Map } else { Container::List };
            let outer = std::mem::replace(&mut tree.end, span.end);
            tree.at = span.start;
            return tree.enter(Turn::Value, shape, UNCOUNTED, start, (span.end, outer));
        }
        return scalar(tree, symbols, kind, bytes, start);
    }
}

/// The annotations of a wrapper; whether the first says that a symbol table follows.
fn annotations(tree: &mut State<'_, '_, '_>, symbols: &Symbols) -> Walked<bool> {
    let len = var_uint(tree)?;
    let end = tree.at.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
    if end > tree.end {
        tree.anomaly("length exceeds data", tree.at..tree.end)?;
        return Err(tree.truncated());
    }
    let mut first = None;
    while tree.at < end {
        let start = tree.at;
        let number = var_uint(tree)?;
        first.get_or_insert(number);
        let doc = tree.doc;
        if let Some(text) = symbols.text(number, doc) {
            tree.decoded(text.len())?;
            tree.walk.leaf(Role::Key, Kind::Text, text, start..tree.at)?;
        }
    }
    Ok(first == Some(TABLE))
}

fn scalar(tree: &mut State<'_, '_, '_>, symbols: &Symbols, kind: u8, bytes: &[u8], start: usize) -> Walked {
    let span = tree.at - bytes.len()..tree.at;
    match kind {
        2 if bytes.len() <= 8 => tree.int(Turn::Value, magnitude(bytes), start),
        3 if bytes.len() < 8 => tree.int(Turn::Value, -(magnitude(bytes) as i64), start),
        2 | 3 if bytes.len() <= 15 => {
            let whole = bytes.iter().fold(0u128, |whole, &byte| whole << 8 | u128::from(byte)) as i128;
            tree.int(Turn::Value, if kind == 3 { -whole } else { whole }, start)
        }
        4 => match *bytes {
            [] => tree.float(Turn::Value, 0.0, start),
            [a, b, c, d] => tree.float(Turn::Value, f64::from(f32::from_be_bytes([a, b, c, d])), start),
            [a, b, c, d, e, f, g, h] => tree.float(Turn::Value, f64::from_be_bytes([a, b, c, d, e, f, g, h]), start),
            _ => Err(tree.invalid(start, "no float is so wide")),
        },
        7 if bytes.len() <= 8 => symbol(tree, symbols, Turn::Value, magnitude(bytes), start),
        8 => tree.value(Kind::Text, bytes, span),
        5 => tree.value_under(b"decimal", Kind::Extension, bytes, span),
        6 => tree.value_under(b"timestamp", Kind::Extension, bytes, span),
        15 => Err(tree.invalid(start, "a reserved type")),
        _ => tree.value(Kind::Binary, bytes, span),
    }
}

/// A big-endian number of at most eight bytes.
#[inline]
fn magnitude(bytes: &[u8]) -> u64 {
    let mut whole = [0; 8];
    whole[8 - bytes.len()..].copy_from_slice(bytes);
    u64::from_be_bytes(whole)
}

fn symbol(tree: &mut State<'_, '_, '_>, symbols: &Symbols, turn: Turn, number: u64, start: usize) -> Walked {
    let doc = tree.doc;
    match symbols.text(number, doc) {
        Some(text) => {
            tree.decoded(text.len())?;
            tree.scalar(turn, Kind::Text, text, start..tree.at)
        }
        None => {
            let text = format!("${number}");
            tree.scalar(turn, Kind::Text, text.as_bytes(), start..tree.at)
        }
    }
}

/// Takes over the symbols of a table, the struct at `span`: at most as many as may still be walked, as they are next.
/// What is malformed ends it, and the walk finds it too.
fn define(symbols: &mut Symbols, doc: &[u8], span: std::ops::Range<usize>, most: u32) {
    let mut fields = Cursor { doc, at: span.start, end: span.end };
    let mut found = None;
    let mut appends = false;
    let mut imported = 0u64;
    while let Some(field) = fields.var_uint() {
        let Some((kind, inner)) = fields.value() else { break };
        match (field, kind) {
            (SYMBOLS, 11) => found = Some(inner),
            (IMPORTS, 7) => appends = true,
            (IMPORTS, 11) => {
                let mut imports = inner;
                while let Some((13, mut import)) = imports.value() {
                    while let Some(field) = import.var_uint() {
                        let Some((kind, number)) = import.value() else { break };
                        if (field, kind) == (MAX_ID, 2) {
                            imported = imported.saturating_add(number.whole());
                        }
                    }
                }
            }
            _ => {}
        }
    }
    if !appends {
        symbols.reset();
        symbols.import(imported);
    }
    if let Some(mut list) = found {
        for _ in 0..most {
            let Some((kind, text)) = list.value() else { break };
            if kind == 8 { symbols.add(text.at..text.end) } else { symbols.import(1) }
        }
    }
}

/// A look at values without telling anybody.
struct Cursor<'d> {
    doc: &'d [u8],
    at: usize,
    end: usize,
}

impl<'d> Cursor<'d> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.doc[..self.end].get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn var_uint(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for _ in 0..10 {
            let byte = self.byte()?;
            number = number << 7 | u64::from(byte & 0x7f);
            if byte & 0x80 != 0 {
                return Some(number);
            }
        }
        None
    }

    /// The next value's type, and its content.
    fn value(&mut self) -> Option<(u8, Cursor<'d>)> {
        let head = self.byte()?;
        let (kind, low) = (head >> 4, head & 0x0f);
        let len = match (kind, low) {
            (_, NULL) | (1, _) => 0,
            (13, 1) | (_, LENGTH_FOLLOWS) => self.var_uint()?,
            _ => u64::from(low),
        };
        let end = self.at.checked_add(usize::try_from(len).ok()?).filter(|&end| end <= self.end)?;
        let content = Cursor { doc: self.doc, at: self.at, end };
        self.at = end;
        Some((kind, content))
    }

    fn whole(&self) -> u64 {
        let bytes = &self.doc[self.at..self.end];
        if bytes.len() > 8 { u64::MAX } else { bytes.iter().fold(0, |whole, &byte| whole << 8 | u64::from(byte)) }
    }
}

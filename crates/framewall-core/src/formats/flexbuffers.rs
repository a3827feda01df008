//! FlexBuffers: read from the root at the end, along offsets that only go back.
//!
//! Source: the FlexBuffers format notes of FlatBuffers. Offsets can share parts and, through a vector's own
//! elements, form cycles: a vector inside itself is an anomaly and not followed, what is shared is charged
//! each time. After a halt the whole document is given raw, for there is no order in which it was read.

use super::probe::probe;
use super::tree::{Tree, Turn, Walked};
use super::{Container, Format, Halted, Kind, Likelihood, Walk};

/// The walker.
#[derive(Clone, Copy, Debug)]
pub struct FlexBuffers;

impl Format for FlexBuffers {
    fn name(&self) -> &'static str {
        "flexbuffers"
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let [.., packed, width @ (1 | 2 | 4 | 8)] = bytes else { return 0 };
        if bytes.len() < 2 + usize::from(*width) || !matches!(packed >> 2, 0..=26 | 36) {
            return 0;
        }
        let seen = probe(self, bytes);
        match seen.sound {
            true if seen.containers > 0 && seen.texts > 0 && seen.garbled == 0 => 50,
            true if seen.containers > 0 && seen.accepted() => 25,
            true if bytes.len() > 3 && matches!(packed >> 2, 4 | 5 | 25) => 20,
            // Cycles and depths are what a back end would follow.
            false if seen.containers > 0 && seen.accepted() => 20,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let mut tree = Tree::new(bytes, walk);
        let read = document(&mut tree);
        if read.is_err() && !tree.walk.stopped() {
            // Best effort: a second halt changes nothing.
            let _ = tree.walk.raw(bytes, 0..bytes.len());
        }
        read.map(|()| bytes.len())
    }
}

/// Type of a string.
const STRING: u8 = 5;

/// `extra` of a level: how to find the next element.
#[derive(Clone, Copy)]
struct Vector {
    /// Where element 0 stands.
    first: usize,
    len: usize,
    width: usize,
    /// The type of each element, or none where a byte for each follows the elements.
    fixed: Option<u8>,
    /// A map's sorted keys: where the first offset stands, and their width.
    keys: Option<(usize, usize)>,
}

type State<'d, 'w, 'a> = Tree<'d, 'w, 'a, Vector>;

fn document(tree: &mut State<'_, '_, '_>) -> Walked {
    let &[.., packed, width] = tree.doc else { return Err(tree.truncated()) };
    let width = usize::from(width);
    let Some(at) = tree.doc.len().checked_sub(2 + width).filter(|_| matches!(width, 1 | 2 | 4 | 8)) else {
        return Err(tree.invalid(tree.doc.len() - 1, "no such width"));
    };
    tree.step()?;
    value(tree, at, width, packed)?;
    loop {
        match tree.step()? {
            Turn::End => return Ok(()),
            turn => {
                let Some(level) = tree.levels.last() else { return Ok(()) };
                // `step` has counted this element already.
                let (vector, index) = (level.extra, level.index as usize - 1);
                if turn == Turn::Key {
                    key(tree, vector, index)?;
                    continue;
                }
                let at = vector.first + index * vector.width;
                if vector.fixed == Some(STRING) {
                    typed_text(tree, at, vector.width)?;
                    continue;
                }
                let packed = match vector.fixed {
                    Some(kind) => kind << 2,
                    None => tree.doc[vector.first + vector.len * vector.width + index],
                };
                value(tree, at, vector.width, packed)?;
            }
        }
    }
}

/// A little-endian number at `at`.
fn number(tree: &mut State<'_, '_, '_>, at: usize, width: usize) -> Walked<u64> {
    match tree.doc.get(at..at.saturating_add(width)) {
        Some(bytes) => {
            let mut whole = [0; 8];
            whole[..width].copy_from_slice(bytes);
            Ok(u64::from_le_bytes(whole))
        }
        None => Err(tree.invalid(at.min(tree.doc.len()), "an offset leads out of the data")),
    }
}

/// Where the offset at `at` leads.
fn target(tree: &mut State<'_, '_, '_>, at: usize, width: usize) -> Walked<usize> {
    let offset = number(tree, at, width)?;
    match usize::try_from(offset).ok().and_then(|offset| at.checked_sub(offset)) {
        Some(target) => Ok(target),
        None => Err(tree.invalid(at, "an offset leads out of the data")),
    }
}

fn key(tree: &mut State<'_, '_, '_>, vector: Vector, index: usize) -> Walked {
    let (first, width) = vector.keys.unwrap_or((vector.first, vector.width));
    let at = target(tree, first + index * width, width)?;
    let (name, end) = cstring(tree, at)?;
    tree.key(Kind::Text, name, at..end)
}

fn cstring<'d>(tree: &mut State<'d, '_, '_>, at: usize) -> Walked<(&'d [u8], usize)> {
    let doc: &'d [u8] = tree.doc;
    let rest = doc.get(at..).unwrap_or_default();
    let Some(len) = memchr::memchr(0, rest) else {
        return Err(tree.invalid(at, "a key does not end"));
    };
    tree.decoded(len)?;
    Ok((&rest[..len], at + len))
}

/// The value of this packed type whose bytes (or whose offset) stand at `at`.
fn value(tree: &mut State<'_, '_, '_>, at: usize, parent: usize, packed: u8) -> Walked {
    let (kind, width) = (packed >> 2, 1usize << (packed & 3));
    // The cursor serves spans of numbers only.
    tree.at = (at + parent).min(tree.doc.len());
    match kind {
        0 => tree.null(Turn::Value, at),
        1..=3 => scalar(tree, kind, at, parent, at),
        26 => {
            let value = number(tree, at, parent)? != 0;
            tree.bool(Turn::Value, value, at)
        }
        4 => {
            let start = target(tree, at, parent)?;
            let (text, end) = cstring(tree, start)?;
            tree.value(Kind::Text, text, start..end)
        }
        6..=8 => {
            let start = target(tree, at, parent)?;
            scalar(tree, kind - 5, start, width, at)
        }
        5 | 25 => {
            let start = target(tree, at, parent)?;
            let len = length(tree, start, width, 1)?;
            tree.decoded(len)?;
            let doc = tree.doc;
            let kind = if kind == 5 { Kind::Text } else { Kind::Binary };
            tree.value(kind, &doc[start..start + len], start..start + len)
        }
        9..=24 | 36 => {
            let start = target(tree, at, parent)?;
            open(tree, kind, start, width)
        }
        _ => Err(tree.invalid(at, "no such type")),
    }
}

/// A string of a vector of strings, which says nothing of how wide its length is: readers widen it until the string's NUL
/// stands where it leads.
fn typed_text(tree: &mut State<'_, '_, '_>, at: usize, parent: usize) -> Walked {
    tree.at = (at + parent).min(tree.doc.len());
    let start = target(tree, at, parent)?;
    let doc = tree.doc;
    for width in [1, 2, 4, 8] {
        let Some(before) = start.checked_sub(width) else { break };
        let end = start as u64 + number(tree, before, width)?.min(doc.len() as u64);
        if usize::try_from(end).is_ok_and(|end| doc.get(end) == Some(&0)) {
            let end = end as usize;
            tree.decoded(end - start)?;
            return tree.value(Kind::Text, &doc[start..end], start..end);
        }
    }
    value(tree, at, parent, STRING << 2)
}

fn scalar(tree: &mut State<'_, '_, '_>, kind: u8, at: usize, width: usize, start: usize) -> Walked {
    let bits = number(tree, at, width)?;
    let unused = 64 - 8 * width as u32;
    match (kind, width) {
        (1, _) => tree.int(Turn::Value, (bits << unused) as i64 >> unused, start),
        (2, _) => tree.int(Turn::Value, bits, start),
        (_, 2) => tree.float(Turn::Value, super::cbor::half(bits as u16), start),
        (_, 4) => tree.float(Turn::Value, f64::from(f32::from_bits(bits as u32)), start),
        (_, 8) => tree.float(Turn::Value, f64::from_bits(bits), start),
        _ => Err(tree.invalid(at, "no float is so narrow")),
    }
}

/// The length that stands before `start`, checked against what follows; a lie is an anomaly.
fn length(tree: &mut State<'_, '_, '_>, start: usize, width: usize, each: usize) -> Walked<usize> {
    let Some(before) = start.checked_sub(width) else {
        return Err(tree.invalid(start, "an offset leads out of the data"));
    };
    let len = number(tree, before, width)?;
    let room = tree.doc.len().saturating_sub(start) as u64;
    if len.saturating_mul(each as u64) > room {
        tree.anomaly("length exceeds data", before..tree.doc.len())?;
        return Err(tree.truncated());
    }
    Ok(len as usize)
}

fn open(tree: &mut State<'_, '_, '_>, kind: u8, start: usize, width: usize) -> Walked {
    // Elements of an untyped vector and of a map have a type byte each.
    let typed = !matches!(kind, 9 | 10);
    let each = width + usize::from(!typed);
    let (fixed, len) = match kind {
        9 | 10 => (None, length(tree, start, width, each)?),
        11..=15 => (Some(kind - 10), length(tree, start, width, each)?),
        36 => (Some(26), length(tree, start, width, each)?),
        _ => (Some((kind - 16) % 3 + 1), usize::from((kind - 16) / 3 + 2)),
    };
    if start.saturating_add(len.saturating_mul(each)) > tree.doc.len() {
        return Err(tree.invalid(start.min(tree.doc.len()), "an offset leads out of the data"));
    }
    if tree.levels.iter().any(|level| level.extra.first == start && level.extra.len > 0) {
        tree.anomaly("offset cycle", start..start)?;
        return tree.null(Turn::Value, start);
    }
    let keys = if kind == 9 { Some(map_keys(tree, start, width, len)?) } else { None };
    let shape = if kind == 9 { Container::Map } else { Container::List };
    let vector = Vector { first: start, len, width, fixed, keys };
    tree.enter(Turn::Value, shape, len as u64, start, vector)
}

/// Before a map's length stand the offset of its keys and their width.
fn map_keys(tree: &mut State<'_, '_, '_>, start: usize, width: usize, len: usize) -> Walked<(usize, usize)> {
    let Some(at) = start.checked_sub(3 * width) else {
        return Err(tree.invalid(start, "an offset leads out of the data"));
    };
    let keys = target(tree, at, width)?;
    let key_width = number(tree, at + width, width)? as usize;
    if !matches!(key_width, 1 | 2 | 4 | 8) || keys.saturating_add(len.saturating_mul(key_width)) > tree.doc.len() {
        return Err(tree.invalid(at, "a map's keys lead out of the data"));
    }
    Ok((keys, key_width))
}

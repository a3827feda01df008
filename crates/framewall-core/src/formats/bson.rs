//! BSON 1.1, with its deprecated types.
//!
//! Names are those of MongoDB's extended JSON where a value has parts: a regular expression is `$regex` and
//! `$options`, as a query would mean it. Documents end where their terminator stands; a length that says
//! otherwise is an anomaly.

use super::probe::probe;
use super::tree::{Tree, Turn, UNCOUNTED, Walked};
use super::{Container, Format, Halted, Kind, Likelihood, Role, Walk};

/// The smallest document: its length and its terminator.
const SMALLEST: usize = 5;

/// The walker.
#[derive(Clone, Copy, Debug)]
pub struct Bson;

impl Format for Bson {
    fn name(&self) -> &'static str {
        "bson"
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let Some(&[a, b, c, d, first]) = bytes.first_chunk::<SMALLEST>() else { return 0 };
        let declared = u32::from_le_bytes([a, b, c, d]) as usize;
        if !matches!(first, 0x00..=0x13 | 0x7f | 0xff) {
            return 0;
        }
        let seen = probe(self, bytes);
        let some = seen.leaves > 1 || seen.containers > 2;
        match declared == bytes.len() {
            true if seen.whole || seen.exhausted => 95,
            false if seen.sound && declared >= SMALLEST && declared < bytes.len() => 60,
            // A length that lies: not every decoder looks at it.
            false if some && (seen.whole || seen.exhausted) => 20,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let mut tree = Tree::new(bytes, walk);
        tree.step()?;
        document(&mut tree, Container::Map, 0)?;
        while let Some(level) = tree.levels.last() {
            let (end, kind) = (level.extra, level.kind);
            let marker = tree.byte()?;
            if marker == 0 {
                if end != tree.at {
                    let span = tree.levels.last().map_or(0, |level| level.start)..tree.at;
                    tree.anomaly("document length is wrong", span)?;
                }
                tree.exit()?;
                // Code with scope ends with its scope.
                continue;
            }
            let turn = tree.step()?;
            let start = tree.at;
            let name = tree.cstring()?;
            if kind == Container::Map {
                tree.key(Kind::Text, name, start..start + name.len())?;
                tree.step()?;
            } else {
                debug_assert_eq!(turn, Turn::Value);
                place(&mut tree, name, start)?;
            }
            element(&mut tree, marker)?;
        }
        Ok(tree.at)
    }
}

/// `extra` of a level: where its length says that it ends.
type State<'d, 'w, 'a> = Tree<'d, 'w, 'a, usize>;

/// An array's names should be its places; any other name is shown, for nothing checks it.
fn place(tree: &mut State<'_, '_, '_>, name: &[u8], start: usize) -> Walked {
    let index = tree.levels.last().map_or(0, |level| level.index - 1);
    if itoa::Buffer::new().format(index).as_bytes() == name {
        return Ok(());
    }
    tree.walk.leaf(Role::Key, Kind::Text, name, start..start + name.len())
}

fn document(tree: &mut State<'_, '_, '_>, kind: Container, start: usize) -> Walked {
    let declared = i32::from_le_bytes(tree.array()?);
    let end = start.saturating_add(usize::try_from(declared).unwrap_or(0));
    if end > tree.end {
        tree.anomaly("length exceeds data", start..tree.end)?;
    }
    tree.enter(Turn::Value, kind, UNCOUNTED, start, end)
}

#[inline]
fn element(tree: &mut State<'_, '_, '_>, marker: u8) -> Walked {
    let start = tree.at;
    match marker {
        0x01 => {
            let number = f64::from_le_bytes(tree.array()?);
            tree.float(Turn::Value, number, start)
        }
        0x02 | 0x0e => string(tree, Kind::Text),
        0x03 => document(tree, Container::Map, start),
        0x04 => document(tree, Container::List, start),
        0x05 => binary(tree),
        0x06 | 0x0a => tree.null(Turn::Value, start),
        0x07 => fixed(tree, b"$oid", 12),
        0x08 => {
            let value = tree.byte()? != 0;
            tree.bool(Turn::Value, value, start)
        }
        0x09 | 0x12 => {
            let number = i64::from_le_bytes(tree.array()?);
            tree.int(Turn::Value, number, start)
        }
        0x0b => regex(tree),
        0x0c => {
            string(tree, Kind::Text)?;
            fixed(tree, b"$id", 12)
        }
        0x0d => string(tree, Kind::Code),
        0x0f => scoped(tree, start),
        0x10 => {
            let number = i32::from_le_bytes(tree.array()?);
            tree.int(Turn::Value, number, start)
        }
        0x11 => {
            let number = u64::from_le_bytes(tree.array()?);
            tree.int(Turn::Value, number, start)
        }
        0x13 => fixed(tree, b"$numberDecimal", 16),
        0x7f | 0xff => tree.null(Turn::Value, start),
        _ => Err(tree.invalid(start - 1, "no such element type")),
    }
}

/// Text with its length, which counts the NUL at the end; a NUL that is missing is not missed.
#[inline]
fn string(tree: &mut State<'_, '_, '_>, kind: Kind) -> Walked {
    let declared = i32::from_le_bytes(tree.array()?);
    if declared < 1 {
        return Err(tree.invalid(tree.at - 4, "a string has no room for its terminator"));
    }
    let bytes = tree.take(declared as u64)?;
    let start = tree.at - bytes.len();
    let text = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    tree.value(kind, text, start..start + text.len())
}

fn fixed(tree: &mut State<'_, '_, '_>, name: &[u8], len: u64) -> Walked {
    let bytes = tree.take(len)?;
    tree.value_under(name, Kind::Extension, bytes, tree.at - bytes.len()..tree.at)
}

fn binary(tree: &mut State<'_, '_, '_>) -> Walked {
    let declared = i32::from_le_bytes(tree.array()?);
    let subtype = tree.byte()?;
    let Ok(len) = u64::try_from(declared) else {
        return Err(tree.invalid(tree.at - 5, "a length is negative"));
    };
    let mut bytes = tree.take(len)?;
    // The old subtype repeats the length inside.
    if subtype == 2 && bytes.first_chunk() == Some(&(declared.wrapping_sub(4)).to_le_bytes()) {
        bytes = &bytes[4..];
    }
    tree.value(Kind::Binary, bytes, tree.at - bytes.len()..tree.at)
}

fn regex(tree: &mut State<'_, '_, '_>) -> Walked {
    for name in [&b"$regex"[..], b"$options"] {
        let start = tree.at;
        let text = tree.cstring()?;
        let span = start..start + text.len();
        tree.key(Kind::Text, name, span.clone())?;
        tree.value(Kind::Text, text, span)?;
        tree.walk.path.pop();
    }
    Ok(())
}

/// JavaScript with its variables: the code at the element's own path, the variables under `$scope`.
fn scoped(tree: &mut State<'_, '_, '_>, start: usize) -> Walked {
    let declared = i32::from_le_bytes(tree.array()?);
    string(tree, Kind::Code)?;
    if start.saturating_add(usize::try_from(declared).unwrap_or(0)) > tree.end {
        tree.anomaly("length exceeds data", start..tree.end)?;
    }
    tree.walk.path.push_key(b"$scope");
    document(tree, Container::Map, tree.at)
}

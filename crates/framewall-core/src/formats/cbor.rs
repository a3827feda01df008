//! CBOR (RFC 8949): strings of indefinite length joined, string references (tags 25 and 256) resolved.
//!
//! Tags leave the path alone. Embedded documents (tag 24) and bytes meant as base64 (21 to 23) are binary leaves;
//! shared references (28, 29) are numbers and never followed. A sequence (RFC 8742) is one walk an item.

use super::probe::{probe, reads_as_text};
use super::tree::{Tree, Turn, UNCOUNTED, Walked};
use super::{Container, Format, Halted, Kind, Likelihood, Walk};
use crate::limits;

const SELF_DESCRIBED: [u8; 3] = [0xd9, 0xd9, 0xf7];
const STRING_REFERENCE: u64 = 25;
const STRING_NAMESPACE: u64 = 256;
const BREAK: u8 = 0xff;
/// Additional information: an eight-byte argument is the longest, then reserved, then indefinite.
const EIGHT_BYTES: u8 = 27;
const INDEFINITE: u8 = 31;

/// The walker.
#[derive(Clone, Copy, Debug)]
pub struct Cbor;

impl Format for Cbor {
    fn name(&self) -> &'static str {
        "cbor"
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        if bytes.starts_with(&SELF_DESCRIBED) {
            return 100;
        }
        let Some(&first) = bytes.first() else { return 0 };
        if matches!(first >> 5, 0 | 1 | 7) || is_cut(bytes) {
            return 0;
        }
        let seen = probe(self, bytes);
        match first >> 5 {
            4 | 5 if seen.accepted() && seen.texts > 0 => 85,
            4 | 5 if seen.accepted() => 45,
            4 | 5 if seen.leads() => 30,
            6 if reads_as_text(bytes) => 5,
            6 if seen.accepted() => 50,
            2 | 3 if seen.whole && bytes.len() > 1 => 30,
            2 | 3 if first & 0x1f == INDEFINITE && seen.exhausted => 30,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let (mut tree, mut names) = (Tree::new(bytes, walk), Vec::new());
        loop {
            close_ended(&mut tree)?;
            match tree.step()? {
                Turn::End => return Ok(tree.at),
                turn => {
                    // A value no deeper than a namespace's tag comes after that namespace.
                    while names.last().is_some_and(|space: &Namespace| tree.levels.len() <= space.depth) {
                        names.pop();
                    }
                    item(&mut tree, &mut names, turn)?;
                }
            }
        }
    }
}

type State<'d, 'w, 'a> = Tree<'d, 'w, 'a, ()>;

/// The strings that references inside one tag 256 count.
struct Namespace {
    depth: usize,
    strings: Vec<(usize, usize, Kind)>,
}

impl Namespace {
    /// A string is given a number when a reference to it would be shorter.
    fn add(&mut self, start: usize, end: usize, kind: Kind) {
        let least = match self.strings.len() {
            0..24 => 3,
            24..256 => 4,
            256..65_536 => 5,
            _ => 7,
        };
        if end - start >= least {
            self.strings.push((start, end, kind));
        }
    }
}

/// Closes what is counted out or ends with a break here.
#[inline]
fn close_ended(tree: &mut State<'_, '_, '_>) -> Walked {
    while let Some(level) = tree.levels.last() {
        if tree.may_end() {
            if tree.peek()? != BREAK {
                return Ok(());
            }
            tree.at += 1;
        } else if level.left != 0 || level.owes_value() {
            return Ok(());
        }
        tree.exit()?;
    }
    Ok(())
}

/// One data item, which stands where `turn` says.
#[inline]
fn item(tree: &mut State<'_, '_, '_>, names: &mut Vec<Namespace>, turn: Turn) -> Walked {
    let start = tree.at;
    let mut tags = 0;
    let mut reference = false;
    loop {
        let first = tree.byte()?;
        let (major, info) = (first >> 5, first & 0x1f);
        if info > EIGHT_BYTES && (info != INDEFINITE || matches!(major, 0 | 1 | 6)) {
            return Err(tree.invalid(tree.at - 1, "reserved additional information"));
        }
        let number = if info == INDEFINITE { UNCOUNTED } else { argument(tree, info)? };
        return match major {
            0 if reference => refer(tree, names, turn, number, start),
            0 => tree.int(turn, number, start),
            1 => match i64::try_from(number) {
                Ok(number) => tree.int(turn, -1 - number, start),
                Err(_) => tree.int(turn, -1 - i128::from(number), start),
            },
            2 | 3 => {
                let kind = if major == 2 { Kind::Binary } else { Kind::Text };
                if info == INDEFINITE { joined(tree, turn, kind) } else { string(tree, names, turn, kind, number) }
            }
            4 | 5 => {
                let (kind, least) = if major == 4 { (Container::List, 1) } else { (Container::Map, 2) };
                if info != INDEFINITE {
                    tree.counted(number, least)?;
                }
                // A count of 2^64-1 cannot be met; one less cannot either, and is not the mark.
                let left = if info == INDEFINITE { UNCOUNTED } else { number.min(UNCOUNTED - 1) };
                tree.enter(turn, kind, left, start, ())
            }
            6 => {
                tags += 1;
                if tags > limits::FORMAT_DEPTH.default {
                    return Err(tree.walk.spent(limits::FORMAT_DEPTH, start));
                }
                reference = number == STRING_REFERENCE && !names.is_empty();
                if number == STRING_NAMESPACE {
                    names.push(Namespace { depth: tree.levels.len(), strings: Vec::new() });
                }
                continue;
            }
            _ => simple(tree, turn, info, number, start),
        };
    }
}

/// The argument of a head: in it, or in the 1, 2, 4 or 8 bytes after it.
#[inline]
fn argument(tree: &mut State<'_, '_, '_>, info: u8) -> Walked<u64> {
    Ok(match info {
        0..24 => u64::from(info),
        24 => u64::from(tree.byte()?),
        25 => u64::from(u16::from_be_bytes(tree.array()?)),
        26 => u64::from(u32::from_be_bytes(tree.array()?)),
        _ => u64::from_be_bytes(tree.array()?),
    })
}

/// Whether the bytes begin with a string and end inside of it or of one that follows, before any container.
fn is_cut(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let (major, info) = (first >> 5, first & 0x1f);
        if info > EIGHT_BYTES || matches!(major, 4..=6) {
            return false;
        }
        let size = if info < 24 { 0 } else { 1usize << (info - 24) };
        let Some((argument, after)) = after.split_at_checked(size) else { return true };
        let length = match (major, argument) {
            (0 | 1 | 7, _) => 0,
            (_, []) => u64::from(info),
            _ => argument.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
        };
        let Some(after) = usize::try_from(length).ok().and_then(|length| after.get(length..)) else { return true };
        rest = after;
    }
    false
}

#[inline]
fn string(tree: &mut State<'_, '_, '_>, names: &mut [Namespace], turn: Turn, kind: Kind, len: u64) -> Walked {
    let bytes = tree.take(len)?;
    let span = tree.at - bytes.len()..tree.at;
    if let Some(space) = names.last_mut() {
        space.add(span.start, span.end, kind);
    }
    tree.scalar(turn, kind, bytes, span)
}

/// A string in chunks, joined: a word may be split over them.
fn joined(tree: &mut State<'_, '_, '_>, turn: Turn, kind: Kind) -> Walked {
    let (start, mut whole) = (tree.at, Vec::new());
    loop {
        let first = tree.byte()?;
        if first == BREAK {
            break;
        }
        if !matches!(first >> 5, 2 | 3) || first & 0x1f > EIGHT_BYTES {
            return Err(tree.invalid(tree.at - 1, "a chunk that is no string of known length"));
        }
        let len = argument(tree, first & 0x1f)?;
        let chunk = tree.take(len)?;
        tree.decoded(chunk.len())?;
        whole.extend_from_slice(chunk);
    }
    tree.scalar(turn, kind, &whole, start..tree.at - 1)
}

/// A reference gives its string again, and is charged for it.
fn refer(tree: &mut State<'_, '_, '_>, names: &[Namespace], turn: Turn, number: u64, start: usize) -> Walked {
    let strings = names.last().map_or(&[][..], |space| &space.strings);
    match usize::try_from(number).ok().and_then(|number| strings.get(number)) {
        Some(&(from, to, kind)) => {
            tree.decoded(to - from)?;
            let doc = tree.doc;
            tree.scalar(turn, kind, &doc[from..to], start..tree.at)
        }
        None => {
            tree.anomaly("string reference to nothing", start..tree.at)?;
            tree.int(turn, number, start)
        }
    }
}

fn simple(tree: &mut State<'_, '_, '_>, turn: Turn, info: u8, number: u64, start: usize) -> Walked {
    match info {
        20 | 21 => tree.bool(turn, info == 21, start),
        22 | 23 => tree.null(turn, start),
        25 => tree.float(turn, half(number as u16), start),
        26 => tree.float(turn, f64::from(f32::from_bits(number as u32)), start),
        27 => tree.float(turn, f64::from_bits(number), start),
        INDEFINITE => Err(tree.invalid(start, "a break outside an indefinite length")),
        _ => tree.int(turn, number, start),
    }
}

/// An IEEE 754 half (RFC 8949, appendix D).
pub(super) fn half(bits: u16) -> f64 {
    let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let value = match exponent {
        0 => mantissa * 2f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (mantissa + 1024.0) * 2f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { value } else { -value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_cut_is_never_read_to_its_end() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        };
        let (mut cut, mut whole) = (0, 0);
        for round in 0..20_000 {
            let length = usize::from(next() % 24) + 1;
            let mut bytes: Vec<u8> = (0..length).map(|_| next()).collect();
            bytes[0] = 0x40 | bytes[0] & 0x3f;
            if round % 2 == 0 {
                bytes[0] = 0x60 | bytes[0] & 7;
            }
            let seen = probe(&Cbor, &bytes);
            assert!(!(is_cut(&bytes) && seen.whole), "{bytes:?}");
            cut += u32::from(is_cut(&bytes));
            whole += u32::from(seen.whole);
        }
        assert!(cut > 5_000 && whole > 200, "{cut} cut, {whole} whole");
    }
}

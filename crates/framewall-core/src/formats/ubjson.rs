//! UBJSON (draft 12) and BJData (draft 4, the "BJSON" family), which differ in byte order and a few markers.
//!
//! A typed array of numbers is one binary leaf: text hides in it as bytes, and its numbers say nothing. Counts of
//! values that take no bytes (`$Z`, `$T`, `$F`, `$N`) must fit the budget of nodes before one of them is walked.
//! BJData's N-dimensional arrays are flat, in the order of the data.

use super::cbor::half;
use super::probe::probe;
use super::tree::{Tree, Turn, UNCOUNTED, Walked};
use super::{Container, Format, Halted, Kind, Likelihood, Walk};

mod soa;

/// UBJSON: numbers are big-endian.
#[derive(Clone, Copy, Debug)]
pub struct UbJson;

/// BJData: numbers are little-endian, unsigned and half types exist.
#[derive(Clone, Copy, Debug)]
pub struct BjData;

impl Format for UbJson {
    fn name(&self) -> &'static str {
        "ubjson"
    }

    fn opens(&self, first: u8) -> bool {
        matches!(first, b'[' | b'{' | b'S' | b'H' | b'N')
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        sniff(self, bytes)
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        read(bytes, walk, false)
    }
}

impl Format for BjData {
    fn name(&self) -> &'static str {
        "bjdata"
    }

    fn opens(&self, first: u8) -> bool {
        UbJson.opens(first)
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        sniff(self, bytes)
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        read(bytes, walk, true)
    }
}

fn sniff(format: &dyn Format, bytes: &[u8]) -> Likelihood {
    let second = bytes.iter().skip(1).find(|&&byte| byte != b'N').copied();
    match (bytes.first(), second) {
        (Some(b'{'), Some(b'i' | b'U' | b'I' | b'l' | b'L' | b'u' | b'm' | b'M' | b'$' | b'#')) => {}
        (Some(b'['), Some(b'$' | b'#' | b'[' | b'{')) => {}
        (Some(b'['), Some(marker)) if width(marker).is_some() || matches!(marker, b'S' | b'C' | b'H') => {}
        (Some(b'S' | b'H'), Some(b'i' | b'U' | b'I' | b'l' | b'L' | b'u' | b'm' | b'M')) => {}
        (Some(b'N'), Some(_)) => {}
        _ => return 0,
    }
    let seen = probe(format, bytes);
    match seen.sound {
        true if seen.containers == 0 => u8::from(seen.whole) * 30,
        true if seen.garbled == 0 && seen.texts > 0 => 80,
        true => 40,
        false if matches!(bytes, [b'[' | b'{', b'$', _, b'#', ..]) && seen.exhausted => 60,
        // A bomb says nothing before its count; a lie about length, little.
        false if matches!(bytes, [b'[' | b'{', ..]) && (seen.truncated || seen.exhausted) => 20,
        false => 0,
    }
}

/// What a container's header fixed for its elements.
#[derive(Clone, Copy, Default)]
struct Header {
    /// The marker that elements leave out.
    marker: Option<u8>,
}

struct State<'d, 'w, 'a> {
    tree: Tree<'d, 'w, 'a, Header>,
    little: bool,
}

fn read(bytes: &[u8], walk: &mut Walk<'_>, little: bool) -> Result<usize, Halted> {
    let mut state = State { tree: Tree::new(bytes, walk), little };
    loop {
        state.close_ended()?;
        let turn = state.tree.step()?;
        match turn {
            Turn::End => return Ok(state.tree.at),
            Turn::Key => state.name()?,
            Turn::Value => {
                let start = state.tree.at;
                let fixed = state.tree.levels.last().and_then(|level| level.extra.marker);
                let marker = match fixed {
                    Some(marker) => marker,
                    None => state.marker()?,
                };
                state.value(marker, start)?;
            }
        }
    }
}

/// Bytes of a number of this type.
fn width(marker: u8) -> Option<u64> {
    Some(match marker {
        b'i' | b'U' | b'B' | b'C' => 1,
        b'I' | b'u' | b'h' => 2,
        b'l' | b'm' | b'd' => 4,
        b'L' | b'M' | b'D' => 8,
        _ => return None,
    })
}

impl State<'_, '_, '_> {
    /// The next marker, no-ops passed over.
    fn marker(&mut self) -> Walked<u8> {
        loop {
            let marker = self.tree.byte()?;
            if marker != b'N' {
                return Ok(marker);
            }
        }
    }

    /// Closes what is counted out, or ends with its bracket here.
    fn close_ended(&mut self) -> Walked {
        while let Some(level) = self.tree.levels.last() {
            let (kind, left, turn) = (level.kind, level.left, level.turn);
            if self.tree.may_end() {
                while self.tree.peek()? == b'N' {
                    self.tree.at += 1;
                }
                if self.tree.peek()? != if kind == Container::Map { b'}' } else { b']' } {
                    return Ok(());
                }
                self.tree.at += 1;
            } else if left != 0 || kind == Container::Map && turn == Turn::Value {
                return Ok(());
            }
            self.tree.exit()?;
        }
        Ok(())
    }

    /// An unsigned number of `width` bytes.
    fn number(&mut self, width: u64) -> Walked<u64> {
        let bytes = self.tree.take(width)?;
        let mut whole = [0; 8];
        if self.little {
            whole[..bytes.len()].copy_from_slice(bytes);
        } else {
            whole[8 - bytes.len()..].copy_from_slice(bytes);
            whole.reverse();
        }
        Ok(u64::from_le_bytes(whole))
    }

    /// A length or count: a number with its marker.
    fn length(&mut self) -> Walked<u64> {
        let marker = self.marker()?;
        self.length_of(marker)
    }

    fn length_of(&mut self, marker: u8) -> Walked<u64> {
        let at = self.tree.at;
        let width = match marker {
            b'i' | b'U' | b'I' | b'l' | b'L' | b'u' | b'm' | b'M' => width(marker).unwrap_or(1),
            _ => return Err(self.tree.invalid(at - 1, "a length is no whole number")),
        };
        let number = self.number(width)?;
        let negative = matches!(marker, b'i' | b'I' | b'l' | b'L') && number >> (8 * width - 1) == 1;
        if negative {
            return Err(self.tree.invalid(at, "a length is negative"));
        }
        Ok(number)
    }

    fn name(&mut self) -> Walked {
        let mut marker = self.marker()?;
        if marker == b'S' {
            marker = self.tree.byte()?;
        }
        let len = self.length_of(marker)?;
        let name = self.tree.take(len)?;
        self.tree.key(Kind::Text, name, self.tree.at - name.len()..self.tree.at)
    }

    fn value(&mut self, marker: u8, start: usize) -> Walked {
        let tree = &mut self.tree;
        match marker {
            b'Z' | b'N' => tree.null(Turn::Value, start),
            b'T' | b'F' => tree.bool(Turn::Value, marker == b'T', start),
            b'S' | b'H' => {
                let len = self.length()?;
                let text = self.tree.text(len)?;
                let kind = if marker == b'S' { Kind::Text } else { Kind::Number };
                self.tree.value(kind, text, self.tree.at - text.len()..self.tree.at)
            }
            b'C' => {
                let bytes = tree.take(1)?;
                tree.value(Kind::Text, bytes, start..tree.at)
            }
            b'[' | b'{' => self.open(marker, start),
            _ => match width(marker) {
                Some(width) => self.scalar(marker, width, start),
                None => Err(tree.invalid(tree.at - 1, "no such marker")),
            },
        }
    }

    fn scalar(&mut self, marker: u8, width: u64, start: usize) -> Walked {
        let number = self.number(width)?;
        let tree = &mut self.tree;
        match marker {
            b'd' => tree.float(Turn::Value, f64::from(f32::from_bits(number as u32)), start),
            b'D' => tree.float(Turn::Value, f64::from_bits(number), start),
            b'h' => tree.float(Turn::Value, half(number as u16), start),
            b'i' | b'I' | b'l' | b'L' => {
                let unused = 64 - 8 * width as u32;
                tree.int(Turn::Value, (number << unused) as i64 >> unused, start)
            }
            _ => tree.int(Turn::Value, number, start),
        }
    }

    /// A container and its optional header: `$` and a type, `#` and a count.
    fn open(&mut self, marker: u8, start: usize) -> Walked {
        let kind = if marker == b'{' { Container::Map } else { Container::List };
        let (mut header, mut count) = (Header::default(), UNCOUNTED);
        if self.tree.peek()? == b'$' {
            self.tree.at += 1;
            if self.little && matches!(self.tree.doc[self.tree.at..self.tree.end], [b'{', next, ..] if next != b'#') {
                return soa::read(self, kind, start);
            }
            header.marker = Some(self.tree.byte()?);
            if self.tree.peek()? != b'#' {
                return Err(self.tree.invalid(self.tree.at, "a type without a count"));
            }
        }
        if self.tree.peek()? == b'#' {
            self.tree.at += 1;
            count = if self.tree.peek()? == b'[' { self.dimensions()? } else { self.length()? };
        }
        if count == UNCOUNTED {
            return self.tree.enter(Turn::Value, kind, UNCOUNTED, start, header);
        }
        let least = match header.marker {
            Some(b'Z' | b'T' | b'F' | b'N') => 0,
            Some(marker) => width(marker).unwrap_or(1),
            None => 1,
        };
        let named = u64::from(kind == Container::Map) * 2;
        self.tree.counted(count, least + named)?;
        match header.marker {
            Some(marker) if kind == Container::List && width(marker).is_some() => {
                let bytes = self.tree.take(count.saturating_mul(least))?;
                self.tree.value(Kind::Binary, bytes, self.tree.at - bytes.len()..self.tree.at)
            }
            _ => self.tree.enter(Turn::Value, kind, count, start, header),
        }
    }

    /// The dimensions of an N-dimensional array, itself an array in any form; their product.
    fn dimensions(&mut self) -> Walked<u64> {
        self.tree.at += 1;
        let mut product = 1u64;
        let mut fixed = None;
        if self.tree.peek()? == b'$' {
            self.tree.at += 1;
            fixed = Some(self.tree.byte()?);
        }
        if self.tree.peek()? == b'#' {
            self.tree.at += 1;
            let count = self.length()?;
            self.tree.counted(count, 1)?;
            for _ in 0..count {
                let size = match fixed {
                    Some(marker) => self.length_of(marker)?,
                    None => self.length()?,
                };
                product = product.saturating_mul(size);
            }
            return Ok(product.min(UNCOUNTED - 1));
        }
        loop {
            let marker = self.marker()?;
            if marker == b']' {
                return Ok(product.min(UNCOUNTED - 1));
            }
            let size = self.length_of(marker)?;
            product = product.saturating_mul(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sniff;
    use super::super::testing::{leaves, walk};
    use super::*;
    use crate::formats::Outcome;

    #[test]
    fn a_bomb_is_known_by_its_header_alone() {
        for bomb in [&b"[$Z#l\x05\xf5\xe1\x00"[..], b"[$T#L\x40\0\0\0\0\0\0\0"] {
            let (notes, outcome) = walk(&UbJson, bomb);
            assert!(matches!(outcome, Outcome::Exhausted(_)), "{outcome:?}");
            assert_eq!(notes.anomalies, ["format_nodes"]);
            assert!(UbJson.sniff(bomb) >= sniff::PLAUSIBLE);
        }
    }

    #[test]
    fn numbers_are_read_in_each_formats_byte_order() {
        assert_eq!(leaves(&UbJson, b"[I\x01\x00Si\x01x]"), ["[0] number 256", "[1] x"]);
        assert_eq!(leaves(&BjData, b"[u\x01\x00Si\x01x]"), ["[0] number 1", "[1] x"]);
    }

    #[test]
    fn a_typed_array_of_numbers_is_one_leaf() {
        assert_eq!(leaves(&UbJson, b"{i\x01a[$U#i\x03<b>}"), ["a a:", "a binary <b>"]);
        assert_eq!(leaves(&BjData, b"[$U#[U\x01U\x03]<b>"), [" binary <b>"]);
    }

    #[test]
    fn json_is_left_to_json() {
        for text in ["{\"a\":1}", "[1,2]", "[true]", "[]", "{}", "[\"x\"]", "[null]", "[ 1 ]", "[\n]"] {
            assert!(UbJson.sniff(text.as_bytes()) < sniff::PLAUSIBLE, "{text}");
            assert!(BjData.sniff(text.as_bytes()) < sniff::PLAUSIBLE, "{text}");
        }
    }
}

//! MessagePack, with msgpackr's records (extension 0x72), bundled strings (0x62), and what it writes before a value.
//!
//! Source: the MessagePack specification; msgpackr's record extension as its decoder reads it. Lengths need
//! not be minimal, keys may be of any type, text need not be UTF-8. Values that follow one another are one
//! walk each: `consumed` says where the next begins.

use std::collections::HashMap;

use super::probe::probe;
use super::tree::{Tree, Turn, Walked};
use super::{Container, Format, Halted, Kind, Likelihood, Walk};

mod bundle;

use bundle::{BUNDLE, Bundle, SLICE};

/// The extension type by which msgpackr defines a record: a list of names, then one value a name.
const RECORD: u8 = 0x72;

/// The walker.
#[derive(Clone, Copy, Debug)]
pub struct MsgPack;

impl Format for MsgPack {
    fn name(&self) -> &'static str {
        "msgpack"
    }

    fn opens(&self, first: u8) -> bool {
        first >= 0x80 && first != 0xc1
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let container = match bytes {
            [0x80..=0x9f | 0xdc..=0xdf, ..] => true,
            [0xd4, RECORD, ..] | [0xd5, RECORD, _, _, ..] | [0xd6, BUNDLE, ..] => true,
            [first, _, ..] if self.opens(*first) => false,
            _ => return 0,
        };
        let seen = probe(self, bytes);
        match container {
            true if seen.accepted() && seen.texts > 0 => 85,
            true if seen.accepted() => 50,
            true if seen.leads() => 30,
            false if seen.whole && seen.garbled == 0 => 35,
            false if seen.whole => 20,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let (mut tree, mut records) = (Tree::new(bytes, walk), Records::default());
        loop {
            match tree.step()? {
                Turn::End => return records.end(&mut tree),
                Turn::Key if records.name(&mut tree)? => {}
                turn => {
                    token(&mut tree, &mut records, turn)?;
                    while std::mem::take(&mut records.announced) {
                        token(&mut tree, &mut records, turn)?;
                    }
                }
            }
        }
    }
}

/// `extra` of a level: which record's names its members have.
type State<'d, 'w, 'a> = Tree<'d, 'w, 'a, Option<usize>>;

/// Record definitions met so far. Later ones with the same id replace earlier ones, as in msgpackr.
#[derive(Default)]
struct Records {
    /// Where each definition's names stand in the document.
    names: Vec<Vec<(usize, usize)>>,
    /// From id (first byte's low six bits, high byte above) to definition.
    ids: HashMap<u16, usize>,
    /// The texts that slices are taken of.
    bundle: Option<Bundle>,
    /// An extension was read that is none: what it announced is the value.
    announced: bool,
}

impl Records {
    /// The document is over; after it stand the texts of its bundle.
    fn end(&mut self, tree: &mut State<'_, '_, '_>) -> Walked<usize> {
        if let Some(bundle) = self.bundle.take() {
            bundle.close(tree)?;
            tree.at = tree.at.max(bundle.after());
        }
        Ok(tree.at)
    }

    /// In a record, yields the next member's name; it stands in the definition, so it is charged.
    #[inline]
    fn name(&self, tree: &mut State<'_, '_, '_>) -> Walked<bool> {
        let Some(level) = tree.levels.last() else { return Ok(false) };
        let Some(record) = level.extra else { return Ok(false) };
        // `step` has counted this member already.
        let (from, to) = self.names[record][level.index as usize - 1];
        tree.decoded(to - from)?;
        let doc = tree.doc;
        tree.key(Kind::Text, &doc[from..to], from..to)?;
        Ok(true)
    }

    /// A positive fixint that is a record's id begins that record.
    #[inline]
    fn find(&self, tree: &State<'_, '_, '_>, first: u8) -> Option<(usize, usize)> {
        if self.ids.is_empty() || first < 0x40 {
            return None;
        }
        let low = u16::from(first & 0x3f);
        let wide = tree.doc[..tree.end].get(tree.at).and_then(|&high| self.ids.get(&(low | u16::from(high) << 6)));
        match self.ids.get(&low) {
            Some(&record) if !self.two_bytes(low) => Some((record, 0)),
            _ => wide.map(|&record| (record, 1)),
        }
    }

    /// Whether ids that begin so have a second byte.
    fn two_bytes(&self, low: u16) -> bool {
        self.ids.contains_key(&(low | 0x8000))
    }

    /// Reads a definition after its id: a list of texts (or small numbers).
    fn define(&mut self, tree: &mut State<'_, '_, '_>, id: u16) -> Walked<Option<usize>> {
        let back = tree.at;
        let Some(count) = list_header(tree)? else {
            tree.at = back;
            return Ok(None);
        };
        tree.counted(count, 1)?;
        let mut names = Vec::new();
        for _ in 0..count {
            let start = tree.at;
            tree.walk.node(start)?;
            let first = tree.byte()?;
            let Some(len) = text_len(tree, first)? else {
                if first < 0x80 {
                    names.push((start, tree.at));
                    continue;
                }
                tree.at = back;
                return Ok(None);
            };
            let name = tree.take(len)?;
            names.push((tree.at - name.len(), tree.at));
        }
        let record = self.names.len();
        self.names.push(names);
        self.ids.insert(id, record);
        if id > 0x3f {
            self.ids.insert(id & 0x3f | 0x8000, record);
        }
        Ok(Some(record))
    }

    fn open(&self, tree: &mut State<'_, '_, '_>, record: usize, turn: Turn, start: usize) -> Walked {
        tree.enter(turn, Container::Map, self.names[record].len() as u64, start, Some(record))
    }
}

/// One token, which stands where `turn` says.
#[inline]
fn token(tree: &mut State<'_, '_, '_>, records: &mut Records, turn: Turn) -> Walked {
    let start = tree.at;
    let first = tree.byte()?;
    match first {
        0x00..=0x7f => match records.find(tree, first) {
            Some((record, more)) => {
                tree.at += more;
                records.open(tree, record, turn, start)
            }
            None => tree.int(turn, first, start),
        },
        0x80..=0x8f => open(tree, turn, Container::Map, u64::from(first & 0x0f), start),
        0x90..=0x9f => open(tree, turn, Container::List, u64::from(first & 0x0f), start),
        0xa0..=0xbf => blob(tree, turn, Kind::Text, u64::from(first & 0x1f)),
        0xc0 => tree.null(turn, start),
        SLICE => match &mut records.bundle {
            Some(bundle) => bundle.slice(tree, turn),
            None => Err(tree.invalid(start, "0xc1 is never used")),
        },
        0xc2 | 0xc3 => tree.bool(turn, first == 0xc3, start),
        0xc4..=0xc6 => {
            let len = length(tree, 1 << (first - 0xc4))?;
            blob(tree, turn, Kind::Binary, len)
        }
        0xc7..=0xc9 => {
            let len = length(tree, 1 << (first - 0xc7))?;
            extension(tree, records, turn, len, start)
        }
        0xca => {
            let number = f32::from_be_bytes(tree.array()?);
            float32(tree, turn, number, start)
        }
        0xcb => {
            let number = f64::from_be_bytes(tree.array()?);
            tree.float(turn, number, start)
        }
        0xcc..=0xcf => {
            let number = length(tree, 1 << (first - 0xcc))?;
            tree.int(turn, number, start)
        }
        0xd0..=0xd3 => {
            let width = 1 << (first - 0xd0);
            let number = length(tree, width)?;
            let unused = 64 - 8 * width as u32;
            tree.int(turn, (number << unused) as i64 >> unused, start)
        }
        0xd4..=0xd8 => extension(tree, records, turn, 1 << (first - 0xd4), start),
        0xd9..=0xdb => {
            let len = length(tree, 1 << (first - 0xd9))?;
            blob(tree, turn, Kind::Text, len)
        }
        0xdc | 0xdd => {
            let count = length(tree, 2 << (first - 0xdc))?;
            open(tree, turn, Container::List, count, start)
        }
        0xde | 0xdf => {
            let count = length(tree, 2 << (first - 0xde))?;
            open(tree, turn, Container::Map, count, start)
        }
        0xe0..=0xff => tree.int(turn, first as i8, start),
    }
}

/// A big-endian number of `width` bytes.
#[inline]
fn length(tree: &mut State<'_, '_, '_>, width: usize) -> Walked<u64> {
    Ok(match width {
        1 => u64::from(tree.byte()?),
        2 => u64::from(u16::from_be_bytes(tree.array()?)),
        4 => u64::from(u32::from_be_bytes(tree.array()?)),
        _ => u64::from_be_bytes(tree.array()?),
    })
}

/// An f32 keeps its own shortest text: `0.1`, not `0.10000000149011612`.
fn float32(tree: &mut State<'_, '_, '_>, turn: Turn, number: f32, start: usize) -> Walked {
    if tree.is_untold(turn) {
        return tree.untold(start);
    }
    let mut buffer = zmij::Buffer::new();
    tree.scalar(turn, Kind::Number, buffer.format(number).as_bytes(), start..tree.at)
}

#[inline]
fn open(tree: &mut State<'_, '_, '_>, turn: Turn, kind: Container, count: u64, start: usize) -> Walked {
    tree.counted(count, if kind == Container::Map { 2 } else { 1 })?;
    tree.enter(turn, kind, count, start, None)
}

#[inline]
fn blob(tree: &mut State<'_, '_, '_>, turn: Turn, kind: Kind, len: u64) -> Walked {
    let bytes = tree.take(len)?;
    tree.scalar(turn, kind, bytes, tree.at - bytes.len()..tree.at)
}

fn extension(tree: &mut State<'_, '_, '_>, records: &mut Records, turn: Turn, len: u64, start: usize) -> Walked {
    let kind = tree.byte()?;
    let bytes = tree.take(len)?;
    if kind == RECORD && (len == 1 || len == 2) {
        let id = u16::from(bytes[0] & 0x3f) | u16::from(bytes.get(1).copied().unwrap_or(0)) << 6;
        if let Some(record) = records.define(tree, id)? {
            return records.open(tree, record, turn, start);
        }
    }
    if kind == BUNDLE
        && let Some(bundle) = Bundle::find(&tree.doc[..tree.end], tree.at, bytes)
    {
        if let Some(before) = records.bundle.replace(bundle) {
            before.close(tree)?;
        }
        records.announced = true;
        return tree.walk.node(start);
    }
    if announces(kind, bytes, tree.doc[..tree.end].get(tree.at).copied()) {
        records.announced = true;
        return tree.walk.node(start);
    }
    let span = tree.at - bytes.len()..tree.at;
    let mut digits = itoa::Buffer::new();
    let name = [b"ext(", digits.format(kind as i8).as_bytes(), b")"].concat();
    match turn {
        Turn::Key => tree.key(Kind::Extension, bytes, span),
        _ => tree.value_under(&name, Kind::Extension, bytes, span),
    }
}

/// msgpackr's extensions that stand before their value: an error, a set, a regular expression (each with what it is made
/// of in a list), or the number by which an object is meant again later.
fn announces(kind: u8, bytes: &[u8], next: Option<u8>) -> bool {
    let list = matches!(next, Some(0x90..=0x9f | 0xdc | 0xdd));
    match (kind, bytes.len()) {
        (b'e' | b's' | b'x', 1) => list && bytes[0] == 0,
        (b'i', 4) => list || matches!(next, Some(0x80..=0x8f | 0xde | 0xdf | 0xd4 | 0xd5)),
        _ => false,
    }
}

fn list_header(tree: &mut State<'_, '_, '_>) -> Walked<Option<u64>> {
    Ok(Some(match tree.byte()? {
        first @ 0x90..=0x9f => u64::from(first & 0x0f),
        0xdc => length(tree, 2)?,
        0xdd => length(tree, 4)?,
        _ => return Ok(None),
    }))
}

fn text_len(tree: &mut State<'_, '_, '_>, first: u8) -> Walked<Option<u64>> {
    Ok(Some(match first {
        0xa0..=0xbf => u64::from(first & 0x1f),
        0xd9..=0xdb => length(tree, 1 << (first - 0xd9))?,
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::testing::{leaves, walk};
    use super::*;

    #[test]
    fn keys_of_any_type_and_their_values_are_seen() {
        // {"a": 1, 2: b"x", ["k"]: nil}
        assert_eq!(
            leaves(&MsgPack, b"\x83\xa1a\x01\x02\xc4\x01x\x91\xa1k\xc0"),
            [
                "a a:",
                "a number 1",
                "[\"2\"] number 2:",
                "[\"2\"] binary x",
                "[\"[...]\"][0] k:",
                "[\"[...]\"] null null"
            ]
        );
    }

    #[test]
    fn a_record_is_a_map() {
        // msgpackr: [{"m": "a"}, {"m": "b"}]
        let wanted = ["[0].m m:", "[0].m a", "[1].m m:", "[1].m b"];
        assert_eq!(leaves(&MsgPack, b"\x92\xd4\x72\x40\x91\xa1m\xa1a\x40\xa1b"), wanted);
        assert_eq!(leaves(&MsgPack, b"\x92\xd5\x72\x41\x01\x91\xa1m\xa1a\x41\x01\xa1b"), wanted);
    }

    #[test]
    fn small_numbers_stay_numbers_until_a_record_takes_their_id() {
        assert_eq!(leaves(&MsgPack, b"\x92\x40\xa1b"), ["[0] number 64", "[1] b"]);
    }

    #[test]
    fn an_extension_is_named_by_its_type() {
        assert_eq!(leaves(&MsgPack, b"\xc7\x03\x05abc"), ["[\"ext(5)\"] ext abc"]);
        assert_eq!(leaves(&MsgPack, b"\xd6\xff\0\0\0\x01"), ["[\"ext(-1)\"] ext \\x00\\x00\\x00\\x01"]);
    }

    #[test]
    fn what_msgpackr_writes_before_a_value_is_no_value() {
        let wanted = ["set set:", "set[0] <b>", "a a:", "a x"];
        assert_eq!(leaves(&MsgPack, b"\x82\xa3set\xd4s\0\x91\xa3<b>\xa1a\xa1x"), wanted);
        assert_eq!(leaves(&MsgPack, b"\x91\xd6i\0\0\0\x01\x81\xa1a\xa1x"), ["[0].a a:", "[0].a x"]);
        // Another application's own.
        assert_eq!(leaves(&MsgPack, b"\x92\xd4s\0\xa1x"), ["[0][\"ext(115)\"] ext \\x00", "[1] x"]);
        assert_eq!(leaves(&MsgPack, b"\x92\xd4s\x01\x90"), ["[0][\"ext(115)\"] ext \\x01"]);
    }

    #[test]
    fn a_length_beyond_the_data_is_an_anomaly_and_the_rest_is_given_raw() {
        let (notes, outcome) = walk(&MsgPack, b"\xdb\xff\xff\xff\xffabc");
        assert_eq!((notes.anomalies, outcome), (vec!["length exceeds data"], Outcome::Truncated));
        assert!(notes.lines[0].ends_with("abc"), "{:?}", notes.lines);
    }

    #[test]
    fn the_next_document_is_left_alone() {
        assert_eq!(walk(&MsgPack, b"\x91\x01\x91\x02").1, Outcome::Complete { consumed: 2 });
    }

    #[test]
    fn plain_text_is_not_msgpack() {
        for text in ["hello world", "{\"a\":1}", "привет, мир", "مرحبا بالعالم", "你好世界"] {
            assert!(MsgPack.sniff(text.as_bytes()) < 20, "{text}");
        }
        assert!(MsgPack.sniff(b"\x82\xa4type\x02\xa4data\xa2hi") > 80);
    }
}

//! msgpackr's bundled strings (extension 0x62): texts stand together after the data, which takes slices of them.
//!
//! Source: msgpackr's decoder. The extension's four bytes say how far on two texts stand; 0xc1 and a number take that
//! many characters of the second, or of the first (in UTF-16 units) where the number is negative.

use super::State;
use crate::formats::Kind;
use crate::formats::tree::{Turn, Walked};

/// The extension type.
pub(super) const BUNDLE: u8 = 0x62;
/// The mark of a slice.
pub(super) const SLICE: u8 = 0xc1;

/// The texts in force.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bundle {
    /// What is left of each: of many languages, and of ASCII.
    texts: [(usize, usize); 2],
    /// The byte after them.
    after: usize,
}

impl Bundle {
    /// The bundle that an extension's bytes, just read, lead to; none if there are no two texts.
    pub fn find(doc: &[u8], at: usize, extension: &[u8]) -> Option<Bundle> {
        let size = u32::from_be_bytes(*extension.first_chunk()?) as usize;
        let wide = text(doc, at.checked_add(size)?.checked_sub(extension.len()).filter(|&place| place >= at)?)?;
        let plain = text(doc, wide.1)?;
        Some(Bundle { texts: [wide, plain], after: plain.1 })
    }

    /// Takes the next slice: a text at the place of the turn.
    pub fn slice(&mut self, tree: &mut State<'_, '_, '_>, turn: Turn) -> Walked {
        let start = tree.at - 1;
        let Some(count) = number(&tree.doc[..tree.end], &mut tree.at) else {
            return Err(tree.invalid(start, "a slice without a length"));
        };
        let doc = tree.doc;
        let (from, to) = &mut self.texts[usize::from(count >= 0)];
        let rest = &doc[*from..*to];
        let len = if count >= 0 { (count as usize).min(rest.len()) } else { units(rest, count.unsigned_abs()) };
        let span = *from..*from + len;
        *from = span.end;
        // Bundles may lead to the same texts again.
        tree.decoded(len)?;
        tree.scalar(turn, Kind::Text, &doc[span.clone()], span)
    }

    /// Gives what nobody took, and goes on after the texts.
    pub fn close(self, tree: &mut State<'_, '_, '_>) -> Walked {
        let doc = tree.doc;
        for (from, to) in self.texts {
            if from < to {
                tree.decoded(to - from)?;
                tree.walk.raw(&doc[from..to], from..to)?;
            }
        }
        Ok(())
    }

    /// The byte after the texts.
    pub fn after(self) -> usize {
        self.after
    }
}

/// Where the content of the text that stands at `at` is.
fn text(doc: &[u8], at: usize) -> Option<(usize, usize)> {
    let (first, rest) = doc.get(at..)?.split_first()?;
    let (head, len) = match *first {
        first @ 0xa0..=0xbf => (0, usize::from(first & 0x1f)),
        0xd9 => (1, usize::from(*rest.first()?)),
        0xda => (2, usize::from(u16::from_be_bytes(*rest.first_chunk()?))),
        0xdb => (4, u32::from_be_bytes(*rest.first_chunk()?) as usize),
        _ => return None,
    };
    let start = at + 1 + head;
    let end = start.checked_add(len).filter(|&end| end <= doc.len())?;
    Some((start, end))
}

/// The whole number that stands at `at`.
fn number(doc: &[u8], at: &mut usize) -> Option<i64> {
    let (&first, rest) = doc.get(*at..)?.split_first()?;
    let (len, number) = match first {
        0x00..=0x7f => (0, i64::from(first)),
        0xe0..=0xff => (0, i64::from(first as i8)),
        0xcc => (1, i64::from(*rest.first()?)),
        0xcd => (2, i64::from(u16::from_be_bytes(*rest.first_chunk()?))),
        0xce => (4, i64::from(u32::from_be_bytes(*rest.first_chunk()?))),
        0xd0 => (1, i64::from(*rest.first()? as i8)),
        0xd1 => (2, i64::from(i16::from_be_bytes(*rest.first_chunk()?))),
        0xd2 => (4, i64::from(i32::from_be_bytes(*rest.first_chunk()?))),
        _ => return None,
    };
    *at += 1 + len;
    Some(number)
}

/// Bytes of the characters that make so many UTF-16 units.
fn units(text: &[u8], wanted: u64) -> usize {
    let mut seen = 0;
    for (place, byte) in text.iter().enumerate() {
        let unit = match byte {
            0x80..=0xbf => continue,
            0xf0..=0xff => 2,
            _ => 1,
        };
        if seen >= wanted {
            return place;
        }
        seen += unit;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use crate::formats::msgpack::MsgPack;
    use crate::formats::testing::{leaves, walk};
    use crate::formats::{Format, sniff};

    /// `["<b>hi", "añ😀"]`, and a text that nobody takes.
    const BUNDLED: &[u8] = b"\xd6\x62\0\0\0\x09\x92\xc1\x05\xc1\xfc\xa7a\xc3\xb1\xf0\x9f\x98\x80\xa9<b>hirest";

    #[test]
    fn slices_of_bundled_strings_stand_where_they_are_taken() {
        let rows = leaves(&MsgPack, BUNDLED);
        assert_eq!(rows[..2], ["[0] <b>hi", "[1] a\\xc3\\xb1\\xf0\\x9f\\x98\\x80"]);
        assert_eq!(rows[2..], [" raw rest"]);
        assert!(MsgPack.sniff(BUNDLED) >= sniff::PLAUSIBLE);
    }

    #[test]
    fn an_extension_that_leads_nowhere_is_an_extension() {
        assert_eq!(leaves(&MsgPack, b"\xd6\x62\xff\0\0\0"), ["[\"ext(98)\"] ext \\xff\\x00\\x00\\x00"]);
        let (notes, _) = walk(&MsgPack, b"\x92\xc1\x05hello");
        assert!(notes.lines.iter().any(|line| line.contains("hello")), "{:?}", notes.lines);
    }
}

//! Views: the other things that a text may mean to whoever reads it next. One decoding a file, pure functions.
//!
//! A view writes what it makes of the text and says whether that differs. It is only tried when the bytes that it
//! lives on are there ([`View::needs`]), and every form that is made is judged, the intermediate ones included.

pub(super) mod base64;
mod bytes;
mod comments;
mod compressed;
mod concat;
mod css;
mod escapes;
mod fold;
mod hex;
mod html;
mod percent;
mod quoted;
mod shell;
mod spelling;
mod token;
mod unicode;

pub use bytes::ByteSet;
pub(crate) use compressed::{is_cut, magic};
pub use spelling::{Change, Spelling};

use super::Attack;
use crate::formats::{Likelihood, sniff};

/// One way to read a text.
pub struct View {
    /// Name in chains and rules: `percent`.
    pub name: &'static str,
    /// Without one of these bytes it could not.
    pub on: ByteSet,
    /// Cheap: whether this view could find anything.
    pub needs: fn(&ByteSet, &[u8]) -> bool,
    /// How the form is made.
    pub make: Make,
    /// Whether nothing is decoded from it any further: the last look, not a layer.
    pub last: bool,
    /// The classes that gain by it; empty for all.
    pub classes: &'static [Attack],
}

/// How a view makes its form; false if there is none.
pub enum Make {
    /// It spells the same text otherwise, here and there.
    Spell(fn(&mut Spelling<'_>) -> bool),
    /// It reads all of the text in another encoding of characters.
    Recode(fn(&[u8], &mut Vec<u8>) -> bool),
    /// It opens what a text was packed into.
    Unpack(fn(&[u8], &mut Vec<u8>) -> bool),
}

impl View {
    /// Writes the form, and where it differs if it is the same text spelt otherwise. False if there is none or it is
    /// no other than the text.
    pub fn make(&self, text: &[u8], out: &mut Vec<u8>, changes: &mut Vec<Change>) -> bool {
        out.clear();
        changes.clear();
        let made = match self.make {
            Make::Spell(make) => make(&mut Spelling::new(text, out, changes)),
            Make::Recode(make) | Make::Unpack(make) => make(text, out),
        };
        made && !out.is_empty() && out != text
    }

    /// Whether it opens what a text was packed into, as opposed to spelling the same text otherwise.
    pub fn unpacks(&self) -> bool {
        matches!(self.make, Make::Unpack(_))
    }

    /// Whether it leaves out or rewrites bytes that only text can do without: what it makes of binary data is none.
    pub fn is_of_text(&self) -> bool {
        matches!(self.name, "fold" | "overlong" | "nul")
    }
}

const SHELL: &[Attack] = &[Attack::Rce, Attack::PathTraversal, Attack::Ssrf];
const CODE: &[Attack] = &[Attack::Xss, Attack::Sqli, Attack::Nosqli, Attack::Rce, Attack::Ssti, Attack::PathTraversal];
const COMMENTED: &[Attack] = &[Attack::Xss, Attack::Sqli, Attack::Rce, Attack::Ssti];

const CONTROLS: ByteSet = ByteSet::from_bits([0xffff_ffff, 1 << 63, 0, 0]);
const BEYOND: ByteSet = ByteSet::from_bits([0, 0, u64::MAX, u64::MAX]);
const BINARY: ByteSet = CONTROLS.with(&BEYOND);
const ANY: ByteSet = ByteSet::from_bits([u64::MAX; 4]);

/// All views, cheapest first.
#[rustfmt::skip]
pub const ALL: &[View] = &[
    View { name: "percent", on: ByteSet::from(b"%"), needs: percent::needs, make: Make::Spell(percent::make), last: false, classes: &[] },
    View { name: "plus", on: ByteSet::from(b"+"), needs: percent::plus_needs, make: Make::Spell(percent::plus), last: false, classes: &[] },
    View { name: "html", on: ByteSet::from(b"&"), needs: html::needs, make: Make::Spell(html::make), last: false, classes: &[] },
    View { name: "escapes", on: ByteSet::from(b"\\"), needs: escapes::needs, make: Make::Spell(escapes::make), last: false, classes: &[] },
    View { name: "css", on: ByteSet::from(b"\\"), needs: css::needs, make: Make::Spell(css::make), last: true, classes: &[Attack::Xss] },
    View { name: "fold", on: BEYOND, needs: fold::needs, make: Make::Spell(fold::make), last: false, classes: &[] },
    View { name: "overlong", on: BEYOND, needs: unicode::overlong_needs, make: Make::Spell(unicode::overlong), last: false, classes: &[] },
    View { name: "utf-16", on: ByteSet::from(b"\0\xff"), needs: unicode::utf16_needs, make: Make::Recode(unicode::utf16), last: false, classes: &[] },
    View { name: "nul", on: CONTROLS, needs: unicode::controls_needs, make: Make::Spell(unicode::controls), last: false, classes: &[] },
    View { name: "utf-7", on: ByteSet::from(b"+"), needs: unicode::utf7_needs, make: Make::Spell(unicode::utf7), last: false, classes: &[] },
    View { name: "quoted-printable", on: ByteSet::from(b"="), needs: quoted::needs, make: Make::Spell(quoted::make), last: false, classes: &[] },
    View { name: "token", on: ByteSet::from(b"."), needs: token::needs, make: Make::Unpack(token::make), last: false, classes: &[] },
    View { name: "base64", on: ANY, needs: base64::needs, make: Make::Unpack(base64::make), last: false, classes: &[] },
    View { name: "hex", on: ANY, needs: hex::needs, make: Make::Unpack(hex::make), last: false, classes: &[] },
    View { name: "gzip", on: CONTROLS, needs: compressed::gzip_needs, make: Make::Unpack(compressed::gzip), last: false, classes: &[] },
    View { name: "zlib", on: BINARY, needs: compressed::zlib_needs, make: Make::Unpack(compressed::zlib), last: false, classes: &[] },
    View { name: "deflate", on: BEYOND, needs: compressed::deflate_needs, make: Make::Unpack(compressed::deflate), last: false, classes: &[] },
    View { name: "zstd", on: BEYOND, needs: compressed::zstd_needs, make: Make::Unpack(compressed::zstd), last: false, classes: &[] },
    View { name: "brotli", on: BINARY, needs: compressed::brotli_needs, make: Make::Unpack(compressed::brotli), last: false, classes: &[] },
    View { name: "comments", on: ByteSet::from(b"*<"), needs: comments::needs, make: Make::Spell(comments::make), last: true, classes: COMMENTED },
    View { name: "shell", on: ByteSet::from(b"'\"\\^$`"), needs: shell::needs, make: Make::Spell(shell::make), last: true, classes: SHELL },
    View { name: "concat", on: ByteSet::from(b"'\"`"), needs: concat::needs, make: Make::Spell(concat::make), last: true, classes: CODE },
];

/// Which views may find something in a text of these bytes: bit n is `ALL[n]`.
pub(super) fn may(set: &ByteSet) -> u32 {
    const SETS: [ByteSet; ALL.len()] = {
        let mut sets = [ANY; ALL.len()];
        let mut at = 0;
        while at < sets.len() {
            sets[at] = ALL[at].on;
            at += 1;
        }
        sets
    };
    SETS.iter().enumerate().fold(0, |views, (number, on)| views | u32::from(set.meets(on)) << number)
}

/// The views as they are tried.
pub(super) const ORDER: [u8; ALL.len()] = {
    let mut order = [0; ALL.len()];
    let mut at = 0;
    while at < order.len() {
        order[at] = at as u8;
        at += 1;
    }
    order
};

/// Whether a text holds so long a run of base64 digits, or is nothing but hexadecimal ones.
pub(crate) fn packed(text: &[u8], long: usize) -> bool {
    base64::run(text, 0, long).is_some() || hex::needs(&ByteSet::of(text), text)
}

/// Whether decoded bytes look like something that was meant: mostly text, a known magic number, or a likely document.
pub(crate) fn meant(bytes: &[u8]) -> bool {
    if bytes.len() < 3 {
        return false;
    }
    if compressed::magic(bytes) || serialized(bytes) || (bytes.len() > 5 && unicode::wide(bytes)) {
        return true;
    }
    let head = &bytes[..bytes.len().min(4096)];
    let odd = match std::str::from_utf8(head) {
        Ok(text) => text.bytes().filter(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()).count(),
        Err(error) if error.error_len().is_none() && head.len() == 4096 => 0,
        Err(_) => head.iter().filter(|byte| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace())).count(),
    };
    let written = head.iter().any(u8::is_ascii_graphic) || memchr::memmem::find(head, FULL_WIDTH).is_some();
    odd * 8 <= head.len() && written || sniff::likeliest(bytes) >= LIKELY
}

/// Printable characters in a row that even a mebibyte of random bytes seldom holds.
const SAID: usize = 20;

/// Whether bytes that were not meant as a text have one written into them.
pub(crate) fn says(bytes: &[u8]) -> bool {
    bytes.split(|byte| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace())).any(|run| run.len() >= SAID)
}

/// How full-width signs and capitals begin in UTF-8.
const FULL_WIDTH: &[u8] = b"\xef\xbc";

/// From this likelihood on, decoded bytes are taken for a document.
const LIKELY: Likelihood = 40;

/// Java, pickle, Ruby and .NET streams by their first bytes.
fn serialized(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xac\xed\x00\x05")
        || bytes.starts_with(b"\x00\x01\x00\x00\x00\xff\xff\xff\xff")
        || (bytes[0] == 0x80 && (2..=5).contains(&bytes[1]) && bytes.ends_with(b"."))
        || (bytes.starts_with(b"\x04\x08") && bytes.len() > 4 && b"[{oOIcUue\":".contains(&bytes[2]))
        || bytes.starts_with(b"\xff\x01")
}

/// The value of a hexadecimal digit.
#[inline]
pub(crate) fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Appends a code point as UTF-8; a lone surrogate or worse as U+FFFD. Below U+0080 (or for a byte escape) one byte.
pub(crate) fn push_code(out: &mut Vec<u8>, code: u32) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each view lives on, and what other views are told apart from it by.
    const PIECES: &[&[u8]] = &[
        b"%3C",
        b"+",
        b"&lt;",
        b"\\x3c",
        b"\\3c ",
        b"\xef\xbc\x9c",
        b"\xc0\xbc",
        b"<\0a\0b\0",
        b"\xff\xfe",
        b"\0",
        b"+ADw-",
        b"=3C",
        b"eyJhIjoxfQ.",
        b"PHNjcmlwdD4=",
        b"3c7363726970743e",
        b"\x1f\x8b\x08\0",
        b"x\x9c\x4b\x4c\x04",
        b"\x28\xb5\x2f\xfd\x04",
        b"/* */",
        b"<!-- -->",
        b"c'a't",
        b"'+'",
        b"\"",
        b"`",
        b"^",
        b"$x",
        b" ",
        b"text",
        b"\x80",
        b"\x7f",
    ];

    #[test]
    fn a_view_is_tried_wherever_it_could_find_anything() {
        let mut asked = [0; ALL.len()];
        for one in PIECES {
            for two in PIECES {
                for three in PIECES {
                    let text = [*one, two, three].concat();
                    let set = ByteSet::of(&text);
                    for (number, view) in ALL.iter().enumerate().filter(|(_, view)| (view.needs)(&set, &text)) {
                        asked[number] += 1;
                        assert!(may(&set) >> number & 1 != 0, "{}: {text:?}", view.name);
                    }
                }
            }
        }
        assert!(asked.iter().all(|times| *times > 0), "{asked:?}");
    }
}

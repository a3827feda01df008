//! Compatibility forms, look-alikes, zero-width and combining characters: to the ASCII that a lenient reader sees.

use super::spelling::find_beyond_ascii;
use super::{ByteSet, Spelling};

/// Code points that stand for one ASCII character and belong to no block below, in order.
const SINGLE: &[(u32, u8)] = &[
    (0x00aa, b'a'),
    (0x00ab, b'<'),
    (0x00b2, b'2'),
    (0x00b3, b'3'),
    (0x00b4, b'\''),
    (0x00b9, b'1'),
    (0x00ba, b'o'),
    (0x00bb, b'>'),
    (0x0131, b'i'),
    (0x017f, b's'),
    (0x01c0, b'|'),
    (0x01c3, b'!'),
    (0x02b9, b'\''),
    (0x02ba, b'"'),
    (0x02bb, b'\''),
    (0x02bc, b'\''),
    (0x02c8, b'\''),
    (0x02ee, b'"'),
    (0x037e, b';'),
    (0x0391, b'A'),
    (0x0392, b'B'),
    (0x0395, b'E'),
    (0x0399, b'I'),
    (0x039a, b'K'),
    (0x039c, b'M'),
    (0x039d, b'N'),
    (0x039f, b'O'),
    (0x03a1, b'P'),
    (0x03a4, b'T'),
    (0x03a7, b'X'),
    (0x03bf, b'o'),
    (0x0405, b'S'),
    (0x0406, b'I'),
    (0x0408, b'J'),
    (0x0410, b'A'),
    (0x0412, b'B'),
    (0x0415, b'E'),
    (0x041a, b'K'),
    (0x041c, b'M'),
    (0x041d, b'H'),
    (0x041e, b'O'),
    (0x0420, b'P'),
    (0x0421, b'C'),
    (0x0422, b'T'),
    (0x0425, b'X'),
    (0x0430, b'a'),
    (0x0435, b'e'),
    (0x043e, b'o'),
    (0x0440, b'p'),
    (0x0441, b'c'),
    (0x0443, b'y'),
    (0x0445, b'x'),
    (0x0455, b's'),
    (0x0456, b'i'),
    (0x0458, b'j'),
    (0x04bb, b'h'),
    (0x0501, b'd'),
    (0x1680, b' '),
    (0x2018, b'\''),
    (0x2019, b'\''),
    (0x201a, b'\''),
    (0x201b, b'\''),
    (0x201c, b'"'),
    (0x201d, b'"'),
    (0x201e, b'"'),
    (0x201f, b'"'),
    (0x2024, b'.'),
    (0x2028, b'\n'),
    (0x2029, b'\n'),
    (0x202f, b' '),
    (0x2032, b'\''),
    (0x2033, b'"'),
    (0x2035, b'\''),
    (0x2039, b'<'),
    (0x203a, b'>'),
    (0x2044, b'/'),
    (0x204f, b';'),
    (0x205f, b' '),
    (0x207a, b'+'),
    (0x207c, b'='),
    (0x207d, b'('),
    (0x207e, b')'),
    (0x208c, b'='),
    (0x208d, b'('),
    (0x208e, b')'),
    (0x210e, b'h'),
    (0x212a, b'K'),
    (0x2212, b'-'),
    (0x2215, b'/'),
    (0x2216, b'\\'),
    (0x2217, b'*'),
    (0x2223, b'|'),
    (0x2236, b':'),
    (0x2329, b'<'),
    (0x232a, b'>'),
    (0x2571, b'/'),
    (0x2572, b'\\'),
    (0x27e8, b'<'),
    (0x27e9, b'>'),
    (0x29f5, b'\\'),
    (0x29f8, b'/'),
    (0x29f9, b'\\'),
    (0x3000, b' '),
    (0x3002, b'.'),
    (0x3008, b'<'),
    (0x3009, b'>'),
    (0x560a, b'\n'),
    (0x560d, b'\r'),
    (0x563c, b'<'),
    (0x563e, b'>'),
    (0xfe50, b','),
    (0xfe52, b'.'),
    (0xfe54, b';'),
    (0xfe55, b':'),
    (0xfe56, b'?'),
    (0xfe57, b'!'),
    (0xfe59, b'('),
    (0xfe5a, b')'),
    (0xfe5b, b'{'),
    (0xfe5c, b'}'),
    (0xfe5f, b'#'),
    (0xfe60, b'&'),
    (0xfe61, b'*'),
    (0xfe62, b'+'),
    (0xfe63, b'-'),
    (0xfe64, b'<'),
    (0xfe65, b'>'),
    (0xfe66, b'='),
    (0xfe68, b'\\'),
    (0xfe69, b'$'),
    (0xfe6a, b'%'),
    (0xfe6b, b'@'),
    (0xff61, b'.'),
    (0xffe8, b'|'),
];

enum Folded {
    Same,
    Gone,
    Ascii(u8),
}

pub fn needs(set: &ByteSet, _: &[u8]) -> bool {
    set.beyond_ascii()
}

/// Folds; invalid bytes stay. False unless ASCII came of something, or something vanished.
pub fn make(text: &mut Spelling<'_>) -> bool {
    // A text without one ASCII letter is simply in another script: its look-alikes are letters of its own.
    let latin = text.text().iter().any(u8::is_ascii_alphabetic);
    while text.keep_to(find_beyond_ascii) {
        let Some((code, length)) = decode(text.rest()) else {
            text.keep(1);
            continue;
        };
        match fold(code) {
            Folded::Ascii(byte) if latin || !byte.is_ascii_alphabetic() || code > 0x2000 => {
                text.replace(length, &[byte]);
            }
            Folded::Gone => text.replace(length, b""),
            _ => text.keep(length),
        }
    }
    text.changed()
}

fn decode(text: &[u8]) -> Option<(u32, usize)> {
    let length = match text.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let text = std::str::from_utf8(text.get(..length)?).ok()?;
    Some((text.chars().next()? as u32, length))
}

fn fold(code: u32) -> Folded {
    match code {
        0xff01..=0xff5e => Folded::Ascii((code - 0xff01 + 0x21) as u8),
        0x00a0 | 0x2000..=0x200a => Folded::Ascii(b' '),
        0x00ad | 0x034f | 0x061c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180e | 0x200b..=0x200f => {
            Folded::Gone
        }
        0x202a..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 => Folded::Gone,
        0x0300..=0x036f | 0x0483..=0x0489 | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f => {
            Folded::Gone
        }
        0xe0000..=0xe0fff => Folded::Gone,
        0x1d400..=0x1d6a3 => Folded::Ascii(letter((code - 0x1d400) % 52)),
        0x1d7ce..=0x1d7ff => Folded::Ascii(b'0' + ((code - 0x1d7ce) % 10) as u8),
        0x24b6..=0x24cf => Folded::Ascii(b'A' + (code - 0x24b6) as u8),
        0x24d0..=0x24e9 => Folded::Ascii(b'a' + (code - 0x24d0) as u8),
        0x2080..=0x2089 => Folded::Ascii(b'0' + (code - 0x2080) as u8),
        0x2074..=0x2079 => Folded::Ascii(b'0' + (code - 0x2070) as u8),
        0x1f130..=0x1f149 => Folded::Ascii(b'A' + (code - 0x1f130) as u8),
        _ => match SINGLE.binary_search_by_key(&code, |(from, _)| *from) {
            Ok(at) => Folded::Ascii(SINGLE[at].1),
            Err(_) => Folded::Same,
        },
    }
}

fn letter(index: u32) -> u8 {
    if index < 26 { b'A' + index as u8 } else { b'a' + (index - 26) as u8 }
}

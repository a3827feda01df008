//! Character references of HTML (WHATWG, section 13.5): named, decimal, hexadecimal, with or without the semicolon.

use super::bytes::Bits;
use super::{ByteSet, Spelling, nibble};

/// The names that stand for something an attack is written with.
const NAMES: &[(&[u8], &[u8])] = &[
    (b"AMP", b"&"),
    (b"GT", b">"),
    (b"LT", b"<"),
    (b"NewLine", b"\n"),
    (b"QUOT", b"\""),
    (b"Tab", b"\t"),
    (b"amp", b"&"),
    (b"apos", b"'"),
    (b"ast", b"*"),
    (b"bsol", b"\\"),
    (b"colon", b":"),
    (b"comma", b","),
    (b"commat", b"@"),
    (b"dollar", b"$"),
    (b"equals", b"="),
    (b"excl", b"!"),
    (b"grave", b"`"),
    (b"gt", b">"),
    (b"hyphen", b"-"),
    (b"lbrace", b"{"),
    (b"lbrack", b"["),
    (b"lcub", b"{"),
    (b"lowbar", b"_"),
    (b"lpar", b"("),
    (b"lsqb", b"["),
    (b"lt", b"<"),
    (b"midast", b"*"),
    (b"nbsp", b" "),
    (b"num", b"#"),
    (b"percnt", b"%"),
    (b"period", b"."),
    (b"plus", b"+"),
    (b"quest", b"?"),
    (b"quot", b"\""),
    (b"rbrace", b"}"),
    (b"rbrack", b"]"),
    (b"rcub", b"}"),
    (b"rpar", b")"),
    (b"rsqb", b"]"),
    (b"semi", b";"),
    (b"sol", b"/"),
    (b"verbar", b"|"),
    (b"vert", b"|"),
    (b"Hat", b"^"),
    (b"UnderBar", b"_"),
    (b"DiacriticalGrave", b"`"),
    (b"VerticalLine", b"|"),
    (b"ZeroWidthSpace", b""),
    (b"shy", b""),
    (b"zwj", b""),
    (b"zwnj", b""),
];

/// The names that begin with a byte, a bit each.
static BY_FIRST: [u64; 256] = {
    let mut by_first = [0; 256];
    let mut at = 0;
    while at < NAMES.len() {
        by_first[NAMES[at].0[0] as usize] |= 1 << at;
        at += 1;
    }
    by_first
};

pub fn needs(set: &ByteSet, _: &[u8]) -> bool {
    set.has(b'&')
}

/// Decodes once; what is no reference stays.
pub fn make(text: &mut Spelling<'_>) -> bool {
    while text.keep_to(|rest| memchr::memchr(b'&', rest)) {
        let rest = &text.rest()[1..];
        if rest.first() == Some(&b'#') {
            match numeric(rest) {
                Some((length, code)) => text.replace_code(1 + length, code),
                None => text.keep(1),
            }
        } else {
            match named(rest) {
                Some((length, value)) => text.replace(1 + length, value),
                None => text.keep(1),
            }
        }
    }
    text.changed()
}

fn named(rest: &[u8]) -> Option<(usize, &'static [u8])> {
    let length = rest.iter().take(18).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let word = &rest[..length];
    let begun = Bits(BY_FIRST[usize::from(*word.first()?)]).map(|place| &NAMES[usize::from(place)]);
    // Without its semicolon a name may be followed by anything: the longest that fits.
    let (name, value) = begun.filter(|(name, _)| word.starts_with(name)).max_by_key(|(name, _)| name.len())?;
    Some((name.len() + usize::from(rest.get(name.len()) == Some(&b';')), value))
}

fn numeric(rest: &[u8]) -> Option<(usize, u32)> {
    let hex = matches!(rest.get(1), Some(b'x' | b'X'));
    let start = if hex { 2 } else { 1 };
    let mut at = start;
    let mut code: u32 = 0;
    while let Some(digit) = rest.get(at).and_then(|byte| nibble(*byte)).filter(|digit| hex || *digit < 10) {
        code = code.saturating_mul(if hex { 16 } else { 10 }).saturating_add(u32::from(digit));
        at += 1;
    }
    (at > start).then(|| (at + usize::from(rest.get(at) == Some(&b';')), code))
}

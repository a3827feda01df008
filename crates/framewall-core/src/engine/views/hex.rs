//! Hexadecimal: a whole text of digit pairs, with or without `0x`, separators or a trailing `h`.

use super::{ByteSet, meant, nibble, says};

/// Decoded bytes below which it is an id: four random bytes are printable too often.
const SHORTEST: usize = 6;

const DIGITS: ByteSet = ByteSet::from(b"0123456789abcdefABCDEFxX\\ :,-h\r\n");

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    text.len() >= 2 * SHORTEST && set.within(&DIGITS)
}

/// Decodes if every digit has its partner and the result was meant.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut high = None;
    let mut at = 0;
    while at < text.len() {
        let prefixed = text[at] == b'0' && matches!(text.get(at + 1), Some(b'x' | b'X'));
        match nibble(text[at]) {
            _ if prefixed => at += 1,
            Some(digit) => match high.take() {
                Some(first) => out.push(first << 4 | digit),
                None => high = Some(digit),
            },
            None => {}
        }
        at += 1;
    }
    high.is_none() && out.len() >= SHORTEST && (meant(out) || says(out))
}

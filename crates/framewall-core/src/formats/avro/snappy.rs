//! Snappy's raw format, as Avro's blocks have it: no framing, a checksum after it.
//!
//! Source: Snappy's format description. A text that breaks off is kept as far as it came.

/// The checksum after a block.
const CHECKSUM: usize = 4;
/// A copy's offset takes one, two or four bytes; a literal's length up to four.
const LONGEST: usize = 4;

/// What a block comes to, at most `most` bytes; and whether it was read to its end.
pub(super) fn unpack(packed: &[u8], most: usize) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let body = &packed[..packed.len().saturating_sub(CHECKSUM)];
    let mut rest = match body.iter().position(|&byte| byte < 0x80) {
        Some(end) if end <= LONGEST => &body[end + 1..],
        _ => return (out, false),
    };
    while let Some((&tag, after)) = rest.split_first() {
        let Some((used, step)) = element(tag, after) else { return (out, false) };
        rest = &after[used..];
        match step {
            Step::Literal(len) => match rest.split_at_checked(len) {
                Some((literal, more)) if out.len() + len <= most => {
                    out.extend_from_slice(literal);
                    rest = more;
                }
                _ => return (out, false),
            },
            Step::Copy(len, back) => {
                if back == 0 || back > out.len() || out.len() + len > most {
                    return (out, false);
                }
                for _ in 0..len {
                    out.push(out[out.len() - back]);
                }
            }
        }
    }
    (out, true)
}

enum Step {
    Literal(usize),
    Copy(usize, usize),
}

/// The element of this tag: how many bytes of what follows belong to it, and what it says.
fn element(tag: u8, after: &[u8]) -> Option<(usize, Step)> {
    let number = |width: usize| {
        let bytes = after.get(..width)?;
        Some(bytes.iter().rev().fold(0usize, |whole, &byte| whole << 8 | usize::from(byte)))
    };
    let high = usize::from(tag >> 2);
    Some(match tag & 3 {
        0 if high < 60 => (0, Step::Literal(high + 1)),
        0 => (high - 59, Step::Literal(number(high - 59)?.checked_add(1)?)),
        1 => (1, Step::Copy(4 + (high & 7), usize::from(tag >> 5) << 8 | number(1)?)),
        2 => (2, Step::Copy(high + 1, number(2)?)),
        _ => (4, Step::Copy(high + 1, number(4)?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_copies_of_every_width_are_read() {
        let packed = b"\x0f\x08abc\x01\x03\x0a\x03\x00\x0b\x06\x00\x00\x00\xf0\x01yzCRC!";
        let (out, whole) = unpack(packed, 100);
        assert_eq!((out.as_slice(), whole), (&b"abcabcabcabcayz"[..], true));
    }

    #[test]
    fn what_is_broken_or_too_long_is_kept_as_far_as_it_came() {
        assert_eq!(unpack(b"\x05\x08abc\x01\x09CRC!", 100), (b"abc".to_vec(), false));
        assert_eq!(unpack(b"\x05\xffCRC!", 100), (vec![], false));
        assert_eq!(unpack(b"\x40\x08abc\xfe\x01\x00CRC!", 20), (b"abc".to_vec(), false));
        assert_eq!(unpack(b"abc", 20), (vec![], false));
    }
}

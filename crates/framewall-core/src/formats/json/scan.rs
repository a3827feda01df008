//! Finding where JSON tokens end.

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of every byte that equals `byte` (and, above the lowest such, perhaps of others).
#[inline]
const fn equal(word: u64, byte: u8) -> u64 {
    let zero = word ^ (LOW * byte as u64);
    zero.wrapping_sub(LOW) & !zero & HIGH
}

/// Where the quote is that ends the string whose text starts at `at` (or the input's end), and whether it has escapes.
#[inline]
pub fn string_end(bytes: &[u8], at: usize, quote: u8) -> (usize, bool) {
    let mut at = at;
    // Short strings, eight bytes at a time; long ones are left to the vector search.
    for _ in 0..4 {
        let Some(chunk) = bytes.get(at..at + 8) else { break };
        let word = u64::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7]]);
        let hits = equal(word, quote) | equal(word, b'\\');
        if hits != 0 {
            let hit = at + (hits.trailing_zeros() / 8) as usize;
            return if bytes[hit] == quote { (hit, false) } else { (escaped_end(bytes, hit, quote), true) };
        }
        at += 8;
    }
    match memchr::memchr2(quote, b'\\', &bytes[at..]) {
        Some(hit) if bytes[at + hit] == quote => (at + hit, false),
        Some(hit) => (escaped_end(bytes, at + hit, quote), true),
        None => (bytes.len(), false),
    }
}

/// The same from a backslash on.
fn escaped_end(bytes: &[u8], backslash: usize, quote: u8) -> usize {
    let mut at = (backslash + 2).min(bytes.len());
    while let Some(hit) = memchr::memchr2(quote, b'\\', &bytes[at..]) {
        if bytes[at + hit] == quote {
            return at + hit;
        }
        at = (at + hit + 2).min(bytes.len());
    }
    bytes.len()
}

const BLANK: u8 = 1;
const STOP: u8 = 2;
/// May begin a longer blank: a comment or a Unicode space.
const MAYBE: u8 = 4;

static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b' ' | b'\n' | b'\r' | b'\t' => BLANK | STOP,
            0x0B | 0x0C => BLANK | STOP,
            b',' | b':' | b';' | b'=' | b'[' | b']' | b'{' | b'}' | b'"' | b'\'' | b'\\' => STOP,
            0x1E => STOP,
            b'/' | b'#' => STOP | MAYBE,
            0xEF | 0xC2 | 0xE2 | 0xE3 => MAYBE,
            _ => 0,
        };
        byte += 1;
    }
    class
};

/// The first byte from `at` on that is neither white space (ASCII, U+00A0, U+2028, U+2029, U+3000, U+FEFF) nor comment.
#[inline]
pub fn skip_blank(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(&byte) = bytes.get(at) {
        let class = CLASS[byte as usize];
        if class & BLANK != 0 {
            at += 1;
        } else if class & MAYBE == 0 {
            return at;
        } else {
            match long_blank(&bytes[at..]) {
                0 => return at,
                length => at += length,
            }
        }
    }
    at
}

/// How long the comment or Unicode space is that begins here; 0 for neither.
#[cold]
fn long_blank(bytes: &[u8]) -> usize {
    let line = |bytes: &[u8]| memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
    match bytes {
        [b'#', ..] | [b'/', b'/', ..] => line(bytes),
        [b'/', b'*', inside @ ..] => memchr::memmem::find(inside, b"*/").map_or(bytes.len(), |end| end + 4),
        [0xC2, 0xA0, ..] => 2,
        [0xEF, 0xBB, 0xBF, ..] | [0xE2, 0x80, 0xA8 | 0xA9, ..] | [0xE3, 0x80, 0x80, ..] => 3,
        _ => 0,
    }
}

/// Where the number or bare word at `at` ends: at least one byte on, so that every token moves forward.
#[inline]
pub fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < bytes.len() && CLASS[bytes[end] as usize] & STOP == 0 {
        end += 1;
    }
    end
}

/// Whether a word that came up to `at` ends there.
#[inline]
pub fn ends_word(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|&byte| CLASS[byte as usize] & STOP != 0)
}

/// Whether a value begins with this byte: a quote, a bracket that opens, or a word.
#[inline]
pub fn begins_value(byte: u8) -> bool {
    CLASS[byte as usize] & (STOP | MAYBE) == 0 || matches!(byte, b'"' | b'\'' | b'{' | b'[')
}

/// The high bit of the lowest byte that is none of `-`, `.` and the digits (and perhaps of others above it).
#[inline]
const fn beyond_number(word: u64) -> u64 {
    let above = word.wrapping_add(LOW * (0x7f - b'9' as u64)) | word;
    let below = word.wrapping_sub(LOW * b'-' as u64);
    (above | below) & HIGH | equal(word, b'/')
}

/// Where the run of digits, signs and points ends whose first byte is at `at`.
#[inline]
pub fn number_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(chunk) = bytes.get(end..end + 8) {
        let word = u64::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7]]);
        match beyond_number(word) {
            0 => end += 8,
            hits => return end + (hits.trailing_zeros() / 8) as usize,
        }
    }
    let rest = bytes[end..].iter().take_while(|byte| matches!(byte, b'-' | b'.' | b'0'..=b'9'));
    end + rest.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_ends_at_the_first_byte_that_is_none_of_its_own() {
        for length in 0..20 {
            for byte in 0..=255u8 {
                let text = [&b"7".repeat(1 + length)[..], &[byte], b"1.5-2,33333333"].concat();
                let own = matches!(byte, b'-' | b'.' | b'0'..=b'9');
                let end = if own { length + 7 } else { length + 1 };
                assert_eq!(number_end(&text, 0), end, "{} {byte}", text.escape_ascii());
                assert_eq!(number_end(&text[..length + 2], 0), length + 1 + usize::from(own), "{length} {byte}");
            }
        }
        assert_eq!(number_end(b"-", 0), 1);
    }
}

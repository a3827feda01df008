//! Quick answers before slow ones: the next byte that matters, and whether a word can be a known one.

/// Bytes that a reader stops at.
pub(crate) struct Stops([bool; 256]);

impl Stops {
    /// Stops at each of these.
    pub const fn at(bytes: &[u8]) -> Stops {
        let mut stops = [false; 256];
        let mut at = 0;
        while at < bytes.len() {
            stops[bytes[at] as usize] = true;
            at += 1;
        }
        Stops(stops)
    }

    /// Whether it stops at this byte.
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// The first stop from `from` on.
    pub fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        rest.iter().position(|byte| self.has(*byte)).map(|length| from + length)
    }
}

/// Lets most words through that are none of a list: it knows their two first letters, the last and the length. Never
/// holds back one of the list, in whatever case.
pub(crate) struct Sieve([u64; 512]);

impl Sieve {
    /// Lets one more pass.
    pub const fn with(mut self, word: &str) -> Sieve {
        let place = place(word.as_bytes());
        self.0[place >> 6] |= 1 << (place & 63);
        self
    }

    /// Lets none pass.
    pub const fn empty() -> Sieve {
        Sieve([0; 512])
    }

    /// Whether this word may be one of the list.
    pub const fn may_have(&self, word: &[u8]) -> bool {
        let place = place(word);
        self.0[place >> 6] & (1 << (place & 63)) != 0
    }
}

/// Fifteen bits of a word, the same in either case.
const fn place(word: &[u8]) -> usize {
    let length = word.len();
    if length == 0 {
        return 0;
    }
    let first = (word[0] & 31) as usize;
    let second = (word[if length > 1 { 1 } else { 0 }] & 31) as usize;
    let last = (word[length - 1] & 31) as usize;
    (first | (second << 5) | (last << 10)) ^ ((length * 0x2a5d) & 0x7fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_stops_at_what_it_was_told() {
        const SIGNS: Stops = Stops::at(b"|;");
        assert_eq!(SIGNS.next(b"a b; c | d", 0), Some(3));
        assert_eq!(SIGNS.next(b"a b; c | d", 4), Some(7));
        assert_eq!(SIGNS.next(b"a b; c | d", 8), None);
        assert_eq!(SIGNS.next(b"", 4), None);
    }

    #[test]
    fn a_sieve_never_holds_back_its_own() {
        const WORDS: [&str; 4] = ["select", "or", "x", "_$$nd_func$$_"];
        let sieve = WORDS.iter().fold(Sieve::empty(), |sieve, word| sieve.with(word));
        for word in WORDS {
            assert!(sieve.may_have(word.as_bytes()) && sieve.may_have(word.to_ascii_uppercase().as_bytes()));
        }
        assert!(!sieve.may_have(b"prose") && !sieve.may_have(b""));
    }
}

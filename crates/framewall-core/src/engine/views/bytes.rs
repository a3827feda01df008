//! Which bytes occur: one pass, then every gate is a mask.

/// From this length on, a table of bytes is quicker than a mask.
const TABLED: usize = 16;
/// Moves bit 0 of byte n to bit 56 + n.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// A set of byte values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// The bytes that occur in this text.
    pub fn of(text: &[u8]) -> ByteSet {
        if text.len() < TABLED {
            return ByteSet::of_short(text);
        }
        let mut seen = [0u8; 256];
        for byte in text {
            seen[*byte as usize] = 1;
        }
        let mut set = ByteSet::default();
        let (eights, _) = seen.as_chunks::<8>();
        for (place, eight) in eights.iter().enumerate() {
            // Each of the eight bytes is 0 or 1; the product has them side by side in its highest byte.
            let bits = u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56;
            set.0[place >> 3] |= bits << (8 * (place & 7));
        }
        set
    }

    fn of_short(text: &[u8]) -> ByteSet {
        let mut words = [0u64; 4];
        for byte in text {
            let bit = 1 << (byte & 63);
            for (place, word) in words.iter_mut().enumerate() {
                *word |= if usize::from(byte >> 6) == place { bit } else { 0 };
            }
        }
        ByteSet(words)
    }

    /// The set of these bytes, at compile time.
    pub const fn from(bytes: &[u8]) -> ByteSet {
        let mut set = [0u64; 4];
        let mut at = 0;
        while at < bytes.len() {
            set[(bytes[at] >> 6) as usize] |= 1 << (bytes[at] & 63);
            at += 1;
        }
        ByteSet(set)
    }

    /// A set by its bits, 64 bytes a word.
    pub const fn from_bits(words: [u64; 4]) -> ByteSet {
        ByteSet(words)
    }

    /// Whether this byte occurs.
    #[inline]
    pub const fn has(&self, byte: u8) -> bool {
        self.0[(byte >> 6) as usize] & (1 << (byte & 63)) != 0
    }

    /// Whether any byte of the other occurs.
    #[inline]
    pub const fn meets(&self, other: &ByteSet) -> bool {
        let mut met = 0;
        let mut at = 0;
        while at < 4 {
            met |= self.0[at] & other.0[at];
            at += 1;
        }
        met != 0
    }

    /// The bytes that are in both, in order.
    pub fn both(&self, other: &ByteSet) -> impl Iterator<Item = u8> {
        let words: [u64; 4] = std::array::from_fn(|at| self.0[at] & other.0[at]);
        words.into_iter().enumerate().flat_map(|(place, word)| Bits(word).map(move |bit| (place << 6) as u8 | bit))
    }

    /// The bytes of either.
    pub const fn with(&self, other: &ByteSet) -> ByteSet {
        let (one, two) = (&self.0, &other.0);
        ByteSet([one[0] | two[0], one[1] | two[1], one[2] | two[2], one[3] | two[3]])
    }

    /// Whether any byte of `first..=last` occurs; both in the same half of 128.
    #[inline]
    pub fn beyond_ascii(&self) -> bool {
        self.0[2] | self.0[3] != 0
    }

    /// Whether every byte that occurs is in the other.
    #[inline]
    pub fn within(&self, other: &ByteSet) -> bool {
        (0..4).all(|at| self.0[at] & !other.0[at] == 0)
    }

    /// Control bytes that text does without.
    #[inline]
    pub fn controls(&self) -> bool {
        const KEPT: u64 = 1 << b'\t' | 1 << b'\n' | 1 << b'\r';
        self.0[0] & 0xffff_ffff & !KEPT != 0 || self.has(0x7f)
    }
}

/// The places of the bits that are set.
pub(super) struct Bits(pub u64);

impl Iterator for Bits {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let place = self.0.trailing_zeros() as u8;
        self.0 &= self.0.checked_sub(1)?;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_the_bytes_of_its_text_whatever_its_length() {
        for length in [0, 1, 7, TABLED - 1, TABLED, TABLED + 1, 400] {
            for step in [1usize, 7, 64, 255] {
                let text: Vec<u8> = (0..length).map(|at| (at * step) as u8).collect();
                let set = ByteSet::of(&text);
                assert_eq!(set, ByteSet::from(&text), "{length} {step}");
                assert!((0..=255).all(|byte| set.has(byte) == text.contains(&byte)));
            }
        }
    }

    #[test]
    fn what_is_in_both_comes_in_order() {
        let (one, other) = (ByteSet::from(b"\0az\x7f\x80\xff"), ByteSet::from(b"za\xff\0b"));
        assert_eq!(one.both(&other).collect::<Vec<_>>(), b"\0az\xff");
        assert_eq!(one.both(&ByteSet::default()).count(), 0);
    }
}

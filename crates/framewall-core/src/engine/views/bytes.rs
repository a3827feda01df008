//! Which bytes occur: one pass, then every gate is a mask.

/// A set of byte values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// The bytes that occur in this text.
    pub fn of(text: &[u8]) -> ByteSet {
        let mut seen = [false; 256];
        for byte in text {
            seen[*byte as usize] = true;
        }
        let mut set = ByteSet::default();
        for (value, seen) in seen.iter().enumerate() {
            set.0[value >> 6] |= u64::from(*seen) << (value & 63);
        }
        set
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

    /// The bytes of both.
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

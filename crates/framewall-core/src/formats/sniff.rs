//! Which formats a run of bytes may be: by what the bytes are, never by opcode or declared type alone.

use std::sync::OnceLock;

use super::{ALL, Format, Likelihood};

/// From this likelihood on, a reading is judged.
pub const PLAUSIBLE: Likelihood = 20;

/// Formats there can be; [`ALL`] is held to it.
const MOST: usize = 32;

const _: () = assert!(ALL.len() <= MOST);

/// The plausible readings of some bytes, likeliest first. No allocation.
#[derive(Clone, Copy, Debug)]
pub struct Readings {
    places: [u8; MOST],
    likelihoods: [Likelihood; MOST],
    count: usize,
}

impl Readings {
    /// Whether these bytes are nothing but themselves.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The formats, likeliest first; a hinted one leads.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static dyn Format> + '_ {
        self.ranked().map(|(format, _)| format)
    }

    /// The formats with how likely each is, likeliest first; a hinted one leads and is certain.
    pub fn ranked(&self) -> impl ExactSizeIterator<Item = (&'static dyn Format, Likelihood)> + '_ {
        let places = self.places[..self.count].iter().map(|&place| ALL[place as usize]);
        places.zip(self.likelihoods.iter().copied())
    }

    /// How likely the likeliest is; 0 if there is none.
    pub fn likelihood(&self) -> Likelihood {
        if self.count == 0 { 0 } else { self.likelihoods[0] }
    }
}

/// Every format that `bytes` may plausibly be, and the hinted one whatever they look like. A hint that names no
/// format (`auto`) adds nothing; none at all means the bytes are judged as they stand.
pub fn readings(bytes: &[u8], hint: &str) -> Readings {
    let hinted = if hint.is_empty() { None } else { ALL.iter().position(|format| format.name() == hint) };
    let mut found = Readings { places: [0; MOST], likelihoods: [0; MOST], count: 0 };
    let likelihoods = &mut found.likelihoods;
    if let Some(place) = hinted {
        found.places[0] = place as u8;
        likelihoods[0] = Likelihood::MAX;
        found.count = 1;
    }
    let mut candidates = bytes.first().map_or(0, |&first| openers()[first as usize]);
    while candidates != 0 {
        let place = candidates.trailing_zeros() as usize;
        candidates &= candidates - 1;
        if hinted == Some(place) {
            continue;
        }
        let likelihood = ALL[place].sniff(bytes);
        if likelihood < PLAUSIBLE {
            continue;
        }
        let mut at = found.count;
        while at > 0 && likelihoods[at - 1] < likelihood {
            (likelihoods[at], found.places[at]) = (likelihoods[at - 1], found.places[at - 1]);
            at -= 1;
        }
        (likelihoods[at], found.places[at]) = (likelihood, place as u8);
        found.count += 1;
    }
    found
}

/// How strongly the bytes look like the format that they look most like.
pub fn likeliest(bytes: &[u8]) -> Likelihood {
    readings(bytes, "").likelihood()
}

/// For each first byte, the formats that may begin so, as bits.
fn openers() -> &'static [u32; 256] {
    static TABLE: OnceLock<[u32; 256]> = OnceLock::new();
    TABLE.get_or_init(|| {
        std::array::from_fn(|first| {
            let bits = ALL.iter().enumerate().map(|(place, format)| u32::from(format.opens(first as u8)) << place);
            bits.sum()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(bytes: &[u8], hint: &str) -> Vec<&'static str> {
        readings(bytes, hint).iter().map(|format| format.name()).collect()
    }

    #[test]
    fn json_is_known_by_its_bytes() {
        assert_eq!(names(b" {\"a\":1}", "auto")[0], "json");
        assert_eq!(names(b"42[\"a\"]", "")[0], "json");
        assert!(!names(b"hello", "auto").contains(&"json"));
        assert!(names(b"", "auto").is_empty());
    }

    #[test]
    fn a_hint_adds_a_reading_and_removes_none() {
        assert!(names(b"hello", "json").contains(&"json"));
        for format in ALL {
            let hinted = names(b"{\"a\":1}", format.name());
            assert_eq!(hinted[0], format.name());
            assert!(hinted.contains(&"json"));
        }
    }

    #[test]
    fn names_are_unique() {
        let mut seen: Vec<_> = ALL.iter().map(|format| format.name()).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), ALL.len());
    }
}

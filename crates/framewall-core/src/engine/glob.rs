//! Globs over field paths: `*` within anything, `?` one byte. ASCII case matters.

use crate::formats::{Path, Segment};

/// A compiled glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    text: Box<[u8]>,
    /// Bytes at its end that stand for themselves.
    end: usize,
}

impl Glob {
    /// From its text.
    pub fn new(text: &str) -> Glob {
        let end = text.bytes().rev().take_while(|byte| !matches!(byte, b'*' | b'?')).count();
        Glob { text: text.as_bytes().into(), end }
    }

    /// Whether the whole text matches. Linear but for the stars, each of which is tried at most once a byte.
    pub fn matches(&self, text: &[u8]) -> bool {
        if !text.ends_with(&self.text[self.text.len() - self.end..]) {
            return false;
        }
        let (glob, mut at, mut from) = (&*self.text, 0, 0);
        let mut star: Option<(usize, usize)> = None;
        while from < text.len() {
            if at < glob.len() && glob[at] == b'*' {
                star = Some((at, from));
                at += 1;
            } else if at < glob.len() && (glob[at] == b'?' || glob[at] == text[from]) {
                at += 1;
                from += 1;
            } else if let Some((back, taken)) = star {
                star = Some((back, taken + 1));
                at = back + 1;
                from = taken + 1;
            } else {
                return false;
            }
        }
        glob[at..].iter().all(|byte| *byte == b'*')
    }
}

/// A path as people write it: `args[0].text`.
pub fn render(path: &Path, out: &mut Vec<u8>) {
    for segment in path.iter() {
        match segment {
            Segment::Key(key) => {
                if !out.is_empty() {
                    out.push(b'.');
                }
                out.extend_from_slice(key);
            }
            Segment::Index(index) => {
                out.push(b'[');
                out.extend_from_slice(index.to_string().as_bytes());
                out.push(b']');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_marks() {
        assert!(Glob::new("*.text").matches(b"args[0].text"));
        assert!(Glob::new("args[?].*").matches(b"args[0].text"));
        assert!(!Glob::new("*.text").matches(b"args[0].texts"));
        assert!(Glob::new("**").matches(b""));
    }

    #[test]
    fn a_path_reads_as_written() {
        let mut path = Path::new();
        path.push_key(b"args");
        path.push_index(0);
        path.push_key(b"text");
        let mut out = Vec::new();
        render(&path, &mut out);
        assert_eq!(out, b"args[0].text");
    }
}

//! JSON Web Tokens (RFC 7519, compact form of RFC 7515): header and claims walked as JSON, the signature a binary leaf.
//!
//! Paths begin with `header`, `claims` and `signature`. Spans are those of the base64url parts. JWE (five parts) shows
//! its header; the rest is ciphertext.

use super::json::Json;
use super::{Container, Format, Halted, Kind, Likelihood, Walk};

/// The format itself.
pub struct Jwt;

impl Format for Jwt {
    fn name(&self) -> &'static str {
        "jwt"
    }

    fn opens(&self, first: u8) -> bool {
        matches!(first, b'e' | b'I' | b'C' | b'D')
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let Some(dot) = memchr::memchr(b'.', &bytes[..bytes.len().min(2048)]) else { return 0 };
        let mut header = Vec::new();
        let opens = decode(&bytes[..dot.min(8)], &mut header)
            && matches!(header.trim_ascii_start(), [b'{', b'"' | b'}' | b' ' | b'\t' | b'\r' | b'\n', ..]);
        let header = opens && bytes[..dot].iter().all(|&byte| is_digit(byte));
        if header && dots(bytes, dot) < MOST { 95 } else { 0 }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let end = bytes.iter().position(|&byte| byte != b'.' && !is_digit(byte)).unwrap_or(bytes.len());
        let parts = bytes[..end].split(|&byte| byte == b'.').count();
        if parts < 2 {
            return Err(walk.invalid(end, "no second part"));
        }
        let names = if parts == 5 { JWE } else { JWS };
        walk.enter(Container::Map, 0)?;
        let (mut start, mut text) = (0, Vec::new());
        for (place, part) in bytes[..end].split(|&byte| byte == b'.').enumerate() {
            let span = start..start + part.len();
            start = span.end + 1;
            walk.decoded(part.len(), span.start)?;
            text.clear();
            if !decode(part, &mut text) {
                return Err(walk.invalid(span.start, "not base64url"));
            }
            let (name, kind) = names.get(place).copied().unwrap_or((b"", Some(Kind::Binary)));
            if name.is_empty() {
                walk.path.push_index(place as u32);
            } else {
                walk.path.push_key(name);
            }
            match kind {
                Some(kind) => walk.value(kind, &text, span)?,
                None => {
                    walk.nested(&Json, &text, span)?;
                }
            }
            walk.path.pop();
        }
        walk.exit(Container::Map, 0..end)?;
        Ok(end)
    }
}

/// Whether the whole of `bytes` is one token, so that reading it leaves nothing to look for in its text.
pub fn is_token(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == b'.' || is_digit(byte)) && Jwt.sniff(bytes) > 0
}

/// Parts of a token that breaks off or goes on oddly; none has more than five.
const MOST: usize = 6;

/// How many dots there are from the first one on, up to the end of the token or as many as it may have parts.
fn dots(bytes: &[u8], first: usize) -> usize {
    let token = bytes[first..].iter().take_while(|&&byte| byte == b'.' || is_digit(byte));
    token.filter(|&&byte| byte == b'.').take(MOST).count()
}

/// Names of the parts, and the kind of those that are no JSON.
type Names = &'static [(&'static [u8], Option<Kind>)];

const JWS: Names = &[(b"header", None), (b"claims", None), (b"signature", Some(Kind::Binary))];

const JWE: Names = &[
    (b"header", None),
    (b"key", Some(Kind::Binary)),
    (b"iv", Some(Kind::Binary)),
    (b"ciphertext", Some(Kind::Binary)),
    (b"tag", Some(Kind::Binary)),
];

/// Letters, digits and the two marks of either base64 alphabet, and padding.
fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/' | b'=')
}

/// Decodes base64url or base64, padded or not; false where it is neither. Loose last bits are dropped.
fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut bits, mut have) = (0u32, 0);
    for &byte in text.trim_ascii_end() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            b'=' => break,
            _ => return false,
        };
        (bits, have) = (bits << 6 | u32::from(six), have + 6);
        if have >= 8 {
            have -= 8;
            out.push((bits >> have) as u8);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::ops::{ControlFlow, Range};

    use super::super::testing::{leaves, walk};
    use super::super::{Anomaly, Budget, Leaf, Outcome, Path, Sink};
    use super::*;

    /// `{"alg":"none"}` . `{"sub":"<x>"}` . empty
    const TOKEN: &[u8] = b"eyJhbGciOiJub25lIn0.eyJzdWIiOiI8eD4ifQ.";

    #[test]
    fn header_and_claims_are_walked() {
        assert_eq!(
            leaves(&Jwt, TOKEN),
            ["header.alg alg:", "header.alg none", "claims.sub sub:", "claims.sub <x>", "signature binary "]
        );
        assert_eq!(Jwt.sniff(TOKEN), 95);
    }

    #[test]
    fn what_goes_on_in_parts_without_end_is_no_token() {
        let parts = |count: usize| [TOKEN, &b"AA.".repeat(count - 3), b"AA"].concat();
        assert_eq!(Jwt.sniff(&parts(6)), 95);
        assert_eq!(Jwt.sniff(&parts(7)), 0);
        assert!(!is_token(&parts(400)));
        let sentence = [TOKEN, b"AA is it; ", &b"so. ".repeat(40)].concat();
        assert_eq!(Jwt.sniff(&sentence), 95, "the dots of what follows are not its own");
    }

    #[test]
    fn every_leaf_stands_where_its_part_does() {
        let (notes, outcome) = walk(&Jwt, b"eyJhIjoxfQ.e30.AA==&next");
        assert_eq!(outcome, Outcome::Complete { consumed: 19 });
        assert_eq!(notes.spans.last(), Some(&(15..19)));
        assert!(notes.spans.contains(&(0..10)));
    }

    #[test]
    fn a_part_that_is_no_json_comes_raw() {
        let (notes, outcome) = walk(&Jwt, b"eyJhIjoxfQ.PHg-.AA");
        assert!(matches!(outcome, Outcome::Complete { .. }));
        assert!(notes.lines.contains(&"claims raw <x>".to_owned()), "{:?}", notes.lines);
    }

    /// Containers now open, and the most at once.
    #[derive(Default)]
    struct Nesting {
        open: i64,
        most: i64,
    }

    impl Sink for Nesting {
        fn leaf(&mut self, _leaf: Leaf<'_>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
        fn anomaly(&mut self, _path: &Path, _anomaly: Anomaly, _span: Range<usize>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
        fn enter(&mut self, _path: &Path, _kind: Container) -> ControlFlow<()> {
            self.open += 1;
            self.most = self.most.max(self.open);
            ControlFlow::Continue(())
        }
        fn exit(&mut self, _path: &Path, _kind: Container, _span: Range<usize>) -> ControlFlow<()> {
            self.open -= 1;
            ControlFlow::Continue(())
        }
    }

    #[test]
    fn a_part_that_breaks_off_leaves_nothing_open() {
        let mut nesting = Nesting::default();
        Jwt.walk(b"eyJhIjoxfQ.W1tb.x", &mut Path::new(), &mut Budget::default(), &mut nesting);
        assert_eq!(nesting.open, 0);
    }

    #[test]
    fn a_part_goes_as_deep_as_the_token_leaves_it() {
        // In base64, `[[[` is `W1tb`.
        let token = [&b"eyJhIjoxfQ."[..], &b"W1tb".repeat(100)].concat();
        let (mut nesting, mut budget) = (Nesting::default(), Budget { depth: 9, ..Budget::default() });
        for _ in 0..2 {
            Jwt.walk(&token, &mut Path::new(), &mut budget, &mut nesting);
            assert_eq!((nesting.open, nesting.most, budget.depth), (0, 9, 9));
        }
    }

    #[test]
    fn further_parts_are_leaves_too() {
        let (notes, _) = walk(&Jwt, b"eyJhIjoxfQ.e30.AA.PHg-");
        assert_eq!(notes.lines.last().map(String::as_str), Some("[3] binary <x>"));
        assert!(is_token(TOKEN) && !is_token(b"eyJhIjoxfQ.e30.AA <x>"));
    }

    #[test]
    fn dots_alone_are_no_token() {
        assert_eq!(Jwt.sniff(b"example.org"), 0);
        assert!(matches!(walk(&Jwt, b"hello").1, Outcome::Invalid { .. }));
    }
}

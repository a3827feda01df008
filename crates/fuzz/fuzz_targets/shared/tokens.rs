//! A tokeniser on any bytes: its hit lies inside the text.

use framewall_core::engine::tokens::Hit;

pub fn judge(tokeniser: fn(&[u8]) -> Option<Hit>, data: &[u8]) {
    if let Some(hit) = tokeniser(data) {
        assert!(hit.span.start <= hit.span.end && hit.span.end <= data.len(), "{hit:?}");
        assert!((1..=100).contains(&hit.strength), "{hit:?}");
    }
}

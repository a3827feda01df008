//! Plain text: one leaf, the whole of it.

use super::{Format, Halted, Kind, Likelihood, Walk};

/// The format itself. It is never guessed: text that is nothing else is judged as it stands.
pub struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn opens(&self, _first: u8) -> bool {
        false
    }

    fn sniff(&self, _bytes: &[u8]) -> Likelihood {
        0
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        walk.value(Kind::Text, bytes, 0..bytes.len())?;
        Ok(bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::leaves;
    use super::*;

    #[test]
    fn it_is_one_leaf() {
        assert_eq!(leaves(&Text, b"a <b>\xff"), [" a <b>\\xff"]);
        assert_eq!(leaves(&Text, b""), [" "]);
    }
}

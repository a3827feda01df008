//! UTF-8 checked piece by piece, for text that is split anywhere (RFC 6455 8.1).

/// The bytes seen so far contain something that no UTF-8 text does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotUtf8;

/// A checker that remembers a character cut in two.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8 {
    /// The first bytes of a character whose rest has not come yet.
    cut: [u8; 4],
    cut_len: u8,
}

impl Utf8 {
    /// Checks the next piece; fails at the first byte that cannot belong to any text.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), NotUtf8> {
        while self.cut_len > 0 {
            let Some((&byte, rest)) = piece.split_first() else { return Ok(()) };
            piece = rest;
            self.complete(byte)?;
        }
        // Most text is; this is several times faster than the full check and costs the rest little.
        if piece.is_ascii() {
            return Ok(());
        }
        match std::str::from_utf8(piece) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_some() => Err(NotUtf8),
            Err(error) => {
                let tail = &piece[error.valid_up_to()..];
                self.cut[..tail.len()].copy_from_slice(tail);
                self.cut_len = tail.len() as u8;
                Ok(())
            }
        }
    }

    /// The text ends here; fails if it ends within a character.
    pub fn end(&self) -> Result<(), NotUtf8> {
        if self.cut_len == 0 { Ok(()) } else { Err(NotUtf8) }
    }

    fn complete(&mut self, byte: u8) -> Result<(), NotUtf8> {
        let len = usize::from(self.cut_len);
        self.cut[len] = byte;
        match std::str::from_utf8(&self.cut[..=len]) {
            Ok(_) => self.cut_len = 0,
            Err(error) if error.error_len().is_some() => return Err(NotUtf8),
            Err(_) => self.cut_len += 1,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(pieces: &[&[u8]]) -> Result<(), NotUtf8> {
        let mut utf8 = Utf8::default();
        pieces.iter().try_for_each(|piece| utf8.push(piece))?;
        utf8.end()
    }

    #[test]
    fn a_character_may_be_cut_anywhere() {
        assert_eq!(pieces(&[b"\xf0\x9f", b"\x98", b"", b"\x80!"]), Ok(()));
    }

    #[test]
    fn a_character_must_end_with_the_text() {
        assert_eq!(pieces(&[b"\xf0\x9f\x98"]), Err(NotUtf8));
    }

    /// RFC 3629 3: surrogates, overlong forms and code points above U+10FFFF are not UTF-8.
    #[test]
    fn the_second_byte_of_a_forbidden_form_is_enough() {
        for bad in [b"\xed\xa0", b"\xe0\x80", b"\xf4\x90", b"\xc0\xaf"] {
            let mut utf8 = Utf8::default();
            assert_eq!(utf8.push(&bad[..1]).and_then(|()| utf8.push(&bad[1..])), Err(NotUtf8), "{bad:x?}");
        }
    }

    proptest! {
        #[test]
        fn any_cut_says_what_the_whole_says(text in proptest::collection::vec(any::<u8>(), 0..12), valid in ".{0,12}", cut in 0usize..40) {
            for whole in [text.as_slice(), valid.as_bytes()] {
                let cut = cut.min(whole.len());
                let split = pieces(&[&whole[..cut], &whole[cut..]]).is_ok();
                prop_assert_eq!(split, std::str::from_utf8(whole).is_ok());
                let single: Vec<&[u8]> = whole.chunks(1).collect();
                prop_assert_eq!(pieces(&single).is_ok(), std::str::from_utf8(whole).is_ok());
            }
        }
    }
}

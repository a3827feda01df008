//! Comments taken out: `/**/` is a space to SQL, C and CSS; what `/*!50000 … */` holds is run by MySQL.

use memchr::memmem;

use super::{ByteSet, Spelling};

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    (set.has(b'*') && memmem::find(text, b"/*").is_some()) || (set.has(b'<') && memmem::find(text, b"<!--").is_some())
}

/// Each closed comment becomes one space; MySQL's executable ones lose only their marks.
pub fn make(text: &mut Spelling<'_>) -> bool {
    let mut changed = false;
    let mut markup = memmem::find(text.text(), b"-->").is_some();
    while text.keep_to(|rest| memchr::memchr3(b'/', b'*', b'<', rest)) {
        let rest = text.rest();
        if rest.starts_with(b"/*!") {
            text.replace(3 + rest[3..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count(), b" ");
        } else if rest.starts_with(b"/*") {
            text.replace(memmem::find(&rest[2..], b"*/").map_or(rest.len(), |end| end + 4), b" ");
        } else if rest.starts_with(b"*/") {
            text.replace(2, b" ");
            continue;
        } else if markup && rest.starts_with(b"<!--") {
            let end = memmem::find(rest, b"-->");
            markup = end.is_some();
            text.replace(end.map_or(4, |end| end + 3), b"");
        } else {
            text.keep(1);
            continue;
        }
        changed = true;
    }
    changed
}

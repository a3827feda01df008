//! Comments taken out: `/**/` is a space to SQL, C and CSS; what `/*!50000 … */` holds is run by MySQL.

use memchr::memmem;

use super::ByteSet;

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    (set.has(b'*') && memmem::find(text, b"/*").is_some()) || (set.has(b'<') && memmem::find(text, b"<!--").is_some())
}

/// Each closed comment becomes one space; MySQL's executable ones lose only their marks.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut changed = false;
    let mut markup = memmem::find(text, b"-->").is_some();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(b"/*!") {
            at += 3 + rest[3..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
            out.push(b' ');
            changed = true;
        } else if rest.starts_with(b"/*") {
            let end = memmem::find(&rest[2..], b"*/");
            at += end.map_or(rest.len(), |end| end + 4);
            out.push(b' ');
            changed = true;
        } else if rest.starts_with(b"*/") {
            at += 2;
            out.push(b' ');
        } else if markup && rest.starts_with(b"<!--") {
            let end = memmem::find(rest, b"-->");
            markup = end.is_some();
            at += end.map_or(4, |end| end + 3);
            changed = true;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    changed
}

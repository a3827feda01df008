//! JSON Web Tokens (RFC 7519): the header's and the claims' JSON, a line each.

use super::{ByteSet, base64};

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    set.has(b'.') && memchr::memmem::find(text, b"eyJ").is_some()
}

/// Every token in the text, up to a handful.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut past = 0;
    for start in memchr::memmem::find_iter(text, b"eyJ").take(8) {
        // The claims of a token begin like a token.
        if start < past {
            continue;
        }
        let token = &text[start..];
        let end = token
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=')))
            .unwrap_or(token.len());
        past = start + end;
        let mut parts = token[..end].split(|byte| *byte == b'.');
        let (Some(header), Some(claims)) = (parts.next(), parts.next()) else { continue };
        for part in [header, claims] {
            let before = out.len();
            base64::decode(part, out);
            if out.get(before) == Some(&b'{') {
                out.push(b'\n');
            } else {
                out.truncate(before);
            }
        }
    }
    !out.is_empty()
}

//! Transformations of ModSecurity (`t:…`), as libmodsecurity 3 does them.
//!
//! Source: ModSecurity Reference Manual v3, "Transformation functions".

/// One transformation.
pub type Transform = fn(&[u8], &mut Vec<u8>);

/// The transformation of this name.
pub fn named(name: &str) -> Option<Transform> {
    let lower = name.to_ascii_lowercase();
    Some(match lower.as_str() {
        "lowercase" => |text, out| out.extend(text.iter().map(u8::to_ascii_lowercase)),
        "uppercase" => |text, out| out.extend(text.iter().map(u8::to_ascii_uppercase)),
        "urldecode" => |text, out| url_decode(text, out, false),
        "urldecodeuni" => |text, out| url_decode(text, out, true),
        "htmlentitydecode" => html_entity_decode,
        "jsdecode" => js_decode,
        "cssdecode" => css_decode,
        "escapeseqdecode" => escape_seq_decode,
        "utf8tounicode" => utf8_to_unicode,
        "removenulls" => |text, out| out.extend(text.iter().filter(|byte| **byte != 0)),
        "replacenulls" => |text, out| out.extend(text.iter().map(|byte| if *byte == 0 { b' ' } else { *byte })),
        "removewhitespace" => |text, out| out.extend(text.iter().filter(|byte| !is_space(**byte) && **byte != 0xA0)),
        "compresswhitespace" => compress_whitespace,
        "trim" => |text, out| out.extend_from_slice(text.trim_ascii()),
        "trimleft" => |text, out| out.extend_from_slice(text.trim_ascii_start()),
        "trimright" => |text, out| out.extend_from_slice(text.trim_ascii_end()),
        "removecomments" => |text, out| comments(text, out, false),
        "replacecomments" => |text, out| comments(text, out, true),
        "removecommentschar" => remove_comments_char,
        "cmdline" => cmd_line,
        "normalizepath" | "normalisepath" => normalize_path,
        "normalizepathwin" | "normalisepathwin" => |text, out| {
            let slashed: Vec<u8> = text.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect();
            normalize_path(&slashed, out);
        },
        "base64decode" | "base64decodeext" => base64_decode,
        "hexdecode" => hex_decode,
        "length" => |text, out| out.extend_from_slice(text.len().to_string().as_bytes()),
        _ => return None,
    })
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0B
}

/// The value of so many hexadecimal digits.
fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, digit| Some((value << 4) | char::from(*digit).to_digit(16)?))
}

/// The low byte of a code point; full-width forms become what they look like.
fn low(code: u32) -> u8 {
    if (0xFF01..=0xFF5E).contains(&code) { (code as u8).wrapping_add(0x20) } else { code as u8 }
}

fn url_decode(text: &[u8], out: &mut Vec<u8>, unicode: bool) {
    let mut at = 0;
    while at < text.len() {
        let (byte, length) = match text[at] {
            b'+' => (b' ', 1),
            b'%' if unicode && matches!(text.get(at + 1), Some(b'u' | b'U')) => {
                match text.get(at + 2..at + 6).and_then(hex) {
                    Some(code) => (low(code), 6),
                    None => (b'%', 1),
                }
            }
            b'%' => text.get(at + 1..at + 3).and_then(hex).map_or((b'%', 1), |code| (code as u8, 3)),
            byte => (byte, 1),
        };
        out.push(byte);
        at += length;
    }
}

fn html_entity_decode(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'&'
            && let Some((byte, length)) = entity(&text[at + 1..])
        {
            out.push(byte);
            at += 1 + length;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
}

/// The byte an entity stands for, and its length behind the `&`.
fn entity(text: &[u8]) -> Option<(u8, usize)> {
    let semi = |length: usize| length + usize::from(text.get(length) == Some(&b';'));
    if text.first() == Some(&b'#') {
        let hexadecimal = matches!(text.get(1), Some(b'x' | b'X'));
        let (from, radix) = if hexadecimal { (2, 16) } else { (1, 10) };
        let digits = text.get(from..)?.iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
        if digits == 0 {
            return None;
        }
        let value = text[from..from + digits].iter().fold(0u32, |value, digit| {
            value.wrapping_mul(radix).wrapping_add(char::from(*digit).to_digit(radix).unwrap_or(0))
        });
        return Some((value as u8, semi(from + digits)));
    }
    let length = text.iter().take(8).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let byte = match text[..length].to_ascii_lowercase().as_slice() {
        b"quot" => b'"',
        b"amp" => b'&',
        b"lt" => b'<',
        b"gt" => b'>',
        b"nbsp" => 0xA0,
        _ => return None,
    };
    Some((byte, semi(length)))
}

fn js_decode(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 >= text.len() {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let next = text[at + 1];
        let (byte, length) = match next {
            b'u' => text.get(at + 2..at + 6).and_then(hex).map_or((next, 2), |code| (low(code), 6)),
            b'x' => text.get(at + 2..at + 4).and_then(hex).map_or((next, 2), |code| (code as u8, 4)),
            b'0'..=b'7' => {
                let digits = text[at + 1..].iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                // No more than a byte holds.
                let digits = if digits == 3 && next > b'3' { 2 } else { digits };
                let value =
                    text[at + 1..=at + digits].iter().fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0'));
                (value as u8, digits + 1)
            }
            _ => (c_escape(next).unwrap_or(next), 2),
        };
        out.push(byte);
        at += length;
    }
}

fn c_escape(byte: u8) -> Option<u8> {
    Some(match byte {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        _ => return None,
    })
}

fn escape_seq_decode(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 >= text.len() {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let next = text[at + 1];
        let (byte, length) = match next {
            b'x' | b'X' => text.get(at + 2..at + 4).and_then(hex).map_or((next, 2), |code| (code as u8, 4)),
            b'0'..=b'7' => {
                let digits = text[at + 1..].iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                let value =
                    text[at + 1..=at + digits].iter().fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0'));
                (value as u8, digits + 1)
            }
            _ => (c_escape(next).unwrap_or(next), 2),
        };
        out.push(byte);
        at += length;
    }
}

fn css_decode(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' {
            out.push(text[at]);
            at += 1;
            continue;
        }
        at += 1;
        let digits = text[at..].iter().take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
        if digits > 0 {
            let code = hex(&text[at..at + digits]).unwrap_or(0);
            // Full-width forms are known by their `ff` before the last two digits.
            out.push(if digits >= 4 { low(code & 0xFFFF) } else { code as u8 });
            at += digits;
            if text.get(at).is_some_and(|byte| is_space(*byte)) {
                at += 1;
            }
        } else if text.get(at) == Some(&b'\n') {
            at += 1;
        } else if let Some(byte) = text.get(at) {
            out.push(*byte);
            at += 1;
        }
    }
}

fn utf8_to_unicode(text: &[u8], out: &mut Vec<u8>) {
    for chunk in text.utf8_chunks() {
        for char in chunk.valid().chars() {
            if char.is_ascii() {
                out.push(char as u8);
            } else {
                out.extend_from_slice(format!("%u{:04x}", char as u32).as_bytes());
            }
        }
        out.extend_from_slice(chunk.invalid());
    }
}

fn compress_whitespace(text: &[u8], out: &mut Vec<u8>) {
    let mut blank = false;
    for byte in text {
        let space = is_space(*byte) || *byte == 0xA0;
        if space && blank {
            continue;
        }
        out.push(if space { b' ' } else { *byte });
        blank = space;
    }
}

fn comments(text: &[u8], out: &mut Vec<u8>, replace: bool) {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(b"/*") {
            if replace {
                out.push(b' ');
            }
            match text[at + 2..].windows(2).position(|pair| pair == b"*/") {
                Some(length) => at += length + 4,
                None => return,
            }
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
}

fn remove_comments_char(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = if rest.starts_with(b"<!--") {
            4
        } else if rest.starts_with(b"-->") {
            3
        } else if rest.starts_with(b"/*") || rest.starts_with(b"*/") || rest.starts_with(b"--") {
            2
        } else {
            usize::from(rest[0] == b'#')
        };
        if length == 0 {
            out.push(rest[0]);
        }
        at += length.max(1);
    }
}

fn cmd_line(text: &[u8], out: &mut Vec<u8>) {
    let mut space = false;
    for &byte in text {
        match byte {
            b'"' | b'\'' | b'\\' | b'^' => {}
            b' ' | b',' | b';' | b'\t' | b'\r' | b'\n' => {
                if !space {
                    out.push(b' ');
                    space = true;
                }
            }
            b'/' | b'(' => {
                if space {
                    out.pop();
                }
                space = false;
                out.push(byte);
            }
            _ => {
                out.push(byte.to_ascii_lowercase());
                space = false;
            }
        }
    }
}

fn normalize_path(text: &[u8], out: &mut Vec<u8>) {
    let absolute = text.first() == Some(&b'/');
    let mut segments: Vec<&[u8]> = Vec::new();
    for segment in text.split(|byte| *byte == b'/') {
        match segment {
            b"" | b"." => {}
            b".." if segments.last().is_some_and(|last| *last != b"..") => {
                segments.pop();
            }
            b".." if absolute => {}
            _ => segments.push(segment),
        }
    }
    if absolute {
        out.push(b'/');
    }
    out.extend_from_slice(&segments.join(&b'/'));
    let folder = text.ends_with(b"/") || text.ends_with(b"/.") || text.ends_with(b"/..");
    if folder && !segments.is_empty() {
        out.push(b'/');
    }
}

fn base64_decode(text: &[u8], out: &mut Vec<u8>) {
    let (mut bits, mut count) = (0u32, 0);
    for &byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ if is_space(byte) => continue,
            _ => break,
        };
        bits = (bits << 6) | u32::from(value);
        count += 1;
        if count % 4 == 0 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            bits = 0;
        }
    }
    match count % 4 {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&[(bits >> 10) as u8, (bits >> 2) as u8]),
        _ => {}
    }
}

fn hex_decode(text: &[u8], out: &mut Vec<u8>) {
    out.extend(text.chunks(2).filter_map(|pair| hex(pair).map(|value| value as u8)));
}

#[cfg(test)]
mod tests {
    use super::named;

    fn made(name: &str, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        named(name).expect(name)(text, &mut out);
        out
    }

    #[test]
    fn each_does_what_the_manual_says() {
        for (name, from, to) in [
            ("lowercase", &b"AbC"[..], &b"abc"[..]),
            ("urlDecode", b"a+b%20c%zz", b"a b c%zz"),
            ("urlDecodeUni", b"%u003cx%uff1e", b"<x>"),
            ("htmlEntityDecode", b"&lt;&#x41;&#66&quot;&bogus;", b"<AB\"&bogus;"),
            ("jsDecode", b"\\x41\\u0042\\103\\n\\z", b"ABC\nz"),
            ("cssDecode", b"\\61 lert\\(", b"alert("),
            ("utf8toUnicode", "a\u{e9}".as_bytes(), b"a%u00e9"),
            ("removeNulls", b"a\0b", b"ab"),
            ("removeWhitespace", b" a \t b", b"ab"),
            ("compressWhitespace", b"a  \t b", b"a b"),
            ("replaceComments", b"un/**/ion/*x", b"un ion "),
            ("removeCommentsChar", b"a/*b*/c#d--e", b"abcde"),
            ("cmdLine", b"C^a't  , /etc", b"cat/etc"),
            ("normalizePath", b"/a/./b/../c//d/", b"/a/c/d/"),
            ("normalizePathWin", b"a\\..\\..\\b", b"../b"),
            ("base64Decode", b"aWQ=", b"id"),
            ("hexDecode", b"6964", b"id"),
            ("escapeSeqDecode", b"\\x69\\144", b"id"),
        ] {
            assert_eq!(made(name, from), to, "{name}");
        }
    }
}

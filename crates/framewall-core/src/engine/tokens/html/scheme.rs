//! Scripts where an address or a style is expected, behind entities, blanks, escapes and comments.

use super::super::search::Stops;
use super::super::{Best, js};

/// The next character of an address: entities undone; blanks and control characters, which browsers drop, are 0.
fn character(text: &[u8]) -> Option<(u8, usize)> {
    let (&first, rest) = text.split_first()?;
    if first <= 0x20 {
        return Some((0, 1));
    }
    if first == b'\\' {
        return Some(escaped(rest).map_or((b'\\', 1), |(byte, length)| (byte, length + 1)));
    }
    if first != b'&' {
        return Some((first.to_ascii_lowercase(), 1));
    }
    if rest.first() == Some(&b'#') {
        let hex = matches!(rest.get(1), Some(b'x' | b'X'));
        let from = if hex { 2 } else { 1 };
        let radix = if hex { 16 } else { 10 };
        let (mut value, mut length) = (0u32, 0);
        while let Some(digit) = rest.get(from + length).and_then(|&byte| char::from(byte).to_digit(radix)) {
            value = (value * radix + digit).min(0xFFFF);
            length += 1;
            if length > 24 {
                break;
            }
        }
        if length == 0 {
            return Some((b'&', 1));
        }
        let semi = usize::from(rest.get(from + length) == Some(&b';'));
        let byte = u8::try_from(value).unwrap_or(b'?');
        return Some((if byte <= 0x20 { 0 } else { byte.to_ascii_lowercase() }, 1 + from + length + semi));
    }
    let names: &[(&[u8], u8)] = match rest.first().map_or(0, u8::to_ascii_lowercase) {
        b'a' => &[(b"apos", b'\''), (b"amp", b'&')],
        b'c' => &[(b"colon", b':')],
        b'e' => &[(b"equals", b'=')],
        b'g' => &[(b"grave", b'`'), (b"gt", b'>')],
        b'l' => &[(b"lpar", b'('), (b"lt", b'<')],
        b'n' => &[(b"newline", 0), (b"nbsp", 0)],
        b'q' => &[(b"quot", b'"')],
        b'r' => &[(b"rpar", b')')],
        b's' => &[(b"sol", b'/')],
        b't' => &[(b"tab", 0)],
        _ => &[],
    };
    for &(name, byte) in names {
        if rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            return Some((byte, 1 + name.len() + usize::from(rest.get(name.len()) == Some(&b';'))));
        }
    }
    Some((b'&', 1))
}

/// An escape of CSS or JavaScript behind its backslash: `6a `, `00006a`, `x6a`, `u006a`, `t`, `n`.
fn escaped(rest: &[u8]) -> Option<(u8, usize)> {
    match rest.first()? {
        b't' | b'n' | b'r' => return Some((0, 1)),
        b'x' | b'u' => {
            let wanted = if rest[0] == b'x' { 2 } else { 4 };
            let digits = std::str::from_utf8(rest.get(1..1 + wanted)?).ok()?;
            let value = u32::from_str_radix(digits, 16).ok()?;
            return u8::try_from(value).ok().map(|byte| (byte.to_ascii_lowercase(), 1 + wanted));
        }
        _ => {}
    }
    let digits = rest.iter().take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
    if digits < 2 {
        return None;
    }
    let value = u32::from_str_radix(std::str::from_utf8(&rest[..digits]).ok()?, 16).ok()?;
    let blank = usize::from(rest.get(digits).is_some_and(|&byte| byte == b' '));
    u8::try_from(value).ok().map(|byte| (byte.to_ascii_lowercase(), digits + blank))
}

/// Where `word` ends if the address begins with it.
fn begins(text: &[u8], word: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut matched = 0;
    let mut steps = 0;
    while matched < word.len() {
        let (byte, length) = character(&text[at..])?;
        at += length;
        steps += 1;
        if steps > 96 {
            return None;
        }
        if byte == 0 {
            continue;
        }
        if byte != word[matched] {
            return None;
        }
        matched += 1;
    }
    Some(at)
}

/// How surely an address runs script when it is followed.
pub(super) fn runs(value: &[u8]) -> Option<u8> {
    let first = character(value)?.0;
    if !matches!(first, 0 | b'j' | b'v' | b'l' | b'd' | b'm' | b'f' | b'w' | b'\x01'..=b'\x1f') {
        return None;
    }
    for word in [&b"javascript:"[..], b"vbscript:", b"livescript:", b"vbs:", b"wscript:"] {
        if begins(value, word).is_some() {
            return Some(90);
        }
    }
    for word in [&b"feed:javascript:"[..], b"mhtml:", b"view-source:javascript:", b"jar:http"] {
        if begins(value, word).is_some() {
            return Some(75);
        }
    }
    if let Some(end) = begins(value, b"data:") {
        let kind = &value[end..];
        for word in [
            &b"text/html"[..],
            b"image/svg",
            b"text/xml",
            b"application/x",
            b"text/javascript",
            b"text/css",
            b"text/x",
            b"application/javascript",
            b",",
            b";base64,",
            b"text/ht",
        ] {
            if begins(kind, word).is_some() {
                return Some(85);
            }
        }
        return if begins(kind, b"image/").is_some() { None } else { Some(55) };
    }
    None
}

/// What a style does, comments, escapes and case undone.
pub(super) fn style(value: &[u8]) -> (u8, &'static str) {
    let mut plain = [0u8; 256];
    let mut length = 0;
    let mut at = 0;
    let mut open_comment = false;
    while at < value.len() && length < plain.len() {
        if value[at..].starts_with(b"/*") && !open_comment {
            let end = value[at + 2..].windows(2).position(|pair| pair == b"*/");
            open_comment = end.is_none();
            at += end.map_or(2, |end| end + 4);
            continue;
        }
        let Some((byte, step)) = character(&value[at..]) else { break };
        at += step;
        if byte != 0 && byte < 0x80 {
            plain[length] = byte;
            length += 1;
        }
    }
    let plain = &plain[..length];
    let has = |word: &[u8]| plain.windows(word.len()).any(|window| window == word);
    if has(b"expression(")
        || has(b"javascript:")
        || has(b"vbscript:")
        || has(b"-moz-binding")
        || has(b"behavior:")
        || has(b"-o-link")
        || has(b"binding:")
    {
        (88, "script in a style")
    } else if has(b"@import") || has(b"url(") || has(b"image-set(") {
        (60, "address in a style")
    } else if has(b"position:fixed") || has(b"position:absolute") {
        (52, "overlay by a style")
    } else {
        (12, "style")
    }
}

/// What a scheme begins with, itself or as an entity, and what an address in a style does.
const STARTS: Stops = Stops::at(b"jJdDvVlL&(");

/// `javascript:…` as the text itself, or behind a bracket, a blank or a quote.
pub(super) fn anywhere(text: &[u8], best: &mut Best) {
    let mut scripts = 0;
    let mut read = 0;
    while let Some(at) = STARTS.next(text, read) {
        read = at + 1;
        let byte = text[at];
        let may_begin = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        if may_begin && may_be_script(&text[at..]) {
            if let Some((strength, end)) = script(&text[at..]) {
                scripts += 1;
                best.offer(strength, at..at + end, "script in a URL");
            }
            if scripts > 64 {
                return best.offer(55, 0..at, "script URLs without end");
            }
        }
        if byte == b'(' && called_url(&text[..at]) && (runs(&text[at + 1..]).is_some() || is_binding(&text[..at])) {
            best.offer(70, at..text.len().min(at + 16), "script in a style");
        }
    }
}

/// Whether the first two characters can be those of a scheme that [`script`] knows; the second may be disguised.
fn may_be_script(text: &[u8]) -> bool {
    let second = match text[0] | 0x20 {
        b'j' | b'd' => b'a',
        b'v' => b'b',
        b'l' => b'i',
        _ => return text[0] == b'&' && matches!(character(text), Some((0 | b'j' | b'd' | b'v' | b'l', _))),
    };
    text.get(1).is_some_and(|&byte| byte | 0x20 == second || byte <= 0x20 || matches!(byte, b'&' | b'\\'))
}

/// Whether `before` ends in `url`.
fn called_url(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    before.len() >= 3 && before[before.len() - 3..].eq_ignore_ascii_case(b"url")
}

/// Whether `before`, ending in `url`, is the value of a property that loads script.
fn is_binding(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let before = before[..before.len() - 3].trim_ascii_end();
    [&b"binding:"[..], b"behavior:"].iter().any(|property| {
        before.len() >= property.len() && before[before.len() - property.len()..].eq_ignore_ascii_case(property)
    })
}

/// A script URL at the start of `text` that goes on as code does.
fn script(text: &[u8]) -> Option<(u8, usize)> {
    for word in [&b"javascript:"[..], b"vbscript:", b"data:text/html", b"livescript:"] {
        let Some(end) = begins(text, word) else { continue };
        let window = &text[end..text.len().min(end + 256)];
        let code = js::judge(window).map_or(0, |hit| hit.strength);
        let tight = window.first().is_some_and(|&byte| byte > 0x20);
        let signs = window
            .iter()
            .take(48)
            .filter(|byte| matches!(byte, b'(' | b'`' | b'=' | b'[' | b'\\' | b'{' | b'%'))
            .count();
        let disguised = !text[..end].eq_ignore_ascii_case(word);
        if word == b"data:text/html" {
            return Some((if window.first().is_some_and(|byte| matches!(byte, b',' | b';')) { 85 } else { 40 }, end));
        }
        let strength = match (code, tight, signs) {
            (50.., _, _) => 90,
            (25.., true, _) => 75,
            (_, true, 1..) => 70,
            _ if disguised => 60,
            (_, true, _) if !window[0].is_ascii_alphabetic() => 60,
            (_, true, _) => 35,
            _ => 15,
        };
        return Some((strength, end));
    }
    None
}

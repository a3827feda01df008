//! HTML: what would a text do inside a page?
//!
//! Every `<` that a browser would take for a tag is read as one, closed or not. Then the text is read as if it stood
//! inside an attribute, quoted or not, so that its first quote closes that and attributes of its own follow. Elements
//! that load or run, event handlers, scripts in URLs and styles count; `<3`, `<b>`, `<grin>` and `a < b` do not.

mod attribute;
mod element;
mod scheme;

use super::{Best, Hit, js};
use attribute::{Attributes, Within};

/// The strongest place where `text` acts as HTML.
///
/// 85 and more for what runs script, 50 to 84 for what loads, frames, or restyles, below for harmless markup.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    // Tags inside quoted values are read as well, so a byte may be read more than once, but not without bound.
    let mut budget = 8 * text.len() + 4096;
    let mut at = 0;
    while let Some(length) = memchr::memchr(b'<', &text[at..]) {
        let open = at + length;
        let (next, end) = tag(text, open, &mut best);
        if best.strength() >= 95 {
            return best.0;
        }
        at = next;
        budget = budget.saturating_sub(end - open);
        if budget == 0 {
            best.offer(60, 0..text.len(), "tags inside tags without end");
            break;
        }
    }
    inside_a_value(text, &mut best);
    scheme::anywhere(text, &mut best);
    best.0
}

/// A tag at the `<` at `open`; where to read on, and where it ended.
fn tag(text: &[u8], open: usize, best: &mut Best) -> (usize, usize) {
    let mut at = open + 1;
    let first = text.get(at).copied().unwrap_or(0);
    match first {
        b'!' | b'?' => return (declaration(text, open, best), open + 2),
        b'/' => at += 1,
        _ => {}
    }
    let closing = first == b'/';
    // Old browsers skip NULs and other control characters before and inside names.
    let blank = text[at..].iter().take(16).take_while(|&&byte| byte < 0x20 || byte == b'%' || byte == b' ').count();
    let spaced = blank > 0;
    at += blank;
    let mut name = element::Name::default();
    while let Some(&byte) = text.get(at) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b':' | b'_' | b'.' | b'@' => name.push(byte),
            0..=0x08 | 0x0B | 0x0E..=0x1F => {}
            _ => break,
        }
        at += 1;
    }
    if !name.bytes().first().is_some_and(u8::is_ascii_alphabetic) {
        return (open + 1, at);
    }
    let element = element::find(name.bytes());
    if spaced && element != element::Element::Script {
        return (open + 1, at);
    }
    let after = text.get(at).copied();
    let mut attributes = Attributes::new(text, at, Within::Tag);
    let mut count = 0;
    let mut strongest = Best::default();
    while let Some(attribute) = attributes.next_attribute() {
        count += usize::from(attribute.has_value);
        let (strength, reason) = attribute::in_tag(text, &attribute, element);
        strongest.offer(strength, open..attribute.end, reason);
    }
    let end = attributes.position();
    let closed = text.get(end.saturating_sub(1)) == Some(&b'>');
    let ended = closed || end >= text.len();
    let (strength, reason) = element::weigh(
        element,
        &element::Seen {
            after,
            attributes: count,
            closed,
            closing,
            spaced,
            rest: text.len() - end,
            spoken_of: is_spoken_of(&text[end..]),
        },
    );
    best.offer(strength, open..end, reason);
    // Something like `a <b and c` has words, not attributes.
    if ended || count > 0 {
        best.merge(strongest.0);
    }
    // An unclosed tag hides nothing from the next `<`.
    (if closed { next_open(text, open + 1, end) } else { open + 1 }, end)
}

/// `<script> tags in React?`: up to the next tag there are words, and no sign that code needs.
fn is_spoken_of(rest: &[u8]) -> bool {
    let words = &rest[..memchr::memchr(b'<', rest).unwrap_or(rest.len())];
    let spoken = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b',' | b'.' | b'?' | b'!' | b'-');
    matches!(words, [b' ', first, ..] if first.is_ascii_alphabetic()) && words.iter().all(spoken)
}

/// Reads on at a `<` inside the tag just read, if it has one.
fn next_open(text: &[u8], from: usize, end: usize) -> usize {
    text[from..end].iter().position(|&byte| byte == b'<').map_or(end, |length| from + length)
}

/// `<!…`, `<?…`
fn declaration(text: &[u8], open: usize, best: &mut Best) -> usize {
    let rest = &text[open + 2..];
    let starts = |word: &[u8]| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let (strength, reason) = if starts(b"entity") || starts(b"element") || starts(b"attlist") {
        (70, "entity declaration")
    } else if starts(b"doctype") {
        let subset = memchr::memchr(b'[', &rest[..rest.len().min(256)]).is_some();
        (if subset { 60 } else { 30 }, "document type")
    } else if starts(b"[cdata[") {
        (35, "CDATA")
    } else if starts(b"xml-stylesheet") || starts(b"import") || starts(b"xml:namespace") {
        (60, "processing instruction")
    } else if starts(b"php") || starts(b"=") {
        (35, "PHP")
    } else if starts(b"[if") || starts(b"--[if") || starts(b"[endif") {
        (60, "conditional comment")
    } else if starts(b"--") {
        let body = &rest[2..];
        let quoted = memchr::memchr(b'`', &body[..body.len().min(64)]).is_some();
        let opened = quoted || body.starts_with(b">") || body.starts_with(b"#");
        (if opened { 52 } else { 20 }, "comment")
    } else {
        (5, "declaration")
    };
    best.offer(strength, open..(open + 24).min(text.len()), reason);
    open + 2
}

/// The text as the value of an attribute that its first quote closes, or of an unquoted one.
fn inside_a_value(text: &[u8], best: &mut Best) {
    if memchr::memchr(b'=', text).is_none() {
        return;
    }
    let mut from = [0, usize::MAX, usize::MAX, usize::MAX];
    for (slot, quote) in from[1..].iter_mut().zip(*b"\"'`") {
        *slot = memchr::memchr(quote, text).map_or(usize::MAX, |first| first + 1);
    }
    for (context, &start) in from.iter().enumerate().filter(|(_, start)| **start != usize::MAX) {
        let quote = (context > 0).then(|| text[start - 1]);
        let mut attributes = Attributes::new(text, start, Within::Page(quote));
        while let Some(attribute) = attributes.next_attribute() {
            let (strength, reason) = attribute::broken_out(text, &attribute, context > 0);
            best.offer(strength, start.saturating_sub(1)..attribute.end, reason);
        }
    }
}

/// How much a handler's value looks like code.
fn code(value: &[u8]) -> u8 {
    js::judge(value).map_or(0, |hit| hit.strength)
}

#[cfg(test)]
mod tests;

//! STOMP: whole frames, in a message that ends with one, and heartbeats.

use std::borrow::Cow;

use super::parts::Parts;
use super::split::Said;
use crate::formats::Role;
use crate::wire::Side;

/// Frames of one message; more of them are the Inspector's.
const MOST: usize = 64;
/// Headers of one frame; more of them are the Inspector's.
const HEADERS: usize = 100;
const LENGTH: &[u8] = b"content-length";
/// Digits of a length.
const DIGITS: usize = 9;

/// Commands that the decoder does not have to remember.
const CLIENT: [&[u8]; 9] =
    [b"SEND", b"SUBSCRIBE", b"UNSUBSCRIBE", b"BEGIN", b"COMMIT", b"ABORT", b"ACK", b"NACK", b"DISCONNECT"];
const SERVER: [&[u8]; 3] = [b"MESSAGE", b"RECEIPT", b"ERROR"];
/// Names of headers that say nothing of their own.
#[rustfmt::skip]
const KNOWN: [&[u8]; 20] = [
    b"accept-version", b"ack", b"content-length", b"content-type", b"destination", b"heart-beat", b"host", b"id",
    b"login", b"message", b"message-id", b"passcode", b"receipt", b"receipt-id", b"selector", b"server", b"session",
    b"subscription", b"transaction", b"version",
];

/// Every frame of a message.
pub(super) fn frames(side: Side, message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    let commands: &[&[u8]] = if side == Side::Client { &CLIENT } else { &SERVER };
    let mut said = None;
    let mut at = between(message, 0);
    for _ in 0..MOST {
        if at == message.len() {
            return Some(said.unwrap_or(Said::Heartbeat));
        }
        let (frame, end) = frame(message, at)?;
        let (command, headers) = frame.lines()?;
        if !commands.contains(&command) {
            return None;
        }
        headers.for_each(|(name, value)| header(name, value, parts));
        if !frame.body.is_empty() {
            parts.part(frame.body, "auto", Role::Value);
        }
        said.get_or_insert(Said::by(frame.speaks()));
        at = between(message, end);
    }
    None
}

/// Line ends and NULs between frames.
fn between(message: &[u8], at: usize) -> usize {
    at + message[at..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n' | 0)).count()
}

struct Frame<'a> {
    head: &'a [u8],
    body: &'a [u8],
}

/// The frame that begins here, and where it ends; `None` if it is not whole, or servers could read it differently.
fn frame(message: &[u8], at: usize) -> Option<(Frame<'_>, usize)> {
    let (end, start) = head_end(message, at)?;
    let frame = Frame { head: &message[at..end], body: b"" };
    let end = match frame.length()? {
        None => start + memchr::memchr(0, &message[start..])?,
        Some(length) => start + length,
    };
    let body = message.get(start..end)?;
    if message.get(end) != Some(&0) || memchr::memchr(0, body).is_some() {
        return None;
    }
    Some((Frame { body, ..frame }, end + 1))
}

/// Where the head ends and the body begins: at the first empty line, which no NUL comes before.
fn head_end(message: &[u8], at: usize) -> Option<(usize, usize)> {
    for end in memchr::memchr2_iter(b'\n', 0, &message[at..]).map(|found| at + found) {
        if message[end] == 0 {
            return None;
        }
        let returns = message[end + 1..].iter().take_while(|byte| **byte == b'\r').count();
        let next = end + 1 + returns;
        if message.get(next) == Some(&b'\n') {
            return Some((end, next + 1));
        }
    }
    None
}

/// A header's name and value.
type Pair<'a> = (&'a [u8], &'a [u8]);

impl<'a> Frame<'a> {
    /// The command, and the headers; `None` if one has no colon.
    fn lines(&self) -> Option<(&'a [u8], impl Iterator<Item = Pair<'a>> + use<'a>)> {
        let mut lines = self.head.split(|byte| *byte == b'\n').map(bare);
        let command = lines.next()?;
        let well = lines.clone().all(|line| line.contains(&b':')) && lines.clone().count() <= HEADERS;
        let pairs = lines.map(|line| {
            let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
            (&line[..colon], line.get(colon + 1..).unwrap_or_default())
        });
        well.then_some((command, pairs))
    }

    /// The body's length if it is stated; `None` if it is stated oddly.
    fn length(&self) -> Option<Option<usize>> {
        let mut length = None;
        for (name, value) in self.lines()?.1 {
            if !name.trim_ascii().eq_ignore_ascii_case(LENGTH) && !odd_space(name) {
                continue;
            }
            let digits = (1..=DIGITS).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
            if name != LENGTH || length.is_some() || !digits {
                return None;
            }
            length = std::str::from_utf8(value).ok()?.parse().ok();
        }
        Some(length)
    }

    /// Whether its packet has parts: a header with a value or with a name of its own, or a body.
    fn speaks(&self) -> bool {
        let speaks = |(name, value): Pair<'_>| !value.is_empty() || !KNOWN.contains(&name);
        !self.body.is_empty() || self.lines().is_some_and(|(_, mut pairs)| pairs.any(speaks))
    }
}

/// Space that is stripped elsewhere and not here.
fn odd_space(name: &[u8]) -> bool {
    name.contains(&0x0b)
}

fn bare(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    &line[..end]
}

/// A header: its name if that says something, and its value; each as it is written and as it is meant.
fn header(name: &[u8], value: &[u8], parts: &mut dyn Parts) {
    if !KNOWN.contains(&name) {
        parts.part(name, "text", Role::Key);
        if let Cow::Owned(meant) = unescaped(name) {
            parts.part(&meant, "text", Role::Key);
        }
    }
    if !value.is_empty() {
        if let Cow::Owned(meant) = unescaped(value) {
            parts.part(&meant, "text", Role::Value);
        }
        parts.part(value, "text", Role::Value);
    }
}

/// Version 1.2's escapes; owned only if there is one.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    let escape = |pair: &[u8]| match pair {
        b"\\n" => Some(b'\n'),
        b"\\r" => Some(b'\r'),
        b"\\c" => Some(b':'),
        b"\\\\" => Some(b'\\'),
        _ => None,
    };
    if !text.windows(2).any(|pair| escape(pair).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut meant = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match text.get(at..at + 2).and_then(escape) {
            Some(byte) => {
                meant.push(byte);
                at += 2;
            }
            None => {
                meant.push(text[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(meant)
}

#[cfg(test)]
mod tests {
    use super::super::parts::Own;
    use super::*;

    fn cut(message: &[u8]) -> Option<(Said, Vec<Own>)> {
        let mut parts = Vec::new();
        frames(Side::Client, message, &mut parts).map(|said| (said, parts))
    }

    #[test]
    fn a_frame_is_its_headers_and_its_body() {
        let (said, parts) = cut(b"SEND\ndestination:/app/a\\cb\nx-y:1\ncontent-length:2\n\nhi\0\n").unwrap();
        let expected: [Own; 6] = [
            (b"/app/a:b".to_vec(), "text", Role::Value),
            (b"/app/a\\cb".to_vec(), "text", Role::Value),
            (b"x-y".to_vec(), "text", Role::Key),
            (b"1".to_vec(), "text", Role::Value),
            (b"2".to_vec(), "text", Role::Value),
            (b"hi".to_vec(), "auto", Role::Value),
        ];
        assert_eq!((said, &parts[..]), (Said::Something, &expected[..]));
    }

    #[test]
    fn heartbeats_say_nothing() {
        for beat in [&b"\n"[..], b"\r\n", b""] {
            assert_eq!(cut(beat), Some((Said::Heartbeat, Vec::new())));
        }
    }

    #[test]
    fn what_is_not_whole_or_divides_servers_is_not_taken() {
        let others: [&[u8]; 11] = [
            b"SEND\ndestination:/a\n\nhi",
            b"SEND\ndestination:/a\n",
            b"CONNECT\nhost:a\n\n\0",
            b"send\ndestination:/a\n\nhi\0",
            b"SEND\nno colon\n\nhi\0",
            b"SEND\ncontent-length:9\n\nhi\0",
            b"SEND\ncontent-length:1\n\nhi\0",
            b"SEND\nContent-Length:2\n\nhi\0",
            b"SEND\ncontent-length:2\ncontent-length:2\n\nhi\0",
            b"SEND\ncontent-length:3\n\nh\0i\0",
            b"SEND\ndestination:/a\n\nhi\0SEN",
        ];
        for other in others {
            assert_eq!(cut(other), None, "{}", String::from_utf8_lossy(other));
        }
    }
}

//! Text Ion. Commas are taken as white space: what is left out or doubled is no one's loss.

use std::borrow::Cow;

use super::{Halted, Walk};
use crate::formats::tree::{Tree, Turn, UNCOUNTED, Walked};
use crate::formats::{Container, Kind, Role};

type State<'d, 'w, 'a> = Tree<'d, 'w, 'a, u8>;

/// Characters that end a bare word.
static ENDS_WORD: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        ends[byte] = byte <= b' ' as usize
            || matches!(byte as u8, b'{' | b'}' | b'[' | b']' | b'(' | b')' | b',' | b'"' | b'\'' | b':');
        byte += 1;
    }
    ends
};

pub(super) fn read(bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
    let mut tree = Tree::new(bytes, walk);
    loop {
        skip(&mut tree);
        let Some(level) = tree.levels.last() else {
            if tree.rest() == 0 {
                return Ok(tree.at);
            }
            // Values of the stream itself are at the root, one after another.
            value(&mut tree, Turn::Value)?;
            continue;
        };
        let (close, owes) = (level.extra, level.owes_value());
        if tree.peek()? == close && !owes {
            tree.at += 1;
            tree.exit()?;
            continue;
        }
        match tree.step()? {
            Turn::Key => name(&mut tree)?,
            turn => value(&mut tree, turn)?,
        }
    }
}

/// White space, commas and comments.
#[inline]
fn skip(tree: &mut State<'_, '_, '_>) {
    loop {
        let rest = &tree.doc[tree.at..tree.end];
        match rest {
            [0x21..=b'+' | b'-' | b'.' | b'0'..=0xff, ..] => return,
            [b',' | 0..=b' ', ..] => tree.at += 1,
            [b'/', b'/', ..] => tree.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            [b'/', b'*', ..] => {
                let end = memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |end| end + 4);
                tree.at += end;
            }
            _ => return,
        }
    }
}

fn name(tree: &mut State<'_, '_, '_>) -> Walked {
    let start = tree.at;
    let first = tree.doc[start];
    match first {
        b'"' | b'\'' => {
            let text = quoted(tree)?;
            tree.key(Kind::Text, &text, start..tree.at)?;
        }
        _ => {
            let word = word(tree);
            if word.is_empty() {
                return Err(tree.invalid(start, "a member has no name"));
            }
            tree.key(Kind::Text, word, start..tree.at)?;
        }
    }
    skip(tree);
    if tree.peek()? != b':' {
        return Err(tree.invalid(tree.at, "a name without a colon"));
    }
    tree.at += 1;
    Ok(())
}

fn word<'d>(tree: &mut State<'d, '_, '_>) -> &'d [u8] {
    let doc: &'d [u8] = tree.doc;
    let rest = &doc[tree.at..tree.end];
    let len = rest.iter().position(|&byte| ENDS_WORD[usize::from(byte)]).unwrap_or(rest.len());
    tree.at += len;
    &rest[..len]
}

/// One value, and what annotates it.
fn value(tree: &mut State<'_, '_, '_>, turn: Turn) -> Walked {
    loop {
        skip(tree);
        let start = tree.at;
        let rest = &tree.doc[start..tree.end];
        match rest {
            [] => return Err(tree.truncated()),
            [b'{', b'{', ..] => return lob(tree, turn),
            [b'{', ..] => return open(tree, turn, Container::Map, b'}'),
            [b'[', ..] => return open(tree, turn, Container::List, b']'),
            [b'(', ..] => return open(tree, turn, Container::List, b')'),
            [b'"' | b'\'', ..] => {
                let text = quoted(tree)?;
                if annotates(tree) {
                    tree.walk.leaf(Role::Key, Kind::Text, &text, start..tree.at)?;
                    continue;
                }
                return tree.value(Kind::Text, &text, start..tree.at);
            }
            _ => {}
        }
        let word = word(tree);
        if word.is_empty() {
            return Err(tree.invalid(start, "no value begins so"));
        }
        let end = tree.at;
        if annotates(tree) {
            tree.walk.leaf(Role::Key, Kind::Text, word, start..end)?;
            continue;
        }
        // A time of day has colons of its own.
        while word[0].is_ascii_digit() && tree.at < tree.end && tree.doc[tree.at] == b':' {
            tree.at += 1;
            self::word(tree);
        }
        let doc = tree.doc;
        let word = &doc[start..tree.at];
        return tree.value(kind(word), word, start..tree.at);
    }
}

fn kind(word: &[u8]) -> Kind {
    match word {
        b"true" | b"false" => Kind::Bool,
        _ if word == b"null" || word.starts_with(b"null.") => Kind::Null,
        [b'-' | b'+', ..] | [b'0'..=b'9', ..] => Kind::Number,
        b"nan" => Kind::Number,
        _ => Kind::Text,
    }
}

/// Whether `::` follows, which is then read.
#[inline]
fn annotates(tree: &mut State<'_, '_, '_>) -> bool {
    let back = tree.at;
    if matches!(tree.doc.get(back), Some(b',' | b'}' | b']' | b')')) {
        return false;
    }
    skip(tree);
    if tree.doc[tree.at..tree.end].starts_with(b"::") {
        tree.at += 2;
        return true;
    }
    tree.at = back;
    false
}

fn open(tree: &mut State<'_, '_, '_>, turn: Turn, kind: Container, close: u8) -> Walked {
    let start = tree.at;
    tree.at += 1;
    tree.enter(turn, kind, UNCOUNTED, start, close)
}

/// A blob (base64, left as it is for the views) or a clob (text in quotes).
fn lob(tree: &mut State<'_, '_, '_>, turn: Turn) -> Walked {
    tree.at += 2;
    while tree.rest() > 0 && tree.doc[tree.at].is_ascii_whitespace() {
        tree.at += 1;
    }
    let start = tree.at;
    if matches!(tree.peek()?, b'"' | b'\'') {
        let text = quoted(tree)?;
        tree.scalar(turn, Kind::Text, &text, start..tree.at)?;
    }
    let rest = &tree.doc[tree.at..tree.end];
    let Some(len) = memchr::memmem::find(rest, b"}}") else { return Err(tree.truncated()) };
    let base64 = rest[..len].trim_ascii_end();
    if !base64.is_empty() {
        let from = tree.at;
        let doc = tree.doc;
        tree.scalar(turn, Kind::Text, &doc[from..from + base64.len()], from..from + base64.len())?;
    }
    tree.at += len + 2;
    Ok(())
}

/// A quoted symbol, a string, or long strings joined; unescaped.
fn quoted<'d>(tree: &mut State<'d, '_, '_>) -> Walked<Cow<'d, [u8]>> {
    // Most are short, and as they are.
    let doc: &'d [u8] = tree.doc;
    let rest = &doc[tree.at..tree.end];
    if let [quote, inside @ ..] = rest
        && !rest.starts_with(b"\'\'\'")
        && let Some(len) = memchr::memchr2(*quote, b'\\', inside)
        && inside[len] == *quote
    {
        tree.at += len + 2;
        return Ok(Cow::Borrowed(&inside[..len]));
    }
    joined(tree).map(Cow::Owned)
}

fn joined(tree: &mut State<'_, '_, '_>) -> Walked<Vec<u8>> {
    let (mut text, mut begun) = (Vec::new(), false);
    loop {
        let rest = &tree.doc[tree.at..tree.end];
        let long = rest.starts_with(b"'''");
        if begun && !long {
            return Ok(text);
        }
        let quote: &[u8] = if long { b"'''" } else { &rest[..1] };
        tree.at += quote.len();
        until(tree, quote, &mut text)?;
        if !long {
            return Ok(text);
        }
        begun = true;
        let back = tree.at;
        skip_space(tree);
        if !tree.doc[tree.at..tree.end].starts_with(b"'''") {
            tree.at = back;
        }
    }
}

fn skip_space(tree: &mut State<'_, '_, '_>) {
    while tree.rest() > 0 && tree.doc[tree.at].is_ascii_whitespace() {
        tree.at += 1;
    }
}

fn until(tree: &mut State<'_, '_, '_>, quote: &[u8], text: &mut Vec<u8>) -> Walked {
    loop {
        let rest = &tree.doc[tree.at..tree.end];
        let Some(len) = memchr::memchr2(quote[0], b'\\', rest) else { return Err(tree.truncated()) };
        let plain = &rest[..len];
        tree.decoded(len)?;
        text.extend_from_slice(plain);
        tree.at += len;
        if rest[len] == b'\\' {
            escape(tree, text)?;
        } else if rest[len..].starts_with(quote) {
            tree.at += quote.len();
            return Ok(());
        } else {
            text.push(quote[0]);
            tree.at += 1;
        }
    }
}

fn escape(tree: &mut State<'_, '_, '_>, text: &mut Vec<u8>) -> Walked {
    tree.at += 1;
    let letter = tree.byte()?;
    let digits = match letter {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => 0,
    };
    let code = match letter {
        b'0' => 0,
        b'a' => 7,
        b'b' => 8,
        b't' => 9,
        b'n' => 10,
        b'v' => 11,
        b'f' => 12,
        b'r' => 13,
        b'\n' => return Ok(()),
        b'x' | b'u' | b'U' => {
            let hex = tree.take(digits)?;
            let hex = std::str::from_utf8(hex).ok().and_then(|hex| u32::from_str_radix(hex, 16).ok());
            hex.ok_or_else(|| tree.invalid(tree.at, "an escape is no number"))?
        }
        other => u32::from(other),
    };
    let mut bytes = [0; 4];
    let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    text.extend_from_slice(char.encode_utf8(&mut bytes).as_bytes());
    Ok(())
}

//! The two statements of cmd.exe that nothing else looks like: `for %a in (…) do` and `if … equ …`.

use super::super::Best;
use super::super::search::Stops;

/// Words and signs of a line, in order.
struct Pieces<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Pieces<'a> {
    fn skip(&mut self) {
        while self.text.get(self.at).is_some_and(|&byte| byte <= 0x20) {
            self.at += 1;
        }
    }

    /// A word up to a blank or bracket; a quoted or bracketed operand is one word.
    fn next(&mut self) -> &'a [u8] {
        self.skip();
        let start = self.at;
        let close = match self.text.get(self.at) {
            None => return b"",
            Some(b'"') => Some(b'"'),
            Some(b'(') => Some(b')'),
            Some(b'[') => Some(b']'),
            Some(b'{') => Some(b'}'),
            _ => None,
        };
        let limit = self.text.len().min(start + 160);
        if let Some(close) = close
            && let Some(length) = self.text[start + 1..limit].iter().position(|&byte| byte == close)
        {
            self.at = start + length + 2;
            return &self.text[start..self.at];
        }
        if self.text[start] == b'=' {
            while self.text.get(self.at) == Some(&b'=') {
                self.at += 1;
            }
            return &self.text[start..self.at];
        }
        while self.at < limit {
            let byte = self.text[self.at];
            if byte <= 0x20 || self.at > start && matches!(byte, b'(' | b'/') || byte == b'=' {
                break;
            }
            self.at += 1;
        }
        self.at = self.at.max(start + 1).min(self.text.len());
        &self.text[start..self.at]
    }
}

fn is(word: &[u8], other: &[u8]) -> bool {
    word.eq_ignore_ascii_case(other)
}

/// Behind these, a statement may begin.
const SEPARATORS: Stops = Stops::at(b";&|\n@(");

/// Offers the statements of cmd at the text's start or behind a separator.
pub(super) fn judge(text: &[u8], best: &mut Best) {
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte <= 0x20 {
            at += 1;
            continue;
        }
        if matches!(byte | 0x20, b'f' | b'i') && text.len() > at + 6 {
            let mut pieces = Pieces { text: &text[..text.len().min(at + 512)], at };
            let word = pieces.next();
            if is(word, b"for") {
                counted(&mut pieces, at, best);
            } else if is(word, b"if") {
                conditional(&mut pieces, at, best);
            }
        }
        let Some(separator) = SEPARATORS.next(text, at) else { return };
        at = separator + 1;
    }
}

/// `for [/f "…"] %a in (…) do`
fn counted(pieces: &mut Pieces, start: usize, best: &mut Best) {
    let mut variable = false;
    for _ in 0..8 {
        let word = pieces.next();
        if word.starts_with(b"%") && word.len() <= 12 {
            variable = true;
        } else if is(word, b"in") && variable {
            pieces.skip();
            if pieces.text.get(pieces.at) == Some(&b'(') {
                let inside = pieces.next().len();
                let more = is(pieces.next(), b"do");
                best.offer(if more || inside > 2 { 78 } else { 55 }, start..pieces.at, "loop of cmd");
            }
            return;
        } else if word.is_empty() {
            return;
        }
    }
}

/// `if [not] [/i] exist file …`, `if "%a%" == "b" …`, `if %a% gtr 2 …`
fn conditional(pieces: &mut Pieces, start: usize, best: &mut Best) {
    let mut word = pieces.next();
    let mut flagged = false;
    for _ in 0..3 {
        if is(word, b"not") || is(word, b"/i") {
            flagged |= is(word, b"/i");
            word = pieces.next();
        }
    }
    let variable =
        |word: &[u8]| word.contains(&b'%') || word.len() > 2 && word.iter().filter(|byte| **byte == b'!').count() == 2;
    if is(word, b"exist") || is(word, b"defined") || is(word, b"errorlevel") {
        pieces.next();
        let action = pieces.next();
        let acts = action.starts_with(b"(") || acts(action);
        return best.offer(if acts { 58 } else { 15 }, start..pieces.at, "condition of cmd");
    }
    let left = word;
    let sign = pieces.next();
    let compared = [&b"equ"[..], b"neq", b"lss", b"leq", b"gtr", b"geq"].iter().any(|word| is(sign, word));
    if compared {
        return best.offer(62, start..pieces.at, "condition of cmd");
    }
    if sign == b"==" {
        let right = pieces.next();
        let action = pieces.next();
        let odd = variable(left) || variable(right);
        let strength = match (odd, flagged, acts(action) || action.starts_with(b"(")) {
            (true, _, true) => 65,
            (true, _, false) => 58,
            (_, true, _) => 55,
            (_, _, true) if acts(action) || action.len() > 3 && acts(&action[1..5.min(action.len())]) => 52,
            _ => 10,
        };
        best.offer(strength, start..pieces.at, "condition of cmd");
    }
}

/// A word that begins a command of cmd.
fn acts(word: &[u8]) -> bool {
    let word = word.strip_prefix(b"@").unwrap_or(word);
    [&b"echo"[..], b"goto", b"set", b"exit", b"cd", b"call", b"cmd", b"copy", b"del", b"type", b"start"]
        .iter()
        .any(|action| is(word, action))
}

//! Templates and expression languages: does a text ask the server to evaluate something?
//!
//! The delimiters of the engines (`{{ }}`, `${ }`, `#{ }`, `*{ }`, `%{ }`, `<% %>`, `{% %}`, `@( )` …) are found, and
//! what stands between them is weighed: arithmetic that only a probe does, the ways to a class or a runtime, calls.
//! `{{name}}`, `${HOME}` and talk about them pass.

mod expression;

use super::{Best, Hit};
use expression::Act;

/// Delimiters: how one opens, how it closes, and how much of its being there is suspicious in itself.
const DELIMITERS: &[(&[u8], &[u8], u8)] = &[
    (b"{{", b"}}", 5),
    (b"{%", b"%}", 15),
    (b"${", b"}", 0),
    (b"#{", b"}", 0),
    (b"*{", b"}", 5),
    (b"%{", b"}", 5),
    (b"~{", b"}", 5),
    (b"@{", b"}", 0),
    (b"<%", b"%>", 10),
    (b"@(", b")", 0),
    (b"<#", b">", 5),
    (b"[#", b"]", 0),
    (b"[[", b"]]", 0),
    (b"[=", b"]", 0),
    (b"{$", b"}", 0),
    (b"{php}", b"{/php}", 70),
];

/// No longer expression is read in one piece.
const WINDOW: usize = 1024;

/// The strongest expression in `text`.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    let whole = text.trim_ascii();
    let (mut read, mut delimited) = (0usize, false);
    for at in 0..text.len().saturating_sub(2) {
        if !matches!(text[at], b'{' | b'$' | b'#' | b'*' | b'%' | b'~' | b'@' | b'<' | b'[') {
            continue;
        }
        if text[at] == b'#' {
            read += velocity(text, at, &mut best);
            if read > 8 * text.len() + 16 * WINDOW {
                best.offer(55, 0..at, "expressions without end");
                break;
            }
        }
        let Some(&(open, close, base)) = DELIMITERS.iter().find(|(open, ..)| text[at..].starts_with(open)) else {
            continue;
        };
        delimited = true;
        // Of `[[[[[[`, the first and the last are read.
        if at > 0 && text[at - 1..].starts_with(open) && text[at + 1..].starts_with(open) {
            continue;
        }
        let inner_at = at + open.len();
        let window = &text[inner_at..text.len().min(inner_at + WINDOW)];
        let end = closing(window, open, close);
        let inner = &window[..end.unwrap_or(window.len())];
        read += inner.len();
        let after = inner_at + inner.len() + close.len();
        // Nothing but the expression, or the expression glued to a value.
        let alone = at == 0 && after >= whole.len();
        let act = expression::read(inner);
        let strength = weigh(open, act, base, end.is_some(), alone);
        best.offer(strength, at..text.len().min(after), act.reason());
        // Delimiters inside delimiters are read again, but not for ever.
        if read > 8 * text.len() + 16 * WINDOW {
            best.offer(55, 0..at, "expressions without end");
            break;
        }
    }
    bare(text, delimited, &mut best);
    best.0
}

/// Where the expression ends: at the closing delimiter of its own level.
fn closing(window: &[u8], open: &[u8], close: &[u8]) -> Option<usize> {
    let brace = close == b"}" || close == b")";
    let opener = if close == b")" { b'(' } else { b'{' };
    let mut depth = 0usize;
    let mut at = 0;
    while at < window.len() {
        match window[at] {
            byte if byte == close[0] && depth == 0 && window[at..].starts_with(close) => return Some(at),
            byte if byte == close[0] => depth = depth.saturating_sub(1),
            byte if brace && byte == opener => depth += 1,
            b'\n' if !brace && open != b"{{" && at > 512 => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

fn weigh(open: &[u8], act: Act, base: u8, closed: bool, alone: bool) -> u8 {
    // Interpolation of shells, Ruby and JavaScript: everyday in code.
    let common = matches!(open, b"${" | b"#{" | b"@{" | b"[[" | b"[#" | b"{$" | b"@(" | b"[=" | b"<#");
    let strength = match (act, closed) {
        (Act::Reaches, true) => 92,
        (Act::Reaches, false) => 80,
        (Act::Runs, true) => 90,
        (Act::Runs, false) => 72,
        (Act::Computes, true) if open == b"[[" || open == b"@(" || open == b"[=" => {
            if alone {
                75
            } else {
                40
            }
        }
        (Act::Computes, true) => 85,
        (Act::Computes, false) => 20,
        (Act::Calls, true) => match (common, alone) {
            (_, true) => 60,
            (true, false) => 25,
            (false, false) => 45,
        },
        (Act::Calls, false) => 15,
        (Act::Knows, true) => {
            if alone || !common {
                58
            } else {
                20
            }
        }
        (Act::Knows, false) => 10,
        (Act::Names, _) => 5,
        (Act::Nothing, _) => 0,
    };
    match open {
        b"{$" if matches!(act, Act::Names | Act::Calls) => strength,
        b"{php}" => 75,
        _ => (strength + base).min(97),
    }
}

/// `#set($x=…)`, `#evaluate(`, `#include(` of Velocity; how much of it was read.
fn velocity(text: &[u8], at: usize, best: &mut Best) -> usize {
    let rest = &text[at..];
    if rest.starts_with(b"#set($")
        || rest.starts_with(b"#set ($")
        || rest.starts_with(b"#evaluate(")
        || rest.starts_with(b"#foreach($")
    {
        let inner = &rest[4..rest.len().min(256)];
        let act = expression::read(inner);
        let strength = if matches!(act, Act::Reaches | Act::Runs) { 90 } else { 62 };
        best.offer(strength, at..text.len().min(at + 12), "directive of a template");
        return inner.len();
    }
    0
}

/// Ways to a runtime that need no delimiter to be one: parameters that are evaluated themselves.
fn bare(text: &[u8], delimited: bool, best: &mut Best) {
    if let Some((at, strength, reason)) = expression::reaches_bare(text, delimited) {
        best.offer(strength, at..text.len().min(at + 24), reason);
    }
}

#[cfg(test)]
mod tests;

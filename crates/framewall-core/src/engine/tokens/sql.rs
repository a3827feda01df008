//! SQL: what would a text do inside a query?
//!
//! The text is read as it stands and as if it stood inside `'`, `"` or `` ` ``: then its first quote closes the string
//! it was put in, and what follows must go on as SQL goes on after a string. Each reading becomes tokens, each place
//! in the tokens is held against the grammar of an injection; words that only look like SQL fit none of it.

mod grammar;
mod lexer;
mod words;

use super::search::Stops;
use super::{Best, Hit};
use grammar::Judge;
use lexer::{Kind, Lexer, Token};
use words::Word;

/// The strongest place where `text` acts as SQL.
///
/// Strengths: 90 and more for what only an attack says (`' or 1=1`, `union select 1,`), 50 to 89 for SQL that has no
/// business in a message, below for SQL that people also talk about.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    let mut acts = None;
    if worth_reading(text) {
        best.merge(Judge::new(text, None).run(Lexer::new(text, 0)));
    }
    for quote in *b"'\"`" {
        let Some(first) = memchr::memchr(quote, text) else { continue };
        let mut lexer = Lexer::new(text, 0);
        if quote == b'`' {
            lexer = Lexer::new(text, first + 1);
        } else if !lexer.close_string(quote) {
            continue;
        }
        let string = Token { kind: Kind::Str, end: lexer.position() as u32, ..Token::END };
        if goes_on(&mut Lexer::new(text, lexer.position())) {
            best.merge(Judge::new(text, Some(string)).run(lexer));
        } else if *acts.get_or_insert_with(|| acts_behind_a_value(text)) {
            // An apostrophe of the prose before hides in its string what a later quote lets out.
            best.merge(Judge::new(text, None).run(lexer));
        }
    }
    best.0
}

/// Whether SQL that goes on after a value stands behind a quote, a bracket or a number anywhere.
fn acts_behind_a_value(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 8] = [b"union", b"or", b"and", b"having", b"order", b"group", b"||", b"&&"];
    const BLANKS: usize = 8;
    const VALUES: Stops = Stops::at(b"'\"`)0123456789");
    let mut at = 0;
    while let Some(value) = VALUES.next(text, at) {
        at = value + 1;
        let rest = &text[at..];
        let blanks = rest.iter().take(BLANKS).take_while(|byte| **byte <= 0x20 || **byte == b')').count();
        let next = &rest[blanks..];
        let word = |word: &&[u8]| next.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let stacked = |first: &u8| *first == b';' && statement(&next[1..]);
        if next.starts_with(b"/*") || WORDS.iter().any(word) || next.first().is_some_and(stacked) {
            return true;
        }
    }
    false
}

/// Whether a statement that changes something may begin here.
fn statement(text: &[u8]) -> bool {
    const FIRST: [&[u8]; 8] = [b"drop", b"insert", b"update", b"delete", b"select", b"exec", b"declare", b"waitfor"];
    let blanks = text.iter().take(4).take_while(|byte| **byte <= 0x20).count();
    FIRST.iter().any(|word| text[blanks..].get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

/// Whether SQL could go on after a string with this token. It settles nearly every apostrophe: `don't` is a string
/// `don` followed by a name, which no dialect allows.
fn goes_on(lexer: &mut Lexer) -> bool {
    match lexer.token().kind {
        Kind::Word(word) => !matches!(word, Word::Name | Word::Common | Word::Function | Word::Type | Word::Catalogue),
        Kind::Num | Kind::Brace | Kind::Other | Kind::Dot | Kind::End | Kind::StrOpen | Kind::Var => false,
        _ => true,
    }
}

/// Letters, digits and plain punctuation alone need one of a few words to be SQL.
fn worth_reading(text: &[u8]) -> bool {
    text.len() > 2
}

#[cfg(test)]
mod tests;

//! `union select`, and `select` with what it selects and from where.

use super::super::lexer::Kind;
use super::super::words::Word;
use super::{AHEAD, Judge};

impl Judge<'_> {
    /// `union [all] select …`
    pub(super) fn union(&mut self, at: usize) {
        let mut next = at + 1;
        while matches!(self.kind(next), Kind::Word(Word::Quantifier) | Kind::Open | Kind::Num | Kind::Other)
            && next < at + 8
        {
            next += 1;
        }
        let joined = self.after_value(at) || self.token(next).comment_before || self.before(at) == Kind::Math;
        match self.kind(next) {
            Kind::Word(Word::Select) => {}
            Kind::Word(Word::Values) if self.kind(next + 1) == Kind::Open => {
                return self.hit(85, at, next + 1, "UNION VALUES");
            }
            Kind::Word(Word::Values) if self.is_word(next + 1, b"row") && self.kind(next + 2) == Kind::Open => {
                return self.hit(85, at, next + 2, "UNION VALUES");
            }
            Kind::Word(Word::Table) if joined => return self.hit(70, at, next + 1, "UNION TABLE"),
            _ => return,
        }
        let mixed = self.token(at).odd && self.token(next).odd;
        let mut item = next + 1;
        while matches!(self.kind(item), Kind::Word(Word::Quantifier)) {
            item += 1;
        }
        let strength = match self.kind(item) {
            Kind::Num | Kind::Str | Kind::StrOpen | Kind::Var | Kind::Star | Kind::Open | Kind::Math | Kind::Bang => 97,
            Kind::Word(Word::Literal | Word::Case | Word::Acting | Word::Catalogue | Word::Not) => 95,
            Kind::Word(Word::From) => 75,
            Kind::Word(_) => match self.kind(item + 1) {
                Kind::Comma | Kind::Dot | Kind::Open | Kind::Tail | Kind::LogicSign | Kind::Math | Kind::Star => 95,
                Kind::Word(Word::From) => 80,
                Kind::End | Kind::Close | Kind::Semi if joined => 85,
                _ if joined || mixed => 70,
                _ => 20,
            },
            Kind::End | Kind::Tail | Kind::Brace if joined || mixed || self.kind(next + 1) == Kind::Tail => 80,
            Kind::End if self.opens(at) => 60,
            Kind::Other | Kind::Cmp | Kind::Dot | Kind::JsonOp if joined || mixed => 75,
            _ => 20,
        };
        self.hit(strength, at, item, "UNION SELECT");
    }

    /// `select … from …`, and a select in brackets.
    pub(super) fn select(&mut self, at: usize) {
        let mut score = 0u16;
        let bracketed = self.before(at) == Kind::Open;
        let mixed = self.token(at).odd;
        let placed = bracketed
            || self.opens(at)
            || self.after_value(at)
            || matches!(
                self.before(at),
                Kind::Semi
                    | Kind::Comma
                    | Kind::Math
                    | Kind::Cmp
                    | Kind::LogicSign
                    | Kind::Other
                    | Kind::Word(Word::Acting | Word::Exec | Word::Logic | Word::Not | Word::As | Word::Values)
            );
        let (mut prose, mut from, mut items) = (false, None, 0);
        let mut depth = 0i32;
        let mut next = at + 1;
        let limit = at + AHEAD - 2;
        while next < limit {
            match self.kind(next) {
                Kind::End | Kind::Semi | Kind::Tail => break,
                Kind::Open => depth += 1,
                Kind::Close => {
                    depth -= 1;
                    if depth < 0 {
                        break;
                    }
                }
                Kind::Word(Word::From) if depth == 0 => {
                    from = Some(next);
                    break;
                }
                // `select *`, `count(*)`, `a.*`; elsewhere it multiplies, or makes words of talk bold.
                Kind::Star
                    if matches!(
                        self.before(next),
                        Kind::Word(Word::Select | Word::Quantifier) | Kind::Comma | Kind::Open | Kind::Dot
                    ) =>
                {
                    score += 10
                }
                Kind::Comma => items += 1,
                Kind::Word(Word::Function | Word::Acting) if self.kind(next + 1) == Kind::Open => score += 30,
                Kind::Word(Word::Common) if self.kind(next + 1) == Kind::Open => score += 20,
                Kind::Word(Word::Catalogue) => score += 40,
                Kind::Var => score += 25,
                Kind::Num | Kind::Str => {
                    score += if self.token(next).odd { 15 } else { 8 };
                }
                Kind::Word(Word::Name) if matches!(self.before(next), Kind::Word(Word::Name)) => prose = true,
                Kind::Brace => score += 10,
                _ => {}
            }
            next += 1;
        }
        if next == at + 1 && from.is_none() {
            // `select` alone.
            return;
        }
        let glued = self.token(at + 1).comment_before;
        if let Some(from) = from {
            let table = from + 1 + usize::from(self.kind(from + 1) == Kind::Open);
            let plausible = match self.kind(table) {
                Kind::Word(Word::Name | Word::Catalogue | Word::Table | Word::Common | Word::Type | Word::Object) => {
                    !matches!(
                        self.kind(table + 1),
                        Kind::Word(Word::Name) if matches!(self.kind(table + 2), Kind::Word(Word::Name))
                    ) && !is_article(self.bytes(table))
                }
                Kind::Word(Word::Select | Word::Acting | Word::Function) | Kind::Open => true,
                _ => false,
            };
            if !plausible {
                score /= 2;
            } else {
                score += if prose { 0 } else { 30 };
                score +=
                    if self.kind(at + 1) == Kind::Star || matches!(self.kind(at + 1), Kind::Open) { 15 } else { 0 };
                if matches!(self.kind(table), Kind::Word(Word::Catalogue)) {
                    score += 50;
                }
                let mut after = table + 1;
                while after < limit + 2
                    && matches!(
                        self.kind(after),
                        Kind::Dot | Kind::Word(Word::Name | Word::As | Word::Catalogue) | Kind::Close | Kind::Comma
                    )
                {
                    if matches!(self.kind(after), Kind::Word(Word::Catalogue)) {
                        score += 50;
                    }
                    after += 1;
                }
                match self.kind(after) {
                    Kind::Word(Word::Where) => score += 10,
                    Kind::Word(Word::Limit) => score += 10,
                    Kind::Tail => score += 25,
                    _ => {}
                }
            }
            if bracketed {
                score += 25;
            }
        } else {
            score += if bracketed && score > 0 { 25 } else { 0 };
            if prose {
                score /= 4;
            }
        }
        score += 5 * items.min(4);
        if self.cut(next) == Some(false) && self.opens(at) {
            score += 15;
        }
        if glued && score > 0 {
            score += 30;
        }
        if mixed && score > 0 {
            score += 20;
        }
        if self.after_breakout(at) || matches!(self.before(at), Kind::Semi | Kind::Math) || self.after_value(at) {
            score += 20;
        }
        if !placed {
            score = score * 2 / 3;
        }
        self.hit(score.min(95) as u8, at, next, "SELECT");
    }
}

/// `from the menu` is prose, `from users` may be SQL.
fn is_article(word: &[u8]) -> bool {
    [
        &b"the"[..],
        b"a",
        b"an",
        b"my",
        b"your",
        b"our",
        b"his",
        b"her",
        b"their",
        b"this",
        b"that",
        b"these",
        b"those",
        b"it",
        b"one",
        b"any",
        b"each",
        b"every",
        b"some",
        b"which",
        b"what",
        b"where",
        b"here",
        b"there",
        b"now",
    ]
    .iter()
    .any(|article| word.eq_ignore_ascii_case(article))
}

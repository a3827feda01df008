//! Clauses that end a query, and comments that cut it off.

use super::super::lexer::Kind;
use super::super::words::Word;
use super::Judge;

impl Judge<'_> {
    /// `1' order by 10--`
    pub(super) fn sorted(&mut self, at: usize) {
        if self.kind(at + 1) != Kind::Word(Word::By) || !self.after_value(at) && !self.after_breakout(at) {
            return;
        }
        let numeric = self.kind(at + 2) == Kind::Num;
        let mut end = at + 3;
        while self.kind(end) == Kind::Comma {
            end += 2;
        }
        let strength = match self.kind(end) {
            Kind::Tail => 85,
            Kind::End | Kind::Semi if numeric => 65,
            _ if self.after_breakout(at) => 60,
            _ => 20,
        };
        self.hit(strength, at, end, "ORDER BY after a value");
    }

    pub(super) fn into(&mut self, at: usize) {
        if self.kind(at + 1) == Kind::Word(Word::Outfile) {
            let written = !matches!(self.kind(at + 2), Kind::End | Kind::Word(_));
            self.hit(if written { 90 } else { 60 }, at, at + 2, "INTO OUTFILE");
        }
        if self.is_word(at + 1, b"@")
            || self.kind(at + 1) == Kind::Var && (self.before(at) == Kind::Num || self.after_breakout(at))
        {
            self.hit(70, at, at + 1, "INTO a variable");
        }
    }

    pub(super) fn procedure(&mut self, at: usize) {
        if self.kind(at + 1) == Kind::Word(Word::Clause) && self.kind(at + 2) == Kind::Open {
            self.hit(90, at, at + 2, "PROCEDURE ANALYSE");
        }
    }

    /// `admin'--`, `x') #`
    pub(super) fn tail(&mut self, at: usize) {
        if at == 0 {
            return;
        }
        if self.bytes(at) == b"/*" && self.after_value(at) {
            self.hit(50, at - 1, at, "query cut off by an open comment");
        }
        if !self.broke_out || self.shifted > 0 {
            return;
        }
        let between = (1..at).all(|token| matches!(self.kind(token), Kind::Close | Kind::Semi));
        if !between {
            return;
        }
        let sign = self.bytes(at).first().copied().unwrap_or(0);
        let strength = match (self.token(at).odd || self.quotes(at), at > 1) {
            (true, _) => 15,
            (false, true) => 80,
            (false, false) if sign == b'#' && self.bytes(at).len() > 8 => 30,
            (false, false) => 65,
        };
        self.hit(strength, 0, at, "string closed and the query cut off");
    }

    /// `color="#fff"`, `say "#1"`: the quote opens what the comment's own one closes.
    fn quotes(&self, at: usize) -> bool {
        let comment = self.token(at).start as usize;
        let Some(opening) = comment.checked_sub(1).filter(|_| self.token(0).end as usize == comment) else {
            return false;
        };
        let glued = opening.checked_sub(1).is_some_and(|before| self.text[before].is_ascii_alphanumeric());
        !glued && self.bytes(at).contains(&self.text[opening])
    }
}

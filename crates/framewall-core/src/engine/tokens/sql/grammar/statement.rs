//! Statements, by their own grammar and by where they begin.

use super::super::lexer::Kind;
use super::super::words::Word;
use super::Judge;

impl Judge<'_> {
    /// A statement begins at `at`: how sure one can be of it from its own grammar.
    pub(super) fn statement(&self, at: usize) -> Option<u8> {
        let Kind::Word(word) = self.kind(at) else { return None };
        let next = self.kind(at + 1);
        let name =
            |kind| matches!(kind, Kind::Word(Word::Name | Word::Common | Word::Catalogue | Word::Type | Word::Object));
        let ends = |kind| matches!(kind, Kind::End | Kind::Semi | Kind::Tail | Kind::Comma | Kind::Other | Kind::Close);
        Some(match word {
            Word::Drop | Word::Truncate | Word::Alter | Word::Create => {
                let mut at = at + 1;
                let mut object = false;
                for _ in 0..4 {
                    match self.kind(at) {
                        Kind::Word(Word::Table | Word::Object | Word::Procedure) => object = true,
                        Kind::Word(Word::Common) if self.is_word(at, b"database") || self.is_word(at, b"user") => {
                            object = true
                        }
                        Kind::Word(Word::If | Word::Not | Word::Clause | Word::Logic | Word::Replace) => {}
                        _ => break,
                    }
                    at += 1;
                }
                if !object && word != Word::Truncate || !name(self.kind(at)) {
                    return None;
                }
                at += 1;
                while self.kind(at) == Kind::Dot {
                    at += 2;
                }
                match (word, self.kind(at)) {
                    (Word::Drop | Word::Truncate, kind) if ends(kind) => 65,
                    (Word::Drop, Kind::Word(Word::Clause)) => 65,
                    (Word::Create, Kind::Open) => 60,
                    (Word::Create, Kind::Word(Word::As | Word::Begin)) => 60,
                    (Word::Create, kind) if ends(kind) => 35,
                    (Word::Alter, Kind::Word(Word::Drop | Word::Rename | Word::Set | Word::Alter)) => 60,
                    (Word::Alter, Kind::Word(_))
                        if self.is_word(at, b"add") || self.is_word(at, b"change") || self.is_word(at, b"modify") =>
                    {
                        60
                    }
                    _ => 15,
                }
            }
            Word::Insert | Word::Replace | Word::Merge => {
                if next != Kind::Word(Word::Into) || !name(self.kind(at + 2)) {
                    return None;
                }
                let mut at = at + 3;
                while self.kind(at) == Kind::Dot {
                    at += 2;
                }
                match self.kind(at) {
                    Kind::Word(Word::Values | Word::Select | Word::Set | Word::Clause) => 70,
                    Kind::Open => 60,
                    _ => 10,
                }
            }
            Word::Update => {
                let mut at = at + 1;
                if !name(self.kind(at)) {
                    return None;
                }
                at += 1;
                while self.kind(at) == Kind::Dot {
                    at += 2;
                }
                let set = self.kind(at) == Kind::Word(Word::Set) && matches!(self.kind(at + 1), Kind::Word(_));
                if set && matches!(self.kind(at + 2), Kind::Cmp) { 65 } else { return None }
            }
            Word::Delete => {
                if next != Kind::Word(Word::From) || !name(self.kind(at + 2)) {
                    return None;
                }
                match self.kind(at + 3) {
                    Kind::Word(Word::Where) => 60,
                    kind if ends(kind) => 40,
                    _ => 10,
                }
            }
            Word::Exec => match next {
                Kind::Word(Word::Acting) => 90,
                Kind::Word(Word::Name) if self.is_word(at + 1, b"immediate") => match self.kind(at + 2) {
                    Kind::Str | Kind::StrOpen | Kind::Open => 75,
                    _ => 10,
                },
                Kind::Word(Word::Name) if self.kind(at + 2) == Kind::Dot => {
                    if self.is_word(at, b"call") && !self.calls_a_procedure(at + 1) { 15 } else { 60 }
                }
                Kind::Open if matches!(self.kind(at + 2), Kind::Var | Kind::Str) => 80,
                Kind::Var if !self.is_word(at, b"call") => 65,
                Kind::Word(Word::Name) if self.names_a_procedure(at) => 60,
                _ => return None,
            },
            Word::Declare => match next {
                Kind::Var => 70,
                Kind::Word(Word::Name) if self.kind(at + 2) == Kind::Word(Word::Type) => 50,
                _ => return None,
            },
            Word::Waitfor => match next {
                Kind::Word(Word::Delay) => match self.kind(at + 2) {
                    Kind::Str | Kind::StrOpen => 90,
                    _ => 50,
                },
                _ => return None,
            },
            Word::Set => match (next, self.kind(at + 2)) {
                (Kind::Var, Kind::Cmp) => 65,
                _ => return None,
            },
            Word::Shutdown => match next {
                Kind::Tail | Kind::End | Kind::Semi => 25,
                Kind::Word(Word::Clause) => 45,
                _ => return None,
            },
            Word::Grant => match self.kind(at + 2) {
                Kind::Word(Word::Clause) if self.is_word(at + 2, b"on") => 50,
                _ => return None,
            },
            Word::Copy => {
                let program = (at + 1..at + 12).find(|next| self.is_word(*next, b"program"))?;
                let given = matches!(self.kind(program + 1), Kind::Str | Kind::StrOpen);
                if name(next) || next == Kind::Open && given { 75 } else { return None }
            }
            Word::Load
                if self.is_word(at + 1, b"data") && (at + 2..at + 6).any(|next| self.is_word(next, b"infile")) =>
            {
                80
            }
            Word::Handler if name(next) && self.is_word(at + 2, b"open") => 55,
            Word::Attach
                if self.is_word(at + 1, b"database") && matches!(self.kind(at + 2), Kind::Str | Kind::StrOpen) =>
            {
                80
            }
            Word::Pragma => match self.kind(at + 2) {
                Kind::Open | Kind::Cmp => 45,
                _ => return None,
            },
            Word::Rename => {
                if matches!(next, Kind::Word(Word::Table)) {
                    40
                } else {
                    return None;
                }
            }
            Word::If if next == Kind::Open && self.asks(at + 2) => 30,
            Word::Select => match next {
                Kind::Num | Kind::Str | Kind::Var | Kind::Star => 35,
                Kind::Word(Word::Function | Word::Acting | Word::Common) if self.kind(at + 2) == Kind::Open => 45,
                Kind::Word(Word::Acting) => 40,
                Kind::Word(Word::Name) if self.broke_out && at <= 4 && self.kind(at + 2) == Kind::End => 20,
                _ => return None,
            },
            Word::Begin => match next {
                Kind::Word(Word::Acting | Word::Exec | Word::Declare) => 60,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// `exec ms_proc`, `call sp_proc`; not `call my_name`.
    fn names_a_procedure(&self, at: usize) -> bool {
        let name = self.bytes(at + 1);
        let known =
            [b"xp", b"sp"].iter().any(|prefix| name.get(..2).is_some_and(|head| head.eq_ignore_ascii_case(*prefix)));
        name.len() > 3 && name[2] == b'_' && (known || !self.is_word(at, b"call"))
    }

    /// `call sys.exec('id')`, `1; call sys.exec`; not `call menu.open() twice`, `call m.1`.
    fn calls_a_procedure(&self, at: usize) -> bool {
        let mut end = at + 1;
        while self.kind(end) == Kind::Dot {
            end += 2;
        }
        let spoken = self.operand(at).is_some_and(|(next, _)| matches!(self.kind(next), Kind::Word(Word::Name)));
        let stacked = matches!(self.before(at - 1), Kind::Semi | Kind::Tail | Kind::Str);
        let called = matches!(self.kind(end), Kind::Open | Kind::Semi | Kind::Tail);
        !spoken && !self.ends_sentence(at + 1) && (stacked || called)
    }

    /// `call her. Now`, `call Dr. Who`: nothing stands close after the full stop.
    fn ends_sentence(&self, at: usize) -> bool {
        self.kind(at + 1) != Kind::Dot && (self.kind(at + 1) == Kind::End || self.token(at + 1).space_before)
    }

    /// Where a statement stands says as much as what it is.
    pub(super) fn stacked(&mut self, at: usize, strength: u8) {
        let breakout = self.after_breakout(at);
        let more = match self.before(at) {
            Kind::Semi if self.broke_out && self.shifted == 0 && at <= 4 => 35,
            Kind::Semi | Kind::Tail => 25,
            // `press 'select' -> 'file'`: no query goes on like that after a string.
            Kind::Str if self.kind(at) == Kind::Word(Word::Select) && self.kind(at + 1) == Kind::Str => 0,
            Kind::Str | Kind::Close | Kind::Num if breakout || self.after_value(at) => 20,
            Kind::End => 0,
            Kind::Word(Word::Begin | Word::Then | Word::Else | Word::As) => 15,
            Kind::Word(Word::Name) => -20,
            _ => 0,
        };
        let odd = i16::from(self.token(at).odd) * 10 + i16::from(self.token(at + 1).comment_before) * 15;
        let strength = (i16::from(strength) + more + odd).clamp(0, 98) as u8;
        self.hit(strength, at, at + 2, "SQL statement");
    }

    /// A subquery or a call, where code asks for names: `if (now > then)`.
    fn asks(&self, at: usize) -> bool {
        match self.kind(at) {
            Kind::Open => self.kind(at + 1) == Kind::Word(Word::Select),
            Kind::Word(Word::Select) => true,
            Kind::Word(Word::Function | Word::Common) => self.kind(at + 1) == Kind::Open,
            _ => false,
        }
    }
}

//! Functions, variables, casts and other pieces of expressions.

use super::super::lexer::Kind;
use super::super::words::Word;
use super::{AHEAD, Judge};

/// Functions whose names people also give to other things: they count when called.
fn is_type(name: &[u8]) -> bool {
    [&b"dblink"[..], b"dblink_connect", b"xmltype", b"httpuritype", b"randomblob", b"zeroblob", b"name_const"]
        .iter()
        .any(|other| name.eq_ignore_ascii_case(other))
}

/// Names in the catalogue that are also those of anybody's fields.
fn is_column(name: &[u8]) -> bool {
    [
        &b"table_name"[..],
        b"column_name",
        b"table_schema",
        b"all_users",
        b"all_objects",
        b"all_tables",
        b"user_tables",
        b"systables",
    ]
    .iter()
    .any(|other| name.eq_ignore_ascii_case(other))
}

impl Judge<'_> {
    /// A function that acts, called.
    pub(super) fn acting(&mut self, at: usize) {
        let mut open = at + 1;
        while self.kind(open) == Kind::Dot && matches!(self.kind(open + 1), Kind::Word(_)) {
            open += 2;
        }
        let everyday =
            matches!(self.bytes(at).len(), 5 | 9) && (self.is_word(at, b"sleep") || self.is_word(at, b"benchmark"));
        if self.kind(open) != Kind::Open {
            let called =
                matches!(self.before(at), Kind::Word(Word::Exec)) || self.before(at) == Kind::Dot || self.opens(at);
            // `pg_sleep is handy`, `xp_cmdshell is off`.
            let spoken = self.opens(at) && self.is_word(open, b"is");
            if called && !spoken && !everyday && !is_type(self.bytes(at)) {
                self.hit(75, at, open, "stored procedure");
            } else if !everyday {
                self.add(35, at, "name of an acting function");
            }
            return;
        }
        // `sleep (^.^)` has none.
        let argument = !matches!(self.kind(open + 1), Kind::Close | Kind::End) && !self.smiles(open);
        // `not sleep(server)`: nobody waits for a name.
        let named = matches!(self.kind(open + 1), Kind::Word(_)) && self.kind(open + 2) == Kind::Close;
        let strength = match self.before(at) {
            _ if everyday && (named || self.smiles(open)) => 30,
            _ if !everyday && argument => 85,
            Kind::End if self.opens(at) && self.kind(open + 1) == Kind::End => 55,
            Kind::Dot => 15,
            Kind::Word(Word::Select | Word::Logic | Word::Then | Word::Else | Word::By | Word::Like | Word::Not) => 90,
            Kind::Num
            | Kind::Str
            | Kind::LogicSign
            | Kind::Open
            | Kind::Math
            | Kind::Cmp
            | Kind::Comma
            | Kind::Semi
                if argument =>
            {
                75
            }
            Kind::End if argument && self.opens(at) => {
                let whole = self.kind(open + 2) == Kind::Close && self.kind(open + 3) == Kind::End;
                if whole || self.kind(open + 2) != Kind::Close { 60 } else { 45 }
            }
            _ => 30,
        };
        self.hit(strength, at, open + 2, "function that acts");
    }

    /// An SQL function called inside an expression.
    pub(super) fn function(&mut self, at: usize) {
        if self.kind(at + 1) != Kind::Open {
            return;
        }
        let rare = self.kind(at) == Kind::Word(Word::Function);
        // `object.concat(…)` is somebody's code.
        if self.before(at) == Kind::Dot {
            return;
        }
        let mut weak = if rare { 18 } else { 8 };
        let inner = self.kind(at + 2);
        match inner {
            Kind::Word(Word::Function | Word::Acting) if self.kind(at + 3) == Kind::Open => weak += 20,
            Kind::Word(Word::Common) if self.kind(at + 3) == Kind::Open => weak += 14,
            Kind::Word(Word::Select) | Kind::Var => weak += 25,
            Kind::Open if self.kind(at + 3) == Kind::Word(Word::Select) => weak += 35,
            Kind::Num if rare => weak += if self.token(at + 2).odd { 25 } else { 10 },
            // Nothing but `name(`.
            Kind::End if rare && self.opens(at) => weak += 32,
            Kind::Close if rare || self.opens(at) => weak += 12,
            _ => {}
        }
        if inner == Kind::Num && self.kind(at + 3) == Kind::Cmp {
            weak += 35;
        }
        if matches!(self.before(at), Kind::Word(Word::Select | Word::Logic | Word::By | Word::Having)) {
            weak += 25;
        }
        if self.token(at).odd || self.token(at + 1).comment_before {
            weak += 15;
        }
        self.add(weak, at, "SQL functions");
    }

    pub(super) fn catalogue(&mut self, at: usize) {
        let alone = self.opens(at) && self.kind(at + 1) == Kind::End;
        let own = self.opens(at) && is_column(self.bytes(at));
        let mut weak = if alone && !own { 50 } else { 25 };
        if matches!(self.before(at), Kind::Word(Word::From) | Kind::Comma) {
            weak += 40;
        }
        if self.kind(at + 1) == Kind::Dot && matches!(self.kind(at + 2), Kind::Word(_)) && !own {
            weak += 25;
        }
        self.add(weak, at, "system catalogue");
    }

    pub(super) fn case(&mut self, at: usize) {
        if self.kind(at + 1) == Kind::Word(Word::When) {
            let limit = at + AHEAD - 4;
            let then = (at + 2..limit).find(|&next| self.kind(next) == Kind::Word(Word::Then));
            let condition = (at + 2..then.unwrap_or(at + 2)).any(|next| {
                matches!(self.kind(next), Kind::Cmp | Kind::Open | Kind::Num | Kind::Word(Word::Like | Word::Literal))
            });
            if let (Some(then), true) = (then, condition) {
                let value = !matches!(self.kind(then + 1), Kind::Word(Word::Name) | Kind::End);
                self.hit(if value { 75 } else { 45 }, at, then, "CASE WHEN");
            }
        }
    }

    /// `'…'::json`, `'{}' @> '{}'`
    pub(super) fn json(&mut self, at: usize) {
        let (before, after) = (self.before(at), self.kind(at + 1));
        match self.kind(at) {
            Kind::Cast => {
                if matches!(after, Kind::Word(Word::Type)) {
                    let weak = match before {
                        Kind::Str | Kind::Close | Kind::Num => 50,
                        Kind::Word(_) => 40,
                        _ => 20,
                    };
                    self.add(weak, at, "PostgreSQL cast");
                }
            }
            _ => {
                let text = |kind| matches!(kind, Kind::Str | Kind::StrOpen);
                // `x === "a" ? "b" : "c"`
                let chooses = self.bytes(at) == b"?" && self.bytes(at + 2) == b":";
                if !chooses && text(before) && (text(after) || self.is_word(at + 1, b"array")) {
                    let arrow = self.bytes(at).starts_with(b"-");
                    self.add(if arrow { 40 } else { 50 }, at, "JSON operator between strings");
                }
            }
        }
    }

    pub(super) fn variable(&mut self, at: usize) {
        let name = self.bytes(at);
        if name.starts_with(b"@@") && name.len() > 4 {
            let known = [
                &b"@@version"[..],
                b"@@datadir",
                b"@@basedir",
                b"@@hostname",
                b"@@tmpdir",
                b"@@servername",
                b"@@global",
                b"@@session",
            ];
            let weak = if known
                .iter()
                .any(|known| name.len() >= known.len() && name[..known.len()].eq_ignore_ascii_case(known))
            {
                55
            } else {
                30
            };
            self.add(weak, at, "system variable");
        }
    }

    /// `1.e(…)` hides a token from other readers.
    pub(super) fn odd_number(&mut self, at: usize) {
        let text = self.bytes(at);
        if text.ends_with(b".e") || text.ends_with(b".E") {
            if matches!(self.kind(at + 1), Kind::Open | Kind::Dot | Kind::Close | Kind::Word(_)) {
                self.hit(60, at, at + 1, "number cut in scientific notation");
            }
        } else if text.len() >= 10 && matches!(self.before(at), Kind::Comma | Kind::Open | Kind::Cmp) {
            self.add(10, at, "hexadecimal string");
        }
    }

    /// ODBC escapes: `{fn now()}`, `{if …}`, `{x (select 1)}`
    pub(super) fn brace(&mut self, at: usize) {
        let escape = matches!(self.kind(at + 1), Kind::Word(_)) && self.bytes(at + 1).len() <= 2;
        let inner = self.kind(at + 2);
        if escape && matches!(inner, Kind::Open) && self.kind(at + 3) == Kind::Word(Word::Select) {
            self.hit(80, at, at + 3, "ODBC escape around a subquery");
        } else if escape
            && matches!(inner, Kind::Word(Word::Function | Word::Common))
            && self.kind(at + 3) == Kind::Open
        {
            self.add(40, at, "ODBC escape");
        }
    }
}

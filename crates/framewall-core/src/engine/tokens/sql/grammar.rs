//! The grammar of injections over a window of tokens.

mod clause;
mod condition;
mod function;
mod select;
mod statement;

use super::super::{Best, Hit};
use super::lexer::{Kind, Lexer, Token};
use super::words::Word;

/// Tokens in view at once; a longer text moves the window.
const WINDOW: usize = 96;
/// How far a rule may look ahead of its token, and so the furthest an operand may reach.
const AHEAD: usize = 32;
/// How far a rule may look back.
const BEHIND: usize = 8;

/// One reading of one text.
pub(super) struct Judge<'a> {
    text: &'a [u8],
    tokens: [Token; WINDOW],
    count: usize,
    /// The text's beginning is a string that the query opened and the text closed.
    broke_out: bool,
    /// How many tokens were shifted out of the window.
    shifted: usize,
    /// Weak signs of one stretch without prose, added up.
    weak: u16,
    weak_start: usize,
    best: Best,
}

/// What stands where a value is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    /// Number, string, `null`, `true`.
    Constant,
    /// The last string, closed by the query itself.
    OpenString,
    Name,
    /// A call of a function SQL knows, or `@@variable`.
    Call,
    Unknown,
    Subquery,
}

impl<'a> Judge<'a> {
    pub fn new(text: &'a [u8], string: Option<Token>) -> Self {
        let mut judge = Judge {
            text,
            tokens: [Token::END; WINDOW],
            count: 0,
            broke_out: string.is_some(),
            shifted: 0,
            weak: 0,
            weak_start: 0,
            best: Best::default(),
        };
        if let Some(string) = string {
            judge.tokens[0] = string;
            judge.count = 1;
        }
        judge
    }

    pub fn run(mut self, mut lexer: Lexer) -> Option<Hit> {
        let mut from = 0;
        loop {
            let mut ended = false;
            while self.count < WINDOW {
                let token = lexer.token();
                if token.kind == Kind::End {
                    ended = true;
                    break;
                }
                self.tokens[self.count] = token;
                self.count += 1;
            }
            let until = if ended { self.count } else { WINDOW - AHEAD };
            if from == 0 && self.shifted == 0 && self.broke_out {
                self.whole_expression(ended);
            }
            for at in from..until {
                self.judge(at);
            }
            if ended || self.best.strength() >= 95 {
                break;
            }
            let keep = until - BEHIND;
            self.tokens.copy_within(keep..self.count, 0);
            self.count -= keep;
            self.shifted += keep;
            from = BEHIND;
        }
        if lexer.saw_conditional {
            let end = self.text.len();
            self.best.offer(if self.best.strength() > 0 { 90 } else { 40 }, 0..end, "MySQL conditional comment");
        }
        self.best.0
    }

    fn token(&self, at: usize) -> Token {
        if at < self.count { self.tokens[at] } else { Token::END }
    }

    fn kind(&self, at: usize) -> Kind {
        self.token(at).kind
    }

    fn before(&self, at: usize) -> Kind {
        if at == 0 { Kind::End } else { self.tokens[at - 1].kind }
    }

    fn bytes(&self, at: usize) -> &'a [u8] {
        let token = self.token(at);
        &self.text[token.start as usize..token.end as usize]
    }

    fn is_word(&self, at: usize, word: &[u8]) -> bool {
        self.bytes(at).eq_ignore_ascii_case(word)
    }

    fn hit(&mut self, strength: u8, from: usize, to: usize, reason: &'static str) {
        let start = self.token(from.min(self.count.saturating_sub(1))).start as usize;
        let end = self.token(to.min(self.count.saturating_sub(1))).end as usize;
        self.best.offer(strength, start..end.max(start), reason);
    }

    fn add(&mut self, weak: u16, at: usize, reason: &'static str) {
        if self.weak == 0 {
            self.weak_start = self.token(at).start as usize;
        }
        self.weak = self.weak.saturating_add(weak);
        let end = self.token(at).end as usize;
        self.best.offer(self.weak.min(85) as u8, self.weak_start..end.max(self.weak_start), reason);
    }

    /// Whether the token at `at` opens the text, apart from brackets and a sign.
    fn opens(&self, at: usize) -> bool {
        self.shifted == 0
            && (0..at).all(|before| matches!(self.kind(before), Kind::Open | Kind::Close | Kind::Math | Kind::Other))
    }

    /// Whether what stands before `at` is where an injected value ends: a number, a closed string, a bracket.
    fn after_value(&self, at: usize) -> bool {
        at > 0
            && (matches!(self.before(at), Kind::Num | Kind::Str | Kind::Close | Kind::Var | Kind::Word(Word::Literal))
                || self.token(at).comment_before)
    }

    /// The broken-out-of string, whatever brackets close after it.
    fn after_breakout(&self, at: usize) -> bool {
        self.broke_out && self.shifted == 0 && at > 0 && (1..at).all(|between| self.kind(between) == Kind::Close)
    }

    /// A cut comment at `at`, and whether it is too long to be anything but prose.
    fn cut(&self, at: usize) -> Option<bool> {
        (self.kind(at) == Kind::Tail).then(|| self.token(at).odd)
    }

    fn judge(&mut self, at: usize) {
        match self.kind(at) {
            Kind::Word(Word::Name) if self.before(at) == Kind::Word(Word::Name) => {
                self.weak = 0;
            }
            Kind::Word(Word::Union) => self.union(at),
            Kind::Word(Word::Select) => self.select(at),
            Kind::Word(Word::Logic | Word::Having | Word::Where | Word::When) | Kind::LogicSign => self.condition(at),
            Kind::Math | Kind::Comma | Kind::Open | Kind::Word(Word::MathName) => self.computed(at),
            Kind::Word(Word::Like) | Kind::Cmp => self.compared(at),
            Kind::Word(Word::Is) if self.after_breakout(at) && self.kind(at + 1) == Kind::Num => {
                self.hit(60, 0, at + 1, "comparison after a closed string");
            }
            Kind::Word(Word::Acting) => self.acting(at),
            Kind::Word(Word::Function | Word::Common | Word::Replace | Word::If) => self.function(at),
            Kind::Word(Word::Catalogue) => self.catalogue(at),
            Kind::Word(Word::Order | Word::Group) => self.sorted(at),
            Kind::Word(Word::Into) => self.into(at),
            Kind::Word(Word::Procedure) => self.procedure(at),
            Kind::Word(Word::Case) => self.case(at),
            Kind::Cast | Kind::JsonOp => self.json(at),
            Kind::Var => self.variable(at),
            Kind::Num if self.token(at).odd => self.odd_number(at),
            Kind::Tail => self.tail(at),
            Kind::Brace => self.brace(at),
            _ => {}
        }
        if !matches!(self.kind(at), Kind::Word(Word::Name))
            && let Some(strength) = self.statement(at)
        {
            self.stacked(at, strength);
        }
    }

    /// `(^.^)`
    fn smiles(&self, at: usize) -> bool {
        self.kind(at) == Kind::Open && self.bytes(at + 1) == b"^"
    }

    /// Reads one operand from `at`: signs, brackets, a call with its arguments. Where it ends and what it was.
    fn operand(&self, mut at: usize) -> Option<(usize, Operand)> {
        let limit = at + AHEAD - 4;
        let mut depth = 0usize;
        let mut what = Operand::Unknown;
        loop {
            match self.kind(at) {
                Kind::Bang | Kind::Word(Word::Not) | Kind::Math | Kind::Star => at += 1,
                Kind::Cmp if matches!(self.bytes(at), b"~") => at += 1,
                Kind::Brace => at += 1,
                Kind::Word(Word::Clause) if self.kind(at + 1) == Kind::Open => at += 1,
                Kind::Open if self.smiles(at) => return None,
                Kind::Open => {
                    depth += 1;
                    at += 1;
                }
                _ => break,
            }
            if at > limit {
                return None;
            }
        }
        let base = match self.kind(at) {
            Kind::Num | Kind::Str | Kind::Word(Word::Literal) => Operand::Constant,
            Kind::StrOpen => Operand::OpenString,
            // `@@version`, `@a:=1`; by itself one tells nothing, and opens no gate.
            Kind::Var if self.bytes(at).starts_with(b"@@") || self.bytes(at + 1).contains(&b'=') => Operand::Call,
            Kind::Var => Operand::Name,
            Kind::Word(Word::Select | Word::Case) => Operand::Subquery,
            Kind::Word(Word::Function | Word::Acting | Word::Common | Word::If | Word::Replace | Word::Like) => {
                Operand::Call
            }
            Kind::Word(Word::Name | Word::Type | Word::Catalogue | Word::Object | Word::Table | Word::MathName) => {
                Operand::Name
            }
            Kind::Close if depth > 0 => Operand::Constant,
            _ => return None,
        };
        if what == Operand::Unknown {
            what = base;
        }
        if self.kind(at) != Kind::Close {
            at += 1;
        }
        if what == Operand::Call
            && matches!(self.kind(at - 1), Kind::Word(Word::Common | Word::If | Word::Replace | Word::Like))
            && self.kind(at) != Kind::Open
        {
            what = Operand::Name;
        }
        while self.kind(at) == Kind::Dot && matches!(self.kind(at + 1), Kind::Word(_)) {
            at += 2;
        }
        // Strings side by side are one; a call's arguments and open brackets are skipped.
        while what == Operand::Constant && self.kind(at) == Kind::Str {
            at += 1;
        }
        if self.smiles(at) {
            what = Operand::Name;
        } else if self.kind(at) == Kind::Open && matches!(what, Operand::Call | Operand::Name) {
            if what == Operand::Name {
                what = Operand::Unknown;
            }
            depth += 1;
            at += 1;
        }
        while depth > 0 && at < limit {
            match self.kind(at) {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                Kind::End | Kind::Tail | Kind::Semi => break,
                Kind::StrOpen => return Some((at + 1, what)),
                Kind::Word(Word::Select) => what = Operand::Subquery,
                _ => {}
            }
            at += 1;
        }
        if self.kind(at) == Kind::Cast {
            at += 2;
        }
        Some((at, what))
    }
}

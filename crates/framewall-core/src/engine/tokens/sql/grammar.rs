//! The grammar of injections over a window of tokens.

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
        self.weak += weak;
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
            Kind::Word(Word::Name) => {
                if self.before(at) == Kind::Word(Word::Name) {
                    self.weak = 0;
                }
            }
            Kind::Word(Word::Union) => self.union(at),
            Kind::Word(Word::Select) => self.select(at),
            Kind::Word(Word::Logic | Word::Having | Word::Where | Word::When) | Kind::LogicSign => self.condition(at),
            Kind::Math | Kind::Comma | Kind::Open => self.computed(at),
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
        if let Some(strength) = self.statement(at) {
            self.stacked(at, strength);
        }
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
            Kind::Var => Operand::Call,
            Kind::Word(Word::Select | Word::Case) => Operand::Subquery,
            Kind::Word(Word::Function | Word::Acting | Word::Common | Word::If | Word::Replace | Word::Like) => {
                Operand::Call
            }
            Kind::Word(Word::Name | Word::Type | Word::Catalogue | Word::Object | Word::Table | Word::MathWord) => {
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
        if self.kind(at) == Kind::Open && matches!(what, Operand::Call | Operand::Name) {
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

    /// `union [all] select …`
    fn union(&mut self, at: usize) {
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
    fn select(&mut self, at: usize) {
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
                Kind::Star => score += 10,
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

    /// `or 1=1`, `and sleep(5)`, `|| 'a'='a`.
    fn condition(&mut self, at: usize) {
        let breakout = self.after_breakout(at);
        let value = self.after_value(at);
        let sign = self.kind(at) == Kind::LogicSign;
        let Some((next, left)) = self.operand(at + 1) else { return };
        let span_end = next.saturating_sub(1);
        match left {
            Operand::Subquery if matches!(self.kind(at + 1), Kind::Open | Kind::Bang | Kind::Math | Kind::Word(_)) => {
                let strong = value || self.kind(at + 2) == Kind::Word(Word::Select);
                self.hit(if strong { 85 } else { 35 }, at, span_end, "condition on a subquery");
            }
            Operand::Call if !sign || value => {
                let called = self.kind(at + 1) != Kind::Word(Word::Common) || self.kind(at + 2) == Kind::Open;
                if called && value {
                    self.hit(70, at, span_end, "condition on a function");
                }
            }
            _ => {}
        }
        let short_cut = self.cut(next) == Some(false);
        if left == Operand::Constant && self.token(at + 1).comment_before && value {
            self.hit(60, at, span_end, "condition behind a comment");
        }
        match self.kind(next) {
            Kind::Cmp if left == Operand::Constant && self.continues_arithmetic(at, next) => {}
            Kind::Cmp | Kind::Word(Word::Like | Word::Is | Word::Not) => self.comparison(at, next, left),
            Kind::Math | Kind::Star | Kind::Word(Word::MathWord) | Kind::JsonOp => self.arithmetic(at, next, left),
            Kind::Tail if left != Operand::OpenString && (value || breakout) => {
                let strength = match (short_cut, breakout || sign, left) {
                    (true, true, _) => 80,
                    (true, false, Operand::Constant) => 65,
                    (true, false, _) => 45,
                    (false, true, Operand::Constant) => 55,
                    _ => 20,
                };
                self.hit(strength, at, next, "condition before a comment");
            }
            Kind::End if breakout => {
                let strength = match left {
                    Operand::Constant if self.token(at).space_before || sign => 60,
                    Operand::Constant => 65,
                    Operand::OpenString => 52,
                    _ => 15,
                };
                self.hit(strength, at, span_end, "condition after a closed string");
            }
            Kind::Word(Word::Logic | Word::Order | Word::Limit | Word::Having | Word::Group) | Kind::LogicSign
                if left == Operand::Constant && breakout =>
            {
                self.hit(70, at, next, "condition after a closed string");
            }
            Kind::Semi if breakout && left == Operand::Constant => {
                self.hit(70, at, next, "condition after a closed string")
            }
            _ => {}
        }
    }

    /// `1 < 2 and 3 > 2`: people compare numbers too, with a comparison on either side of the word.
    fn continues_arithmetic(&self, at: usize, cmp: usize) -> bool {
        let order = |at| matches!(self.bytes(at), b"<" | b">" | b"<=" | b">=");
        let number = |at| self.kind(at) == Kind::Num && !self.token(at).odd && !self.token(at).comment_before;
        let both = at >= 3 && order(at - 2) && order(cmp);
        let plain = matches!(self.kind(cmp + 2), Kind::End | Kind::Close | Kind::Other | Kind::Word(Word::Name));
        !self.broke_out && both && plain && number(at - 3) && number(at - 1) && number(at + 1) && number(cmp + 1)
    }

    /// The comparison at `at` of a condition that began at `from` with the operand `left`.
    fn comparison(&mut self, from: usize, at: usize, left: Operand) {
        let mut cmp = at;
        if matches!(self.kind(cmp), Kind::Word(Word::Not)) {
            cmp += 1;
        }
        let wordy = matches!(self.kind(cmp), Kind::Word(_));
        let is = matches!(self.kind(cmp), Kind::Word(Word::Is));
        if wordy && (self.is_word(cmp + 1, b"like") || self.is_word(cmp + 1, b"null")) {
            cmp += usize::from(self.is_word(cmp + 1, b"like"));
        }
        let mut right_at = cmp + 1;
        while matches!(self.kind(right_at), Kind::Cmp) {
            right_at += 1;
        }
        let breakout = self.after_breakout(from);
        let value = self.after_value(from);
        let Some((next, right)) = self.operand(right_at) else {
            if breakout && !wordy {
                self.hit(60, from, cmp, "comparison cut short after a closed string");
            }
            return;
        };
        let constant = |operand| matches!(operand, Operand::Constant | Operand::OpenString);
        let cut = self.cut(next) == Some(false);
        let loose =
            wordy && self.token(right_at).kind == Kind::Num && self.token(at.saturating_sub(1)).kind == Kind::Num;
        let mut strength: u8 = match (left, right) {
            _ if is && !(breakout || value) => 10,
            (l, r) if constant(l) && constant(r) => match (loose, self.kind(from)) {
                (true, _) => 40,
                (false, Kind::Word(Word::Logic) | Kind::LogicSign) => 85,
                (false, Kind::Word(Word::Having)) => 85,
                (false, _) => 55,
            },
            (Operand::Subquery, _) | (_, Operand::Subquery) => 85,
            (Operand::Call, r) if constant(r) || r == Operand::Call => 75,
            (l, Operand::Call) if constant(l) => 70,
            (_, Operand::Call) => 45,
            (Operand::Call, _) => 40,
            (_, r) if constant(r) => 25,
            _ => 15,
        };
        if self.kind(from) == Kind::Word(Word::When) && strength < 80 {
            strength = strength.min(30);
        }
        if breakout {
            strength += match right {
                Operand::OpenString => 55,
                _ if constant(left) || constant(right) => 40,
                _ => 30,
            };
        } else if value {
            strength += 10;
        }
        if cut && (value || breakout) {
            strength += 25;
        }
        self.hit(strength.min(98), from, next.saturating_sub(usize::from(!cut)), "tautology or condition");
    }

    /// `or 1-1`, `and 2*3=6`: an operand that is computed, then perhaps compared.
    fn arithmetic(&mut self, from: usize, mut at: usize, left: Operand) {
        for _ in 0..6 {
            match self.kind(at) {
                Kind::Math | Kind::Star | Kind::Word(Word::MathWord) | Kind::JsonOp | Kind::LogicSign => {}
                Kind::Cmp | Kind::Word(Word::Like | Word::Is) => return self.comparison(from, at, left),
                _ => break,
            }
            let Some((next, what)) = self.operand(at + 1) else { return };
            if what == Operand::Subquery {
                return self.hit(80, from, next, "condition on a subquery");
            }
            at = next;
        }
        let breakout = self.after_breakout(from);
        if breakout && (matches!(self.kind(at), Kind::End | Kind::Tail | Kind::Semi)) {
            self.hit(65, from, at, "condition after a closed string");
        }
    }

    /// From the broken-out-of string on, the whole text is one expression up to the end or a comment.
    fn whole_expression(&mut self, ended: bool) {
        if !ended {
            return;
        }
        let mut at = 1;
        while self.kind(at) == Kind::Close {
            at += 1;
        }
        let (mut operators, mut spaced) = (0, false);
        let mut last = Operand::Constant;
        let closed = at > 1;
        loop {
            match self.kind(at) {
                Kind::Math | Kind::Star | Kind::Cmp | Kind::LogicSign | Kind::JsonOp => {
                    spaced |= self.token(at).space_before;
                    at += 1;
                    while matches!(self.kind(at), Kind::Cmp | Kind::Math) {
                        at += 1;
                    }
                }
                Kind::Word(Word::Logic | Word::Like | Word::MathWord | Word::Is | Word::Not) => {
                    spaced = true;
                    at += 1;
                    if matches!(self.kind(at), Kind::Word(Word::Like | Word::Is)) {
                        at += 1;
                    }
                }
                _ => break,
            }
            operators += 1;
            let Some((next, what)) = self.operand(at) else { return };
            last = what;
            at = next;
            if operators > 12 {
                return;
            }
        }
        if operators == 0 {
            return;
        }
        let (first, end) = (self.bytes(0), self.bytes(at.saturating_sub(1)));
        let wordy = |bytes: &[u8]| bytes.iter().filter(|byte| byte.is_ascii_whitespace()).count() > 1;
        let strength = match (self.kind(at), last) {
            (Kind::Tail, _) if !self.token(at).odd => 75,
            (Kind::End, Operand::OpenString) if operators > 1 || closed => {
                if wordy(first) && operators < 4 {
                    40
                } else {
                    70
                }
            }
            (Kind::End, Operand::OpenString) => {
                let tight = !first.ends_with(b" '") && !end.starts_with(b"' ") || first.len() == 1 && end.len() == 1;
                if wordy(first) || wordy(end) || first.len() > 24 {
                    20
                } else if tight && !spaced || first.len() == 1 && end.len() <= 3 {
                    55
                } else {
                    30
                }
            }
            (Kind::End, Operand::Call | Operand::Subquery) => 65,
            _ => return,
        };
        self.hit(strength, 0, at, "expression around a closed string");
    }

    /// `(select`, `+sleep(`: handled where the word is met; here only strings joined to subqueries.
    fn computed(&mut self, at: usize) {
        if self.kind(at) == Kind::Math
            && self.kind(at + 1) == Kind::Open
            && self.kind(at + 2) == Kind::Word(Word::Select)
            && self.after_value(at)
        {
            self.hit(80, at, at + 3, "value joined to a subquery");
        }
        if self.kind(at) == Kind::Math && self.after_breakout(at) {
            if let Some((next, Operand::Call)) = self.operand(at + 1) {
                self.hit(60, at, next, "string joined to a function");
            }
        }
    }

    /// `= (select`, `like (select`, `'a'='a`.
    fn compared(&mut self, at: usize) {
        if self.kind(at + 1) == Kind::Open && self.kind(at + 2) == Kind::Word(Word::Select) {
            self.hit(70, at, at + 3, "comparison with a subquery");
        }
        if self.kind(at) != Kind::Cmp
            && self.after_breakout(at)
            && matches!(self.kind(at + 1), Kind::Open | Kind::Str | Kind::StrOpen)
        {
            self.hit(60, at, at + 1, "comparison after a closed string");
        }
        if self.kind(at) == Kind::Cmp
            && at == 1
            && self.before(at) == Kind::Str
            && !self.broke_out
            && self.kind(2) == Kind::StrOpen
        {
            self.hit(55, 0, 2, "comparison of strings");
        }
        if self.kind(at) != Kind::Cmp
            && self.after_value(at)
            && self.kind(at + 1) == Kind::Open
            && self.before(at) != Kind::Str
        {
            self.hit(55, at, at + 1, "comparison with a bracket");
        }
    }

    /// A function that acts, called.
    fn acting(&mut self, at: usize) {
        let mut open = at + 1;
        while self.kind(open) == Kind::Dot && matches!(self.kind(open + 1), Kind::Word(_)) {
            open += 2;
        }
        let everyday =
            matches!(self.bytes(at).len(), 5 | 9) && (self.is_word(at, b"sleep") || self.is_word(at, b"benchmark"));
        if self.kind(open) != Kind::Open {
            let called =
                matches!(self.before(at), Kind::Word(Word::Exec)) || self.before(at) == Kind::Dot || self.opens(at);
            if called && !everyday {
                self.hit(75, at, open, "stored procedure");
            } else if !everyday {
                self.add(35, at, "name of an acting function");
            }
            return;
        }
        let argument = !matches!(self.kind(open + 1), Kind::Close | Kind::End);
        let strength = match self.before(at) {
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
    fn function(&mut self, at: usize) {
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

    fn catalogue(&mut self, at: usize) {
        let alone = self.opens(at) && self.kind(at + 1) == Kind::End;
        let mut weak = if alone { 50 } else { 25 };
        if matches!(self.before(at), Kind::Word(Word::From) | Kind::Comma) {
            weak += 40;
        }
        if self.kind(at + 1) == Kind::Dot && matches!(self.kind(at + 2), Kind::Word(_)) {
            weak += 25;
        }
        self.add(weak, at, "system catalogue");
    }

    /// `1' order by 10--`
    fn sorted(&mut self, at: usize) {
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

    fn into(&mut self, at: usize) {
        if self.kind(at + 1) == Kind::Word(Word::Outfile) {
            let written = !matches!(self.kind(at + 2), Kind::End | Kind::Word(_));
            self.hit(if written { 90 } else { 60 }, at, at + 2, "INTO OUTFILE");
        }
        if self.is_word(at + 1, b"@") || self.kind(at + 1) == Kind::Var && self.before(at) == Kind::Num {
            self.hit(70, at, at + 1, "INTO a variable");
        }
    }

    fn procedure(&mut self, at: usize) {
        if self.kind(at + 1) == Kind::Word(Word::Clause) && self.kind(at + 2) == Kind::Open {
            self.hit(90, at, at + 2, "PROCEDURE ANALYSE");
        }
    }

    fn case(&mut self, at: usize) {
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
    fn json(&mut self, at: usize) {
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
                if text(before) && (text(after) || self.is_word(at + 1, b"array")) {
                    let arrow = self.bytes(at).starts_with(b"-");
                    self.add(if arrow { 40 } else { 50 }, at, "JSON operator between strings");
                }
            }
        }
    }

    fn variable(&mut self, at: usize) {
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
    fn odd_number(&mut self, at: usize) {
        let text = self.bytes(at);
        if text.ends_with(b"e") || text.ends_with(b"E") {
            if matches!(self.kind(at + 1), Kind::Open | Kind::Dot | Kind::Close | Kind::Word(_)) {
                self.hit(60, at, at + 1, "number cut in scientific notation");
            }
        } else if text.len() >= 10 && matches!(self.before(at), Kind::Comma | Kind::Open | Kind::Cmp) {
            self.add(10, at, "hexadecimal string");
        }
    }

    /// `admin'--`, `x') #`
    fn tail(&mut self, at: usize) {
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
        let strength = match (self.token(at).odd, at > 1) {
            (true, _) => 15,
            (false, true) => 80,
            (false, false) if sign == b'#' && self.bytes(at).len() > 8 => 30,
            (false, false) => 65,
        };
        self.hit(strength, 0, at, "string closed and the query cut off");
    }

    /// ODBC escapes: `{fn now()}`, `{if …}`, `{x (select 1)}`
    fn brace(&mut self, at: usize) {
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

    /// A statement begins at `at`: how sure one can be of it from its own grammar.
    fn statement(&self, at: usize) -> Option<u8> {
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
                Kind::Word(Word::Name) if self.kind(at + 2) == Kind::Dot => 60,
                Kind::Open if matches!(self.kind(at + 2), Kind::Var | Kind::Str) => 80,
                Kind::Var => 65,
                Kind::Word(Word::Name) if self.bytes(at + 1).len() > 3 && self.bytes(at + 1)[2..3] == *b"_" => 60,
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
                let program = (at + 1..at + 12).any(|next| self.is_word(next, b"program"));
                if program && name(next) { 75 } else { return None }
            }
            Word::Load => {
                if self.is_word(at + 1, b"data") && (at + 2..at + 6).any(|next| self.is_word(next, b"infile")) {
                    80
                } else {
                    return None;
                }
            }
            Word::Handler => {
                if name(next) && self.is_word(at + 2, b"open") {
                    55
                } else {
                    return None;
                }
            }
            Word::Attach => {
                if self.is_word(at + 1, b"database") && matches!(self.kind(at + 2), Kind::Str | Kind::StrOpen) {
                    80
                } else {
                    return None;
                }
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
            Word::If => {
                if next == Kind::Open
                    && matches!(
                        self.kind(at + 2),
                        Kind::Open | Kind::Word(Word::Select | Word::Function | Word::Common)
                    )
                {
                    30
                } else {
                    return None;
                }
            }
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

    /// Where a statement stands says as much as what it is.
    fn stacked(&mut self, at: usize, strength: u8) {
        let breakout = self.after_breakout(at);
        let more = match self.before(at) {
            Kind::Semi if self.broke_out && self.shifted == 0 && at <= 4 => 35,
            Kind::Semi | Kind::Tail => 25,
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

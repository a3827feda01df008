//! Conditions, comparisons and the arithmetic around a closed string.

use super::super::lexer::Kind;
use super::super::words::Word;
use super::{Judge, Operand};

impl Judge<'_> {
    /// `or 1=1`, `and sleep(5)`, `|| 'a'='a`.
    pub(super) fn condition(&mut self, at: usize) {
        let breakout = self.after_breakout(at);
        let value = self.after_value(at);
        let sign = self.kind(at) == Kind::LogicSign;
        if self.closes_and_opens(at) {
            let mut inner = at + 1;
            while self.kind(inner) == Kind::Open {
                inner += 1;
            }
            if let Some((next, left)) = self.operand(inner)
                && matches!(self.kind(next), Kind::Cmp | Kind::Word(Word::Like))
            {
                self.comparison(at, next, left);
            }
        }
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
            Kind::Math | Kind::Star | Kind::Word(Word::MathName) | Kind::JsonOp => self.arithmetic(at, next, left),
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
                    // `=A1&" or "&B1`: pieces of text that a sheet joins.
                    Operand::OpenString if self.joins(next - 1) => 15,
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

    /// `1) or (`: a bracket that the query opened is closed behind a value, and another opened for the query to close.
    fn closes_and_opens(&self, at: usize) -> bool {
        let closing = (0..at).rev().take_while(|before| self.kind(*before) == Kind::Close).count();
        self.shifted == 0
            && self.kind(at + 1) == Kind::Open
            && closing > 0
            && at == closing + 1
            && matches!(self.kind(0), Kind::Num | Kind::Str)
    }

    /// An ampersand on the far side of the first string's last quote and of this one's first.
    fn joins(&self, at: usize) -> bool {
        let ends = self.bytes(0).strip_suffix(b"\"").is_some_and(|text| text.trim_ascii_end().ends_with(b"&"));
        ends && self.bytes(at).get(1..).is_some_and(|text| text.trim_ascii_start().starts_with(b"&"))
    }

    /// `1 < 2 and 3 > 2`: people compare numbers too, with a comparison on either side of the word.
    pub(super) fn continues_arithmetic(&self, at: usize, cmp: usize) -> bool {
        let order = |at| matches!(self.bytes(at), b"<" | b">" | b"<=" | b">=");
        let number = |at| self.kind(at) == Kind::Num && !self.token(at).odd && !self.token(at).comment_before;
        // `is 1 < 2? And 0 > 3?`
        let at = at - usize::from(at > 0 && self.bytes(at - 1) == b"?");
        let both = at >= 3 && order(at - 2) && order(cmp);
        let plain = matches!(
            self.kind(cmp + 2),
            Kind::End
                | Kind::Open
                | Kind::Close
                | Kind::Semi
                | Kind::Math
                | Kind::Cmp
                | Kind::Other
                | Kind::JsonOp
                | Kind::Num
                | Kind::Word(Word::Name)
        );
        !self.broke_out && both && plain && number(at - 3) && number(at - 1) && number(cmp - 1) && number(cmp + 1)
    }

    /// The comparison at `at` of a condition that began at `from` with the operand `left`.
    pub(super) fn comparison(&mut self, from: usize, at: usize, left: Operand) {
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
    pub(super) fn arithmetic(&mut self, from: usize, mut at: usize, left: Operand) {
        for _ in 0..6 {
            match self.kind(at) {
                Kind::Math | Kind::Star | Kind::Word(Word::MathName) | Kind::JsonOp | Kind::LogicSign => {}
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
    pub(super) fn whole_expression(&mut self, ended: bool) {
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
                Kind::Word(Word::Logic | Word::Like | Word::MathName | Word::Is | Word::Not) => {
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
                // The query's own quote closes the last string.
                let other = first.last() != end.first();
                if other || wordy(first) || wordy(end) || first.len() > 24 {
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
    pub(super) fn computed(&mut self, at: usize) {
        if matches!(self.kind(at), Kind::Math | Kind::Word(Word::MathName))
            && self.kind(at + 1) == Kind::Open
            && self.kind(at + 2) == Kind::Word(Word::Select)
            && self.after_value(at)
        {
            self.hit(80, at, at + 3, "value joined to a subquery");
        }
        if self.kind(at) == Kind::Comma
            && self.after_breakout(at)
            && self.kind(at + 1) == Kind::Open
            && self.kind(at + 2) == Kind::Word(Word::Select)
        {
            self.hit(75, at, at + 3, "subquery in a list of values");
        }
        if self.kind(at) == Kind::Math
            && self.after_breakout(at)
            && let Some((next, Operand::Call)) = self.operand(at + 1)
        {
            self.hit(60, at, next, "string joined to a function");
        }
    }

    /// `press 'like' -> 'order'`: an everyday word in quotes.
    fn likes(&self, at: usize) -> bool {
        self.is_word(at, b"like") && matches!(self.bytes(at + 1), [b'`', ..] | [b'\'' | b'"', b' ', ..])
    }

    /// `= (select`, `like (select`, `'a'='a`.
    pub(super) fn compared(&mut self, at: usize) {
        if self.kind(at + 1) == Kind::Open && self.kind(at + 2) == Kind::Word(Word::Select) {
            self.hit(70, at, at + 3, "comparison with a subquery");
        }
        if self.kind(at) != Kind::Cmp
            && self.after_breakout(at)
            && matches!(self.kind(at + 1), Kind::Open | Kind::Str | Kind::StrOpen)
            && !self.likes(at)
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
}

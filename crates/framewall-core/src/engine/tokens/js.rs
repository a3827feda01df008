//! JavaScript: does a text call, read or rewrite what only an attack would?
//!
//! One pass of a lexer with a few tokens of memory. It looks for acts: a sink called (`alert(1)`, ``eval`…` ``), a sink
//! handed over (`[1].find(alert)`), the ways round a name (`top['al'+'ert']`, `constructor.constructor(…)`), secrets
//! read (`document.cookie`), the server reached (`require('child_process')`), and code written in six characters.

mod lexer;

use super::search::Stops;
use super::{Best, Hit};
use lexer::{Kind, Lexer, Name, Token};

/// Tokens remembered.
const MEMORY: usize = 14;
/// Tokens kept before the remembered ones move to the front.
const KEPT: usize = 64;

/// The strongest place where `text` acts as JavaScript.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    six_characters(text, &mut best);
    read(text, 0, &mut best);
    // Broken out of a string: what follows the first quote is the code.
    for quote in *b"'\"" {
        if let Some(first) = memchr::memchr(quote, text) {
            let rest = &text[first + 1..];
            let next = rest.iter().copied().find(|byte| !byte.is_ascii_whitespace());
            if matches!(
                next,
                Some(
                    b';' | b'-'
                        | b'+'
                        | b'*'
                        | b'/'
                        | b'^'
                        | b'|'
                        | b'&'
                        | b')'
                        | b','
                        | b'}'
                        | b'?'
                        | b'%'
                        | b'='
                        | b'<'
                        | b'>'
                )
            ) {
                let mut inner = Best::default();
                read(text, first + 1, &mut inner);
                if let Some(hit) = inner.0 {
                    let more = if hit.strength >= 30 { 20 } else { 0 };
                    best.offer((hit.strength + more).min(95), first..hit.span.end, hit.reason);
                }
            }
        }
    }
    best.0
}

fn read(text: &[u8], from: usize, best: &mut Best) {
    let mut reader = Reader { text, memory: [Token::END; KEPT], newest: MEMORY - 1, best };
    let mut lexer = Lexer::new(text, from);
    loop {
        let token = lexer.token();
        reader.push(token);
        reader.judge();
        if token.kind == Kind::End {
            break;
        }
    }
}

struct Reader<'a, 'b> {
    text: &'a [u8],
    /// The last tokens, as far as `newest`.
    memory: [Token; KEPT],
    newest: usize,
    best: &'b mut Best,
}

impl Reader<'_, '_> {
    fn push(&mut self, token: Token) {
        if self.newest + 1 == KEPT {
            self.memory.copy_within(KEPT - MEMORY + 1.., 0);
            self.newest = MEMORY - 2;
        }
        self.newest += 1;
        self.memory[self.newest] = token;
    }

    /// The kind of the token `back` before the newest.
    fn kind(&self, back: usize) -> Kind {
        self.memory[self.newest - back].kind
    }

    fn token(&self, back: usize) -> Token {
        self.memory[self.newest - back]
    }

    fn bytes(&self, back: usize) -> &[u8] {
        let token = self.token(back);
        &self.text[token.start as usize..token.end as usize]
    }

    fn hit(&mut self, strength: u8, back: usize, reason: &'static str) {
        let start = self.token(back).start as usize;
        let end = (self.token(0).end as usize).max(start);
        self.best.offer(strength, start..end, reason);
    }

    /// Whether an expression may begin after the token `back`: prose has words there.
    fn expression(&self, back: usize) -> bool {
        !matches!(self.kind(back), Kind::Name(_) | Kind::Num)
    }

    fn judge(&mut self) {
        // Two words of prose.
        if matches!((self.kind(1), self.kind(0)), (Kind::Name(Name::Other), Kind::Name(Name::Other))) {
            return;
        }
        self.call();
        self.handed_over();
        self.member();
        self.computed();
        self.server();
        self.assigned();
        self.loops();
    }

    fn is_fence(&self) -> bool {
        self.text[self.token(0).start as usize..].starts_with(b"```")
    }

    /// A sink called: the newest token is the first of its arguments.
    fn call(&mut self) {
        // name `…`
        if self.kind(0) == Kind::Template {
            match self.kind(1) {
                // ```` alert ```code``` ````: Markdown.
                Kind::Name(_) if self.token(0).space_before && self.is_fence() => {}
                Kind::Name(Name::Sink | Name::Eval | Name::Timer | Name::Function) => {
                    self.hit(85, 1, "call by template")
                }
                Kind::Name(Name::Apply) if self.kind(2) == Kind::Dot => self.hit(75, 1, "call by template"),
                Kind::Name(Name::Other | Name::Alias) if self.kind(2) == Kind::Dot && !self.token(0).space_before => {
                    self.hit(45, 1, "call by template");
                }
                _ => {}
            }
        }
        if self.kind(1) != Kind::Open {
            return;
        }
        let spaced = self.token(1).space_before;
        let back = if self.kind(2) == Kind::Optional { 3 } else { 2 };
        let before = self.expression(back + 1);
        let argument = self.kind(0);
        match self.kind(back) {
            Kind::Name(Name::Sink) => {
                let literal = matches!(
                    argument,
                    Kind::Str
                        | Kind::Num
                        | Kind::Template
                        | Kind::Regex
                        | Kind::Name(Name::Document | Name::Global | Name::Location | Name::Decode)
                );
                let strength = match (argument, before, spaced) {
                    _ if literal && !spaced => 70,
                    _ if literal && before => 60,
                    (Kind::Close, true, false) => 55,
                    (Kind::Close, false, false) => 40,
                    (Kind::Operator, true, false) => 60,
                    (Kind::Name(_), true, false) => 52,
                    (Kind::End, true, false) => 45,
                    _ if literal => 40,
                    _ => 20,
                };
                let member = self.kind(back + 1) == Kind::Dot
                    && !matches!(self.kind(back + 2), Kind::Name(Name::Global) | Kind::Close | Kind::Bracket(false));
                self.hit(if member { strength.min(45) } else { strength }, back, "call of a dialog");
            }
            Kind::Name(Name::Eval) if !matches!(argument, Kind::Close | Kind::End) && !spaced => {
                self.hit(if before { 65 } else { 52 }, back, "call of eval");
            }
            Kind::Name(Name::Eval) if before && !matches!(argument, Kind::End | Kind::Name(Name::Other)) => {
                self.hit(if argument == Kind::Close { 40 } else { 55 }, back, "call of eval");
            }
            Kind::Name(Name::Function) => {
                let strength = match argument {
                    Kind::Str | Kind::Template | Kind::Name(Name::Decode) => 75,
                    Kind::End if self.kind(back + 1) == Kind::Name(Name::New) => 55,
                    Kind::Close if self.kind(back + 1) == Kind::Name(Name::New) => 52,
                    _ => 15,
                };
                self.hit(strength, back, "code made from a string");
            }
            Kind::Name(Name::Timer) => match argument {
                Kind::Str | Kind::Template | Kind::Name(Name::Sink | Name::Eval | Name::Location) => {
                    self.hit(75, back, "code run later")
                }
                Kind::Name(Name::Other) if before && !spaced => self.hit(30, back, "code run later"),
                _ => {}
            },
            Kind::Name(Name::Decode) if before => {
                let strength = if matches!(argument, Kind::Str | Kind::Num | Kind::Template) { 52 } else { 35 };
                self.hit(strength, back, "text decoded");
            }
            Kind::Name(Name::Load) if matches!(argument, Kind::Str | Kind::Template) => {
                let far = self.names_a_host(0);
                self.hit(if far { 70 } else { 30 }, back, "code loaded");
            }
            Kind::Name(Name::Constructor) => {
                let through = matches!(self.kind(back + 1), Kind::Dot | Kind::Bracket(true));
                let code = matches!(argument, Kind::Str | Kind::Template);
                self.hit(
                    if through && code {
                        85
                    } else if through {
                        60
                    } else {
                        10
                    },
                    back,
                    "constructor called",
                );
            }
            Kind::Name(Name::Apply) if self.kind(back + 1) == Kind::Dot => {
                if matches!(self.kind(back + 2), Kind::Name(Name::Sink | Name::Eval | Name::Function)) {
                    self.hit(75, back + 2, "call of a dialog");
                }
            }
            Kind::Name(Name::Fetch) if matches!(argument, Kind::Str | Kind::Template) => {
                let far = self.names_a_host(0);
                self.hit(
                    if far && self.bytes(0).contains(&b'$') {
                        70
                    } else if far {
                        45
                    } else {
                        15
                    },
                    back,
                    "request sent",
                );
            }
            Kind::Name(Name::Write)
                if matches!(argument, Kind::Name(Name::Cookie | Name::Decode | Name::Document | Name::Location)) =>
            {
                self.hit(65, back, "document rewritten");
            }
            // (alert)(1)
            Kind::Close
                if matches!(self.kind(3), Kind::Name(Name::Sink | Name::Eval | Name::Function))
                    && self.kind(4) == Kind::Open =>
            {
                self.hit(80, 4, "call of a dialog");
            }
            // ('\141\154…')()
            Kind::Close if self.kind(3) == Kind::Str && self.kind(4) == Kind::Open && self.token(3).escaped => {
                self.hit(70, 4, "call of an escaped string");
            }
            // 'ale'+'rt'()
            Kind::Str
                if self.kind(3) == Kind::Operator
                    && matches!(self.kind(4), Kind::Str | Kind::Name(_))
                    && self.kind(0) == Kind::Close =>
            {
                self.hit(55, 4, "call of a string");
            }
            _ => {}
        }
        // f``(…)
        if self.kind(back) == Kind::Template && self.kind(back + 1) == Kind::Name(Name::Function) {
            self.hit(85, back + 1, "code made from a string");
        }
    }

    fn names_a_host(&self, back: usize) -> bool {
        let text = self.bytes(back);
        let inner = &text[1.min(text.len())..];
        inner.starts_with(b"//")
            || inner.starts_with(b"data:")
            || inner.windows(3).take(12).any(|window| window == b"://")
            || inner.ends_with(b".com'")
    }

    /// A sink as an argument: `find(alert)`, `map(confirm)`, `(0,alert)`.
    fn handed_over(&mut self) {
        if !matches!(self.kind(1), Kind::Name(Name::Sink | Name::Eval)) {
            return;
        }
        let ends = matches!(self.kind(0), Kind::Close | Kind::Comma);
        match self.kind(2) {
            Kind::Open if ends && matches!(self.kind(3), Kind::Name(_)) && self.kind(4) == Kind::Dot => {
                self.hit(75, 3, "dialog handed over");
            }
            Kind::Open
                if ends
                    && !matches!(self.kind(3), Kind::Name(Name::Other | Name::Alias))
                    && !self.token(2).space_before =>
            {
                self.hit(45, 2, "dialog handed over");
            }
            Kind::Comma if ends && matches!(self.kind(3), Kind::Num | Kind::Str | Kind::Regex) => {
                self.hit(65, 3, "dialog handed over");
            }
            Kind::Operator
                if matches!(self.kind(0), Kind::Semi | Kind::End | Kind::Comma | Kind::Brace(false))
                    && self.bytes(2) == b"="
                    && !self.token(2).space_before =>
            {
                self.hit(55, 3, "dialog renamed");
            }
            Kind::Colon if self.kind(0) == Kind::Brace(false) => self.hit(60, 3, "dialog renamed"),
            _ => {}
        }
    }

    /// `reading document.cookie`: a word of prose, where code has none, right before the token behind `back`.
    fn is_spoken_of(&self, back: usize) -> bool {
        const PREFIXES: [&[u8]; 16] = [
            b"return",
            b"typeof",
            b"void",
            b"delete",
            b"in",
            b"of",
            b"instanceof",
            b"await",
            b"yield",
            b"throw",
            b"case",
            b"else",
            b"do",
            b"extends",
            b"default",
            b"new",
        ];
        let (word, next) = (self.token(back), self.token(back - 1));
        let gap = &self.text[word.end as usize..(next.start as usize).max(word.end as usize)];
        self.kind(back) == Kind::Name(Name::Other)
            && self.kind(back + 1) != Kind::Dot
            && !gap.is_empty()
            && gap.iter().all(|byte| *byte == b' ')
            && !PREFIXES.contains(&self.bytes(back))
    }

    /// `document.cookie`, `constructor.constructor`, `location.hash`
    fn member(&mut self) {
        let (name, dot, base) = (self.kind(0), self.kind(1), self.kind(2));
        if !matches!(dot, Kind::Dot | Kind::Optional) {
            // `= document` destructured: `{cookie} = document`
            if name == Kind::Name(Name::Document) && self.kind(2) == Kind::Brace(false) && self.bytes(1) == b"=" {
                self.hit(65, 3, "document taken apart");
            }
            return;
        }
        if self.is_spoken_of(3) {
            return;
        }
        match (base, name) {
            (Kind::Name(Name::Constructor), Kind::Name(Name::Constructor)) => {
                self.hit(80, 2, "constructor of a constructor")
            }
            (Kind::Name(Name::Document), Kind::Name(Name::Cookie)) => self.hit(65, 2, "document.cookie"),
            (Kind::Name(Name::Document), Kind::Name(Name::Secret)) => self.hit(52, 2, "document read"),
            (Kind::Name(Name::Document), Kind::Name(Name::Write | Name::Location)) => {
                self.hit(55, 2, "document rewritten")
            }
            (Kind::Name(Name::Global), Kind::Name(Name::Location)) => self.hit(52, 2, "window.location"),
            (Kind::Name(Name::Global), Kind::Name(Name::Sink)) => self.hit(60, 2, "dialog of the window"),
            (Kind::Name(Name::Location), Kind::Name(Name::Hash)) => self.hit(35, 2, "location read"),
            (_, Kind::Name(Name::Html)) => self.hit(40, 2, "markup written"),
            (Kind::Name(Name::StringClass), Kind::Name(Name::Decode)) => self.hit(65, 2, "text decoded"),
            (Kind::Name(Name::Other), Kind::Name(Name::Load)) if self.bytes(2) == b"$" => {
                self.hit(65, 2, "code loaded")
            }
            (Kind::Name(Name::Process), Kind::Name(Name::Server)) => self.hit(60, 2, "process reached"),
            (Kind::Name(Name::Require), Kind::Name(Name::Main)) => self.hit(65, 2, "module system reached"),
            _ => {}
        }
    }

    /// `top['al'+'ert']`, `window["document"]["cookie"]`, `[]["constructor"]`
    fn computed(&mut self) {
        if self.kind(1) != Kind::Bracket(true) {
            if self.kind(0) == Kind::Open && self.kind(1) == Kind::Bracket(false) {
                self.computed_call();
            }
            return;
        }
        let back = if self.kind(2) == Kind::Optional { 3 } else { 2 };
        let base = self.kind(back);
        let index = self.token(0);
        let named = match index.kind {
            Kind::Str | Kind::Template => lexer::name_in_string(self.bytes(0)),
            _ => Name::Other,
        };
        let acts = matches!(
            named,
            Name::Sink | Name::Eval | Name::Function | Name::Constructor | Name::Cookie | Name::Timer | Name::Decode
        );
        let strength = match base {
            Kind::Name(Name::Global) if acts => 85,
            Kind::Name(Name::Document) if acts => 75,
            Kind::Name(Name::Global) | Kind::Close if matches!(index.kind, Kind::Regex) => 70,
            Kind::Name(Name::Global) if matches!(index.kind, Kind::Bracket(true)) => 60,
            Kind::Name(Name::Global) if index.kind == Kind::Str && index.escaped => 80,
            Kind::Name(Name::Global) if matches!(index.kind, Kind::Str) => 40,
            Kind::Close | Kind::Bracket(false) if acts || index.escaped && index.kind == Kind::Str => 75,
            Kind::Name(Name::Other | Name::This) if named == Name::Constructor => 65,
            Kind::Close if self.kind(3) == Kind::Name(Name::Document) => 60,
            Kind::Name(Name::Process | Name::Require) => 52,
            Kind::Str | Kind::Brace(false) if named == Name::Constructor => 80,
            _ => return,
        };
        self.hit(strength, back, "member by a computed name");
    }

    /// `up\n[a link](address)`: whether the token is the first of a line.
    fn begins_line(&self, back: usize) -> bool {
        let (before, token) = (self.token(back + 1), self.token(back));
        self.text[before.end as usize..token.start as usize].contains(&b'\n')
    }

    /// `…['al'+'ert'](`: the newest tokens are `](`.
    fn computed_call(&mut self) {
        let mut back = 2;
        let (mut joined, mut text) = (false, false);
        while back < MEMORY - 2 && self.kind(back) != Kind::Bracket(true) {
            joined |= matches!(self.kind(back), Kind::Operator | Kind::Num | Kind::Dot);
            text |= matches!(self.kind(back), Kind::Str | Kind::Regex | Kind::Template);
            back += 1;
        }
        if self.kind(back) != Kind::Bracket(true) {
            return;
        }
        let base = self.kind(back + 1 + usize::from(self.kind(back + 1) == Kind::Optional));
        if matches!(base, Kind::Name(Name::Global)) {
            let strength = match (joined, text) {
                (true, true) => 85,
                (true, false) => 70,
                (false, true) => 60,
                _ => 40,
            };
            self.hit(strength, back + 1, "call by a computed name");
        } else if joined
            && text
            && !self.begins_line(back)
            && matches!(base, Kind::Name(_) | Kind::Close | Kind::Bracket(false))
        {
            self.hit(60, back + 1, "call by a computed name");
        }
    }

    /// `require('child_process')`, `process.mainModule`, `execSync(`
    fn server(&mut self) {
        if self.kind(1) == Kind::Open && self.kind(2) == Kind::Name(Name::Require) && self.kind(0) == Kind::Str {
            let module = self.bytes(0);
            let strength = if module.windows(13).any(|window| window == b"child_process") {
                85
            } else if module.len() <= 6
                && (module.ends_with(b"fs'")
                    || module.ends_with(b"vm'")
                    || module.ends_with(b"net'")
                    || module.ends_with(b"fs\""))
            {
                45
            } else {
                10
            };
            self.hit(strength, 2, "module loaded");
        }
        if self.kind(0) == Kind::Open {
            match self.kind(1) {
                Kind::Name(Name::Spawn) => {
                    let dotted = self.kind(2) == Kind::Dot;
                    self.hit(if dotted { 65 } else { 55 }, 1, "process started");
                }
                Kind::Name(Name::Serialized) => self.hit(80, 1, "serialized function"),
                _ => {}
            }
        }
        if matches!(self.kind(0), Kind::Name(Name::Serialized)) {
            self.hit(75, 0, "serialized function");
        }
    }

    /// `location='javascript:…'`, `onerror=alert;throw 1`, `innerHTML=`
    fn assigned(&mut self) {
        if self.bytes(1) != b"=" || self.kind(1) != Kind::Operator {
            return;
        }
        let value = self.kind(0);
        match self.kind(2) {
            Kind::Name(Name::Location) => {
                let tight = !self.token(1).space_before;
                let strength = match value {
                    Kind::Str | Kind::Template
                        if self.bytes(0).get(1..11).is_some_and(|text| text.eq_ignore_ascii_case(b"javascript")) =>
                    {
                        85
                    }
                    Kind::Str | Kind::Template if self.kind(3) == Kind::Dot => 55,
                    Kind::Str | Kind::Template if tight && self.names_a_host(0) => 55,
                    Kind::Name(Name::Location | Name::Decode | Name::Global | Name::Document) if tight => 60,
                    _ => 15,
                };
                self.hit(strength, 2, "location set");
            }
            Kind::Name(Name::Hash)
                if self.kind(4) == Kind::Name(Name::Location) && matches!(value, Kind::Str | Kind::Template) =>
            {
                self.hit(60, 4, "location set");
            }
            Kind::Name(Name::Html)
                if self.kind(3) == Kind::Dot && matches!(value, Kind::Str | Kind::Template | Kind::Name(_)) =>
            {
                self.hit(55, 3, "markup written");
            }
            Kind::Name(Name::OnError) if matches!(value, Kind::Name(Name::Sink | Name::Eval)) => {
                self.hit(85, 2, "error handler replaced")
            }
            Kind::Name(Name::Exports) if self.kind(3) == Kind::Dot => self.hit(45, 2, "module rewritten"),
            _ => {}
        }
    }

    /// `while(1);`: a loop for ever, with no body.
    fn loops(&mut self) {
        if !matches!(self.kind(0), Kind::Semi | Kind::End) || self.kind(1) != Kind::Close {
            return;
        }
        let mut back = 2;
        if !matches!(self.kind(back), Kind::Num | Kind::Str | Kind::Template | Kind::Name(Name::Fixed | Name::This)) {
            return;
        }
        back += 1;
        while matches!(self.kind(back), Kind::Operator | Kind::Name(Name::New)) && back < 6 {
            back += 1;
        }
        if self.kind(back) == Kind::Open && self.kind(back + 1) == Kind::Name(Name::While) {
            self.hit(55, back + 1, "loop for ever");
        }
    }
}

/// The six characters, and the two of an object.
const SIX: Stops = Stops::at(b"[]()!+{}");

/// Code in `[]()!+` alone.
fn six_characters(text: &[u8], best: &mut Best) {
    let (mut start, mut run, mut signs, mut pairs, mut last) = (0, 0, 0, 0, 0);
    let mut read = 0;
    while let Some(at) = SIX.next(text, read) {
        if text[read..at].iter().any(|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r')) {
            (run, last) = (0, 0);
        }
        if run == 0 {
            (start, signs, pairs) = (at, 0, 0);
        }
        let byte = text[at];
        run += 1;
        signs += usize::from(byte == b'!' || byte == b'+');
        pairs += usize::from(last == b'[' && byte == b']');
        if run >= 14 && pairs >= 3 && signs >= 3 {
            return best.offer(85, start..at + 1, "code in six characters");
        }
        last = byte;
        read = at + 1;
    }
}

#[cfg(test)]
mod tests;

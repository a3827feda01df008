//! Bytes to SQL tokens, of all dialects at once.

use super::super::search::Stops;
use super::words::{self, Word};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number, decimal, hexadecimal or binary.
    Num,
    /// A closed string.
    Str,
    /// A string that the text does not close: the query around it does.
    StrOpen,
    /// A bare or quoted name, or a keyword.
    Word(Word),
    /// `@name`, `@@name`.
    Var,
    /// `= < > <= <> != <=> := ~` …
    Cmp,
    /// `+ - / % ^ & | << >>`
    Math,
    Star,
    /// `||` and `&&`
    LogicSign,
    /// `!`
    Bang,
    Open,
    Close,
    Comma,
    Semi,
    Dot,
    /// `::`
    Cast,
    /// `@> <@ -> ->> #> ?| ?&`
    JsonOp,
    /// `{`
    Brace,
    /// A comment that nothing follows: it cuts the query off.
    Tail,
    /// Anything that SQL has no use for.
    Other,
    /// Past the end.
    End,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    /// A comment stood between this token and the one before.
    pub comment_before: bool,
    /// Whitespace or a comment stood before it.
    pub space_before: bool,
    /// Number: `0x…` or the odd `1.e`; word: MiXeD case; tail: long enough to be prose.
    pub odd: bool,
}

impl Token {
    pub const END: Token =
        Token { kind: Kind::End, start: 0, end: 0, comment_before: false, space_before: false, odd: false };
}

/// Reads tokens from a position on.
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    /// Inside `/*! … */`, whose end is not an operator.
    conditional: u32,
    /// A `/*! … */` was seen.
    pub saw_conditional: bool,
    /// No `$tag$` ahead is closed, so that the search for one is made once.
    dollars_spent: bool,
    last: Kind,
}

/// Bytes of a name that are ASCII.
const PLAIN: Stops = Stops::at(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");

fn is_word(byte: u8) -> bool {
    PLAIN.has(byte) || byte >= 0x80
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a [u8], at: usize) -> Self {
        Lexer { text, at, conditional: 0, saw_conditional: false, dollars_spent: false, last: Kind::End }
    }

    /// Where the next token is looked for.
    pub fn position(&self) -> usize {
        self.at
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The next token; [`Kind::End`] for ever after the last.
    pub fn token(&mut self) -> Token {
        let mut token = self.skip_blank();
        if token.kind != Kind::Tail {
            token.start = self.at as u32;
            token.kind = self.lex(&mut token.odd);
            token.end = self.at as u32;
        }
        self.last = token.kind;
        token
    }

    /// Whitespace and comments. A comment with nothing behind it is a token.
    fn skip_blank(&mut self) -> Token {
        let mut token = Token::END;
        loop {
            let start = self.at;
            match self.peek(0) {
                _ if self.at >= self.text.len() => return token,
                0..=0x20 => self.at += 1,
                0xC2 if self.peek(1) == 0xA0 => self.at += 2,
                0xA0 => self.at += 1,
                0xE3 if self.peek(1) == 0x80 && self.peek(2) == 0x80 => self.at += 3,
                b'-' if self.peek(1) == b'-' => {
                    if self.line_comment(&mut token, start) {
                        return token;
                    }
                }
                b'#' if !matches!(self.peek(1), b'>' | b'-') => {
                    if self.line_comment(&mut token, start) {
                        return token;
                    }
                }
                b'/' if self.peek(1) == b'*' => {
                    if self.block_comment(&mut token, start) {
                        return token;
                    }
                }
                b'*' if self.conditional > 0 && self.peek(1) == b'/' => {
                    self.conditional -= 1;
                    self.at += 2;
                    token.comment_before = true;
                }
                _ => return token,
            }
            token.space_before = true;
        }
    }

    fn line_comment(&mut self, token: &mut Token, start: usize) -> bool {
        match memchr::memchr(b'\n', &self.text[self.at..]) {
            Some(length) => {
                self.at += length + 1;
                token.comment_before = true;
                if !self.text[self.at..].iter().all(|byte| byte.is_ascii_whitespace()) {
                    return false;
                }
                self.tail(token, start, self.at)
            }
            None => self.tail(token, start, self.text.len()),
        }
    }

    fn tail(&mut self, token: &mut Token, start: usize, end: usize) -> bool {
        // After two bytes of sign: people write `word -- more words`, attackers `-- -`, `--+`, `-- xyz`.
        let body = self.text[start..end].trim_ascii_end();
        let words = body.iter().filter(|byte| byte.is_ascii_whitespace()).count();
        self.at = self.text.len();
        *token = Token {
            kind: Kind::Tail,
            start: start as u32,
            end: end as u32,
            odd: words > 3 || body.len() > 40,
            ..*token
        };
        true
    }

    /// `/*!` and a line that begins with a star: the licence at the top of somebody's code.
    fn opens_banner(&self) -> bool {
        let rest = &self.text[self.at + 3..];
        let line = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"));
        line.is_some_and(|line| {
            let blanks = line.iter().take(4).take_while(|byte| **byte == b' ').count();
            line.get(blanks) == Some(&b'*')
        })
    }

    fn block_comment(&mut self, token: &mut Token, start: usize) -> bool {
        token.comment_before = true;
        if self.peek(2) == b'!' || (self.peek(2) == b'M' && self.peek(3) == b'!') {
            self.saw_conditional |= !self.opens_banner();
            self.conditional += 1;
            self.at += if self.peek(2) == b'!' { 3 } else { 4 };
            let digits = self.text[self.at..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
            self.at += digits;
            return false;
        }
        match find_pair(&self.text[self.at + 2..], b'*', b'/') {
            Some(length) => {
                self.at += length + 4;
                if self.at < self.text.len() {
                    return false;
                }
                self.tail(token, start, self.text.len())
            }
            None => self.tail(token, start, self.text.len()),
        }
    }

    fn lex(&mut self, odd: &mut bool) -> Kind {
        let Some(&byte) = self.text.get(self.at) else { return Kind::End };
        let (one, two) = (self.peek(1), self.peek(2));
        let sign = |lexer: &mut Self, length: usize, kind: Kind| {
            lexer.at += length;
            kind
        };
        match byte {
            b'0'..=b'9' => self.number(odd),
            b'.' if one.is_ascii_digit() && !matches!(self.last, Kind::Word(_)) => self.number(odd),
            b'\'' | b'"' => self.string(byte),
            b'`' => self.quoted_name(b'`'),
            b'[' => self.bracketed(),
            b'@' => self.variable(),
            b'$' if one == b'$' || one.is_ascii_alphabetic() => self.dollar(odd),
            b'\\' if one == b'N' && !is_word(two) => sign(self, 2, Kind::Word(Word::Literal)),
            b'=' => sign(self, 1 + usize::from(one == b'='), Kind::Cmp),
            b'<' => match (one, two) {
                (b'=', b'>') => sign(self, 3, Kind::Cmp),
                (b'=' | b'>', _) => sign(self, 2, Kind::Cmp),
                (b'<', _) => sign(self, 2, Kind::Math),
                (b'@', _) => sign(self, 2, Kind::JsonOp),
                _ => sign(self, 1, Kind::Cmp),
            },
            b'>' => match one {
                b'=' => sign(self, 2, Kind::Cmp),
                b'>' => sign(self, 2, Kind::Math),
                _ => sign(self, 1, Kind::Cmp),
            },
            b'!' => match one {
                b'=' | b'~' | b'<' | b'>' => sign(self, 2, Kind::Cmp),
                _ => sign(self, 1, Kind::Bang),
            },
            b'~' => sign(self, 1 + usize::from(one == b'*'), Kind::Cmp),
            b'|' if one == b'|' => sign(self, 2, Kind::LogicSign),
            b'&' if one == b'&' => sign(self, 2, Kind::LogicSign),
            b'-' if one == b'>' => sign(self, 2 + usize::from(two == b'>'), Kind::JsonOp),
            b'#' => sign(self, 2 + usize::from(two == b'>'), Kind::JsonOp),
            b'?' => sign(self, 1 + usize::from(matches!(one, b'|' | b'&')), Kind::JsonOp),
            b'+' | b'-' | b'/' | b'%' | b'^' | b'|' | b'&' => sign(self, 1, Kind::Math),
            b'*' => sign(self, 1, Kind::Star),
            b':' if one == b':' => sign(self, 2, Kind::Cast),
            b':' if one == b'=' => sign(self, 2, Kind::Cmp),
            b'(' => sign(self, 1, Kind::Open),
            b')' => sign(self, 1, Kind::Close),
            b',' => sign(self, 1, Kind::Comma),
            b';' => sign(self, 1, Kind::Semi),
            b'.' => sign(self, 1, Kind::Dot),
            b'{' => sign(self, 1, Kind::Brace),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.word(odd),
            _ => sign(self, 1, Kind::Other),
        }
    }

    fn number(&mut self, odd: &mut bool) -> Kind {
        let start = self.at;
        if self.peek(0) == b'0' && matches!(self.peek(1) | 0x20, b'x' | b'b') && self.peek(2).is_ascii_hexdigit() {
            self.at += 2;
            self.skip(|byte| byte.is_ascii_hexdigit());
            *odd = true;
            return Kind::Num;
        }
        self.skip(|byte| byte.is_ascii_digit());
        if self.peek(0) == b'.' {
            self.at += 1;
            self.skip(|byte| byte.is_ascii_digit());
        }
        if matches!(self.peek(0), b'e' | b'E') {
            let signed = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + signed).is_ascii_digit() {
                self.at += 1 + signed;
                self.skip(|byte| byte.is_ascii_digit());
            } else if self.text[self.at - 1] == b'.' && !is_word(self.peek(1)) {
                // `1.e(`, `1.e.name`: MySQL drops it.
                self.at += 1;
                *odd = true;
                return Kind::Num;
            }
        }
        // `1or`, `1union`: MySQL ends the number there. `2nd`, `5pm`: a word of prose.
        let tail = self.at;
        self.skip(is_word);
        if self.at > tail {
            let glued = words::find(&self.text[tail..self.at]);
            let keyword = matches!(
                glued,
                Word::Logic
                    | Word::Union
                    | Word::Having
                    | Word::Order
                    | Word::From
                    | Word::Where
                    | Word::Like
                    | Word::MathName
            );
            if !keyword && self.text[start..tail].iter().all(|byte| byte.is_ascii_digit()) {
                return Kind::Word(Word::Name);
            }
            self.at = tail;
        }
        Kind::Num
    }

    fn skip(&mut self, keep: impl Fn(u8) -> bool) {
        while self.text.get(self.at).is_some_and(|&byte| keep(byte)) {
            self.at += 1;
        }
    }

    /// From an opening quote on.
    fn string(&mut self, quote: u8) -> Kind {
        self.at += 1;
        if self.close_string(quote) { Kind::Str } else { Kind::StrOpen }
    }

    /// Moves behind the closing quote; a doubled or backslashed one is part of the string.
    pub fn close_string(&mut self, quote: u8) -> bool {
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            if byte == b'\\' && self.at + 1 < self.text.len() {
                self.at += 1;
            } else if byte == quote {
                if self.peek(0) != quote {
                    return true;
                }
                self.at += 1;
            }
        }
        false
    }

    fn quoted_name(&mut self, quote: u8) -> Kind {
        self.at += 1;
        match memchr::memchr(quote, &self.text[self.at..]) {
            Some(length) => {
                self.at += length + 1;
                Kind::Word(Word::Name)
            }
            None => {
                self.at = self.text.len();
                Kind::StrOpen
            }
        }
    }

    /// `[name]` of SQL Server and Access.
    fn bracketed(&mut self) -> Kind {
        let rest = &self.text[self.at + 1..];
        let name = rest.iter().take(64).take_while(|&&byte| is_word(byte) || byte == b' ').count();
        if name > 0 && rest.get(name) == Some(&b']') && rest[0].is_ascii_alphabetic() {
            self.at += name + 2;
            return Kind::Word(Word::Name);
        }
        self.at += 1;
        Kind::Other
    }

    fn variable(&mut self) -> Kind {
        if self.peek(1) == b'>' {
            self.at += 2;
            return Kind::JsonOp;
        }
        // `user@host` is an address.
        if self.at > 0 && is_word(self.text[self.at - 1]) && matches!(self.last, Kind::Word(_)) {
            self.at += 1;
            self.skip(|byte| is_word(byte) || matches!(byte, b'.' | b'-'));
            return Kind::Other;
        }
        self.at += 1 + usize::from(self.peek(1) == b'@');
        if matches!(self.peek(0), b'`' | b'\'') {
            return Kind::Var;
        }
        self.skip(|byte| is_word(byte) || byte == b'.');
        // `@timestamp:now`, `@ann: hello`: a field of a search, a mention.
        if self.peek(0) == b':' && !matches!(self.peek(1), b'=' | b':') {
            return Kind::Other;
        }
        Kind::Var
    }

    /// `$$ … $$` and `$tag$ … $tag$` of PostgreSQL.
    fn dollar(&mut self, odd: &mut bool) -> Kind {
        let rest = &self.text[self.at..];
        let name = rest[1..].iter().take(16).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if !self.dollars_spent && rest.get(name + 1) == Some(&b'$') {
            let tag = &rest[..name + 2];
            let body = &rest[name + 2..];
            if let Some(length) = body.windows(tag.len()).position(|window| window == tag) {
                self.at += 2 * tag.len() + length;
                return Kind::Str;
            }
            self.dollars_spent = true;
        }
        self.word(odd)
    }

    fn word(&mut self, odd: &mut bool) -> Kind {
        let start = self.at;
        loop {
            self.skip(|byte| PLAIN.has(byte));
            let Some(&byte) = self.text.get(self.at) else { break };
            let blank =
                byte == 0xC2 && self.peek(1) == 0xA0 || byte == 0xE3 && self.peek(1) == 0x80 && self.peek(2) == 0x80;
            if !is_word(byte) || blank && self.at > start {
                break;
            }
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        let next = self.peek(0);
        // N'…', x'…', b'…', e'…', q'[…]', _utf8'…'
        if next == b'\'' && (word.len() == 1 && matches!(word[0] | 0x20, b'n' | b'x' | b'b' | b'e') || word[0] == b'_')
        {
            *odd = true;
            return self.string(b'\'');
        }
        let found = words::find(word);
        *odd = found != Word::Name && is_mixed(word);
        Kind::Word(found)
    }
}

/// `UnIoN`, but neither `Union` nor `UNION`.
fn is_mixed(word: &[u8]) -> bool {
    let Some((_, rest)) = word.split_first() else { return false };
    let upper = rest.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let lower = word.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    upper > 0 && lower > 0
}

fn find_pair(hay: &[u8], first: u8, second: u8) -> Option<usize> {
    hay.windows(2).position(|pair| pair[0] == first && pair[1] == second)
}

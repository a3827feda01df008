//! Bytes to JavaScript tokens, with names sorted by what they can do.

use super::super::search::Stops;

/// What a name reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// No known power.
    Other,
    /// A short everyday name that is also a global.
    Alias,
    /// `alert`, `confirm`, `prompt`
    Sink,
    /// `eval`, `execScript`, `globalEval`
    Eval,
    Function,
    /// `setTimeout` and its kind
    Timer,
    /// `atob`, `unescape`, `fromCharCode`
    Decode,
    /// `import`, `importScripts`, `getScript`
    Load,
    Constructor,
    /// `call`, `apply`, `bind` and methods that take functions
    Apply,
    Fetch,
    /// `window`, `self`, `top`, `parent`, `frames`, `globalThis`
    Global,
    This,
    Document,
    Cookie,
    /// `domain`, `URL`, `referrer` …
    Secret,
    Write,
    Location,
    Hash,
    /// `innerHTML`, `outerHTML`, `srcdoc`
    Html,
    OnError,
    StringClass,
    New,
    While,
    /// `true`, `null`, `NaN` …
    Fixed,
    Process,
    /// `mainModule`, `binding`, `dlopen`
    Server,
    Require,
    Main,
    Exports,
    /// `execSync`, `spawnSync` …
    Spawn,
    /// `_$$ND_FUNC$$_`, `__js_function`
    Serialized,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name(Name),
    Num,
    Str,
    Template,
    Regex,
    Open,
    Close,
    /// `[` when true, `]` when false.
    Bracket(bool),
    /// `{` when true, `}` when false.
    Brace(bool),
    Dot,
    /// `?.`
    Optional,
    Comma,
    Semi,
    Colon,
    Arrow,
    Operator,
    Other,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    pub space_before: bool,
    /// A name or string written with escapes.
    pub escaped: bool,
}

impl Token {
    pub const END: Token = Token { kind: Kind::End, start: 0, end: 0, space_before: false, escaped: false };
}

pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    last: Kind,
    /// Up to where no `'`, no `"` closes.
    open_until: [usize; 2],
}

const LONGEST: usize = 16;

/// Bytes of a name that are ASCII.
const PLAIN: Stops = Stops::at(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");

fn is_name(byte: u8) -> bool {
    PLAIN.has(byte) || byte >= 0x80
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a [u8], at: usize) -> Self {
        Lexer { text, at, last: Kind::End, open_until: [0; 2] }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    pub fn token(&mut self) -> Token {
        let before = self.at;
        self.skip_blank();
        let mut token = Token { start: self.at as u32, space_before: self.at > before, ..Token::END };
        token.kind = self.lex(&mut token.escaped);
        token.end = self.at as u32;
        self.last = token.kind;
        token
    }

    fn skip_blank(&mut self) {
        loop {
            match self.peek(0) {
                _ if self.at >= self.text.len() => return,
                0..=0x20 => self.at += 1,
                b'/' if self.peek(1) == b'*' => {
                    let body = &self.text[self.at + 2..];
                    match body.windows(2).position(|pair| pair == b"*/") {
                        Some(length) => self.at += length + 4,
                        None => self.at = self.text.len(),
                    }
                }
                b'/' if self.peek(1) == b'/' => {
                    let body = &self.text[self.at..];
                    let length = body.iter().position(|&byte| byte == b'\n' || byte == b'\r');
                    self.at += length.unwrap_or(body.len());
                }
                _ => return,
            }
        }
    }

    fn lex(&mut self, escaped: &mut bool) -> Kind {
        let Some(&byte) = self.text.get(self.at) else { return Kind::End };
        let one = self.peek(1);
        let kind = match byte {
            b'0'..=b'9' => {
                while is_name(self.peek(0)) || self.peek(0) == b'.' && self.peek(1).is_ascii_digit() {
                    self.at += 1;
                }
                return Kind::Num;
            }
            b'\'' | b'"' => return self.string(byte, escaped),
            b'`' => return self.template(),
            b'\\' if matches!(one, b'u' | b'x') => return self.name(escaped),
            _ if is_name(byte) => return self.name(escaped),
            b'/' if self.regex_may_start() => match self.regex() {
                Some(length) => {
                    self.at += length;
                    return Kind::Regex;
                }
                None => Kind::Operator,
            },
            b'?' if one == b'.' => {
                self.at += 2;
                return Kind::Optional;
            }
            b'=' if one == b'>' => {
                self.at += 2;
                return Kind::Arrow;
            }
            b'=' | b'!' | b'<' | b'>' if one == b'=' => {
                self.at += 2;
                return Kind::Operator;
            }
            b'(' => Kind::Open,
            b')' => Kind::Close,
            b'[' => Kind::Bracket(true),
            b']' => Kind::Bracket(false),
            b'{' => Kind::Brace(true),
            b'}' => Kind::Brace(false),
            b'.' => Kind::Dot,
            b',' => Kind::Comma,
            b';' => Kind::Semi,
            b':' => Kind::Colon,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'&' | b'|' | b'=' | b'<' | b'>' | b'!' | b'~' | b'?' => {
                Kind::Operator
            }
            _ => Kind::Other,
        };
        self.at += 1;
        kind
    }

    fn string(&mut self, quote: u8, escaped: &mut bool) -> Kind {
        let start = self.at;
        self.at += 1;
        if start < self.open_until[usize::from(quote == b'"')] {
            return Kind::Other;
        }
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => {
                    *escaped |= matches!(self.peek(0), b'x' | b'u' | b'0'..=b'7');
                    self.at = (self.at + 1).min(self.text.len());
                }
                // A string does not cross a line: this quote opened none.
                b'\n' | b'\r' => break,
                _ if byte == quote => return Kind::Str,
                _ => {}
            }
        }
        // An open quote is an apostrophe, or the page's own: read on behind it, and search this line for its end no more.
        self.open_until[usize::from(quote == b'"')] = self.at;
        self.at = start + 1;
        *escaped = false;
        Kind::Other
    }

    fn template(&mut self) -> Kind {
        let start = self.at;
        self.at += 1;
        let mut end = self.at;
        while end < self.text.len() && end - start < 4096 {
            match self.text[end] {
                b'\\' => end += 1,
                // The expressions inside are code: read them as tokens of their own.
                b'$' if self.text.get(end + 1) == Some(&b'{') => {
                    self.at = end + 2;
                    return Kind::Template;
                }
                b'`' => {
                    self.at = end + 1;
                    return Kind::Template;
                }
                _ => {}
            }
            end += 1;
        }
        self.at = end.min(self.text.len());
        Kind::Template
    }

    fn regex_may_start(&self) -> bool {
        matches!(
            self.last,
            Kind::Open
                | Kind::Comma
                | Kind::Bracket(true)
                | Kind::Operator
                | Kind::Colon
                | Kind::Semi
                | Kind::Brace(true)
        )
    }

    fn regex(&self) -> Option<usize> {
        let body = self.text[self.at + 1..].iter().take(64);
        let mut skip = false;
        for (at, &byte) in body.enumerate() {
            match byte {
                _ if skip => skip = false,
                b'\\' => skip = true,
                b'\n' | b'<' => return None,
                b'/' if at > 0 => return Some(at + 2),
                _ => {}
            }
        }
        None
    }

    fn name(&mut self, escaped: &mut bool) -> Kind {
        let rest = &self.text[self.at..];
        let plain = rest.iter().take_while(|byte| is_name(**byte)).count();
        if rest.get(plain) != Some(&b'\\') {
            self.at += plain;
            return Kind::Name(find(&rest[..plain]));
        }
        let mut name = Spelled::default();
        loop {
            match self.peek(0) {
                byte if is_name(byte) && self.at < self.text.len() => {
                    name.push(byte);
                    self.at += 1;
                }
                b'\\' => match escape(&self.text[self.at..]) {
                    Some((byte, length)) => {
                        *escaped = true;
                        name.push(byte);
                        self.at += length;
                    }
                    None if name.length == 0 => {
                        self.at += 1;
                        return Kind::Other;
                    }
                    None => break,
                },
                _ => break,
            }
        }
        Kind::Name(find(name.bytes()))
    }
}

/// A short name, escapes undone; a longer one is no name we know.
#[derive(Default)]
struct Spelled {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Spelled {
    fn push(&mut self, byte: u8) {
        if self.length < LONGEST {
            self.bytes[self.length] = byte;
        }
        self.length += 1;
    }

    fn bytes(&self) -> &[u8] {
        if self.length <= LONGEST { &self.bytes[..self.length] } else { b"" }
    }
}

/// The character an escape at the start of `text` stands for, and its length: `\x61`, `\u0061`, `\u{61}`, `\141`.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let hex = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |value, &digit| Some(value * 16 + char::from(digit).to_digit(16)?))
    };
    let [b'\\', kind, ..] = text else { return None };
    let (value, length) = match *kind {
        b'x' => (hex(text.get(2..4)?)?, 4),
        b'u' if text.get(2) == Some(&b'{') => {
            let close = text.iter().take(12).position(|&byte| byte == b'}')?;
            (hex(&text[3..close])?, close + 1)
        }
        b'u' => (hex(text.get(2..6)?)?, 6),
        b'0'..=b'7' => {
            let digits = text[1..].iter().take(3).take_while(|&&digit| matches!(digit, b'0'..=b'7')).count();
            (text[1..=digits].iter().fold(0, |value, digit| value * 8 + u32::from(digit - b'0')), digits + 1)
        }
        _ => return None,
    };
    u8::try_from(value).ok().filter(u8::is_ascii).map(|byte| (byte, length))
}

/// The name a string literal spells, quotes included in `text`.
pub(super) fn name_in_string(text: &[u8]) -> Name {
    let mut name = Spelled::default();
    let mut at = 1;
    while at + 1 < text.len() && name.length <= LONGEST {
        match escape(&text[at..]) {
            Some((byte, length)) => {
                name.push(byte);
                at += length;
            }
            None => {
                name.push(text[at]);
                at += 1;
            }
        }
    }
    find(name.bytes())
}

fn find(name: &[u8]) -> Name {
    match name {
        b"alert" | b"confirm" | b"prompt" => Name::Sink,
        b"eval" | b"execScript" | b"globalEval" => Name::Eval,
        b"Function" => Name::Function,
        b"setTimeout" | b"setInterval" | b"setImmediate" => Name::Timer,
        b"atob" | b"unescape" | b"fromCharCode" | b"fromCodePoint" => Name::Decode,
        b"import" | b"importScripts" | b"getScript" => Name::Load,
        b"constructor" => Name::Constructor,
        b"call" | b"apply" | b"bind" | b"map" | b"find" | b"some" | b"every" | b"forEach" | b"sort" | b"filter" => {
            Name::Apply
        }
        b"fetch" | b"sendBeacon" => Name::Fetch,
        b"window" | b"self" | b"top" | b"parent" | b"frames" | b"globalThis" | b"opener" | b"global" => Name::Global,
        b"this" => Name::This,
        b"document" => Name::Document,
        b"cookie" => Name::Cookie,
        b"domain" | b"URL" | b"referrer" | b"documentURI" | b"baseURI" | b"body" | b"querySelector"
        | b"createElement" | b"getElementById" | b"execCommand" | b"defaultView" => Name::Secret,
        b"write" | b"writeln" => Name::Write,
        b"location" => Name::Location,
        b"hash" | b"search" | b"href" | b"assign" => Name::Hash,
        b"innerHTML" | b"outerHTML" | b"srcdoc" | b"insertAdjacentHTML" => Name::Html,
        b"onerror" => Name::OnError,
        b"String" => Name::StringClass,
        b"new" => Name::New,
        b"while" => Name::While,
        b"true" | b"null" | b"undefined" | b"NaN" | b"Infinity" | b"Date" => Name::Fixed,
        b"process" => Name::Process,
        b"mainModule" | b"binding" | b"dlopen" => Name::Server,
        b"require" => Name::Require,
        b"main" | b"cache" => Name::Main,
        b"exports" => Name::Exports,
        b"execSync" | b"spawnSync" | b"execFileSync" | b"execFile" => Name::Spawn,
        b"_$$ND_FUNC$$_" | b"__js_function" => Name::Serialized,
        b"open" | b"print" | b"name" | b"status" => Name::Alias,
        _ => Name::Other,
    }
}

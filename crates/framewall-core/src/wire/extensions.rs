//! `Sec-WebSocket-Extensions` (RFC 6455 9.1) and the parameters of permessage-deflate (RFC 7692 7.1).

use std::fmt::Write;

/// permessage-deflate as it was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deflate {
    /// The server compresses each message on its own.
    pub server_no_context_takeover: bool,
    /// The client compresses each message on its own.
    pub client_no_context_takeover: bool,
    /// Base-2 logarithm of the server's window, 8 to 15.
    pub server_max_window_bits: u8,
    /// Base-2 logarithm of the client's window, 8 to 15.
    pub client_max_window_bits: u8,
}

impl Default for Deflate {
    fn default() -> Self {
        Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: 15,
            client_max_window_bits: 15,
        }
    }
}

/// The name in the header.
pub const PERMESSAGE_DEFLATE: &str = "permessage-deflate";

/// One extension of a header, with its parameters as they stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Parameters in order, unquoted.
    pub params: Vec<(String, Option<String>)>,
}

/// permessage-deflate's parameters, of an offer or an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeflateParams {
    /// Present.
    pub server_no_context_takeover: bool,
    /// Present.
    pub client_no_context_takeover: bool,
    /// Present, with its value.
    pub server_max_window_bits: Option<u8>,
    /// Present, with its value, which only an offer may leave out.
    pub client_max_window_bits: Option<Option<u8>>,
}

impl DeflateParams {
    /// Reads them; `None` if any is unknown, twice there, or has a value that is not legal (RFC 7692 7.1).
    pub fn read(params: &[(String, Option<String>)]) -> Option<Self> {
        let mut read = Self::default();
        for (name, value) in params {
            let value = value.as_deref();
            let twice = match name.as_str() {
                "server_no_context_takeover" if value.is_none() => {
                    std::mem::replace(&mut read.server_no_context_takeover, true)
                }
                "client_no_context_takeover" if value.is_none() => {
                    std::mem::replace(&mut read.client_no_context_takeover, true)
                }
                "server_max_window_bits" => read.server_max_window_bits.replace(window_bits(value?)?).is_some(),
                "client_max_window_bits" => {
                    let bits = value.map_or(Some(None), |value| window_bits(value).map(Some))?;
                    read.client_max_window_bits.replace(bits).is_some()
                }
                _ => return None,
            };
            if twice {
                return None;
            }
        }
        Some(read)
    }

    /// What is agreed if `self` is offered and `answer` answered; `None` if that answer does not fit
    /// (RFC 7692 7.1.1, 7.1.2).
    pub fn agree(&self, answer: &Self) -> Option<Deflate> {
        let server_bits = answer.server_max_window_bits;
        let client_bits = match answer.client_max_window_bits {
            None => None,
            Some(None) => return None,
            Some(Some(bits)) => Some(bits),
        };
        // The server must repeat what it accepts of the server's own limits, and may lower or add them.
        let server_ok = self.server_max_window_bits.is_none_or(|max| server_bits.is_some_and(|bits| bits <= max))
            && (answer.server_no_context_takeover || !self.server_no_context_takeover);
        // It may bound the client's window only where the client says that it can.
        let client_ok = client_bits.is_none_or(|bits| {
            self.client_max_window_bits.is_some_and(|offered| offered.is_none_or(|max| bits <= max))
        });
        (server_ok && client_ok).then_some(Deflate {
            server_no_context_takeover: answer.server_no_context_takeover,
            client_no_context_takeover: answer.client_no_context_takeover,
            server_max_window_bits: server_bits.unwrap_or(15),
            client_max_window_bits: client_bits.unwrap_or(15),
        })
    }
}

/// RFC 7692 7.1.2: a decimal integer without leading zeroes, 8 to 15.
fn window_bits(value: &str) -> Option<u8> {
    match value.as_bytes() {
        [b'8'..=b'9'] | [b'1', b'0'..=b'5'] => value.parse().ok(),
        _ => None,
    }
}

impl Extension {
    /// Appends it as it stands in a header, values as tokens.
    fn write(&self, out: &mut String) {
        out.push_str(&self.name);
        for (name, value) in &self.params {
            match value {
                Some(value) => write!(out, "; {name}={value}").expect("a String takes all"),
                None => write!(out, "; {name}").expect("a String takes all"),
            }
        }
    }

    /// Adds a parameter without a value, unless it is there.
    pub(crate) fn ensure(&mut self, name: &str) {
        if !self.params.iter().any(|(known, _)| known == name) {
            self.params.push((name.to_owned(), None));
        }
    }
}

/// A header value that lists `extensions`.
pub fn join<'a>(extensions: impl IntoIterator<Item = &'a Extension>) -> String {
    extensions.into_iter().fold(String::new(), |mut out, extension| {
        if !out.is_empty() {
            out.push_str(", ");
        }
        extension.write(&mut out);
        out
    })
}

/// Reads one header's value and appends what it lists; `None` if it does not fit the grammar.
pub fn parse(value: &[u8], out: &mut Vec<Extension>) -> Option<()> {
    let mut cursor = Cursor(value);
    loop {
        cursor.blanks();
        // RFC 9110 5.6.1.2: empty elements of a list are to be taken.
        if cursor.eat(b',') {
            continue;
        }
        if cursor.0.is_empty() {
            return Some(());
        }
        let mut extension = Extension { name: cursor.token()?, params: Vec::new() };
        cursor.blanks();
        while cursor.eat(b';') {
            extension.params.push(cursor.param()?);
            cursor.blanks();
        }
        out.push(extension);
        if !cursor.0.is_empty() && !cursor.eat(b',') {
            return None;
        }
    }
}

/// RFC 9110 5.6.2.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn blanks(&mut self) {
        let rest = self.0.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(self.0.len());
        self.0 = &self.0[rest..];
    }

    fn eat(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((&first, rest)) if first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn token(&mut self) -> Option<String> {
        let len = self.0.iter().position(|&byte| !is_token_byte(byte)).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at(len);
        self.0 = rest;
        if token.is_empty() { None } else { String::from_utf8(token.to_vec()).ok() }
    }

    fn param(&mut self) -> Option<(String, Option<String>)> {
        self.blanks();
        let name = self.token()?;
        self.blanks();
        if !self.eat(b'=') {
            return Some((name, None));
        }
        self.blanks();
        let value = if self.eat(b'"') { self.quoted()? } else { self.token()? };
        Some((name, Some(value)))
    }

    /// The rest of a quoted string, whose value must be a token too (RFC 6455 9.1).
    fn quoted(&mut self) -> Option<String> {
        let mut value = String::new();
        loop {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            match byte {
                b'"' => return if value.is_empty() { None } else { Some(value) },
                b'\\' => {
                    let (&escaped, rest) = self.0.split_first()?;
                    self.0 = rest;
                    value.push(char::from(escaped));
                }
                byte => value.push(char::from(byte)),
            }
            if !value.bytes().all(is_token_byte) {
                return None;
            }
        }
    }
}

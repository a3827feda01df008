//! The opening handshake, as seen between the two (RFC 6455 4): the request is checked, the answer verified.

use std::fmt;

use base64::Engine as _;

use super::Side;
use super::extensions::{self, Deflate, DeflateParams, Extension, PERMESSAGE_DEFLATE};

/// Extensions that one request may offer.
const MAX_OFFERS: usize = 32;
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What is wrong with a handshake, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum HandshakeError {
    Method,
    HttpVersion,
    Host,
    Upgrade,
    Connection,
    /// Another version than 13, which the answer has to name (RFC 6455 4.4).
    Version,
    Key,
    Body,
    Subprotocols,
    Extensions,
    AnswerStatus,
    AnswerUpgrade,
    AnswerConnection,
    AnswerAccept,
    AnswerSubprotocol,
    AnswerExtensions,
}

impl HandshakeError {
    /// Who is at fault.
    pub fn fault(self) -> Side {
        match self {
            Self::AnswerStatus
            | Self::AnswerUpgrade
            | Self::AnswerConnection
            | Self::AnswerAccept
            | Self::AnswerSubprotocol
            | Self::AnswerExtensions => Side::Server,
            _ => Side::Client,
        }
    }

    /// The HTTP status to answer the client with. 426 goes with `Sec-WebSocket-Version: 13`, see
    /// [`header`](Self::header).
    pub fn status(self) -> u16 {
        match (self, self.fault()) {
            (Self::Version, _) => 426,
            (_, Side::Client) => 400,
            (_, Side::Server) => 502,
        }
    }

    /// The header that belongs to the answer.
    pub fn header(self) -> Option<(&'static str, &'static str)> {
        (self == Self::Version).then_some(("Sec-WebSocket-Version", "13"))
    }

    /// What is wrong, in one line.
    pub fn why(self) -> &'static str {
        match self {
            Self::Method => "a WebSocket handshake is a GET",
            Self::HttpVersion => "a WebSocket handshake is HTTP/1.1",
            Self::Host => "Host is not there exactly once",
            Self::Upgrade => "Upgrade is not websocket alone",
            Self::Connection => "Connection does not name upgrade",
            Self::Version => "Sec-WebSocket-Version is not 13",
            Self::Key => "Sec-WebSocket-Key is not 16 bytes in base64, exactly once",
            Self::Body => "a WebSocket handshake has no body",
            Self::Subprotocols => "Sec-WebSocket-Protocol is not a list of different tokens",
            Self::Extensions => "Sec-WebSocket-Extensions is not a list of extensions",
            Self::AnswerStatus => "the answer is not 101",
            Self::AnswerUpgrade => "the answer's Upgrade is not websocket alone",
            Self::AnswerConnection => "the answer's Connection does not name upgrade",
            Self::AnswerAccept => "the answer's Sec-WebSocket-Accept is not that of the key, exactly once",
            Self::AnswerSubprotocol => "the answer's subprotocol is not one of those offered",
            Self::AnswerExtensions => "the answer's extensions are not among those offered, or not legal",
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why())
    }
}

impl std::error::Error for HandshakeError {}

/// What both agreed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Negotiated {
    /// The subprotocol selected.
    pub subprotocol: Option<String>,
    /// permessage-deflate, if accepted.
    pub deflate: Option<Deflate>,
}

/// What of permessage-deflate is offered to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// What the client offered.
    AsIs,
    /// The same, and the server is to compress each message on its own (RFC 7692 7.1.1.1).
    NoServerTakeover,
    /// Nothing.
    Nothing,
}

/// A client's request that is a correct handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHandshake {
    accept: String,
    /// Subprotocols offered, in order.
    pub subprotocols: Vec<String>,
    /// Extensions offered, in order.
    pub extensions: Vec<Extension>,
    offers: Vec<Extension>,
}

impl ClientHandshake {
    /// Checks a request (RFC 6455 4.2.1). `version`: of HTTP, `(1, 1)`. `has_body`: whether any body follows,
    /// by whatever the HTTP parser knows; the headers that announce one are looked at as well.
    pub fn check<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        method: &str,
        version: (u8, u8),
        headers: impl IntoIterator<Item = (N, V)>,
        has_body: bool,
    ) -> Result<Self, HandshakeError> {
        use HandshakeError as Error;
        let mut seen = Request { has_body, ..Request::default() };
        headers.into_iter().for_each(|(name, value)| seen.header(name.as_ref(), value.as_ref()));
        if method != "GET" {
            return Err(Error::Method);
        }
        if version != (1, 1) {
            return Err(Error::HttpVersion);
        }
        require(seen.hosts == 1, Error::Host)?;
        require(seen.upgrade.is_websocket(), Error::Upgrade)?;
        require(seen.connection_upgrade, Error::Connection)?;
        require(seen.versions == [b"13"], Error::Version)?;
        require(!seen.has_body, Error::Body)?;
        let key = seen.keys.pop().filter(|key| seen.keys.is_empty() && is_key(key)).ok_or(Error::Key)?;
        let subprotocols = subprotocols(&seen.subprotocols).ok_or(Error::Subprotocols)?;
        let extensions = extension_list(&seen.extensions).ok_or(Error::Extensions)?;
        let offers = deflate_offers(&extensions);
        Ok(Self { accept: accept(&key), subprotocols, extensions, offers })
    }

    /// Settles what the server is offered, and gives the `Sec-WebSocket-Extensions` to send it; `None`: the
    /// header is left out. Extensions other than permessage-deflate are never offered, as what they change
    /// could not be read. [`verify`](Self::verify) holds the answer against this.
    pub fn offer(&mut self, offer: Offer) -> Option<String> {
        self.offers = match offer {
            Offer::Nothing => Vec::new(),
            Offer::AsIs | Offer::NoServerTakeover => deflate_offers(&self.extensions),
        };
        if offer == Offer::NoServerTakeover {
            self.offers.iter_mut().for_each(|offer| offer.ensure("server_no_context_takeover"));
        }
        if self.offers.is_empty() { None } else { Some(extensions::join(&self.offers)) }
    }

    /// Verifies the server's answer (RFC 6455 4.1, "the client MUST validate").
    pub fn verify<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Negotiated, HandshakeError> {
        use HandshakeError as Error;
        let mut seen = Answer::default();
        headers.into_iter().for_each(|(name, value)| seen.header(name.as_ref(), value.as_ref()));
        require(status == 101, Error::AnswerStatus)?;
        require(seen.upgrade.is_websocket(), Error::AnswerUpgrade)?;
        require(seen.connection_upgrade, Error::AnswerConnection)?;
        require(seen.accepts == [self.accept.as_bytes()], Error::AnswerAccept)?;
        let subprotocol = match &seen.subprotocols[..] {
            [] => None,
            [one] => Some(self.offered(one).ok_or(Error::AnswerSubprotocol)?.clone()),
            _ => return Err(Error::AnswerSubprotocol),
        };
        let answered = extension_list(&seen.extensions).ok_or(Error::AnswerExtensions)?;
        let deflate = match &answered[..] {
            [] => None,
            [one] => Some(self.agree(one).ok_or(Error::AnswerExtensions)?),
            _ => return Err(Error::AnswerExtensions),
        };
        Ok(Negotiated { subprotocol, deflate })
    }

    /// The `Sec-WebSocket-Accept` that belongs to the key.
    pub fn accept(&self) -> &str {
        &self.accept
    }

    fn offered(&self, subprotocol: &[u8]) -> Option<&String> {
        self.subprotocols.iter().find(|offered| offered.as_bytes() == subprotocol)
    }

    fn agree(&self, answer: &Extension) -> Option<Deflate> {
        if answer.name != PERMESSAGE_DEFLATE {
            return None;
        }
        let answer = DeflateParams::read(&answer.params)?;
        self.offers.iter().filter_map(|offer| DeflateParams::read(&offer.params)).find_map(|offer| offer.agree(&answer))
    }
}

/// A server's `Sec-WebSocket-Extensions` with `client_no_context_takeover` added, to answer the client with:
/// it then compresses each message on its own, and no history of it need be kept. Always allowed, offered or
/// not (RFC 7692 7.1.1.2), and harmless to the server, which only expects references that never come. The
/// other way round is not possible in an answer: a server that was not asked ([`Offer::NoServerTakeover`])
/// goes on referring to earlier messages. `None` if the answer accepts no permessage-deflate.
pub fn with_client_no_context_takeover<'a>(answer: impl IntoIterator<Item = &'a [u8]>) -> Option<String> {
    let mut list = Vec::new();
    answer.into_iter().try_for_each(|value| extensions::parse(value, &mut list))?;
    let deflate = list.iter_mut().find(|extension| extension.name == PERMESSAGE_DEFLATE)?;
    deflate.ensure("client_no_context_takeover");
    Some(extensions::join(&list))
}

/// The `Sec-WebSocket-Accept` for a key (RFC 6455 4.2.2).
pub fn accept(key: &[u8]) -> String {
    let mut sha1 = sha1_smol::Sha1::new();
    sha1.update(key);
    sha1.update(GUID);
    base64::engine::general_purpose::STANDARD.encode(sha1.digest().bytes())
}

#[derive(Default)]
struct Upgrade {
    tokens: usize,
    websocket: bool,
}

impl Upgrade {
    fn header(&mut self, value: &[u8]) {
        for token in list(value) {
            self.tokens += 1;
            self.websocket |= token.eq_ignore_ascii_case(b"websocket");
        }
    }

    /// Alone: with a second protocol beside it, server and firewall might not choose the same.
    fn is_websocket(&self) -> bool {
        self.websocket && self.tokens == 1
    }
}

#[derive(Default)]
struct Request {
    hosts: usize,
    upgrade: Upgrade,
    connection_upgrade: bool,
    versions: Vec<Vec<u8>>,
    keys: Vec<Vec<u8>>,
    has_body: bool,
    subprotocols: Vec<Vec<u8>>,
    extensions: Vec<Vec<u8>>,
}

impl Request {
    fn header(&mut self, name: &[u8], value: &[u8]) {
        let value = value.trim_ascii();
        match name.to_ascii_lowercase().as_slice() {
            b"host" => self.hosts += 1,
            b"upgrade" => self.upgrade.header(value),
            b"connection" => self.connection_upgrade |= names_upgrade(value),
            b"content-length" => self.has_body |= value != b"0",
            b"transfer-encoding" => self.has_body = true,
            b"sec-websocket-version" => self.versions.push(value.to_vec()),
            b"sec-websocket-key" => self.keys.push(value.to_vec()),
            b"sec-websocket-protocol" => self.subprotocols.push(value.to_vec()),
            b"sec-websocket-extensions" => self.extensions.push(value.to_vec()),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Answer {
    upgrade: Upgrade,
    connection_upgrade: bool,
    accepts: Vec<Vec<u8>>,
    subprotocols: Vec<Vec<u8>>,
    extensions: Vec<Vec<u8>>,
}

impl Answer {
    fn header(&mut self, name: &[u8], value: &[u8]) {
        let value = value.trim_ascii();
        match name.to_ascii_lowercase().as_slice() {
            b"upgrade" => self.upgrade.header(value),
            b"connection" => self.connection_upgrade |= names_upgrade(value),
            b"sec-websocket-accept" => self.accepts.push(value.to_vec()),
            b"sec-websocket-protocol" => self.subprotocols.push(value.to_vec()),
            b"sec-websocket-extensions" => self.extensions.push(value.to_vec()),
            _ => {}
        }
    }
}

fn require(holds: bool, otherwise: HandshakeError) -> Result<(), HandshakeError> {
    if holds { Ok(()) } else { Err(otherwise) }
}

/// The elements of a comma-separated list, empty ones left out.
fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).filter(|token| !token.is_empty())
}

fn names_upgrade(value: &[u8]) -> bool {
    list(value).any(|token| token.eq_ignore_ascii_case(b"upgrade"))
}

/// 22 base64 digits and two `=` are 16 bytes. The digits' unused bits are not looked at: nothing depends on
/// them, as `Sec-WebSocket-Accept` is made of the text.
fn is_key(value: &[u8]) -> bool {
    value.len() == 24
        && value.ends_with(b"==")
        && value[..22].iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

fn subprotocols(values: &[Vec<u8>]) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for token in values.iter().flat_map(|value| list(value)) {
        let token = String::from_utf8(token.to_vec()).ok()?;
        if !token.bytes().all(extensions::is_token_byte) || found.contains(&token) {
            return None;
        }
        found.push(token);
    }
    Some(found)
}

fn extension_list(values: &[Vec<u8>]) -> Option<Vec<Extension>> {
    let mut found = Vec::new();
    values.iter().try_for_each(|value| extensions::parse(value, &mut found))?;
    (found.len() <= MAX_OFFERS).then_some(found)
}

/// The offers that a server may accept; it has to decline the others (RFC 7692 5.1).
fn deflate_offers(extensions: &[Extension]) -> Vec<Extension> {
    let is_deflate = |extension: &&Extension| extension.name == PERMESSAGE_DEFLATE;
    let legal = |extension: &&Extension| DeflateParams::read(&extension.params).is_some();
    extensions.iter().filter(is_deflate).filter(legal).cloned().collect()
}

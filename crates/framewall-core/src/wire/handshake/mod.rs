//! The opening handshake, as seen between the two (RFC 6455 4): the request is checked, the answer verified.

use base64::Engine as _;

use self::headers::{Answer, Request, is_key, subprotocols};
use super::extensions::{self, Deflate, DeflateParams, Extension, PERMESSAGE_DEFLATE};

mod error;
mod headers;

pub use error::HandshakeError;

/// Extensions that one request may offer.
const MAX_OFFERS: usize = 32;
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

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

fn require(holds: bool, otherwise: HandshakeError) -> Result<(), HandshakeError> {
    if holds { Ok(()) } else { Err(otherwise) }
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

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: [(&str, &str); 6] = [
        ("Host", "server.example.com"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
    ];

    /// RFC 6455 1.3.
    #[test]
    fn the_accept_of_the_rfc() {
        assert_eq!(accept(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    /// RFC 6455 4.4: the answer to a version that is not supported names those that are.
    #[test]
    fn another_version_is_told_which_one_to_take() {
        let request = REQUEST.map(|(name, value)| (name, if value == "13" { "8" } else { value }));
        let error = ClientHandshake::check("GET", (1, 1), request, false).unwrap_err();
        assert_eq!((error.status(), error.header()), (426, Some(("Sec-WebSocket-Version", "13"))));
    }

    /// RFC 7692 7.1.1.2: a server may include client_no_context_takeover where it was not offered.
    #[test]
    fn client_takeover_can_be_ruled_out_in_any_answer_that_accepts_deflate() {
        let add = |answer: &'static str| with_client_no_context_takeover([answer.as_bytes()]);
        let added = add("permessage-deflate; server_max_window_bits=10").unwrap();
        assert_eq!(added, "permessage-deflate; server_max_window_bits=10; client_no_context_takeover");
        assert_eq!(add(r#"permessage-deflate; client_no_context_takeover"#).unwrap().matches("takeover").count(), 1);
        assert_eq!(add(""), None);

        let handshake = ClientHandshake::check("GET", (1, 1), REQUEST, false).unwrap();
        let answer = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("Sec-WebSocket-Extensions", &added),
        ];
        let deflate = handshake.verify(101, answer).unwrap().deflate.unwrap();
        assert_eq!((deflate.client_no_context_takeover, deflate.server_max_window_bits), (true, 10));
    }
}

//! The header fields of a handshake, gathered in one pass over them (RFC 6455 11.3).

use crate::wire::extensions;

/// The `Upgrade` of either side.
#[derive(Default)]
pub(super) struct Upgrade {
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
    pub(super) fn is_websocket(&self) -> bool {
        self.websocket && self.tokens == 1
    }
}

/// Of a request, what a handshake looks at.
#[derive(Default)]
pub(super) struct Request {
    pub(super) hosts: usize,
    pub(super) upgrade: Upgrade,
    pub(super) connection_upgrade: bool,
    pub(super) versions: Vec<Vec<u8>>,
    pub(super) keys: Vec<Vec<u8>>,
    pub(super) has_body: bool,
    pub(super) subprotocols: Vec<Vec<u8>>,
    pub(super) extensions: Vec<Vec<u8>>,
}

impl Request {
    pub(super) fn header(&mut self, name: &[u8], value: &[u8]) {
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

/// Of an answer, the same.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) upgrade: Upgrade,
    pub(super) connection_upgrade: bool,
    pub(super) accepts: Vec<Vec<u8>>,
    pub(super) subprotocols: Vec<Vec<u8>>,
    pub(super) extensions: Vec<Vec<u8>>,
}

impl Answer {
    pub(super) fn header(&mut self, name: &[u8], value: &[u8]) {
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

/// The elements of a comma-separated list, empty ones left out.
fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).filter(|token| !token.is_empty())
}

fn names_upgrade(value: &[u8]) -> bool {
    list(value).any(|token| token.eq_ignore_ascii_case(b"upgrade"))
}

/// 22 base64 digits and two `=` are 16 bytes. The digits' unused bits are not looked at: nothing depends on
/// them, as `Sec-WebSocket-Accept` is made of the text.
pub(super) fn is_key(value: &[u8]) -> bool {
    value.len() == 24
        && value.ends_with(b"==")
        && value[..22].iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// The subprotocols offered; `None` unless they are different tokens (RFC 6455 4.1).
pub(super) fn subprotocols(values: &[Vec<u8>]) -> Option<Vec<String>> {
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

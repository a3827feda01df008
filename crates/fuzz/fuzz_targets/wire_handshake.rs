//! Any headers: no panic, and what passes is what RFC 6455 and 7692 let pass.
#![no_main]

use framewall_core::wire::extensions;
use framewall_core::wire::handshake::{ClientHandshake, Offer, with_client_no_context_takeover};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 8] = [
    "Sec-WebSocket-Extensions",
    "sec-websocket-protocol",
    "Connection",
    "Upgrade",
    "Sec-WebSocket-Accept",
    "Sec-WebSocket-Key",
    "Content-Length",
    "Sec-WebSocket-Version",
];
const REQUEST: [(&str, &[u8]); 5] = [
    ("Host", b"h"),
    ("Upgrade", b"websocket"),
    ("Connection", b"keep-alive, Upgrade"),
    ("Sec-WebSocket-Version", b"13"),
    ("Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
];
const ANSWER: [(&str, &[u8]); 3] =
    [("Upgrade", b"websocket"), ("Connection", b"Upgrade"), ("Sec-WebSocket-Accept", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")];

/// Lines of the input: the first byte chooses a name and the side, the rest is the value.
fn lines(input: &[u8], side: u8) -> impl Iterator<Item = (&'static str, &[u8])> {
    input
        .split(|&byte| byte == b'\n')
        .filter_map(<[u8]>::split_first)
        .filter(move |(choice, _)| **choice >> 7 == side)
        .map(|(choice, value)| (NAMES[usize::from(choice % 8)], value))
}

fuzz_target!(|input: &[u8]| {
    let mut parsed = Vec::new();
    if extensions::parse(input, &mut parsed).is_some() {
        let mut again = Vec::new();
        extensions::parse(extensions::join(&parsed).as_bytes(), &mut again).expect("what is written can be read");
        assert_eq!(parsed, again);
    }
    let request = REQUEST.into_iter().chain(lines(input, 0));
    let Ok(mut handshake) = ClientHandshake::check("GET", (1, 1), request, false) else { return };
    let offered = handshake.offer(if input.len() % 2 == 0 { Offer::AsIs } else { Offer::NoServerTakeover });
    let answer = || ANSWER.into_iter().chain(lines(input, 1));
    let Ok(negotiated) = handshake.verify(101, answer()) else { return };
    assert!(negotiated.subprotocol.is_none_or(|chosen| handshake.subprotocols.contains(&chosen)));
    let Some(deflate) = negotiated.deflate else { return };
    assert!(offered.is_some());
    assert!((8..=15).contains(&deflate.client_max_window_bits) && (8..=15).contains(&deflate.server_max_window_bits));
    let values = answer().filter(|(name, _)| *name == NAMES[0]).map(|(_, value)| value);
    let added = with_client_no_context_takeover(values).expect("it was accepted");
    let rest = answer().filter(|(name, _)| *name != NAMES[0]);
    let again = handshake.verify(101, rest.chain([(NAMES[0], added.as_bytes())])).expect("the addition is legal");
    assert!(again.deflate.expect("still there").client_no_context_takeover);
});

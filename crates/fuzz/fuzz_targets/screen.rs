#![no_main]
//! Whatever the screen passes, a whole inspection of the same parts finds clean; and a split gives the same parts
//! whether they are looked at or kept.

use std::sync::{Arc, LazyLock};

use framewall_core::engine::{Engine, Part, Scratch, Settings};
use framewall_core::screen::{Screen, Split, Way};
use framewall_core::wire::Side;
use libfuzzer_sys::fuzz_target;

#[path = "../../framewall-core/tests/builtin/mod.rs"]
mod builtin;

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(builtin::engine()));

const NAMES: [&str; 16] = [
    "plain", "socket.io, packed", "socket.io/3, packed", "socket.io/4", "socket.io/4, packed", "signalr/json",
    "signalr/messagepack", "stomp", "wamp/json", "wamp/msgpack", "wamp/cbor", "sockjs?",
    "signalr2", "wamp/1", "wamp/json, batched", "wamp/ubjson, batched",
];

fn screen(name: &str, settings: &Arc<Settings>) -> Screen {
    let inner = (name == "sockjs?").then(|| Arc::new(Split::new("stomp", &[], None).expect("a split")));
    let split = Arc::new(Split::new(name, &["CONNECT"], inner).expect("a split"));
    let way = Way { split, settings: Arc::clone(settings) };
    Screen::new(Arc::clone(&ENGINE), Some(way.clone()), Some(way))
}

fuzz_target!(|data: &[u8]| {
    let [choice, looks, message @ ..] = data else { return };
    let settings = Arc::new(Settings { sensitivity: 1 + looks % 3, ..Settings::default() });
    let screen = screen(NAMES[usize::from(*choice) % NAMES.len()], &settings);
    let side = if looks & 4 == 0 { Side::Client } else { Side::Server };
    let text = looks & 8 == 0;
    let mut scratch = Scratch::default();
    let said = screen.passes(side, text, message, &mut scratch);
    assert_eq!(said, screen.passes(side, text, message, &mut scratch), "its answer depends on what came before");
    let Some(said) = said else { return };
    let (cut, parts) = screen.parts(side, text, message).expect("what passes is cut");
    assert_eq!(cut, said);
    let parts: Vec<Part<'_>> = parts.iter().map(|(bytes, hint, role)| Part { bytes, hint, role: *role }).collect();
    let report = ENGINE.inspect(&parts, &settings, &mut Scratch::default());
    assert!(report.findings.is_empty(), "{:?}", report.findings);
});

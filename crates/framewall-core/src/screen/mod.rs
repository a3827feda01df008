//! The screen: messages that need no Inspector, because a whole inspection of them would find nothing and leave no
//! mark on their decoder.
//!
//! A decoder knows what its connection speaks, and what of it is settled. It says so by a [`Split`]: how a message
//! is cut into the parts that the decoder itself would hand to the engine. A split takes a message only if the
//! decoder would take it without complaint and be the same afterwards; whatever it is not sure of is the Inspector's.

mod parts;
mod signalr;
mod signalr2;
mod signs;
mod socketio;
mod sockjs;
mod split;
mod stomp;
mod wamp;

use std::sync::Arc;

pub use parts::{Own, Parts};
pub use signs::Signs;
pub use split::{Cut, Said, Split};
pub use wamp::Written;

use crate::engine::{Engine, Look, Part, Scratch, Settings};
use crate::formats::Role;
use crate::limits;
use crate::wire::Side;

/// How one side's messages are cut, and what the engine is asked of them.
#[derive(Clone, Debug)]
pub struct Way {
    /// The grammar.
    pub split: Arc<Split>,
    /// Of the route, for this side.
    pub settings: Arc<Settings>,
}

/// How the messages of one connection may be screened. Shared by all connections that are alike.
#[derive(Debug)]
pub struct Screen {
    engine: Arc<Engine>,
    client: Option<Way>,
    server: Option<Way>,
    bytes: usize,
    work: u64,
}

impl Screen {
    /// A side without a way is not screened.
    pub fn new(engine: Arc<Engine>, client: Option<Way>, server: Option<Way>) -> Screen {
        let (bytes, work) = (limits::SCREEN_BYTES.default as usize, limits::SCREEN_WORK.default);
        Screen { engine, client, server, bytes, work }
    }

    /// Caps of its own: bytes of a message, and work on it.
    pub fn with_caps(self, bytes: usize, work: u64) -> Screen {
        Screen { bytes, work, ..self }
    }

    fn way(&self, side: Side) -> Option<&Way> {
        match side {
            Side::Client => self.client.as_ref(),
            Side::Server => self.server.as_ref(),
        }
    }

    /// Whether a message may pass, and what it said; `None`: it is the Inspector's.
    pub fn passes(&self, side: Side, text: bool, message: &[u8], scratch: &mut Scratch) -> Option<Said> {
        let Way { split, settings } = self.way(side)?;
        if split.cut == Cut::Unjudged {
            return Some(Said::Nothing);
        }
        if message.len() > self.bytes {
            return None;
        }
        let mut look = Look::brief(&self.engine, settings, scratch, self.work);
        split.parts(side, text, message, &mut look).filter(|_| look.is_clean())
    }

    /// The parts that a message is cut into, whatever is in them. For tests.
    pub fn parts(&self, side: Side, text: bool, message: &[u8]) -> Option<(Said, Vec<Own>)> {
        let mut own = Vec::new();
        let said = self.way(side)?.split.parts(side, text, message, &mut own)?;
        Some((said, own))
    }
}

impl Parts for Look<'_> {
    fn part(&mut self, bytes: &[u8], hint: &'static str, role: Role) {
        if self.is_clean() {
            Look::part(self, &Part { bytes, hint, role });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine() -> Arc<Engine> {
        let rule = serde_json::json!([{"id": "xss.script", "attack": "xss", "score": 5, "pattern": "(?i)<script"}]);
        Arc::new(Engine::from_json(&rule.to_string()).unwrap())
    }

    fn screen(name: &str) -> Screen {
        let split = Arc::new(Split::new(name, &[], None).unwrap());
        Screen::new(engine(), Some(Way { split, settings: Arc::default() }), None)
    }

    fn passes(screen: &Screen, message: &[u8]) -> Option<Said> {
        screen.passes(Side::Client, true, message, &mut Scratch::default())
    }

    #[test]
    fn what_is_clean_passes_and_what_is_not_does_not() {
        let screen = screen("plain");
        assert_eq!(passes(&screen, b"hello"), Some(Said::Something));
        assert_eq!(passes(&screen, br#"{"text":"\u003cscript>"}"#), None);
    }

    #[test]
    fn a_side_without_a_split_is_the_inspector_s() {
        let screen = screen("plain");
        assert_eq!(screen.passes(Side::Server, true, b"hello", &mut Scratch::default()), None);
    }

    #[test]
    fn what_is_large_or_takes_long_is_the_inspector_s() {
        assert_eq!(passes(&screen("plain").with_caps(4, u64::MAX), b"hello"), None);
        assert_eq!(passes(&screen("plain").with_caps(64, 8), b"hello"), None);
        assert_eq!(passes(&screen("plain").with_caps(64, 4096), b"hello"), Some(Said::Something));
    }

    #[test]
    fn nothing_is_decompressed_while_the_event_loop_waits() {
        let mut gzip = Vec::from(b"\x1f\x8b\x08\0\0\0\0\0\0\x03");
        gzip.extend([0; 32]);
        assert_eq!(passes(&screen("plain"), &gzip), None);
    }

    #[test]
    fn where_nothing_is_judged_everything_passes() {
        assert_eq!(passes(&screen("unjudged").with_caps(0, 0), b"<script"), Some(Said::Nothing));
    }
}

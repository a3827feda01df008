//! Every cap of the relay: its name, its default, and what reaching it means.
//!
//! `src/framewall/limits.py` lists the same ones and a test holds the two together.

use std::time::Duration;

use framewall_core::limits::{Limit, MESSAGE_BYTES, MESSAGE_FRAMES};
use framewall_core::wire::WireLimits;

macro_rules! limits {
    ($($(#[$doc:meta])* $id:ident $field:ident = $default:expr, $outcome:literal;)*) => {
        $($(#[$doc])* pub const $id: Limit =
            Limit { name: stringify!($field), default: $default, outcome: $outcome };)*

        /// The relay's own caps, for listing and for the test that keeps Python's list equal.
        pub const ALL: &[Limit] = &[$($id),*];

        /// The values in force: of the relay as a whole, or of one route.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits {
            /// Of each direction of a tunnel.
            pub wire: WireLimits,
            $($(#[$doc])* pub $field: u64,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { wire: WireLimits::default(), $($field: $default,)* }
            }
        }

        impl Limits {
            /// Sets one by name; `false` if the relay has none of that name.
            pub fn set(&mut self, name: &str, value: u64) -> bool {
                match name {
                    name if name == MESSAGE_BYTES.name => self.wire.message_bytes = value,
                    name if name == MESSAGE_FRAMES.name => self.wire.message_frames = value,
                    $(stringify!($field) => self.$field = value,)*
                    _ => return false,
                }
                true
            }
        }
    };
}

limits! {
    /// Connections at once, HTTP and WebSocket together. Of the relay.
    CONNECTIONS connections = 16_384, "A new connection is answered 503 and closed";
    /// Connections at once from one address; trusted proxies are not counted. Of the relay.
    CLIENT_CONNECTIONS client_connections = 4_096, "A new connection is answered 503 and closed";
    /// Header fields of one request. Of the relay.
    HEADERS headers = 100, "431, and the connection is closed";
    /// Bytes of one request's head. Of the relay.
    HEAD_BYTES head_bytes = 32 << 10, "431, and the connection is closed";
    /// Seconds a request's head may take, and an idle connection may wait for one. Of the relay.
    HEAD_SECONDS head_seconds = 60, "The connection is closed";
    /// Seconds in which stopping lets open connections end. Of the relay.
    DRAIN_SECONDS drain_seconds = 5, "What is left is cut off";
    /// Bytes of messages and bodies that all connections together hold, each up to 64 KiB aside. Of the relay.
    MEMORY_BYTES memory_bytes = 512 << 20, "Whoever would hold more than 64 KiB is ended: Close 1013, 503; data_bomb finding";
    /// Seconds to connect to an upstream server.
    CONNECT_SECONDS connect_seconds = 5, "The next server of the group, or 504";
    /// Seconds an upstream server may take for the head of its answer.
    ANSWER_SECONDS answer_seconds = 60, "504";
    /// Seconds in which a body, or a tunnel's slow reader, may make no progress.
    STALL_SECONDS stall_seconds = 60, "The connection is closed";
    /// Bytes of a request's or an answer's body that is inspected whole.
    BODY_BYTES body_bytes = 1 << 20, "protocol finding; 413 for a request, 502 for an answer";
    /// Milliseconds that one inspection may take.
    INSPECT_MS inspect_ms = 5_000, "What the route's fail says: closed refuses, open passes; counted";
    /// Bytes of complete messages, original and decoded, that wait for verdicts in one direction.
    HELD_BYTES held_bytes = 1 << 20, "Nothing more is read from the sender until some have theirs";
    /// Bytes released to a peer that it has not read yet.
    PENDING_BYTES pending_bytes = 256 << 10, "Nothing more is read from the sender until the peer reads";
    /// Seconds between the first and the last byte of a message or frame.
    MESSAGE_SECONDS message_seconds = 60, "Close 1008, protocol finding";
    /// Seconds in which neither side of a tunnel sends anything.
    IDLE_SECONDS idle_seconds = 3_600, "Close 1001 to both";
    /// Seconds that a tunnel's peers have to end it once one of them has begun to.
    CLOSE_SECONDS close_seconds = 10, "Both connections are cut off";
}

impl Limits {
    pub(crate) fn connect(&self) -> Duration {
        Duration::from_secs(self.connect_seconds)
    }

    pub(crate) fn answer(&self) -> Duration {
        Duration::from_secs(self.answer_seconds)
    }

    pub(crate) fn stall(&self) -> Duration {
        Duration::from_secs(self.stall_seconds)
    }

    pub(crate) fn inspect(&self) -> Duration {
        Duration::from_millis(self.inspect_ms)
    }

    pub(crate) fn message(&self) -> Duration {
        Duration::from_secs(self.message_seconds)
    }

    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    pub(crate) fn close(&self) -> Duration {
        Duration::from_secs(self.close_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cap_is_set_by_its_name() {
        for limit in ALL {
            let mut limits = Limits::default();
            assert!(limits.set(limit.name, limit.default + 1), "{}", limit.name);
            assert_ne!(limits, Limits::default(), "{}", limit.name);
        }
    }

    #[test]
    fn the_core_s_own_are_among_them_and_others_are_not() {
        let mut limits = Limits::default();
        assert!(limits.set("message_bytes", 7));
        assert_eq!(limits.wire.message_bytes, 7);
        assert!(!limits.set("no_such_limit", 7));
    }
}

//! Every cap of the core: its name, its default, and what reaching it means.
//!
//! The names are the outside contract (`framewall_limits_total{limit}`, findings, configuration);
//! `src/framewall/limits.py` lists the same ones and a test holds the two together.

/// A named cap. Reaching one is always reported, never silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    /// Snake-case name, as in configuration and findings.
    pub name: &'static str,
    /// Default value, in the unit the name says.
    pub default: u64,
    /// What happens on reaching it, in one sentence.
    pub outcome: &'static str,
}

macro_rules! limits {
    ($($(#[$doc:meta])* $id:ident = $name:literal, $default:expr, $outcome:literal;)*) => {
        $($(#[$doc])* pub const $id: Limit = Limit { name: $name, default: $default, outcome: $outcome };)*
        /// All of them, for listing and for the test that keeps Python's list equal.
        pub const ALL: &[Limit] = &[$($id),*];
    };
}

limits! {
    /// Bytes of one message after inflation and reassembly.
    MESSAGE_BYTES = "message_bytes", 4 << 20, "Close 1009; nothing of the message is forwarded";
    /// Frames that one message may be split into, empty ones counted.
    MESSAGE_FRAMES = "message_frames", 65_536, "Close 1009; nothing of the message is forwarded";
    /// Containers inside one another, per document.
    FORMAT_DEPTH = "format_depth", 64, "data_bomb finding; the rest is scanned raw";
    /// Leaves and containers seen in one message.
    FORMAT_NODES = "format_nodes", 100_000, "data_bomb finding; the rest is scanned raw";
    /// Bytes produced by all decoding of one message, views included.
    DECODED_BYTES = "decoded_bytes", 16 << 20, "data_bomb finding; decoding stops";
    /// Decoded forms inside one another (base64 in JSON in gzip is three).
    DECODE_LAYERS = "decode_layers", 8, "data_bomb finding; deeper layers are not opened";
    /// Readings and views kept for one leaf.
    LEAF_FANOUT = "leaf_fanout", 32, "data_bomb finding; further views are not made";
    /// Scanning work of one message; a unit is about a nanosecond of a common processor.
    SCAN_WORK = "scan_work", 192 << 20, "data_bomb finding; the rest is not scanned";
    /// Bytes of a message that the screen looks at.
    SCREEN_BYTES = "screen_bytes", 16 << 10, "The message is judged by the inspector threads";
    /// Scanning work that the screen does on a message, in the same units; the event loop waits for it.
    SCREEN_WORK = "screen_work", 512 << 10, "The message is judged by the inspector threads";
}

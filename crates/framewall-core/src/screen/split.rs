//! How one side's messages are cut into parts, by the name that the decoder calls it by.

use std::sync::Arc;

use super::parts::Parts;
use super::signs::Signs;
use super::wamp::{self, Written};
use super::{signalr, signalr2, socketio, sockjs, stomp};
use crate::formats::Role;
use crate::wire::Side;

/// What a message that a split takes has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Its first packet has no parts.
    Nothing,
    /// Its first packet is a heartbeat.
    Heartbeat,
    /// Its first packet has parts.
    Something,
}

impl Said {
    /// By whether a packet has parts.
    pub(super) fn by(parts: bool) -> Said {
        if parts { Said::Something } else { Said::Nothing }
    }
}

/// The grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The route is off.
    Unjudged,
    /// No framework: the message as the data format that it looks like.
    Plain,
    /// Socket.IO over this version of Engine.IO, 0 where that is not known.
    SocketIo {
        /// Engine.IO's version.
        engine: u8,
        /// Its packets have been seen to come in MessagePack.
        packed: bool,
    },
    /// SignalR's hub protocol, after the handshake and between records.
    SignalR {
        /// In MessagePack.
        packed: bool,
        /// Both sides are heard, so calls that are answered are remembered.
        calls: bool,
    },
    /// SignalR 2 with hubs.
    SignalR2,
    /// STOMP between frames.
    Stomp,
    /// WAMP, one message a WebSocket message.
    Wamp(Written),
    /// WAMP in batches.
    WampBatched(Written),
    /// SockJS's frames around something else; `either`: the server has not shown that there are frames.
    SockJs {
        /// Both readings are judged.
        either: bool,
    },
}

const NAMES: &[(&str, Cut)] = &[
    ("unjudged", Cut::Unjudged),
    ("plain", Cut::Plain),
    ("socket.io", Cut::SocketIo { engine: 0, packed: false }),
    ("socket.io/3", Cut::SocketIo { engine: 3, packed: false }),
    ("socket.io/4", Cut::SocketIo { engine: 4, packed: false }),
    ("socket.io, packed", Cut::SocketIo { engine: 0, packed: true }),
    ("socket.io/3, packed", Cut::SocketIo { engine: 3, packed: true }),
    ("socket.io/4, packed", Cut::SocketIo { engine: 4, packed: true }),
    ("signalr/json", Cut::SignalR { packed: false, calls: false }),
    ("signalr/json, both sides", Cut::SignalR { packed: false, calls: true }),
    ("signalr/messagepack", Cut::SignalR { packed: true, calls: false }),
    ("signalr/messagepack, both sides", Cut::SignalR { packed: true, calls: true }),
    ("signalr2", Cut::SignalR2),
    ("stomp", Cut::Stomp),
    ("wamp/1", Cut::Wamp(Written::First)),
    ("wamp/json", Cut::Wamp(Written::Json)),
    ("wamp/msgpack", Cut::Wamp(Written::MsgPack)),
    ("wamp/cbor", Cut::Wamp(Written::Cbor)),
    ("wamp/ubjson", Cut::Wamp(Written::Ubjson)),
    ("wamp/json, batched", Cut::WampBatched(Written::Json)),
    ("wamp/msgpack, batched", Cut::WampBatched(Written::MsgPack)),
    ("wamp/cbor, batched", Cut::WampBatched(Written::Cbor)),
    ("wamp/ubjson, batched", Cut::WampBatched(Written::Ubjson)),
    ("sockjs", Cut::SockJs { either: false }),
    ("sockjs?", Cut::SockJs { either: true }),
];

/// A grammar, and the signs by which a message is another framework's business.
#[derive(Debug)]
pub struct Split {
    /// The grammar.
    pub cut: Cut,
    signs: Option<Signs>,
    inner: Option<Arc<Split>>,
}

impl Split {
    /// By name. `signs`: patterns of messages that it takes none of. `inner`: how what SockJS carries is cut.
    pub fn new(name: &str, signs: &[&str], inner: Option<Arc<Split>>) -> Result<Split, String> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        let cut = found.map(|(_, cut)| *cut).ok_or_else(|| format!("there is no split {name:?}"))?;
        if matches!(cut, Cut::SockJs { .. }) != inner.is_some() {
            return Err(format!("{name}: what is inside belongs to SockJS, and to nothing else"));
        }
        let signs = if signs.is_empty() { None } else { Some(Signs::new(signs)?) };
        Ok(Split { cut, signs, inner })
    }

    /// Gives the parts of a message; `None`: it is not for this split, whatever was given so far.
    pub(super) fn parts(&self, side: Side, text: bool, message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
        if self.signs.as_ref().is_some_and(|signs| signs.are_in(message)) {
            return None;
        }
        match self.cut {
            Cut::Unjudged => Some(Said::Nothing),
            Cut::Plain => plain(message, parts),
            Cut::SocketIo { .. } if text => socketio::text(message, parts),
            Cut::SocketIo { packed: false, .. } => None,
            Cut::SocketIo { engine, .. } => socketio::binary(engine, message, parts),
            Cut::SignalR { packed: false, calls } => signalr::json(calls, message, parts),
            Cut::SignalR { packed: true, calls } => signalr::messagepack(calls, message, parts),
            Cut::SignalR2 => signalr2::message(side, message, parts),
            Cut::Stomp => stomp::frames(side, message, parts),
            Cut::Wamp(written) => wamp::message(written, message, parts),
            Cut::WampBatched(written) => wamp::batch(written, message, parts),
            Cut::SockJs { either } => sockjs::frame(self.inner.as_deref()?, either, side, message, parts),
        }
    }
}

/// As the generic decoders do: JSON by its outermost brackets, else whatever it is.
fn plain(message: &[u8], parts: &mut dyn Parts) -> Option<Said> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let bare = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
    let first = bare.iter().find(|byte| !is_space(byte));
    let last = bare.iter().rfind(|byte| !is_space(byte));
    let json = matches!((first, last), (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')));
    parts.part(message, if json { "json" } else { "auto" }, Role::Value);
    Some(Said::Something)
}

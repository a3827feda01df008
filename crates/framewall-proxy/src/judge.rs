//! The border to whatever decides. Jobs go out; answers come back through the [`Reply`] that a job carries.

use std::sync::Arc;

use bytes::Bytes;
use framewall_core::wire::frame::Opcode;
use framewall_core::wire::{Side, WireError};
use tokio::sync::oneshot;

pub use crate::http::records::Records;

/// What decides. `submit` is called on the event loop's threads: it must not block.
///
/// Jobs of one connection are submitted in order, and at most one that its tunnel waits for is open at a time;
/// one without a reply ([`Job::Failed`], [`Job::Closed`]) may follow while that one is open.
pub trait Judge: Send + Sync + 'static {
    /// Takes one job.
    fn submit(&self, job: Job);
}

/// What lets messages of one tunnel pass without a job. It comes with the answer to a job and counts until the next
/// job: whatever that does may change what may pass.
pub trait Screen: std::fmt::Debug + Send + Sync + 'static {
    /// Whether a message may pass. Called on the event loop's threads, in order: it must be quick.
    fn passes(&self, sender: Side, text: bool, payload: &[u8]) -> bool;

    /// A Ping or Pong has passed that says too little to be a job.
    fn beat(&self, sender: Side);
}

/// None: every message is a job.
pub type Screening = Option<Arc<dyn Screen>>;

/// One request's head, as it came.
#[derive(Debug)]
pub struct Head {
    /// Its number, unique while the relay lives.
    pub id: u64,
    /// As sent.
    pub method: String,
    /// As sent, query included.
    pub target: String,
    /// `HTTP/1.1`.
    pub version: &'static str,
    /// In order; names in their usual case, values as Latin-1.
    pub headers: Vec<(String, String)>,
    /// The client, seen through trusted proxies.
    pub client_ip: String,
    /// The route it takes.
    pub route: Arc<str>,
    /// `http` or `https`.
    pub scheme: String,
    /// A WebSocket handshake.
    pub upgrade: bool,
}

/// What to do with a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Answer this instead of sending it on.
    pub refuse: Option<Refusal>,
    /// Bring its body before it is sent on.
    pub inspect_body: bool,
    /// Bring the answer before it is sent back.
    pub inspect_response: bool,
    /// Its answer is a stream of these: each is brought as it comes.
    pub records: Option<Records>,
    /// It may be answered from outside while its answer is waited for, or the answer's stream ended.
    pub interruptible: bool,
}

/// An answer of the judge's instead of the application's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The status; 403 if it is none.
    pub status: u16,
    /// Headers besides those of every refusal; one that is none is left out.
    pub headers: Vec<(String, String)>,
    /// The body; one line of plain text if there is none.
    pub body: Option<Bytes>,
}

impl Refusal {
    /// What may be added to an answer that has begun well, 200.
    pub(crate) fn into_words(self) -> Option<Bytes> {
        self.body.filter(|_| self.status == 200)
    }
}

impl From<u16> for Refusal {
    fn from(status: u16) -> Self {
        Self { status, ..Self::default() }
    }
}

/// What to do with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyRuling {
    /// Send it on.
    Pass,
    /// Answer this instead.
    Refuse(Refusal),
}

/// How a tunnel is ended: what its client is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Farewell {
    /// The Close's code.
    pub code: u16,
    /// The Close's reason; cut to the 123 bytes that fit.
    pub reason: String,
    /// Whole messages of our own before the Close, text or not: left out where the server has begun a message
    /// that it does not end in time.
    pub messages: Vec<(bool, Bytes)>,
}

impl From<u16> for Farewell {
    fn from(code: u16) -> Self {
        Self { code, ..Self::default() }
    }
}

/// What to do with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Release it.
    Pass,
    /// Release nothing of it. The connection goes on, unless the compressor's state would be lost.
    Drop,
    /// Release nothing of it, and end the connection.
    Close(Farewell),
}

/// The answer to messages.
#[derive(Debug, Default)]
pub struct Rulings {
    /// One a message, in order; after a [`Ruling::Close`] no more are needed.
    pub each: Vec<Ruling>,
    /// How it goes on.
    pub screen: Screening,
}

/// One complete message, for judging; or what a control frame says.
#[derive(Clone, Debug)]
pub struct Message {
    /// Close, Ping or Pong, if it is one: the payload is then a Close's reason, or all of the others'.
    pub control: Option<Opcode>,
    /// Who sent it.
    pub sender: Side,
    /// A text message; else binary.
    pub text: bool,
    /// Unmasked, inflated, assembled.
    pub payload: Bytes,
    /// Frames it came in.
    pub frames: u32,
    /// Whether it came compressed.
    pub compressed: bool,
}

/// Something that ends a connection or refuses a body without a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// At fault; `None`: our own.
    pub side: Option<Side>,
    /// The cap that was reached, if it was one.
    pub limit: Option<&'static str>,
    /// In one line.
    pub why: &'static str,
    /// The close code, or the HTTP status.
    pub code: u16,
}

impl From<WireError> for Failure {
    fn from(error: WireError) -> Self {
        Self {
            side: Some(error.fault),
            limit: error.limit.map(|limit| limit.name),
            why: error.why,
            code: error.close_code,
        }
    }
}

/// What one tunnel carried, for the log.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The client.
    pub client_ip: String,
    /// The route's name.
    pub route: Arc<str>,
    /// What was selected.
    pub subprotocol: Option<String>,
    /// Messages judged, from the client and from the server.
    pub messages: [u64; 2],
    /// Bytes read after the handshake, from the client and from the server.
    pub bytes: [u64; 2],
    /// How long it stood.
    pub seconds: f64,
    /// Why it ended, in a few words.
    pub reason: &'static str,
}

/// Something to decide or to know.
#[derive(Debug)]
pub enum Job {
    /// A request's head.
    Request {
        /// It.
        request: Arc<Head>,
        /// Where the plan goes.
        reply: Reply<Plan>,
    },
    /// The whole body of a request whose plan asked for it.
    Body {
        /// Its head.
        request: Arc<Head>,
        /// All of it.
        body: Bytes,
        /// Where the ruling goes.
        reply: Reply<BodyRuling>,
    },
    /// The whole answer to a request whose plan asked for it.
    Response {
        /// What it answers.
        request: Arc<Head>,
        /// Its status.
        status: u16,
        /// Its headers.
        headers: Vec<(String, String)>,
        /// All of it.
        body: Bytes,
        /// Where the ruling goes.
        reply: Reply<BodyRuling>,
    },
    /// A request or its answer was refused by the relay itself.
    Refused {
        /// It.
        request: Arc<Head>,
        /// Why.
        failure: Failure,
    },
    /// A tunnel stands.
    Opened {
        /// Its number, unique while the relay lives.
        connection: u64,
        /// The handshake.
        request: Arc<Head>,
        /// What was selected.
        subprotocol: Option<String>,
        /// What was agreed, as the client was told.
        extensions: Option<String>,
        /// Where it goes how messages may be screened. Nobody waits for it.
        reply: Reply<Screening>,
    },
    /// Messages of one direction, in order.
    Messages {
        /// The tunnel.
        connection: u64,
        /// At least one.
        batch: Vec<Message>,
        /// Where the rulings go.
        reply: Reply<Rulings>,
    },
    /// A tunnel is ended by the relay itself.
    Failed {
        /// The tunnel.
        connection: u64,
        /// Why.
        failure: Failure,
    },
    /// A tunnel has ended. Also given for tunnels of routes that are off.
    Closed {
        /// The tunnel.
        connection: u64,
        /// What it carried.
        summary: Summary,
    },
}

impl Job {
    /// Nobody waits for its answer any more.
    pub fn is_abandoned(&self) -> bool {
        match self {
            Self::Request { reply, .. } => reply.0.is_closed(),
            Self::Body { reply, .. } | Self::Response { reply, .. } => reply.0.is_closed(),
            _ => false,
        }
    }

    /// The tunnel it belongs to.
    pub fn connection(&self) -> Option<u64> {
        match self {
            Self::Opened { connection, .. }
            | Self::Messages { connection, .. }
            | Self::Failed { connection, .. }
            | Self::Closed { connection, .. } => Some(*connection),
            Self::Request { .. } | Self::Body { .. } | Self::Response { .. } | Self::Refused { .. } => None,
        }
    }
}

/// Where an answer goes. Dropped without one, the job has failed: the route's `fail` decides.
#[derive(Debug)]
pub struct Reply<T>(oneshot::Sender<T>);

impl<T> Reply<T> {
    pub(crate) fn new() -> (Self, oneshot::Receiver<T>) {
        let (sender, receiver) = oneshot::channel();
        (Self(sender), receiver)
    }

    /// Answers. Nobody may be waiting any more.
    pub fn send(self, answer: T) {
        let _ = self.0.send(answer);
    }
}

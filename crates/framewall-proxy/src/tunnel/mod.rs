//! What stands after a verified handshake: one future for both directions of one connection.
//!
//! It reads and writes the sockets itself ([`peer`]), follows each direction's frames ([`flow`]), holds what
//! waits for a verdict, and ends in time ([`ending`]). No task, channel or lock a message; nothing but history
//! of a compressed direction is kept while idle.

mod ending;
mod flow;
mod peer;
mod screened;

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use framewall_core::wire::close::{POLICY, TRY_AGAIN};
use framewall_core::wire::{Negotiated, Side};
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::time::Sleep;

use self::ending::{Ending, TICK, codes};
use self::flow::{Flow, Settled};
use self::peer::Peer;
use crate::config::{Fail, Inspect};
use crate::judge::{Failure, Farewell, Head, Job, Judge, Reply, Ruling, Rulings, Screen, Screening, Summary};
use crate::limits::{self, Limits};
use crate::memory::Account;
use crate::registry::{Registry, Stop};
use crate::relay::Shared;
use crate::stream::Stream;
use crate::table::Site;

/// Read at once.
const READ: usize = 64 << 10;
/// Reads of one side before the other has its turn.
const READS: usize = 4;
/// Bytes of messages screened before other connections have their turn.
const TURN: u64 = 128 << 10;
/// Internal error (RFC 6455 7.4.1).
const INTERNAL: u16 = 1011;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ].into());
}

/// The thread's read buffer. No tunnel keeps one of its own.
fn scratch<T>(with: impl FnOnce(&mut [u8]) -> T) -> T {
    SCRATCH.with_borrow_mut(|buffer| with(buffer))
}

/// Both sockets, each with what has been read from it beyond the handshake.
#[derive(Debug)]
pub struct Ends {
    /// Of the client.
    pub client: (Stream, Bytes),
    /// Of the server.
    pub server: (Stream, Bytes),
}

/// What the handshake settled.
#[derive(Debug)]
pub struct Terms {
    /// As verified.
    pub negotiated: Negotiated,
    /// As the client was told.
    pub extensions: Option<String>,
    /// The handshake.
    pub request: Arc<Head>,
    pub(crate) site: Arc<Site>,
}

/// A tunnel. Ready when both connections have ended.
pub struct Tunnel {
    id: u64,
    judge: Arc<dyn Judge>,
    registry: Arc<Registry>,
    site: Arc<Site>,
    stop: Arc<Stop<Farewell>>,
    client: Peer,
    server: Peer,
    /// Client to server.
    up: Flow,
    /// Server to client.
    down: Flow,
    open_job: Option<OpenJob>,
    screening: State,
    ending: Option<Ending>,
    started: Instant,
    last: Instant,
    /// Since when one side has been ending it.
    closing_since: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    registered: bool,
    memory: Account,
    /// Bytes of messages screened since others had their turn.
    screened: u64,
    summary: Summary,
}

/// A job that has not been answered.
struct OpenJob {
    sender: Side,
    count: usize,
    answer: oneshot::Receiver<Rulings>,
    deadline: Instant,
}

/// Whether messages may be screened now.
enum State {
    /// The answer to the opening has not been looked for yet.
    Opening(oneshot::Receiver<Screening>),
    /// As the last answer said; not while a job is open.
    Answered(Screening),
}

impl State {
    /// What may let messages pass now.
    fn now(&mut self) -> Option<&dyn Screen> {
        if let State::Opening(answer) = self {
            match answer.try_recv() {
                Ok(screen) => *self = State::Answered(screen),
                Err(TryRecvError::Closed) => *self = State::Answered(None),
                Err(TryRecvError::Empty) => {}
            }
        }
        match self {
            State::Answered(Some(screen)) => Some(&**screen),
            _ => None,
        }
    }
}

impl Tunnel {
    pub(crate) fn new(ends: Ends, terms: Terms, shared: &Shared) -> Self {
        let id = shared.registry.number();
        let route = &terms.site.route;
        let negotiated = &terms.negotiated;
        let off = route.inspect == Inspect::Nothing;
        let up = match route.inspect {
            Inspect::Nothing => Flow::passed(Side::Client, negotiated, true),
            Inspect::Client | Inspect::Both => Flow::judged(Side::Client, negotiated, route.limits.wire),
        };
        let down = match route.inspect {
            Inspect::Nothing | Inspect::Client => Flow::passed(Side::Server, negotiated, off),
            Inspect::Both => Flow::judged(Side::Server, negotiated, route.limits.wire),
        };
        let summary = Summary {
            client_ip: terms.request.client_ip.clone(),
            route: Arc::clone(&terms.request.route),
            subprotocol: negotiated.subprotocol.clone(),
            ..Summary::default()
        };
        let mut screening = State::Answered(None);
        if !off {
            let (reply, answer) = Reply::new();
            screening = State::Opening(answer);
            shared.judge.submit(Job::Opened {
                connection: id,
                request: terms.request,
                subprotocol: negotiated.subprotocol.clone(),
                extensions: terms.extensions,
                reply,
            });
        }
        let idle = route.limits.idle();
        let now = Instant::now();
        let mut tunnel = Self {
            id,
            judge: Arc::clone(&shared.judge),
            registry: Arc::clone(&shared.registry),
            stop: shared.registry.enter(id),
            site: terms.site,
            client: Peer::new(ends.client.0),
            server: Peer::new(ends.server.0),
            up,
            down,
            open_job: None,
            screening,
            ending: None,
            started: now,
            last: now,
            closing_since: None,
            timer: Box::pin(tokio::time::sleep(idle)),
            registered: false,
            memory: shared.registry.account(),
            screened: 0,
            summary,
        };
        tunnel.early(&ends.client.1, &ends.server.1);
        tunnel
    }

    /// What came right behind the handshake goes the same way as everything later.
    fn early(&mut self, client: &[u8], server: &[u8]) {
        // Nothing is written yet: what is released is queued, and flushed at the first poll.
        let mut cx = Context::from_waker(std::task::Waker::noop());
        if !client.is_empty() {
            self.up.take(client, &mut self.server, None, &mut cx);
        }
        if !server.is_empty() {
            self.down.take(server, &mut self.client, None, &mut cx);
        }
    }

    fn limits(&self) -> &Limits {
        &self.site.route.limits
    }

    /// One round of everything. Whether another may move more.
    fn relay(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = self.settle(cx);
        if self.ending.is_some() {
            return true;
        }
        moved |= self.read(Side::Client, cx);
        moved |= self.submit();
        moved |= self.server.flush(cx);
        moved |= self.read(Side::Server, cx);
        moved |= self.submit();
        moved |= self.client.flush(cx);
        if self.ending.is_none() {
            self.fail_if_wrong();
            self.pass_end_on(cx);
        }
        self.account();
        moved
    }

    /// Counts what is held; ends it if that is too much for what all hold.
    fn account(&mut self) {
        let (up, down) = (self.up.holds() + self.server.pending(), self.down.holds() + self.client.pending());
        if self.memory.set((up + down) as u64, self.limits().memory_bytes) || self.ending.is_some() {
            return;
        }
        let side = if up >= down { Side::Client } else { Side::Server };
        let why = "too much is held for all connections together";
        self.report(Failure { side: Some(side), limit: Some(limits::MEMORY_BYTES.name), why, code: TRY_AGAIN });
        self.end(TRY_AGAIN, codes(None, None).1, why);
    }

    fn read(&mut self, sender: Side, cx: &mut Context<'_>) -> bool {
        let screen = self.screening.now();
        let limits = &self.site.route.limits;
        let (from, flow, to) = match sender {
            Side::Client => (&mut self.client, &mut self.up, &mut self.server),
            Side::Server => (&mut self.server, &mut self.down, &mut self.client),
        };
        let mut moved = false;
        scratch(|buffer| {
            for _ in 0..READS {
                let full = to.pending() as u64 >= limits.pending_bytes || flow.is_full(limits.held_bytes);
                if from.ended || full || flow.error.is_some() {
                    break;
                }
                let Poll::Ready(count) = from.poll_read(cx, buffer) else { break };
                moved = true;
                flow.take(&buffer[..count], to, screen, cx);
            }
        });
        self.screened += flow.note_screened(&self.registry);
        if moved {
            self.last = Instant::now();
        }
        moved
    }

    /// Opens a job if none is and messages wait. `true`: it did, and its answer has to be polled for.
    fn submit(&mut self) -> bool {
        if self.open_job.is_some() {
            return false;
        }
        let directions =
            [(Side::Client, &mut self.up, &mut self.server), (Side::Server, &mut self.down, &mut self.client)];
        for (sender, flow, to) in directions {
            let batch = flow.batch(self.screening.now(), to);
            self.screened += flow.note_screened(&self.registry);
            if batch.is_empty() {
                continue;
            }
            let count = batch.len();
            let (reply, answer) = Reply::new();
            let deadline = Instant::now() + self.site.route.limits.inspect() * count as u32;
            self.screening = State::Answered(None);
            self.judge.submit(Job::Messages { connection: self.id, batch, reply });
            self.open_job = Some(OpenJob { sender, count, answer, deadline });
            return true;
        }
        false
    }

    /// Applies the answer of the open job, if it is there or late.
    fn settle(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        while let Some(job) = &mut self.open_job {
            let (rulings, failed) = match Pin::new(&mut job.answer).poll(cx) {
                Poll::Ready(Ok(rulings)) => (rulings, None),
                Poll::Ready(Err(_)) => (Rulings::default(), Some((None, "inspection failed"))),
                Poll::Pending if job.deadline <= Instant::now() => {
                    (Rulings::default(), Some((Some(limits::INSPECT_MS.name), "inspection took too long")))
                }
                Poll::Pending => return moved,
            };
            moved = true;
            let (sender, count) = (job.sender, job.count);
            self.open_job = None;
            if let Some((limit, why)) = failed {
                self.report(Failure { side: None, limit, why, code: INTERNAL });
            }
            let missing = match self.site.route.fail {
                Fail::Closed => Ruling::Close(INTERNAL.into()),
                Fail::Open => Ruling::Pass,
            };
            let (flow, to) = match sender {
                Side::Client => (&mut self.up, &mut self.server),
                Side::Server => (&mut self.down, &mut self.client),
            };
            if let Settled::Close(farewell) = flow.settle(count, &rulings.each, &missing, to) {
                let server = codes(Some(farewell.code), None).1;
                self.end(farewell, server, if failed.is_some() { "inspection failed" } else { "blocked" });
                return true;
            }
            self.screening = State::Answered(rulings.screen);
            self.submit();
        }
        moved
    }

    fn report(&self, failure: Failure) {
        self.judge.submit(Job::Failed { connection: self.id, failure });
    }

    /// Ends it for a broken protocol or cap, once what came complete before has been settled.
    fn fail_if_wrong(&mut self) {
        let settled = |flow: &Flow| flow.error.filter(|_| flow.is_settled());
        let Some(error) = settled(&self.up).or_else(|| settled(&self.down)) else { return };
        self.report(error.into());
        let (client, server) = match error.fault {
            Side::Client => codes(Some(error.close_code), None),
            Side::Server => codes(None, Some(error.close_code)),
        };
        self.end(client, server, error.why);
    }

    /// One side's end becomes the other's, after what came before it.
    fn pass_end_on(&mut self, cx: &mut Context<'_>) {
        if (self.client.ended || self.client.gone) && self.up.is_settled() && self.server.pending() == 0 {
            self.server.shut(cx);
            self.end_reason("the client went away");
        }
        if (self.server.ended || self.server.gone) && self.down.is_settled() && self.client.pending() == 0 {
            self.client.shut(cx);
            self.end_reason("the server went away");
        }
        if self.up.seen_close() {
            self.end_reason("closed by the client");
        } else if self.down.seen_close() {
            self.end_reason("closed by the server");
        }
    }

    fn end_reason(&mut self, reason: &'static str) {
        self.closing_since.get_or_insert_with(Instant::now);
        if self.summary.reason.is_empty() {
            self.summary.reason = reason;
        }
    }

    fn end(&mut self, client: impl Into<Farewell>, server: u16, reason: &'static str) {
        if self.ending.is_none() {
            self.open_job = None;
            self.summary.reason = reason;
            self.ending = Some(Ending::begin(client.into(), server, &mut self.up, &mut self.down, &mut self.server));
        }
    }

    /// Both are cut off.
    fn cut(&mut self, reason: &'static str) -> Poll<()> {
        self.end_reason(reason);
        [&self.client, &self.server].into_iter().filter(|peer| !peer.is_done()).for_each(Peer::abort);
        Poll::Ready(())
    }

    fn check_clocks(&mut self, now: Instant) -> Poll<()> {
        let limits = self.limits();
        let over = |since: Option<Instant>, most: Duration| since.is_some_and(|since| now - since >= most);
        let stalled = [&self.client, &self.server].into_iter().any(|peer| over(peer.stalled_since, limits.stall()));
        if over(self.closing_since, limits.close()) || stalled {
            return self.cut("a peer stopped reading");
        }
        if over(self.up.unfinished_since, limits.message()) || over(self.down.unfinished_since, limits.message()) {
            let limit = Some(limits::MESSAGE_SECONDS.name);
            let side = if self.up.unfinished_since.is_some() { Side::Client } else { Side::Server };
            self.report(Failure { side: Some(side), limit, why: "message not finished in time", code: POLICY });
            let (client, server) = codes(Some(POLICY), None);
            self.end(client, server, "message not finished in time");
        } else if over(Some(self.last), limits.idle()) {
            let (client, server) = codes(None, None);
            self.end(client, server, "idle");
        }
        Poll::Pending
    }

    /// When a clock has to be looked at next.
    fn next_deadline(&self) -> Instant {
        if self.ending.is_some() {
            return Instant::now() + TICK;
        }
        let limits = self.limits();
        let after = |since: Option<Instant>, wait: Duration| since.map(|since| since + wait);
        [
            after(self.closing_since, limits.close()),
            after(self.client.stalled_since, limits.stall()),
            after(self.server.stalled_since, limits.stall()),
            after(self.up.unfinished_since, limits.message()),
            after(self.down.unfinished_since, limits.message()),
            self.open_job.as_ref().map(|job| job.deadline),
        ]
        .into_iter()
        .flatten()
        .fold(self.last + limits.idle(), Instant::min)
    }

    /// Sets the timer if it would ring too late. One that rings too early is set again then, which is cheaper
    /// than moving it with every message. `true`: it rang.
    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let deadline = tokio::time::Instant::from_std(self.next_deadline());
        if deadline < self.timer.deadline() || self.timer.is_elapsed() {
            self.timer.as_mut().reset(deadline);
        }
        self.timer.as_mut().poll(cx).is_ready()
    }
}

impl Future for Tunnel {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if !this.registered {
            this.stop.register(cx);
            this.registered = true;
        }
        this.screened = 0;
        loop {
            if this.screened > TURN {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if this.ending.is_none()
                && let Some(farewell) = this.stop.requested()
            {
                this.end(farewell, codes(None, None).1, "ended by the operator");
            }
            match &mut this.ending {
                Some(ending) => {
                    if ending.poll(&mut this.client, &mut this.server, &mut this.down, cx).is_ready() {
                        return Poll::Ready(());
                    }
                }
                None => {
                    if this.relay(cx) || this.ending.is_some() {
                        continue;
                    }
                    if this.client.is_done() && this.server.is_done() {
                        return Poll::Ready(());
                    }
                }
            }
            if !this.poll_timer(cx) {
                return Poll::Pending;
            }
            if this.ending.is_none() && this.check_clocks(Instant::now()).is_ready() {
                return Poll::Ready(());
            }
        }
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.registry.leave(self.id);
        let mut summary = std::mem::take(&mut self.summary);
        summary.messages = [self.up.messages, self.down.messages];
        summary.bytes = [self.up.bytes, self.down.bytes];
        summary.seconds = self.started.elapsed().as_secs_f64();
        if summary.reason.is_empty() {
            summary.reason = "cut off";
        }
        self.judge.submit(Job::Closed { connection: self.id, summary });
    }
}

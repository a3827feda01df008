//! One direction: what its bytes are, and what of them may go on.

use std::collections::VecDeque;
use std::task::Context;
use std::time::Instant;

use bytes::Bytes;
use framewall_core::wire::boundary::Boundary;
use framewall_core::wire::close::POLICY;
use framewall_core::wire::frame::Opcode;
use framewall_core::wire::tunnel::{Control, Inbound, Unit};
use framewall_core::wire::{Negotiated, Side, WireError, WireLimits};

use super::peer::Peer;
use super::screened::{Screened, glance};
use crate::judge::{Farewell, Message, Ruling, Screen};
use crate::registry::Registry;

/// What one entry costs beside its bytes.
const ENTRY: usize = 256;
/// What a control frame may say without being judged: a counter, a clock, four random bytes.
const QUIET: usize = 8;
/// Messages judged by one job.
pub(super) const BATCH: usize = 64;

/// One direction.
#[derive(Debug)]
pub(super) struct Flow {
    sender: Side,
    reader: Reader,
    /// Bytes read.
    pub(super) bytes: u64,
    /// Messages judged.
    pub(super) messages: u64,
    screened: Screened,
    /// Since when a message or frame has been incomplete.
    pub(super) unfinished_since: Option<Instant>,
    /// Why it can go no further, once what came before has been settled.
    pub(super) error: Option<WireError>,
}

#[derive(Debug)]
enum Reader {
    /// Passed through. `lenient`: what breaks the protocol passes as well.
    Passed(Box<Passed>),
    Judged(Box<Judged>),
}

#[derive(Debug)]
struct Passed {
    boundary: Boundary,
    /// What breaks the protocol passes as well.
    lenient: bool,
    /// Where frames begin is not known any more.
    lost: bool,
    /// What has been passed on ends with a whole frame.
    between: bool,
}

#[derive(Debug)]
struct Judged {
    inbound: Inbound,
    /// In order. A Close behind a held message waits with it; Pings and Pongs that say nothing do not.
    queue: VecDeque<Entry>,
    /// The queue's messages that no job has taken yet.
    backlog: VecDeque<Message>,
    held: usize,
    /// Whether later messages may refer back to this one's bytes: then none can be left out.
    takeover: bool,
    /// The sender's Close has gone on. Settled when the tunnel is ended.
    close_passed: bool,
}

#[derive(Debug)]
struct Entry {
    wire: Bytes,
    /// Bytes it counts for.
    cost: usize,
    /// `None`: needs no verdict.
    compressed: Option<bool>,
}

/// What became of rulings.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Settled {
    On,
    Close(Farewell),
}

impl Flow {
    pub(super) fn passed(sender: Side, negotiated: &Negotiated, lenient: bool) -> Self {
        let boundary = Boundary::new(sender, negotiated);
        Self::new(sender, Reader::Passed(Box::new(Passed { boundary, lenient, lost: false, between: true })))
    }

    pub(super) fn judged(sender: Side, negotiated: &Negotiated, limits: WireLimits) -> Self {
        let takeover = negotiated.deflate.is_some_and(|deflate| match sender {
            Side::Client => !deflate.client_no_context_takeover,
            Side::Server => !deflate.server_no_context_takeover,
        });
        let judged = Judged {
            inbound: Inbound::new(sender, negotiated, limits),
            queue: VecDeque::new(),
            backlog: VecDeque::new(),
            held: 0,
            takeover,
            close_passed: false,
        };
        Self::new(sender, Reader::Judged(Box::new(judged)))
    }

    fn new(sender: Side, reader: Reader) -> Self {
        let screened = Screened::default();
        Self { sender, reader, bytes: 0, messages: 0, screened, unfinished_since: None, error: None }
    }

    /// Takes bytes that came; what may go on at once goes to `to`. `screen`: what may let messages pass now.
    pub(super) fn take(&mut self, bytes: &[u8], to: &mut Peer, screen: Option<&dyn Screen>, cx: &mut Context<'_>) {
        self.bytes += bytes.len() as u64;
        let before = self.messages;
        let result = match &mut self.reader {
            Reader::Passed(passed) => passed.take(bytes, to, cx),
            Reader::Judged(judged) => {
                let counts = (&mut self.messages, &mut self.screened);
                let result = judged.take(bytes, self.sender, to, screen, counts, cx);
                if !judged.inbound.unfinished() {
                    self.unfinished_since = None;
                } else if self.messages > before {
                    self.unfinished_since = Some(Instant::now());
                } else {
                    self.unfinished_since.get_or_insert_with(Instant::now);
                }
                result
            }
        };
        self.error = result.err();
    }

    /// Counts for the relay what has passed the screen since it was asked last, in bytes.
    pub(super) fn note_screened(&mut self, registry: &Registry) -> u64 {
        self.screened.note(registry)
    }

    /// Whether reading on would hold too much.
    pub(super) fn is_full(&self, most: u64) -> bool {
        match &self.reader {
            Reader::Passed(_) => false,
            Reader::Judged(judged) => judged.held as u64 >= most,
        }
    }

    /// Bytes of messages that it holds, complete or not.
    pub(super) fn holds(&self) -> usize {
        match &self.reader {
            Reader::Passed(_) => 0,
            Reader::Judged(judged) => judged.held + judged.inbound.buffered(),
        }
    }

    /// Whether all that came complete has been settled.
    pub(super) fn is_settled(&self) -> bool {
        match &self.reader {
            Reader::Passed(_) => true,
            Reader::Judged(judged) => judged.queue.is_empty(),
        }
    }

    /// Whether its Close has gone on.
    pub(super) fn seen_close(&self) -> bool {
        match &self.reader {
            Reader::Passed(passed) => passed.boundary.seen_close(),
            Reader::Judged(judged) => judged.inbound.seen_close() && judged.queue.is_empty(),
        }
    }

    /// Messages for the next job, once the screen has let pass what it can. No job may be open.
    pub(super) fn batch(&mut self, screen: Option<&dyn Screen>, to: &mut Peer) -> Vec<Message> {
        let Reader::Judged(judged) = &mut self.reader else { return Vec::new() };
        if let Some(screen) = screen {
            judged.screen_backlog(screen, to, &mut self.screened);
        }
        let count = judged.backlog.len().min(BATCH);
        judged.backlog.drain(..count).collect()
    }

    /// Applies rulings to the oldest `count` messages; one without a ruling is given `missing`.
    pub(super) fn settle(&mut self, count: usize, rulings: &[Ruling], missing: &Ruling, to: &mut Peer) -> Settled {
        let Reader::Judged(judged) = &mut self.reader else { return Settled::On };
        for index in 0..count {
            // What is refused stays in the queue: if it is a Close, it has not gone on.
            let ruling = rulings.get(index).unwrap_or(missing);
            match (ruling, judged.queue.front()) {
                (_, None) => break,
                (Ruling::Drop, Some(entry)) if judged.takeover && entry.compressed == Some(true) => {
                    return Settled::Close(POLICY.into());
                }
                (Ruling::Close(farewell), _) => return Settled::Close(farewell.clone()),
                (Ruling::Pass | Ruling::Drop, _) => {}
            }
            let Some(entry) = judged.queue.pop_front() else { break };
            judged.held -= entry.cost;
            if *ruling == Ruling::Pass {
                to.push(entry.wire);
            }
            judged.release_controls(to);
        }
        judged.shrink();
        Settled::On
    }

    /// Forgets what is held: none of it goes on. The tunnel is ended.
    pub(super) fn discard(&mut self) {
        if let Reader::Judged(judged) = &mut self.reader {
            judged.close_passed = judged.inbound.seen_close() && judged.queue.is_empty();
            (judged.queue, judged.backlog, judged.held) = (VecDeque::new(), VecDeque::new(), 0);
        }
    }

    /// Whether a Close of our own may follow what has been given to the other side; once discarded.
    pub(super) fn at_boundary(&self) -> bool {
        match &self.reader {
            Reader::Passed(passed) => passed.between && !passed.boundary.seen_close(),
            Reader::Judged(judged) => !judged.close_passed,
        }
    }

    /// Whether a message of our own may follow as well: no message that has been begun is still open.
    pub(super) fn between_messages(&self) -> bool {
        match &self.reader {
            Reader::Passed(passed) => !passed.lost && !passed.boundary.in_message(),
            Reader::Judged(_) => true,
        }
    }

    /// While the tunnel is ended: passes on frames up to the sender's Close. `true`: that has come, or what
    /// comes is no longer passed.
    pub(super) fn take_until_close(&mut self, bytes: &[u8], to: &mut Peer, cx: &mut Context<'_>) -> bool {
        match &mut self.reader {
            Reader::Passed(passed) => passed.take_until_close(bytes, to, cx),
            Reader::Judged(_) => true,
        }
    }
}

impl Passed {
    fn take(&mut self, bytes: &[u8], to: &mut Peer, cx: &mut Context<'_>) -> Result<(), WireError> {
        if self.lost {
            to.send(cx, bytes);
            return Ok(());
        }
        let begun = self.boundary.remaining().min(bytes.len() as u64) as usize;
        match self.boundary.advance(bytes) {
            Ok(count) => {
                self.between = self.boundary.at_boundary();
                to.send(cx, &bytes[..count]);
                Ok(())
            }
            Err(error) => {
                // The frame begun before goes on, so that what is wrong with a later one shows between two.
                to.send(cx, &bytes[..begun]);
                self.between |= begun > 0;
                self.wrong(error, &bytes[begun..], to, cx)
            }
        }
    }

    fn wrong(&mut self, error: WireError, rest: &[u8], to: &mut Peer, cx: &mut Context<'_>) -> Result<(), WireError> {
        if !self.lenient {
            return Err(error);
        }
        (self.lost, self.between) = (true, false);
        to.send(cx, rest);
        Ok(())
    }

    fn take_until_close(&mut self, bytes: &[u8], to: &mut Peer, cx: &mut Context<'_>) -> bool {
        let mut rest = bytes;
        let over = loop {
            if self.lost || self.boundary.seen_close() {
                break true;
            }
            let Some(&first) = rest.first() else { break false };
            if self.between && first & 0x0f == Opcode::Close as u8 {
                break true;
            }
            let step = self.boundary.remaining().max(1).min(rest.len() as u64) as usize;
            if self.boundary.advance(&rest[..step]).is_err() {
                break true;
            }
            self.between = self.boundary.at_boundary();
            rest = &rest[step..];
        };
        to.send(cx, &bytes[..bytes.len() - rest.len()]);
        over
    }
}

impl Judged {
    fn take(
        &mut self,
        bytes: &[u8],
        sender: Side,
        to: &mut Peer,
        screen: Option<&dyn Screen>,
        (messages, screened): (&mut u64, &mut Screened),
        cx: &mut Context<'_>,
    ) -> Result<(), WireError> {
        let (listener, mut bytes, mut screen) = (screen, bytes, screen.filter(|_| self.queue.is_empty()));
        if let Some(own) = screen {
            let glanced = glance(&mut self.inbound, bytes, sender, own, screened);
            *messages += glanced.messages;
            to.send(cx, &bytes[..glanced.bytes]);
            bytes = &bytes[glanced.bytes..];
            screen = screen.filter(|_| !glanced.refused);
            if bytes.is_empty() {
                return Ok(());
            }
        }
        self.inbound.receive(bytes);
        while let Some(unit) = self.inbound.next()? {
            match unit {
                Unit::Control(control) => self.control(control, sender, to, listener),
                Unit::Message(own) => {
                    *messages += 1;
                    let message = Message {
                        control: None,
                        sender,
                        text: own.opcode == Opcode::Text,
                        payload: own.payload,
                        frames: own.frames,
                        compressed: own.compressed,
                    };
                    // Behind a message that is not settled the screen knows nothing.
                    let screen = screen.filter(|_| self.queue.is_empty());
                    if screen.is_some_and(|screen| screen.passes(sender, message.text, &message.payload)) {
                        screened.add(message.payload.len());
                        to.push(own.wire);
                        continue;
                    }
                    let cost = own.wire.len() + message.payload.len() + ENTRY;
                    self.held += cost;
                    self.queue.push_back(Entry { wire: own.wire, cost, compressed: Some(message.compressed) });
                    self.backlog.push_back(message);
                }
            }
        }
        Ok(())
    }

    /// A Ping or Pong may stand anywhere between frames (RFC 6455 5.4), so that a held message does not make its
    /// sender look dead. What one says that is no mere number is judged in its turn, and so is a Close's reason.
    fn control(&mut self, control: Control, sender: Side, to: &mut Peer, screen: Option<&dyn Screen>) {
        let start = if control.opcode == Opcode::Close { control.payload.len().min(2) } else { 0 };
        let payload = control.payload.slice(start..);
        if payload.len() > QUIET {
            let cost = control.wire.len() + payload.len() + ENTRY;
            self.held += cost;
            self.queue.push_back(Entry { wire: control.wire, cost, compressed: Some(false) });
            let control = Some(control.opcode);
            self.backlog.push_back(Message { control, sender, text: false, payload, frames: 1, compressed: false });
        } else if control.opcode == Opcode::Close {
            self.queue_or_release(control.wire, to);
        } else {
            to.push(control.wire);
            screen.inspect(|screen| screen.beat(sender));
        }
    }

    /// Releases the oldest messages as long as the screen lets them pass.
    fn screen_backlog(&mut self, screen: &dyn Screen, to: &mut Peer, screened: &mut Screened) {
        let passes = |message: &Message| {
            message.control.is_none() && screen.passes(message.sender, message.text, &message.payload)
        };
        while self.backlog.front().is_some_and(passes) {
            let (Some(message), Some(entry)) = (self.backlog.pop_front(), self.queue.pop_front()) else { return };
            screened.add(message.payload.len());
            self.held -= entry.cost;
            to.push(entry.wire);
            self.release_controls(to);
        }
        self.shrink();
    }

    /// Gives empty queues' memory back.
    fn shrink(&mut self) {
        if self.queue.is_empty() {
            (self.queue, self.backlog) = (VecDeque::new(), VecDeque::new());
        }
    }

    fn queue_or_release(&mut self, wire: Bytes, to: &mut Peer) {
        if self.queue.is_empty() {
            to.push(wire);
        } else {
            let cost = wire.len() + ENTRY;
            self.held += cost;
            self.queue.push_back(Entry { wire, cost, compressed: None });
        }
    }

    fn release_controls(&mut self, to: &mut Peer) {
        while self.queue.front().is_some_and(|entry| entry.compressed.is_none()) {
            let Some(entry) = self.queue.pop_front() else { return };
            self.held -= entry.cost;
            to.push(entry.wire);
        }
    }
}

//! How a tunnel is ended from here: a Close to each side where a frame may stand, then both sockets, in time.
//!
//! The server is told first, and what it still sends is passed on until its own Close comes, or for
//! [`PATIENCE`]: an answer to a message before the offending one is not lost, and the client's stream is cut
//! between two frames. Then the client is told. Whatever either does, [`DEADLINE`] ends both connections.

use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use framewall_core::wire::close::GOING_AWAY;
use framewall_core::wire::frame::{Opcode, close_frame, encode};

use super::flow::Flow;
use super::peer::Peer;
use super::scratch;
use crate::judge::Farewell;

/// For each side to do its part.
const PATIENCE: Duration = Duration::from_millis(250);
/// Both sockets are closed by then, reset if a peer holds out.
const DEADLINE: Duration = Duration::from_millis(900);
/// How often the clock is looked at meanwhile.
pub(super) const TICK: Duration = Duration::from_millis(25);

/// A tunnel that is being ended.
#[derive(Debug)]
pub(super) struct Ending {
    client: Farewell,
    began: Instant,
    server_over: bool,
    client_told: Option<Instant>,
    client_spoke: bool,
}

impl Ending {
    /// Tells the server, with a mask as a client would. The client's turn comes in [`poll`](Self::poll).
    pub(super) fn begin(client: Farewell, server_code: u16, up: &mut Flow, down: &mut Flow, server: &mut Peer) -> Self {
        up.discard();
        down.discard();
        if up.at_boundary() {
            server.push(close_frame(server_code, "", Some(mask())));
        }
        Self { client, began: Instant::now(), server_over: false, client_told: None, client_spoke: false }
    }

    /// Goes on as far as it can; ready when both sockets may be dropped.
    pub(super) fn poll(
        &mut self,
        client: &mut Peer,
        server: &mut Peer,
        down: &mut Flow,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let elapsed = self.began.elapsed();
        self.read_server(client, server, down, cx);
        if self.client_told.is_none() && (self.server_over || elapsed >= PATIENCE) {
            self.say_farewell(client, down);
            self.client_told = Some(Instant::now());
        }
        self.read_client(client, cx);
        client.flush(cx);
        server.flush(cx);
        if let Some(told) = self.client_told
            && client.pending() == 0
            && (self.client_spoke || client.ended || told.elapsed() >= PATIENCE)
        {
            client.shut(cx);
        }
        if server.pending() == 0 && (self.server_over || elapsed >= 2 * PATIENCE) {
            server.shut(cx);
        }
        let done = client.is_done() && server.is_done();
        if !done && elapsed >= DEADLINE {
            [&*client, server].into_iter().filter(|peer| !peer.is_done()).for_each(Peer::abort);
        }
        if done || elapsed >= DEADLINE { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Our own messages are never compressed, which RFC 7692 6 leaves to each message, so the server's
    /// compressor and the client's inflater know nothing of them.
    fn say_farewell(&mut self, client: &mut Peer, down: &Flow) {
        if !down.at_boundary() {
            return;
        }
        if down.between_messages() {
            for (text, payload) in self.client.messages.drain(..) {
                let opcode = if text { Opcode::Text } else { Opcode::Binary };
                client.push(encode(opcode, &payload, None).into());
            }
        }
        client.push(close_frame(self.client.code, &self.client.reason, None));
    }

    fn read_server(&mut self, client: &mut Peer, server: &mut Peer, down: &mut Flow, cx: &mut Context<'_>) {
        scratch(|buffer| {
            while !server.ended {
                let Poll::Ready(count) = server.poll_read(cx, buffer) else { break };
                if !self.server_over && self.client_told.is_none() {
                    self.server_over = down.take_until_close(&buffer[..count], client, cx);
                }
            }
        });
        self.server_over |= server.ended;
    }

    /// What the client says now counts for nothing.
    fn read_client(&mut self, client: &mut Peer, cx: &mut Context<'_>) {
        scratch(|buffer| {
            while !client.ended {
                let Poll::Ready(_) = client.poll_read(cx, buffer) else { break };
                self.client_spoke |= self.client_told.is_some();
            }
        });
    }
}

/// Close codes for the other side of one at fault.
pub(super) fn codes(failed_client: Option<u16>, failed_server: Option<u16>) -> (u16, u16) {
    /// IANA: the gateway got an invalid answer from the server behind it.
    const BAD_GATEWAY: u16 = 1014;
    match (failed_client, failed_server) {
        (Some(code), _) => (code, GOING_AWAY),
        (None, Some(code)) => (BAD_GATEWAY, code),
        (None, None) => (GOING_AWAY, GOING_AWAY),
    }
}

fn mask() -> [u8; 4] {
    use std::hash::{BuildHasher, RandomState};
    let random = RandomState::new().hash_one(0).to_ne_bytes();
    [random[0], random[1], random[2], random[3]]
}

//! What passes without a job, straight out of the read buffer.

use std::cell::RefCell;

use framewall_core::wire::Side;
use framewall_core::wire::tunnel::Inbound;

use crate::judge::Screen;
use crate::registry::Registry;

/// The thread's memory for a payload is given back beyond this.
const KEPT: usize = 64 << 10;

thread_local! {
    static PAYLOAD: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What has passed since it was counted last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Screened {
    messages: u64,
    bytes: u64,
}

impl Screened {
    /// One more message of this size.
    pub(super) fn add(&mut self, bytes: usize) {
        self.messages += 1;
        self.bytes += bytes as u64;
    }

    /// Counts it for the relay, and begins anew. Bytes that were looked at.
    pub(super) fn note(&mut self, registry: &Registry) -> u64 {
        let Self { messages, bytes } = std::mem::take(self);
        if messages > 0 {
            registry.count_screened(messages);
        }
        bytes
    }
}

/// What became of bytes that were glanced at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Glanced {
    /// How many, from the first on, may go on.
    pub(super) bytes: usize,
    pub(super) messages: u64,
    /// The message behind them does not pass.
    pub(super) refused: bool,
}

/// Messages that `bytes` begin with and that the screen lets pass.
pub(super) fn glance(
    inbound: &mut Inbound,
    bytes: &[u8],
    sender: Side,
    screen: &dyn Screen,
    screened: &mut Screened,
) -> Glanced {
    let mut glanced = Glanced::default();
    PAYLOAD.with_borrow_mut(|payload| {
        while let Some(single) = inbound.glance(&bytes[glanced.bytes..], payload) {
            if !screen.passes(sender, single.text, payload) {
                glanced.refused = true;
                break;
            }
            inbound.pass(&single);
            screened.add(payload.len());
            glanced.bytes += single.length;
            glanced.messages += 1;
        }
        if payload.capacity() > KEPT {
            *payload = Vec::new();
        }
    });
    glanced
}

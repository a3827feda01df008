//! Who is connected: counting, caps, numbers, and ending a tunnel from outside.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::judge::{Farewell, Refusal};
use crate::memory::{Account, Ledger};

/// All connections and tunnels of one relay.
#[derive(Debug, Default)]
pub struct Registry {
    numbers: AtomicU64,
    screened: AtomicU64,
    connected: Mutex<Connected>,
    tunnels: Mutex<HashMap<u64, Arc<Stop<Farewell>>>>,
    requests: Mutex<HashMap<u64, Arc<Stop<Refusal>>>>,
    memory: Arc<Ledger>,
}

#[derive(Debug, Default)]
struct Connected {
    total: u64,
    by_client: HashMap<IpAddr, u64>,
}

/// A place among the connections, given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    registry: Arc<Registry>,
    client: Option<IpAddr>,
}

impl Registry {
    /// A number for a request or a tunnel, never given twice.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A place for one more connection, if there is one. `client` is counted against its own cap, `None` is not.
    pub(crate) fn admit(self: &Arc<Self>, client: Option<IpAddr>, most: u64, most_a_client: u64) -> Option<Place> {
        let mut connected = lock(&self.connected);
        if connected.total >= most {
            return None;
        }
        if let Some(client) = client {
            let own = connected.by_client.entry(client).or_default();
            if *own >= most_a_client {
                return None;
            }
            *own += 1;
        }
        connected.total += 1;
        Some(Place { registry: Arc::clone(self), client })
    }

    /// Where one more connection counts what it holds.
    pub(crate) fn account(&self) -> Account {
        self.memory.account()
    }

    /// Bytes of messages and bodies held now.
    pub fn held(&self) -> u64 {
        self.memory.held()
    }

    /// Connections now.
    pub fn connections(&self) -> u64 {
        lock(&self.connected).total
    }

    /// Tunnels now.
    pub fn tunnels(&self) -> usize {
        lock(&self.tunnels).len()
    }

    /// Messages that have passed without a job.
    pub fn screened(&self) -> u64 {
        self.screened.load(Ordering::Relaxed)
    }

    pub(crate) fn count_screened(&self, messages: u64) {
        self.screened.fetch_add(messages, Ordering::Relaxed);
    }

    pub(crate) fn enter(&self, tunnel: u64) -> Arc<Stop<Farewell>> {
        let stop = Arc::new(Stop::default());
        lock(&self.tunnels).insert(tunnel, Arc::clone(&stop));
        stop
    }

    pub(crate) fn leave(&self, tunnel: u64) {
        lock(&self.tunnels).remove(&tunnel);
    }

    /// Ends one tunnel; `false` if there is none of that number.
    pub fn close(&self, tunnel: u64, farewell: impl Into<Farewell>) -> bool {
        let found = lock(&self.tunnels).get(&tunnel).map(Arc::clone);
        found.is_some_and(|stop| {
            stop.request(farewell.into());
            true
        })
    }

    /// A request that may be answered from outside as long as this lives.
    pub(crate) fn wait(self: &Arc<Self>, request: u64) -> Interrupt {
        let stop = Arc::new(Stop::default());
        lock(&self.requests).insert(request, Arc::clone(&stop));
        Interrupt { registry: Arc::clone(self), request, stop }
    }

    /// Answers a request instead of its server, or ends its answer's stream; `false` if none of that number waits.
    pub fn refuse(&self, request: u64, refusal: Refusal) -> bool {
        let found = lock(&self.requests).get(&request).map(Arc::clone);
        found.is_some_and(|stop| {
            stop.request(refusal);
            true
        })
    }

    /// Requests that may be answered from outside now.
    pub fn waiting(&self) -> usize {
        lock(&self.requests).len()
    }

    /// Ends all tunnels.
    pub(crate) fn close_all(&self, code: u16) {
        let all: Vec<_> = lock(&self.tunnels).values().map(Arc::clone).collect();
        all.iter().for_each(|stop| stop.request(code.into()));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut connected = lock(&self.registry.connected);
        connected.total -= 1;
        let Some(client) = self.client else { return };
        if let Some(own) = connected.by_client.get_mut(&client) {
            *own -= 1;
            if *own == 0 {
                connected.by_client.remove(&client);
            }
        }
    }
}

/// A request's place among those that may be answered from outside.
#[derive(Debug)]
pub(crate) struct Interrupt {
    registry: Arc<Registry>,
    request: u64,
    stop: Arc<Stop<Refusal>>,
}

impl Interrupt {
    /// Ready with the answer once there is one.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Refusal> {
        self.stop.register(cx);
        self.requested().map_or(Poll::Pending, Poll::Ready)
    }

    /// The answer, if there is one.
    pub(crate) fn requested(&self) -> Option<Refusal> {
        self.stop.requested()
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        lock(&self.registry.requests).remove(&self.request);
    }
}

/// Tells one task to end, and with which words.
#[derive(Debug)]
pub(crate) struct Stop<T> {
    is_requested: AtomicBool,
    words: Mutex<Option<T>>,
    waker: Mutex<Option<Waker>>,
}

impl<T> Default for Stop<T> {
    fn default() -> Self {
        Self { is_requested: AtomicBool::new(false), words: Mutex::new(None), waker: Mutex::new(None) }
    }
}

impl<T: Clone> Stop<T> {
    fn request(&self, words: T) {
        lock(&self.words).get_or_insert(words);
        self.is_requested.store(true, Ordering::Release);
        if let Some(waker) = lock(&self.waker).take() {
            waker.wake();
        }
    }

    /// What is asked for, if it is; the first that was.
    pub(crate) fn requested(&self) -> Option<T> {
        self.is_requested.load(Ordering::Acquire).then(|| lock(&self.words).clone()).flatten()
    }

    /// Has the task woken when it is asked to end. Look at [`requested`](Self::requested) afterwards.
    pub(crate) fn register(&self, cx: &Context<'_>) {
        *lock(&self.waker) = Some(cx.waker().clone());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_back() {
        let registry = Arc::new(Registry::default());
        let client = Some(IpAddr::from([10, 0, 0, 1]));
        let first = registry.admit(client, 2, 1).expect("there is room");
        assert!(registry.admit(client, 2, 1).is_none(), "one a client");
        let second = registry.admit(None, 2, 1).expect("a trusted proxy is not counted");
        assert!(registry.admit(None, 2, 1).is_none(), "two in all");
        drop((first, second));
        assert_eq!(registry.connections(), 0);
        assert!(registry.admit(client, 2, 1).is_some());
    }

    #[test]
    fn only_a_request_that_waits_is_answered() {
        let registry = Arc::new(Registry::default());
        let mut cx = Context::from_waker(Waker::noop());
        let waiting = registry.wait(3);
        assert!(waiting.poll(&mut cx).is_pending());
        assert!(registry.refuse(3, 403.into()));
        assert_eq!(waiting.poll(&mut cx), Poll::Ready(403.into()));
        drop(waiting);
        assert_eq!((registry.refuse(3, 403.into()), registry.waiting()), (false, 0));
    }

    #[test]
    fn only_a_tunnel_that_stands_is_closed() {
        let registry = Registry::default();
        let stop = registry.enter(7);
        assert!(registry.close(7, 1008));
        assert!(registry.close(7, 1001), "it has not ended yet");
        assert_eq!(stop.requested(), Some(Farewell::from(1008)));
        registry.leave(7);
        assert!(!registry.close(7, 1008));
    }
}

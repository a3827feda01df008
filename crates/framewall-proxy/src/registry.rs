//! Who is connected: counting, caps, numbers, and ending a tunnel from outside.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use crate::judge::Farewell;

/// All connections and tunnels of one relay.
#[derive(Debug, Default)]
pub struct Registry {
    numbers: AtomicU64,
    connected: Mutex<Connected>,
    tunnels: Mutex<HashMap<u64, Arc<Stop>>>,
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

    /// Connections now.
    pub fn connections(&self) -> u64 {
        lock(&self.connected).total
    }

    /// Tunnels now.
    pub fn tunnels(&self) -> usize {
        lock(&self.tunnels).len()
    }

    pub(crate) fn enter(&self, tunnel: u64) -> Arc<Stop> {
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

/// Tells one tunnel to end.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    is_requested: AtomicBool,
    farewell: Mutex<Option<Farewell>>,
    waker: Mutex<Option<Waker>>,
}

impl Stop {
    fn request(&self, farewell: Farewell) {
        lock(&self.farewell).get_or_insert(farewell);
        self.is_requested.store(true, Ordering::Release);
        if let Some(waker) = lock(&self.waker).take() {
            waker.wake();
        }
    }

    /// What is asked for, if it is; the first that was.
    pub(crate) fn requested(&self) -> Option<Farewell> {
        self.is_requested.load(Ordering::Acquire).then(|| lock(&self.farewell).clone()).flatten()
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

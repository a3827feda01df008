//! Idle connections to servers, kept for the next request. One pool a thread: a connection stays on its own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::client::conn::http1::SendRequest;

use crate::config::Address;
use crate::http::body::Body;

/// Kept for each server.
const MOST: usize = 64;
/// Less than servers commonly wait, so that few are found closed.
const OLDEST: Duration = Duration::from_secs(4);

/// Idle connections by server.
#[derive(Debug, Default)]
pub struct Pool(Mutex<HashMap<Address, Vec<Idle>>>);

type Idle = (SendRequest<Body>, Instant);

impl Pool {
    /// The one used last, if it is still open.
    pub fn take(&self, address: &Address) -> Option<SendRequest<Body>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = all.get_mut(address)?;
        while let Some((sender, since)) = idle.pop() {
            if sender.is_ready() && since.elapsed() < OLDEST {
                return Some(sender);
            }
        }
        None
    }

    /// Keeps one for later.
    pub fn put(&self, address: Address, sender: SendRequest<Body>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = all.entry(address).or_default();
        idle.retain(|(sender, since)| !sender.is_closed() && since.elapsed() < OLDEST);
        if idle.len() < MOST {
            idle.push((sender, Instant::now()));
        }
    }
}

//! What all connections together hold of messages and bodies: one count, and who has to go when it is too much.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that a connection may hold however much the others hold.
pub(crate) const SHARE: u64 = 64 << 10;

/// The count.
#[derive(Debug, Default)]
pub struct Ledger(AtomicU64);

impl Ledger {
    /// Bytes held now, by all.
    pub fn held(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// One connection's part, which is nothing yet.
    pub(crate) fn account(self: &Arc<Self>) -> Account {
        Account { ledger: Arc::clone(self), own: 0 }
    }
}

/// One connection's part of the count, given back when dropped.
#[derive(Debug)]
pub(crate) struct Account {
    ledger: Arc<Ledger>,
    own: u64,
}

impl Account {
    /// Says how much it holds now. `false`: it is more than its share while all together hold more than `most`.
    pub(crate) fn set(&mut self, own: u64, most: u64) -> bool {
        let before = std::mem::replace(&mut self.own, own);
        if own > before {
            self.ledger.0.fetch_add(own - before, Ordering::Relaxed);
        } else if own < before {
            self.ledger.0.fetch_sub(before - own, Ordering::Relaxed);
        }
        own <= SHARE || self.ledger.held() <= most
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.ledger.0.fetch_sub(self.own, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_account_holds_is_counted_until_it_is_dropped() {
        let ledger = Arc::new(Ledger::default());
        let (mut one, mut other) = (ledger.account(), ledger.account());
        assert!(one.set(10, 100) && other.set(20, 100));
        assert_eq!(ledger.held(), 30);
        assert!(one.set(5, 100));
        assert_eq!(ledger.held(), 25);
        drop(other);
        assert_eq!(ledger.held(), 5);
    }

    #[test]
    fn too_much_is_what_is_beyond_the_share_of_one_when_all_hold_too_much() {
        let ledger = Arc::new(Ledger::default());
        let (mut large, mut small) = (ledger.account(), ledger.account());
        assert!(large.set(SHARE + 1, SHARE + 1));
        assert!(small.set(1, SHARE + 1));
        assert!(!large.set(SHARE + 2, SHARE + 1));
        drop(small);
        assert!(large.set(SHARE + 1, SHARE + 1));
    }
}

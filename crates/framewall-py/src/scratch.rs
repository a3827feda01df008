//! The engine's memory: one an event loop, and a few that Python's threads share.
//!
//! Patterns build up tables in it as they run, so it is worth keeping; but there may be more inspector threads than ever
//! inspect at once, and hostile text can make every pattern's tables as large as they may be.

use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

use framewall_core::engine::Scratch;

/// Built up beyond this it is begun anew.
const MOST: usize = 24 << 20;
/// How many are kept for Python's threads while nobody uses them.
const KEPT: usize = 8;
/// Uses between two looks at how large it is.
const USES: u32 = 256;

#[derive(Default)]
struct Counted {
    scratch: Scratch,
    uses: u32,
}

impl Counted {
    fn used<T>(&mut self, with: impl FnOnce(&mut Scratch) -> T) -> T {
        let done = with(&mut self.scratch);
        self.uses += 1;
        if self.uses.is_multiple_of(USES) && self.scratch.built_up() > MOST {
            self.scratch = Scratch::default();
        }
        done
    }
}

thread_local! {
    static OWN: RefCell<Counted> = RefCell::default();
}

static SHARED: Mutex<Vec<Counted>> = Mutex::new(Vec::new());

/// With this event loop's own.
pub(crate) fn own<T>(with: impl FnOnce(&mut Scratch) -> T) -> T {
    OWN.with_borrow_mut(|own| own.used(with))
}

/// With one that no other thread uses now, the one used last if there is a choice.
pub(crate) fn borrowed<T>(with: impl FnOnce(&mut Scratch) -> T) -> T {
    let shared = || SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut scratch = shared().pop().unwrap_or_default();
    let done = scratch.used(with);
    let mut kept = shared();
    if kept.len() < KEPT {
        kept.push(scratch);
    }
    done
}

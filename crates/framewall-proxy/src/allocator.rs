//! Where the memory of the data path comes from, and when it is given back.
//!
//! A handshake takes tens of KiB for a moment, and a few small pieces that stay for as long as the connection. From the
//! system's allocator both come from one heap, so that after thousands of handshakes at once what stays lies in between
//! what is free, and all of it stays resident. Here pieces of one size share pages, and pages without any are given back.

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Gives back what this thread has freed and no longer needs. Cheap if there is nothing; a thread that waits for sockets
/// or jobs calls it now and then, as an allocator only comes to it while it is asked for memory.
pub fn tidy() {
    // SAFETY: it may be called at any time, by any thread.
    unsafe { libmimalloc_sys::mi_collect(false) }
}

//! Framewall's core: hostile bytes in, facts out. No sockets, no clocks, no Python.
//!
//! Rooms in the order data flows; a room uses only those before it:
//! [`limits`] → [`wire`] → [`formats`] → [`engine`] → [`screen`].

pub mod engine;
pub mod formats;
pub mod limits;
pub mod screen;
pub mod wire;

// The tests inside and those beside the crate share the built-in rules' loader.
#[cfg(test)]
extern crate self as framewall_core;

#![no_main]
//! The jwt walker on any bytes.

use libfuzzer_sys::fuzz_target;

#[path = "shared/formats.rs"]
mod shared;

fuzz_target!(|data: &[u8]| shared::walk("jwt", data));

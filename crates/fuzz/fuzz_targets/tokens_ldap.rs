#![no_main]
//! The ldap tokeniser on any bytes.

use framewall_core::engine::tokens;
use libfuzzer_sys::fuzz_target;

#[path = "shared/tokens.rs"]
mod shared;

fuzz_target!(|data: &[u8]| shared::judge(tokens::ldap::judge, data));

//! `load echo`; `load run ADDRESS …`; `load idle ADDRESS …`: a server, busy clients, idle clients.
//!
//! Options: `--path P --messages FILE --connections N --window N --seconds N --pause MS --deflate 1`. No checks beyond
//! what keeps the counts honest: it must cost less than what it measures.

mod client;
mod echo;
mod frame;

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use client::{Messages, Plan};

const USAGE: &str = "load echo | load run|idle ADDRESS [--path P] [--messages FILE] [--connections N] [--window N] \
                     [--seconds N] [--pause MS] [--deflate 1]";

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["echo"] => runtime.block_on(echo::serve()),
        [kind @ ("run" | "idle"), address, ref rest @ ..] if rest.len() % 2 == 0 => {
            let options: HashMap<&str, &str> = rest.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
            let number = |name: &str, usual: u64| {
                options.get(name).map_or(Ok(usual), |text| text.parse::<u64>().map_err(io::Error::other))
            };
            let plan = Plan {
                address: address.to_owned(),
                path: (*options.get("--path").unwrap_or(&"/bench")).to_owned(),
                connections: number("--connections", 50)? as usize,
                window: number("--window", 1)? as usize,
                time: Duration::from_secs(number("--seconds", 3)?),
                deflate: number("--deflate", 0)? == 1,
                pause: Duration::from_millis(number("--pause", 0)?),
            };
            if kind == "idle" {
                return runtime.block_on(client::idle(plan));
            }
            let messages = Messages::read(options.get("--messages").unwrap_or(&""))?;
            runtime.block_on(client::run(plan, messages))
        }
        _ => Err(io::Error::other(USAGE)),
    }
}

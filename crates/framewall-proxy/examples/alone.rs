//! `alone HOST:PORT off|screened`: the relay without Python and without the engine, in front of a server. What it costs to
//! read frames and to keep count of a tunnel is what `screened` costs more than `off`.

use std::error::Error;
use std::sync::Arc;

use framewall_core::wire::Side;
use framewall_proxy::config::{Address, Balance, Fail, Inspect, Listen, Route, Server, Upstream};
use framewall_proxy::judge::{BodyRuling, Job, Plan, Ruling, Rulings, Screen};
use framewall_proxy::{Config, Judge, Limits, Relay};

/// Passes everything at a glance.
#[derive(Debug)]
struct Blind;

impl Screen for Blind {
    fn passes(&self, _: Side, _: bool, payload: &[u8]) -> bool {
        std::hint::black_box(payload);
        true
    }

    fn beat(&self, _: Side) {}
}

impl Judge for Blind {
    fn submit(&self, job: Job) {
        match job {
            Job::Request { reply, .. } => reply.send(Plan::default()),
            Job::Body { reply, .. } | Job::Response { reply, .. } => reply.send(BodyRuling::Pass),
            Job::Opened { reply, .. } => reply.send(Some(Arc::new(Blind))),
            Job::Messages { batch, reply, .. } => {
                reply.send(Rulings { each: vec![Ruling::Pass; batch.len()], screen: Some(Arc::new(Blind)) });
            }
            Job::Refused { .. } | Job::Failed { .. } | Job::Closed { .. } => {}
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, inspect] = arguments.as_slice() else { return Err("alone HOST:PORT off|screened".into()) };
    let limits = Limits { client_connections: 100_000, connections: 100_000, ..Limits::default() };
    let inspect = if inspect == "off" { Inspect::Nothing } else { Inspect::Client };
    let server = Server { address: Address::Tcp(server.clone()), weight: 1 };
    let relay = Relay::start(
        Config {
            listen: vec![Listen::Tcp("127.0.0.1:0".parse()?)],
            threads: 1,
            scheme: "http".into(),
            trusted_proxies: Vec::new(),
            upstreams: vec![Upstream { name: "app".into(), servers: vec![server], balance: Balance::RoundRobin }],
            routes: vec![Route {
                name: "all".into(),
                hosts: vec!["*".into()],
                paths: vec!["/".into()],
                upstream: "app".into(),
                inspect,
                fail: Fail::Closed,
                limits: limits.clone(),
            }],
            limits,
        },
        Arc::new(Blind),
    )?;
    println!("listening on http://{}", relay.addresses()[0]);
    loop {
        std::thread::park();
    }
}

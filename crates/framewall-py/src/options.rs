//! A relay's configuration, from Python objects with these attributes.

use std::net::ToSocketAddrs as _;

use framewall_proxy::config::{Address, Balance, Config, Fail, Inspect, Listen, Network, Route, Server, Upstream};
use framewall_proxy::judge::Refusal;
use framewall_proxy::limits::Limits;
use pyo3::prelude::*;

/// A server group, from a Python object with these attributes.
#[derive(FromPyObject)]
struct UpstreamOption {
    name: String,
    servers: Vec<ServerOption>,
    balance: String,
}

#[derive(FromPyObject)]
struct ServerOption {
    url: String,
    weight: u32,
}

#[derive(FromPyObject)]
struct RouteOption {
    name: String,
    hosts: Vec<String>,
    paths: Vec<String>,
    upstream: String,
    inspect: String,
    fail: String,
    limits: Vec<(String, u64)>,
}

/// An answer instead of the application's: ``(status, headers, body)``.
#[derive(FromPyObject)]
pub struct RefusalOption(u16, Vec<(String, String)>, Option<Vec<u8>>);

impl From<RefusalOption> for Refusal {
    fn from(RefusalOption(status, headers, body): RefusalOption) -> Self {
        Self { status, headers, body: body.map(Into::into) }
    }
}

/// Everything, from a Python object with these attributes.
#[derive(FromPyObject)]
pub struct Options {
    listen: Vec<String>,
    threads: usize,
    scheme: String,
    trusted_proxies: Vec<String>,
    upstreams: Vec<UpstreamOption>,
    routes: Vec<RouteOption>,
    limits: Vec<(String, u64)>,
}
/// As the relay takes it, or what to write instead.
pub fn config(options: Options) -> Result<Config, String> {
    let mut own = Limits::default();
    set_all(&mut own, &options.limits)?;
    Ok(Config {
        listen: options.listen.iter().map(|text| listen(text)).collect::<Result<_, _>>()?,
        threads: options.threads,
        scheme: options.scheme,
        trusted_proxies: options.trusted_proxies.iter().map(|text| Network::parse(text)).collect::<Result<_, _>>()?,
        upstreams: options.upstreams.into_iter().map(upstream).collect::<Result<_, _>>()?,
        routes: options.routes.into_iter().map(|one| route(one, &own)).collect::<Result<_, _>>()?,
        limits: own,
    })
}

fn listen(text: &str) -> Result<Listen, String> {
    if let Some(path) = text.strip_prefix("unix:") {
        return Ok(Listen::Unix(path.into()));
    }
    let found = text.to_socket_addrs().map_err(|error| format!("{text}: {error}; write HOST:PORT"))?.next();
    found.map(Listen::Tcp).ok_or_else(|| format!("{text}: no such host"))
}

fn upstream(option: UpstreamOption) -> Result<Upstream, String> {
    let server = |one: ServerOption| Ok(Server { address: Address::parse(&one.url)?, weight: one.weight });
    let balance = match option.balance.as_str() {
        "round_robin" => Balance::RoundRobin,
        "ip_hash" => Balance::IpHash,
        other => return Err(format!("{other}: write round_robin or ip_hash")),
    };
    let servers = option.servers.into_iter().map(server).collect::<Result<_, String>>()?;
    Ok(Upstream { name: option.name, servers, balance })
}

fn route(option: RouteOption, own: &Limits) -> Result<Route, String> {
    let mut limits = own.clone();
    set_all(&mut limits, &option.limits)?;
    Ok(Route {
        name: option.name,
        hosts: option.hosts,
        paths: option.paths,
        upstream: option.upstream,
        inspect: match option.inspect.as_str() {
            "nothing" => Inspect::Nothing,
            "client" => Inspect::Client,
            "both" => Inspect::Both,
            other => return Err(format!("{other}: write nothing, client or both")),
        },
        fail: match option.fail.as_str() {
            "closed" => Fail::Closed,
            "open" => Fail::Open,
            other => return Err(format!("{other}: write closed or open")),
        },
        limits,
    })
}

fn set_all(limits: &mut Limits, values: &[(String, u64)]) -> Result<(), String> {
    match values.iter().find(|(name, value)| !limits.set(name, *value)) {
        Some((name, _)) => Err(format!("{name}: the relay has no such limit")),
        None => Ok(()),
    }
}

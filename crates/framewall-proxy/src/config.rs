//! What the relay is told: where to listen, where to send, and what each route wants.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use crate::limits::Limits;

/// A whole configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where clients connect; at least one. Port 0 takes a free one.
    pub listen: Vec<Listen>,
    /// Event loops, each on a thread of its own; 0: one a core.
    pub threads: usize,
    /// The scheme clients use, for `X-Forwarded-Proto`.
    pub scheme: String,
    /// Proxies in front, whose `X-Forwarded-*` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Groups of servers, named by routes.
    pub upstreams: Vec<Upstream>,
    /// First match wins; the last one must match everything.
    pub routes: Vec<Route>,
    /// Caps of the relay as a whole.
    pub limits: Limits,
}

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// TCP.
    Tcp(SocketAddr),
    /// A unix socket, made anew; whoever connects to it is trusted as a proxy in front is.
    Unix(PathBuf),
}

impl std::fmt::Display for Listen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A group of equal servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// Its name.
    pub name: String,
    /// At least one.
    pub servers: Vec<Server>,
    /// Who gets the next request.
    pub balance: Balance,
}

/// How a group's servers take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// By weight, in turn.
    RoundRobin,
    /// One client address, one server: what sessions over several connections need.
    IpHash,
}

/// One server of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Where it is.
    pub address: Address,
    /// Its share; 0 takes none.
    pub weight: u32,
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// `host:port`; a name is looked up at each connection.
    Tcp(String),
    /// A unix socket's path.
    Unix(PathBuf),
}

impl Address {
    /// Reads `http://host:port`, `http://host` or `unix:/path`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.starts_with('/') {
                Ok(Self::Unix(path.into()))
            } else {
                Err(format!("{text}: a unix socket is written unix:/absolute/path"))
            };
        }
        let instead = || format!("{text}: write http://HOST:PORT or unix:/PATH");
        let authority = text.strip_prefix("http://").ok_or_else(instead)?;
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        let parsed: http::uri::Authority = authority.parse().map_err(|_| instead())?;
        if authority.contains('@') || parsed.host().is_empty() {
            return Err(instead());
        }
        Ok(Self::Tcp(format!("{}:{}", parsed.host(), parsed.port_u16().unwrap_or(80))))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(authority) => write!(f, "http://{authority}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// What is done with requests of one host and path.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its name, as events show it.
    pub name: String,
    /// `example.com`, `*.example.com` for anything below it, `*` for any.
    pub hosts: Vec<String>,
    /// Paths, each with all below it.
    pub paths: Vec<String>,
    /// The group it goes to.
    pub upstream: String,
    /// Which directions of a tunnel are judged.
    pub inspect: Inspect,
    /// What happens when an inspection fails or takes too long.
    pub fail: Fail,
    /// Its caps.
    pub limits: Limits,
}

/// Which directions are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inspect {
    /// None, nor any request: the route is off.
    Nothing,
    /// What clients send.
    Client,
    /// What servers send as well.
    Both,
}

/// What happens to what could not be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fail {
    /// It is refused.
    Closed,
    /// It passes.
    Open,
}

/// An address range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `203.0.113.0/24`, `2001:db8::/32`, or one address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text}: write an address, or a network as 203.0.113.0/24");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(widest);
        if bits > widest { Err(wrong()) } else { Ok(Self { address, bits }) }
    }

    /// Whether `address` is in it. An IPv4 address mapped to IPv6 counts as what it stands for.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.bits.min(32));
                shift == 32 || own.to_bits() >> shift == other.to_bits() >> shift
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - u32::from(self.bits);
                shift == 128 || own.to_bits() >> shift == other.to_bits() >> shift
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upstream_is_a_host_and_port_or_a_unix_socket() {
        assert_eq!(Address::parse("http://127.0.0.1:3000"), Ok(Address::Tcp("127.0.0.1:3000".into())));
        assert_eq!(Address::parse("http://app/"), Ok(Address::Tcp("app:80".into())));
        assert_eq!(Address::parse("http://[::1]:3000"), Ok(Address::Tcp("[::1]:3000".into())));
        assert_eq!(Address::parse("unix:/run/app.sock"), Ok(Address::Unix("/run/app.sock".into())));
    }

    #[test]
    fn anything_else_is_refused_with_what_to_write() {
        for wrong in ["127.0.0.1:3000", "https://app", "http://", "http://app/path", "http://u@app", "unix:app"] {
            assert!(Address::parse(wrong).unwrap_err().starts_with(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_network_contains_its_addresses() {
        let cases = [
            ("203.0.113.0/24", "203.0.113.9", true),
            ("203.0.113.0/24", "203.0.114.9", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("::/0", "10.1.2.3", false),
        ];
        for (network, address, inside) in cases {
            let network_parsed = Network::parse(network).unwrap();
            assert_eq!(network_parsed.contains(address.parse().unwrap()), inside, "{network} {address}");
        }
        assert!(Network::parse("10.0.0.0/33").is_err());
    }
}

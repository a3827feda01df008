//! Headers that belong to one hop, and those that tell the next one who the client is.

use std::net::{IpAddr, Ipv4Addr};

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::config::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Of one hop whether Connection names them or not (RFC 9110 7.6.1). `Expect` is answered by this hop.
const HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::EXPECT,
    HeaderName::from_static("http2-settings"),
];

/// Never taken away because Connection names them: the message would mean something else.
const KEPT: [HeaderName; 3] = [header::HOST, header::CONTENT_LENGTH, header::CONTENT_TYPE];

/// Removes what belongs to this hop.
pub fn strip_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = tokens(headers, &header::CONNECTION)
        .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
        .filter(|name| !KEPT.contains(name))
        .collect();
    HOP.iter().chain(&named).for_each(|name| {
        headers.remove(name);
    });
}

/// The elements of a header that is a list of tokens.
pub fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|token| !token.is_empty())
}

/// Whether one of the elements is `token`, in whatever case.
pub fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    tokens(headers, name).any(|own| own.eq_ignore_ascii_case(token))
}

/// The client as trusted proxies tell of it: the last address in `X-Forwarded-For` that is not one of them.
/// `peer` is `None` over a unix socket, which only this machine's proxies use.
pub fn client_ip(headers: &HeaderMap, peer: Option<IpAddr>, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.map(|peer| peer.to_canonical());
    let told: Vec<&str> = tokens(headers, &X_FORWARDED_FOR).collect();
    for address in told.iter().rev() {
        if client.is_some_and(|client| !is_trusted(client)) {
            break;
        }
        let Ok(address) = address.parse::<IpAddr>() else { break };
        client = Some(address.to_canonical());
    }
    client.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// Sets `X-Forwarded-For`, `-Proto` and `-Host`. What the peer says of them counts only if it is trusted.
pub fn forward(headers: &mut HeaderMap, peer: Option<IpAddr>, scheme: &str, trusted: &[Network]) {
    let believed = peer.is_none_or(|peer| trusted.iter().any(|network| network.contains(peer)));
    if !believed {
        for name in [X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST, header::FORWARDED] {
            headers.remove(name);
        }
    }
    let peer = peer.map(|peer| peer.to_canonical().to_string());
    let chain: Vec<&str> = tokens(headers, &X_FORWARDED_FOR).chain(peer.as_deref()).collect();
    set(headers, X_FORWARDED_FOR, &chain.join(", "));
    if !headers.contains_key(X_FORWARDED_PROTO) {
        set(headers, X_FORWARDED_PROTO, scheme);
    }
    if !headers.contains_key(X_FORWARDED_HOST)
        && let Some(host) = headers.get(header::HOST).cloned()
    {
        headers.insert(X_FORWARDED_HOST, host);
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// All of them in order, as text: names in their usual case, values as Latin-1.
pub fn listed(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| value.as_bytes().iter().map(|&byte| char::from(byte)).collect();
    headers.iter().map(|(name, value)| (usual_case(name.as_str()), text(value))).collect()
}

fn usual_case(name: &str) -> String {
    let part = |part: &str| match part {
        "websocket" => "WebSocket".to_owned(),
        "etag" => "ETag".to_owned(),
        part => {
            let (first, rest) = part.split_at(part.len().min(1));
            first.to_ascii_uppercase() + rest
        }
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    /// RFC 9110 7.6.1: an intermediary removes Connection's own options from the message.
    #[test]
    fn what_connection_names_belongs_to_the_hop() {
        let mut headers = map(&[
            ("connection", "close, X-Secret"),
            ("connection", "host"),
            ("x-secret", "1"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("host", "a"),
            ("x-kept", "2"),
        ]);
        strip_hop(&mut headers);
        let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["host", "x-kept"]);
    }

    #[test]
    fn a_stranger_s_word_on_who_it_is_counts_for_nothing() {
        let mut headers = map(&[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-proto", "https"), ("host", "a")]);
        let peer = Some(IpAddr::from([192, 0, 2, 7]));
        assert_eq!(client_ip(&headers, peer, &[]), IpAddr::from([192, 0, 2, 7]));
        forward(&mut headers, peer, "http", &[]);
        assert_eq!(headers["x-forwarded-for"], "192.0.2.7");
        assert_eq!(headers["x-forwarded-proto"], "http");
        assert_eq!(headers["x-forwarded-host"], "a");
    }

    #[test]
    fn a_trusted_proxy_is_believed_as_far_as_the_first_stranger() {
        let trusted = [Network::parse("10.0.0.0/8").unwrap()];
        let mut headers = map(&[("x-forwarded-for", "6.6.6.6, 203.0.113.9"), ("x-forwarded-for", "10.0.0.2")]);
        let peer = Some(IpAddr::from([10, 0, 0, 1]));
        assert_eq!(client_ip(&headers, peer, &trusted), IpAddr::from([203, 0, 113, 9]));
        forward(&mut headers, peer, "http", &trusted);
        assert_eq!(headers["x-forwarded-for"], "6.6.6.6, 203.0.113.9, 10.0.0.2, 10.0.0.1");
    }

    #[test]
    fn names_are_listed_in_their_usual_case() {
        let headers = map(&[("sec-websocket-key", "k"), ("x-forwarded-for", "a"), ("etag", "e")]);
        let names: Vec<_> = listed(&headers).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Sec-WebSocket-Key", "X-Forwarded-For", "ETag"]);
    }
}

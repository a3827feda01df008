//! Which route a request takes.

use crate::config::Route;

/// Why none was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoute {
    /// No route matches.
    Unmatched,
    /// The path as sent and the path it stands for take different routes: the application might read either.
    Ambiguous,
}

/// The index of the first route that matches. `host` may have a port; `path` is as sent.
pub fn find(routes: &[Route], host: &str, path: &str) -> Result<usize, NoRoute> {
    let host = bare_host(host);
    let first = |path: &str| routes.iter().position(|route| matches(route, &host, path));
    let as_sent = first(path).ok_or(NoRoute::Unmatched)?;
    let plain = plain_path(path);
    if plain != path && first(&plain) != Some(as_sent) { Err(NoRoute::Ambiguous) } else { Ok(as_sent) }
}

fn matches(route: &Route, host: &str, path: &str) -> bool {
    route.hosts.iter().any(|pattern| host_fits(pattern, host)) && route.paths.iter().any(|top| is_below(top, path))
}

fn host_fits(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some("") => true,
        Some(suffix) => host.len() > suffix.len() && host.ends_with(&suffix.to_ascii_lowercase()),
        None => host.eq_ignore_ascii_case(pattern),
    }
}

fn is_below(top: &str, path: &str) -> bool {
    let rest = path.strip_prefix(top);
    rest.is_some_and(|rest| rest.is_empty() || top.ends_with('/') || rest.starts_with('/'))
}

fn bare_host(host: &str) -> String {
    let end = match host.rfind(':') {
        Some(colon) if !host[colon..].contains(']') => colon,
        _ => host.len(),
    };
    host[..end].trim_end_matches('.').to_ascii_lowercase()
}

/// The path that servers commonly make of it: percent decoded once, backslashes turned, `.` and `..` and
/// repeated slashes resolved, `;parameters` cut.
fn plain_path(path: &str) -> String {
    let decoded = percent_decoded(path).replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    let mut ends_open = false;
    for part in decoded.split('/').skip(1) {
        let part = part.split(';').next().unwrap_or_default();
        ends_open = matches!(part, "" | "." | "..");
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut plain: String = parts.iter().flat_map(|part| ["/", part]).collect();
    if ends_open || plain.is_empty() {
        plain.push('/');
    }
    plain
}

fn percent_decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match digits.filter(|_| bytes[at] == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Fail, Inspect};
    use crate::limits::Limits;

    fn routes(list: &[(&str, &str)]) -> Vec<Route> {
        let route = |&(host, path): &(&str, &str)| Route {
            name: path.into(),
            hosts: vec![host.into()],
            paths: vec![path.into()],
            upstream: "app".into(),
            inspect: Inspect::Client,
            fail: Fail::Closed,
            limits: Limits::default(),
        };
        list.iter().map(route).collect()
    }

    #[test]
    fn the_first_match_wins() {
        let routes = routes(&[("chat.example", "/"), ("*.example", "/api"), ("*", "/")]);
        for (host, path, expected) in [
            ("chat.example", "/x", 0),
            ("Chat.Example:8080", "/x", 0),
            ("chat.example.", "/x", 0),
            ("a.b.example", "/api/x", 1),
            ("a.example", "/api", 1),
            ("a.example", "/apix", 2),
            ("example", "/api/x", 2),
            (".example", "/api/x", 2),
            ("other", "/x", 2),
            ("[::1]:80", "/x", 2),
        ] {
            assert_eq!(find(&routes, host, path), Ok(expected), "{host} {path}");
        }
    }

    #[test]
    fn a_path_that_could_take_two_routes_takes_none() {
        let routes = routes(&[("*", "/static"), ("*", "/")]);
        for path in [
            "/static/../socket.io/",
            "/static/%2e%2e/socket.io/",
            "/static/..%2fsocket.io/",
            "/static/..\\socket.io/",
            "/static/..;/socket.io/",
            "//static/x",
            "/%73tatic/x",
        ] {
            assert_eq!(find(&routes, "a", path), Err(NoRoute::Ambiguous), "{path}");
        }
        for (path, expected) in [("/static/a%20b", 0), ("/static/a/../b", 0), ("/socket.io//", 1), ("/", 1), ("*", 9)] {
            assert_eq!(find(&routes, "a", path).unwrap_or(9), expected, "{path}");
        }
    }
}

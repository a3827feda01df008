//! What is refused of any request before anything else looks at it.

use http::header::{self, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use http::{Method, Request, StatusCode, Version};

use super::answer::Answer;

/// Refuses what this hop cannot mean the same by as the next, and puts the target in origin form.
///
/// hyper has already refused: malformed heads, differing Content-Lengths, Transfer-Encoding other than chunked
/// or in HTTP/1.0. With both Transfer-Encoding and Content-Length it drops the latter (RFC 9112 6.3).
pub fn check<B>(request: &mut Request<B>) -> Result<(), Answer> {
    let bad = |text| Err(Answer::new(StatusCode::BAD_REQUEST, text).closing());
    if request.method() == Method::CONNECT {
        return Err(Answer::new(StatusCode::METHOD_NOT_ALLOWED, "CONNECT is not served here.").closing());
    }
    if request.headers().contains_key(header::TRANSFER_ENCODING)
        && request.headers().contains_key(header::CONTENT_LENGTH)
    {
        return bad("Content-Length beside Transfer-Encoding.");
    }
    if let Some(authority) = request.uri().authority() {
        // RFC 9112 3.2.2: in absolute form, Host is replaced by the target's.
        let host = HeaderValue::from_str(authority.as_str());
        match host {
            Ok(host) if !authority.as_str().contains('@') => request.headers_mut().insert(header::HOST, host),
            _ => return bad("The target's host is not one."),
        };
        let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        *request.uri_mut() = Uri::from(path);
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => bad("More than one Host."),
        (None, _) if request.version() == Version::HTTP_11 => bad("No Host."),
        (Some(host), None) if !is_host(host.as_bytes()) => bad("Host is not one."),
        _ => Ok(()),
    }
}

/// Bytes that a host with a port may have (RFC 3986 3.2), no user information.
fn is_host(host: &[u8]) -> bool {
    host.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-_~:[]%!$&'()*+;=".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(target: &str, hosts: &[&str]) -> Result<Request<()>, u16> {
        let mut builder = Request::builder().uri(target);
        for host in hosts {
            builder = builder.header("host", *host);
        }
        let mut request = builder.body(()).unwrap();
        check(&mut request).map_err(|answer| answer.status().as_u16())?;
        Ok(request)
    }

    #[test]
    fn a_request_has_one_host() {
        assert!(checked("/", &["a:80"]).is_ok());
        for wrong in [&[][..], &["a", "b"], &["a b"], &["a/b"], &["u@a"]] {
            assert_eq!(checked("/", wrong).unwrap_err(), 400, "{wrong:?}");
        }
    }

    /// RFC 9112 3.2.2.
    #[test]
    fn an_absolute_target_says_which_host_is_meant() {
        let request = checked("http://real/x?y", &["other"]).unwrap();
        assert_eq!(request.headers()["host"], "real");
        assert_eq!(request.uri(), "/x?y");
    }

    #[test]
    fn connect_is_not_served() {
        let mut request = Request::builder().method("CONNECT").uri("a:80").body(()).unwrap();
        assert_eq!(check(&mut request).unwrap_err().status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

//! Answers of the relay's own: a status and one line of plain text, or what the judge says instead of that.

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use super::body::Body;
use super::crossing::Allowance;
use crate::judge::Refusal;

/// An answer instead of the application's.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    text: &'static str,
    body: Option<Bytes>,
    headers: Vec<(HeaderName, HeaderValue)>,
    close: bool,
}

impl Answer {
    /// With the connection kept.
    pub fn new(status: StatusCode, text: &'static str) -> Self {
        Self { status, text, body: None, headers: Vec::new(), close: false }
    }

    /// What the judge answers; `text` where it leaves that open.
    pub fn refusal(refusal: Refusal, text: &'static str) -> Self {
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::FORBIDDEN);
        let headers = refusal.headers.iter().filter_map(|(name, value)| pair(name, value)).collect();
        Self { body: refusal.body, headers, ..Self::new(status, text) }
    }

    /// With the connection closed after it: what follows on it must not be read as a request.
    pub fn closing(mut self) -> Self {
        self.close = true;
        self
    }

    /// With one more header.
    pub fn with(mut self, header: Option<(&'static str, &'static str)>) -> Self {
        self.headers.extend(header.and_then(|(name, value)| pair(name, value)));
        self
    }

    /// With what the application allows the page that asks.
    pub fn readable(mut self, allowance: Option<Allowance>) -> Self {
        self.headers.extend(allowance.iter().flat_map(Allowance::headers));
        self
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// As a response.
    pub fn into_response(self) -> Response<Body> {
        let line = || format!("{} {}\n", self.status.as_u16(), self.text).into();
        let mut response = Response::new(Body::full(self.body.unwrap_or_else(line)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        if self.close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

fn pair(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    Some((name.parse().ok()?, value.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_its_own_headers_and_body() {
        let refusal = Refusal {
            status: 429,
            headers: vec![
                ("Content-Type".into(), "application/json".into()),
                ("Retry-After".into(), "60".into()),
                ("Bad name".into(), "x".into()),
                ("X-Cut".into(), "a\r\nb: c".into()),
            ],
            body: Some(Bytes::from_static(b"{}")),
        };
        let response = Answer::refusal(refusal, "Blocked.").into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.headers()["retry-after"], "60");
        assert_eq!(response.headers().len(), 4, "{:?}", response.headers());
        assert!(matches!(response.body(), Body::Full(body) if body == "{}"));
    }

    #[test]
    fn a_status_that_is_none_refuses_all_the_same() {
        let response = Answer::refusal(7.into(), "Blocked.").into_response();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert!(matches!(response.body(), Body::Full(body) if body == "403 Blocked.\n"));
    }
}

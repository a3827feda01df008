//! Answers of the relay's own: a status and one line of plain text.

use http::header::{self, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use super::body::Body;

/// An answer instead of the application's.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    text: &'static str,
    header: Option<(&'static str, &'static str)>,
    close: bool,
}

impl Answer {
    /// With the connection kept.
    pub fn new(status: StatusCode, text: &'static str) -> Self {
        Self { status, text, header: None, close: false }
    }

    /// With a status given as a number; 403 if it is none.
    pub fn refusal(status: u16, text: &'static str) -> Self {
        Self::new(StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN), text)
    }

    /// With the connection closed after it: what follows on it must not be read as a request.
    pub fn closing(mut self) -> Self {
        self.close = true;
        self
    }

    /// With one more header.
    pub fn with(mut self, header: Option<(&'static str, &'static str)>) -> Self {
        self.header = header;
        self
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// As a response.
    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::full(format!("{} {}\n", self.status.as_u16(), self.text)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some((name, value)) = self.header
            && let Ok(name) = HeaderName::from_bytes(name.as_bytes())
        {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if self.close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

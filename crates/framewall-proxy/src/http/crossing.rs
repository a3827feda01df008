//! Which other origins' pages may read answers: as the application has told of each, so that they can read a refusal too.
//!
//! A refusal stands where the application's answer would have, and without its CORS headers a browser hides it from the
//! page. Only what the application said to the same origin, of the same host and first step of the path, is said again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, Response};

/// Allowances that are known. One more, and it begins anew: a refusal without is readable to nobody else either.
const MOST: usize = 1024;
/// Bytes of what one goes by.
const LONGEST: usize = 512;

/// What the application tells an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    origin: HeaderValue,
    credentials: Option<HeaderValue>,
}

impl Allowance {
    /// The headers that say it.
    pub fn headers(&self) -> impl Iterator<Item = (header::HeaderName, HeaderValue)> {
        let own = (self.origin != "*").then(|| (header::VARY, HeaderValue::from_static("Origin")));
        let credentials = self.credentials.clone();
        let credentials = credentials.map(|value| (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, value));
        [(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone())].into_iter().chain(own).chain(credentials)
    }
}

/// Whose page asks for what: route, host, first step of the path, origin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Crossing {
    route: Arc<str>,
    place: Box<str>,
    origin: HeaderValue,
}

impl Crossing {
    /// Of a request that names its origin.
    pub fn of<T>(route: Arc<str>, request: &Request<T>) -> Option<Crossing> {
        let origin = request.headers().get(header::ORIGIN)?.clone();
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let step = request.uri().path().split('/').nth(1).unwrap_or_default();
        let place = format!("{host}/{step}").into_boxed_str();
        (place.len() + origin.len() <= LONGEST).then_some(Crossing { route, place, origin })
    }
}

/// What the application has told lately.
#[derive(Debug, Default)]
pub struct Crossings(Mutex<HashMap<Crossing, Allowance>>);

impl Crossings {
    /// Learns from the application's answer. One that failed may lack the headers that the others have.
    pub fn learn<T>(&self, crossing: &Crossing, answer: &Response<T>) {
        let told = allowance(&crossing.origin, answer.headers());
        let failed = answer.status().is_client_error() || answer.status().is_server_error();
        if told.is_none() && failed {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match told {
            None => {
                known.remove(crossing);
            }
            Some(told) if known.get(crossing) == Some(&told) => {}
            Some(told) => {
                if known.len() >= MOST {
                    known.clear();
                }
                known.insert(crossing.clone(), told);
            }
        }
    }

    /// What it told this one last.
    pub fn told(&self, crossing: &Crossing) -> Option<Allowance> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(crossing).cloned()
    }
}

/// What an answer's headers allow this origin; none where a browser would refuse it.
fn allowance(origin: &HeaderValue, headers: &HeaderMap) -> Option<Allowance> {
    let mut named = headers.get_all(header::ACCESS_CONTROL_ALLOW_ORIGIN).iter();
    let allowed = named.next().filter(|allowed| *allowed == origin || *allowed == "*")?.clone();
    if named.next().is_some() {
        return None;
    }
    let credentials = headers.get(header::ACCESS_CONTROL_ALLOW_CREDENTIALS).filter(|value| *value == "true").cloned();
    Some(Allowance { origin: allowed, credentials })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossing(uri: &str, origin: &str) -> Option<Crossing> {
        let request = Request::builder().uri(uri).header("host", "a").header("origin", origin);
        Crossing::of("default".into(), &request.body(()).unwrap())
    }

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response<()> {
        let start = Response::builder().status(status);
        headers.iter().fold(start, |built, (name, value)| built.header(*name, *value)).body(()).unwrap()
    }

    fn told(crossings: &Crossings, uri: &str, origin: &str) -> Vec<(String, String)> {
        let told = crossing(uri, origin).and_then(|crossing| crossings.told(&crossing));
        let text =
            |(name, value): (header::HeaderName, HeaderValue)| (name.to_string(), value.to_str().unwrap().to_owned());
        told.iter().flat_map(Allowance::headers).map(text).collect()
    }

    #[test]
    fn what_the_application_told_an_origin_is_told_again_and_to_nobody_else() {
        let crossings = Crossings::default();
        let own = crossing("/socket.io/?sid=a", "http://shop.example").unwrap();
        let headers =
            [("access-control-allow-origin", "http://shop.example"), ("access-control-allow-credentials", "true")];
        crossings.learn(&own, &answer(200, &headers));
        let again = told(&crossings, "/socket.io/?sid=b", "http://shop.example");
        let wanted =
            [headers[0], ("vary", "Origin"), headers[1]].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(again, wanted);
        assert_eq!(told(&crossings, "/socket.io/", "http://evil.example"), []);
        assert_eq!(told(&crossings, "/admin/", "http://shop.example"), []);
        crossings.learn(&own, &answer(404, &[]));
        assert_eq!(told(&crossings, "/socket.io/", "http://shop.example").len(), 3);
        crossings.learn(&own, &answer(200, &[]));
        assert_eq!(told(&crossings, "/socket.io/", "http://shop.example"), []);
    }

    #[test]
    fn what_a_browser_would_refuse_is_no_allowance() {
        let crossings = Crossings::default();
        let own = crossing("/a/b", "http://shop.example").unwrap();
        let name = "access-control-allow-origin";
        for headers in [&[(name, "http://other.example")][..], &[(name, "*"), (name, "http://shop.example")]] {
            crossings.learn(&own, &answer(200, headers));
            assert_eq!(crossings.told(&own), None);
        }
        crossings.learn(&own, &answer(200, &[(name, "*")]));
        assert_eq!(told(&crossings, "/a/", "http://shop.example"), [(name.to_owned(), "*".to_owned())]);
    }

    #[test]
    fn memory_has_an_end() {
        let crossings = Crossings::default();
        for number in 0..3 * MOST {
            let own = crossing("/", &format!("http://{number}.example")).unwrap();
            crossings.learn(&own, &answer(200, &[("access-control-allow-origin", "*")]));
        }
        assert!(crossings.0.lock().unwrap().len() <= MOST);
        assert!(crossing("/", &"x".repeat(LONGEST)).is_none());
    }
}

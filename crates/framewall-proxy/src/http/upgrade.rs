//! The opening handshake: checked, judged, sent on, its answer verified, and both sockets given to a tunnel.

use std::sync::Arc;

use framewall_core::wire::handshake::{self, ClientHandshake, HandshakeError, Offer};
use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, Response, StatusCode, Version, request};
use hyper::body::Incoming;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;

use super::answer::Answer;
use super::body::Body;
use super::headers::{has_token, strip_hop};
use super::paced::Paced;
use super::proxy::Passage;
use crate::judge::Failure;
use crate::stream::Stream;
use crate::tunnel::{Ends, Terms, Tunnel};
use crate::upstream::exchange;

/// Whether a request asks for WebSocket. Anything else stays HTTP, without its Upgrade.
pub fn is_wanted(headers: &HeaderMap) -> bool {
    has_token(headers, &header::CONNECTION, "upgrade") && has_token(headers, &header::UPGRADE, "websocket")
}

impl Passage<'_> {
    /// The request as a handshake, or why it is none.
    pub(super) fn handshake(&self, request: &Request<Incoming>) -> Result<ClientHandshake, Answer> {
        let version = if request.version() == Version::HTTP_11 { (1, 1) } else { (1, 0) };
        let has_body = !http_body::Body::is_end_stream(request.body());
        let method = request.method().as_str();
        ClientHandshake::check(method, version, request.headers(), has_body).map_err(|error| self.refused(error))
    }

    fn refused(&self, error: HandshakeError) -> Answer {
        self.report(Failure { side: Some(error.fault()), limit: None, why: error.why(), code: error.status() });
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Answer::new(status, error.why()).with(error.header()).closing()
    }

    pub(super) async fn upgrade(
        &self,
        mut handshake: ClientHandshake,
        parts: request::Parts,
        client: OnUpgrade,
    ) -> Result<Response<Body>, Answer> {
        let mut onward = self.onward_headers(&parts.headers);
        insert_upgrade(&mut onward);
        set_extensions(&mut onward, handshake.offer(Offer::AsIs).as_deref());
        let request = exchange::request(parts, onward, Body::Empty);
        let answer = exchange::send_upgrade(&self.site.group, self.client_ip, &self.route().limits, request).await;
        let mut response = answer.map_err(|error| Self::away(error).closing())?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return self.respond(response, None).await;
        }
        let mut negotiated =
            handshake.verify(response.status().as_u16(), response.headers()).map_err(|error| self.refused(error))?;
        let server = hyper::upgrade::on(&mut response);
        let mut headers = std::mem::take(response.headers_mut());
        strip_hop(&mut headers);
        insert_upgrade(&mut headers);
        let mut extensions = joined(&headers);
        if let Some(deflate) = negotiated.deflate.as_mut().filter(|_| !self.is_off()) {
            let answered = headers.get_all(header::SEC_WEBSOCKET_EXTENSIONS).iter().map(HeaderValue::as_bytes);
            extensions = handshake::with_client_no_context_takeover(answered);
            deflate.client_no_context_takeover = true;
            set_extensions(&mut headers, extensions.as_deref());
        }
        let terms = Terms { negotiated, extensions, request: Arc::clone(&self.head), site: Arc::clone(self.site) };
        let (shared, place) = (Arc::clone(&self.client.shared), Arc::clone(&self.client.place));
        tokio::spawn(async move {
            if let (Ok(server), Ok(client)) = (server.await, client.await)
                && let Some(ends) = ends(client, server)
            {
                Tunnel::new(ends, terms, &shared).await;
            }
            drop(place);
        });
        let mut switching = Response::new(Body::Empty);
        *switching.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *switching.headers_mut() = headers;
        Ok(switching)
    }
}

/// The sockets, each with what has been read from it beyond the handshake.
fn ends(client: Upgraded, server: Upgraded) -> Option<Ends> {
    let client = client.downcast::<TokioIo<Paced>>().ok()?;
    let server = server.downcast::<TokioIo<Stream>>().ok()?;
    Some(Ends {
        client: (client.io.into_inner().into_inner(), client.read_buf),
        server: (server.io.into_inner(), server.read_buf),
    })
}

fn insert_upgrade(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

fn set_extensions(headers: &mut HeaderMap, value: Option<&str>) {
    match value.and_then(|value| HeaderValue::from_str(value).ok()) {
        Some(value) => headers.insert(header::SEC_WEBSOCKET_EXTENSIONS, value),
        None => headers.remove(header::SEC_WEBSOCKET_EXTENSIONS),
    };
}

fn joined(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::SEC_WEBSOCKET_EXTENSIONS).iter();
    let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

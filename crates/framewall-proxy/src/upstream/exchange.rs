//! One request to a group of servers and its answer's head.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, Request, Response, StatusCode, request};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::group::Group;
use super::pool::Pool;
use super::{Address, connect};
use crate::http::body::Body;
use crate::limits::Limits;

/// Header fields of one answer.
const MAX_HEADERS: usize = 200;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayError {
    /// No server of the group could be connected to.
    Away,
    /// Connecting took too long.
    ConnectTimeout,
    /// The answer took too long.
    AnswerTimeout,
    /// The connection broke, or what came is not an HTTP answer.
    Broken,
}

impl GatewayError {
    /// The status to answer with, and in one line why.
    pub fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::Away => (StatusCode::BAD_GATEWAY, "The application cannot be reached."),
            Self::ConnectTimeout => {
                (StatusCode::GATEWAY_TIMEOUT, "The application did not accept the connection in time.")
            }
            Self::AnswerTimeout => (StatusCode::GATEWAY_TIMEOUT, "The application did not answer in time."),
            Self::Broken => (StatusCode::BAD_GATEWAY, "The application did not answer properly."),
        }
    }
}

/// Sends over a kept connection or a new one.
///
/// A kept connection may have been closed at the other end meanwhile. The request is then sent again over a new
/// one, but only where nothing of it can have been acted on: none of it was sent, or its method is safe and it
/// has no body (RFC 9110 9.2.2).
pub async fn send(
    group: &Group,
    pool: &Arc<Pool>,
    client: IpAddr,
    limits: &Limits,
    mut request: Request<Body>,
) -> Result<Response<Incoming>, GatewayError> {
    let order = group.order(client);
    if let Some((address, mut sender)) = order.first().and_then(|&first| Some((first, pool.take(first)?))) {
        let again = copy_if_safe(&request);
        match timeout(limits.answer(), sender.try_send_request(request)).await {
            Err(_) => return Err(GatewayError::AnswerTimeout),
            Ok(Ok(response)) => {
                keep(pool, address, sender);
                return Ok(response);
            }
            Ok(Err(mut error)) => match error.take_message().or(again) {
                Some(unsent) => request = unsent,
                None => return Err(GatewayError::Broken),
            },
        }
    }
    let (address, mut sender) = fresh(group, &order, limits.connect(), false).await?;
    match timeout(limits.answer(), sender.send_request(request)).await {
        Err(_) => Err(GatewayError::AnswerTimeout),
        Ok(Err(_)) => Err(GatewayError::Broken),
        Ok(Ok(response)) => {
            keep(pool, address, sender);
            Ok(response)
        }
    }
}

/// Sends a handshake over a connection of its own, which `hyper::upgrade::on` the answer then gives.
pub async fn send_upgrade(
    group: &Group,
    client: IpAddr,
    limits: &Limits,
    request: Request<Body>,
) -> Result<Response<Incoming>, GatewayError> {
    let order = group.order(client);
    let (_, mut sender) = fresh(group, &order, limits.connect(), true).await?;
    match timeout(limits.answer(), sender.send_request(request)).await {
        Err(_) => Err(GatewayError::AnswerTimeout),
        Ok(answer) => answer.map_err(|_| GatewayError::Broken),
    }
}

/// The first server that accepts a connection.
async fn fresh<'a>(
    group: &Group,
    order: &[&'a Address],
    patience: Duration,
    upgrades: bool,
) -> Result<(&'a Address, SendRequest<Body>), GatewayError> {
    let mut error = GatewayError::Away;
    for &address in order {
        match timeout(patience, connect(address)).await {
            Ok(Ok(stream)) => {
                let mut builder = http1::Builder::new();
                builder.preserve_header_case(true).max_headers(MAX_HEADERS);
                let (sender, connection) =
                    builder.handshake(TokioIo::new(stream)).await.map_err(|_| GatewayError::Broken)?;
                if upgrades {
                    tokio::spawn(connection.with_upgrades());
                } else {
                    tokio::spawn(connection);
                }
                return Ok((address, sender));
            }
            Ok(Err(_)) => group.away(address),
            Err(_) => {
                group.away(address);
                error = GatewayError::ConnectTimeout;
            }
        }
    }
    Err(error)
}

/// Gives the connection back once the answer's body has been read to its end.
fn keep(pool: &Arc<Pool>, address: &Address, mut sender: SendRequest<Body>) {
    let (pool, address) = (Arc::clone(pool), address.clone());
    tokio::spawn(async move {
        if sender.ready().await.is_ok() {
            pool.put(address, sender);
        }
    });
}

fn copy_if_safe(request: &Request<Body>) -> Option<Request<Body>> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    (safe && request.body().is_empty()).then(|| {
        let mut copy = Request::new(Body::Empty);
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.headers_mut() = request.headers().clone();
        copy
    })
}

/// A request made of parts, in HTTP/1.1 whatever the client spoke.
pub fn request(mut parts: request::Parts, headers: HeaderMap, body: Body) -> Request<Body> {
    parts.version = http::Version::HTTP_11;
    parts.headers = headers;
    Request::from_parts(parts, body)
}

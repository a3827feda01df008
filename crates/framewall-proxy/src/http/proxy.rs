//! One request from its head to its answer.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, Response, StatusCode, Version, response};
use hyper::body::Incoming;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::answer::Answer;
use super::body::{Body, CollectError, Streamed};
use super::crossing::Crossing;
use super::judged::{Judged, Terms};
use super::records::Records;
use super::{check, headers, route, upgrade};
use crate::config::{Fail, Inspect, Route};
use crate::judge::{BodyRuling, Failure, Head, Job, Plan, Reply};
use crate::limits;
use crate::memory::Account;
use crate::registry::{Interrupt, Place};
use crate::relay::Shared;
use crate::table::{Site, Table};
use crate::upstream::exchange::{self, GatewayError};
use crate::upstream::pool::Pool;
use framewall_core::wire::Side;

/// One client's connection.
pub struct Client {
    /// `None`: over a unix socket, so a proxy of this machine.
    pub(crate) peer: Option<IpAddr>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) place: Arc<Place>,
}

/// One request on its way.
pub(super) struct Passage<'a> {
    pub(super) client: &'a Client,
    pub(super) table: &'a Table,
    pub(super) site: &'a Arc<Site>,
    pub(super) client_ip: IpAddr,
    pub(super) head: Arc<Head>,
    pub(super) plan: Plan,
    /// Of a request for no tunnel: whose page it is that may read the answer.
    crossing: Option<Crossing>,
    /// From before it is judged, so that no answer from outside comes too early.
    interrupt: Option<Interrupt>,
}

/// A refused message is answered this much after the session's poll, which is ended with the framework's own words:
/// a client that saw the message fail first would take it for a lost connection, and come back.
const BEHIND: Duration = Duration::from_millis(50);
const REFUSED: &str = "Blocked by Framewall.";
const UNREAD: &str = "The application's answer could not be inspected.";
const UNJUDGED: &str = "This could not be inspected.";

/// Answers one request, one way or another.
pub async fn serve(client: Arc<Client>, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    Ok(exchange(&client, request).await.unwrap_or_else(Answer::into_response))
}

async fn exchange(client: &Client, mut request: Request<Incoming>) -> Result<Response<Body>, Answer> {
    check::check(&mut request)?;
    let table = client.shared.table();
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let index = route::find(&table.routes, host, request.uri().path()).map_err(|error| match error {
        route::NoRoute::Unmatched => Answer::new(StatusCode::NOT_FOUND, "Nothing is served here."),
        route::NoRoute::Ambiguous => Answer::new(StatusCode::BAD_REQUEST, "The path is ambiguous."),
    })?;
    let site = &table.sites[index];
    let wants_tunnel = upgrade::is_wanted(request.headers());
    let client_ip = headers::client_ip(request.headers(), client.peer, &table.trusted);
    let head = Arc::new(head(client, &table, &site.route, client_ip, &request, wants_tunnel));
    let interrupt = (!wants_tunnel).then(|| client.shared.registry.wait(head.id));
    let crossing = if wants_tunnel { None } else { Crossing::of(Arc::clone(&head.route), &request) };
    let plan = Plan::default();
    let mut passage =
        Passage { client, table: &table, site, client_ip, head, plan, crossing: crossing.clone(), interrupt };
    if wants_tunnel {
        let handshake = passage.handshake(&request)?;
        passage.plan = passage.judged().await?;
        let socket = hyper::upgrade::on(&mut request);
        return passage.upgrade(handshake, request.into_parts().0, socket).await;
    }
    // Answers of the application's own bear its own headers.
    passage.judged_and_forwarded(request).await.map_err(|answer| {
        let allowance = crossing.and_then(|crossing| client.shared.crossings.told(&crossing));
        answer.readable(allowance)
    })
}

fn head(
    client: &Client,
    table: &Table,
    route: &Route,
    client_ip: IpAddr,
    request: &Request<Incoming>,
    upgrade: bool,
) -> Head {
    let target = request.uri().path_and_query().map_or("*", |target| target.as_str());
    Head {
        id: client.shared.registry.number(),
        method: request.method().as_str().to_owned(),
        target: target.to_owned(),
        version: if request.version() == Version::HTTP_10 { "HTTP/1.0" } else { "HTTP/1.1" },
        headers: headers::listed(request.headers()),
        client_ip: client_ip.to_string(),
        route: route.name.as_str().into(),
        scheme: table.scheme.clone(),
        upgrade,
    }
}

impl Passage<'_> {
    pub(super) fn route(&self) -> &Route {
        &self.site.route
    }

    pub(super) fn is_off(&self) -> bool {
        self.route().inspect == Inspect::Nothing
    }

    /// Tells the judge that the relay itself refused.
    pub(super) fn report(&self, failure: Failure) {
        if !self.is_off() {
            self.client.shared.judge.submit(Job::Refused { request: Arc::clone(&self.head), failure });
        }
    }

    async fn judged(&self) -> Result<Plan, Answer> {
        if self.is_off() {
            return Ok(Plan::default());
        }
        let request = Arc::clone(&self.head);
        let plan = self.ask(|reply| Job::Request { request, reply }).await?.unwrap_or_default();
        match plan.refuse {
            // What a client sends right behind a refused handshake is not HTTP.
            Some(ref refusal) => {
                let answer = Answer::refusal(refusal.clone(), REFUSED);
                Err(if self.head.upgrade { answer.closing() } else { answer })
            }
            None => Ok(plan),
        }
    }

    /// The judge's answer; `None` where there is none and the route fails open.
    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<Option<T>, Answer> {
        let (reply, answer): (_, oneshot::Receiver<T>) = Reply::new();
        self.client.shared.judge.submit(job(reply));
        let limit = match timeout(self.route().limits.inspect(), answer).await {
            Ok(Ok(answer)) => return Ok(Some(answer)),
            Ok(Err(_)) => None,
            Err(_) => Some(limits::INSPECT_MS.name),
        };
        self.report(Failure { side: None, limit, why: "inspection failed", code: 503 });
        match self.route().fail {
            Fail::Open => Ok(None),
            Fail::Closed => {
                let answer = Answer::new(StatusCode::SERVICE_UNAVAILABLE, UNJUDGED);
                Err(if self.head.upgrade { answer.closing() } else { answer })
            }
        }
    }

    async fn ruled(&self, job: impl FnOnce(Reply<BodyRuling>) -> Job) -> Result<(), Answer> {
        match self.ask(job).await? {
            Some(BodyRuling::Refuse(refusal)) => Err(Answer::refusal(refusal, REFUSED)),
            Some(BodyRuling::Pass) | None => Ok(()),
        }
    }

    async fn judged_and_forwarded(mut self, request: Request<Incoming>) -> Result<Response<Body>, Answer> {
        self.plan = self.judged().await?;
        self.forward(request).await
    }

    async fn forward(mut self, request: Request<Incoming>) -> Result<Response<Body>, Answer> {
        let interrupt = self.interrupt.take().filter(|_| self.plan.interruptible);
        let (parts, incoming) = request.into_parts();
        let limits = &self.route().limits;
        let mut onward = self.onward_headers(&parts.headers);
        let mut body = Body::stream(incoming, limits.stall());
        let mut account = self.client.shared.registry.account();
        if self.plan.inspect_body && !body.is_empty() {
            body = self.inspected_body(body, &mut account).await?;
            onward.insert(header::CONTENT_LENGTH, HeaderValue::from(http_body::Body::size_hint(&body).lower()));
        }
        let request = exchange::request(parts, onward, body);
        let client = self.client;
        let answer = exchange::send(&self.site.group, &client.pool, self.client_ip, limits, request);
        let response = unless_refused(answer, interrupt.as_ref()).await?.map_err(Self::away)?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Self::away(GatewayError::Broken));
        }
        self.respond(response, interrupt).await
    }

    pub(super) fn away(error: GatewayError) -> Answer {
        let (status, text) = error.answer();
        Answer::new(status, text)
    }

    /// The request's headers as the application gets them.
    pub(super) fn onward_headers(&self, sent: &HeaderMap) -> HeaderMap {
        let mut onward = sent.clone();
        headers::strip_hop(&mut onward);
        headers::forward(&mut onward, self.client.peer, &self.table.scheme, &self.table.trusted);
        if self.plan.inspect_response {
            onward.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        onward
    }

    async fn inspected_body(&self, body: Body, account: &mut Account) -> Result<Body, Answer> {
        let limits = &self.route().limits;
        let holds = |bytes| account.set(bytes, limits.memory_bytes);
        let body = body.collect(limits.body_bytes, holds).await.map_err(|error| match error {
            CollectError::TooBig => {
                self.report(too_big(Side::Client, "request body too big to be inspected", 413));
                Answer::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too big to be inspected.").closing()
            }
            CollectError::TooMuch => self.too_much(Side::Client).closing(),
            CollectError::Broken => Answer::new(StatusCode::BAD_REQUEST, "The body broke off.").closing(),
        })?;
        let (request, copy) = (Arc::clone(&self.head), body.clone());
        if let Err(refusal) = self.ruled(|reply| Job::Body { request, body: copy, reply }).await {
            sleep(BEHIND).await;
            return Err(refusal);
        }
        Ok(Body::full(body))
    }

    fn terms(&self, parts: &response::Parts, records: Records) -> Terms {
        Terms {
            judge: Arc::clone(&self.client.shared.judge),
            request: Arc::clone(&self.head),
            status: parts.status.as_u16(),
            headers: headers::listed(&parts.headers),
            records,
            limits: self.route().limits.clone(),
            fail: self.route().fail,
        }
    }

    /// The application's answer as the client gets it.
    pub(super) async fn respond(
        &self,
        response: Response<Incoming>,
        interrupt: Option<Interrupt>,
    ) -> Result<Response<Body>, Answer> {
        if let Some(crossing) = &self.crossing {
            self.client.shared.crossings.learn(crossing, &response);
        }
        let (mut parts, incoming) = response.into_parts();
        headers::strip_hop(&mut parts.headers);
        parts.version = Version::HTTP_11;
        if let Some(records) = self.plan.records.filter(|_| is_stream(&parts)) {
            let stream = Streamed::new(incoming, self.route().limits.stall()).interruptible(interrupt, records);
            let body = if self.plan.inspect_response {
                Body::Judged(Box::new(Judged::new(stream, self.terms(&parts, records))))
            } else {
                Body::Stream(stream)
            };
            return Ok(Response::from_parts(parts, body));
        }
        let mut body = Body::stream(incoming, self.route().limits.stall());
        if self.plan.inspect_response {
            let (limits, mut account) = (&self.route().limits, self.client.shared.registry.account());
            let holds = |bytes| account.set(bytes, limits.memory_bytes);
            let whole = body.collect(limits.body_bytes, holds).await.map_err(|error| match error {
                CollectError::TooMuch => self.too_much(Side::Server),
                CollectError::TooBig => {
                    self.report(too_big(Side::Server, "answer too big to be inspected", 502));
                    Answer::new(StatusCode::BAD_GATEWAY, UNREAD)
                }
                CollectError::Broken => Answer::new(StatusCode::BAD_GATEWAY, UNREAD),
            })?;
            let (request, status) = (Arc::clone(&self.head), parts.status.as_u16());
            let (listed, copy) = (headers::listed(&parts.headers), whole.clone());
            self.ruled(|reply| Job::Response { request, status, headers: listed, body: copy, reply }).await?;
            body = Body::full(whole);
        }
        Ok(Response::from_parts(parts, body))
    }

    fn too_much(&self, side: Side) -> Answer {
        let (limit, why) = (Some(limits::MEMORY_BYTES.name), "too much is held for all connections together");
        self.report(Failure { side: Some(side), limit, why, code: 503 });
        Answer::new(StatusCode::SERVICE_UNAVAILABLE, "Too much is going on.")
    }
}

/// The answer, unless the request is answered from outside before it comes.
async fn unless_refused<T>(answer: impl Future<Output = T>, interrupt: Option<&Interrupt>) -> Result<T, Answer> {
    let Some(interrupt) = interrupt else { return Ok(answer.await) };
    let mut answer = pin!(answer);
    poll_fn(|cx| match interrupt.poll(cx) {
        Poll::Ready(refusal) => Poll::Ready(Err(Answer::refusal(refusal, REFUSED))),
        Poll::Pending => answer.as_mut().poll(cx).map(Ok),
    })
    .await
}

/// Whether an answer can be cut into records: it went well, is as long as it comes, and can be read.
fn is_stream(parts: &response::Parts) -> bool {
    parts.status == StatusCode::OK
        && !parts.headers.contains_key(header::CONTENT_LENGTH)
        && !parts.headers.contains_key(header::CONTENT_ENCODING)
}

fn too_big(side: Side, why: &'static str, code: u16) -> Failure {
    Failure { side: Some(side), limit: Some(limits::BODY_BYTES.name), why, code }
}

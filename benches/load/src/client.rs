//! The clients: connections that keep messages under way, or that only stand.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::frame::{self, FINAL, MASK};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    pub address: String,
    pub path: String,
    pub connections: usize,
    pub window: usize,
    pub time: Duration,
    /// Offer permessage-deflate, and go on only if it is agreed on.
    pub deflate: bool,
    /// Pauses of this long between windows: connections that are busy, not saturated.
    pub pause: Duration,
}

/// Messages, each as the frame that carries it, and its payload's length.
pub struct Messages(Vec<(Vec<u8>, usize)>);

impl Messages {
    /// From a file of `a frame's first byte, length as four bytes big-endian, payload`, repeated.
    pub fn read(file: &str) -> io::Result<Self> {
        let bytes = std::fs::read(file)?;
        let (mut at, mut messages) = (0, Vec::new());
        while at < bytes.len() {
            let broken = || io::Error::other("the file of messages is broken");
            let head: [u8; 5] = bytes.get(at..at + 5).ok_or_else(broken)?.try_into().map_err(io::Error::other)?;
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let payload = bytes.get(at + 5..at + 5 + length).ok_or_else(broken)?;
            at += 5 + length;
            let mut frame = Vec::new();
            frame::write(&mut frame, head[0], payload, Some(MASK));
            messages.push((frame, payload.len()));
        }
        if messages.is_empty() { Err(io::Error::other("no messages")) } else { Ok(Self(messages)) }
    }
}

async fn connect(plan: &Plan) -> io::Result<(TcpStream, Vec<u8>)> {
    let mut stream = TcpStream::connect(&plan.address).await?;
    stream.set_nodelay(true)?;
    let offer = if plan.deflate {
        "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n"
    } else {
        ""
    };
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{offer}\r\n",
        plan.path
    );
    stream.write_all(request.as_bytes()).await?;
    let (head, mut rest) = frame::read_head(&mut stream).await?;
    if !head.starts_with(b"HTTP/1.1 101") {
        return Err(io::Error::other(String::from_utf8_lossy(&head).into_owned()));
    }
    if plan.deflate && !String::from_utf8_lossy(&head).to_ascii_lowercase().contains("permessage-deflate") {
        return Err(io::Error::other("compression was not agreed on"));
    }
    if plan.path.starts_with("/socket.io/") {
        answers(&mut stream, &mut rest, 1).await?;
        let mut join = Vec::new();
        frame::write(&mut join, FINAL | 1, b"40", Some(MASK));
        stream.write_all(&join).await?;
        answers(&mut stream, &mut rest, 1).await?;
    }
    Ok((stream, rest))
}

/// Reads so many messages; nothing of them is kept.
async fn answers(stream: &mut TcpStream, buffer: &mut Vec<u8>, mut count: usize) -> io::Result<()> {
    while count > 0 {
        if let Some((start, length, _)) = frame::first(buffer) {
            buffer.drain(..start + length);
            count -= 1;
        } else if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// Loads, and prints one JSON object: messages, seconds, and the round trips' quantiles in microseconds.
pub async fn run(plan: Plan, messages: Messages) -> io::Result<()> {
    let messages = Arc::new(messages);
    let mut streams = Vec::new();
    for _ in 0..plan.connections {
        streams.push(connect(&plan).await?);
    }
    let (began, end) = (Instant::now(), Instant::now() + plan.time);
    let spread = messages.0.len().div_ceil(plan.connections.max(1));
    let tasks: Vec<_> = streams
        .into_iter()
        .enumerate()
        .map(|(index, (stream, rest))| {
            tokio::spawn(ping_pong(stream, rest, plan.clone(), Arc::clone(&messages), index * spread, end))
        })
        .collect();
    let mut trips = Vec::new();
    for task in tasks {
        trips.extend(task.await.map_err(io::Error::other)??);
    }
    let seconds = began.elapsed().as_secs_f64();
    trips.sort_unstable();
    let part = |share: f64| trips.get((trips.len() as f64 * share) as usize).copied().unwrap_or(0);
    println!(
        r#"{{"messages": {}, "seconds": {seconds:.3}, "p50": {}, "p99": {}, "p999": {}}}"#,
        trips.len(),
        part(0.5),
        part(0.99),
        part(0.999)
    );
    Ok(())
}

/// Keeps a window of messages under way, each another one; the trips in microseconds.
async fn ping_pong(
    mut stream: TcpStream,
    mut buffer: Vec<u8>,
    plan: Plan,
    messages: Arc<Messages>,
    mut next: usize,
    end: Instant,
) -> io::Result<Vec<u32>> {
    let (mut trips, mut out, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    while Instant::now() < end {
        out.clear();
        lengths.clear();
        for _ in 0..plan.window {
            let (frame, length) = &messages.0[next % messages.0.len()];
            out.extend(frame);
            lengths.push(*length);
            next += 1;
        }
        let sent = Instant::now();
        let (mut reader, mut writer) = stream.split();
        // Answers are read while the window is still being written: large ones would block both ways.
        let write = async { writer.write_all(&out).await };
        let read = async {
            let mut at_message = 0;
            while at_message < lengths.len() {
                let mut at = 0;
                while let Some((start, length, _)) = frame::first(&buffer[at..]) {
                    if lengths.get(at_message) != Some(&length) {
                        return Err(io::Error::other("not the message that was sent"));
                    }
                    at += start + length;
                    at_message += 1;
                    trips.push(sent.elapsed().as_micros() as u32);
                }
                buffer.drain(..at);
                if at_message < lengths.len() && reader.read_buf(&mut buffer).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Ok(())
        };
        tokio::try_join!(write, read)?;
        if !plan.pause.is_zero() {
            tokio::time::sleep(plan.pause).await;
        }
    }
    Ok(trips)
}

/// Opens all at once, prints how long that took, and holds them until standard input ends.
pub async fn idle(plan: Plan) -> io::Result<()> {
    let began = Instant::now();
    let plan = Arc::new(plan);
    let tasks: Vec<_> = (0..plan.connections)
        .map(|_| {
            let plan = Arc::clone(&plan);
            tokio::spawn(async move { connect(&plan).await.map(|(stream, _)| stream) })
        })
        .collect();
    let (mut held, mut failed) = (Vec::new(), 0);
    for task in tasks {
        match task.await.map_err(io::Error::other)? {
            Ok(stream) => held.push(stream),
            Err(_) => failed += 1,
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(r#"{{"opened": {}, "failed": {failed}, "seconds": {seconds:.3}}}"#, held.len());
    tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new())).await.map_err(io::Error::other)??;
    Ok(())
}

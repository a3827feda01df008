//! `load echo` answers WebSocket messages; `load run ADDRESS CONNECTIONS WINDOW SECONDS BYTES` sends them and
//! prints one JSON object: messages, seconds, and the round trip's p50 and p99 in microseconds.
//!
//! Raw frames, no compression, no checks beyond what keeps the counts honest: it must cost less than what it
//! measures.

use std::io;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const HANDSHAKE: &str = "GET /bench HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
/// The key is the RFC's example, and so is its answer.
const SWITCHING: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["echo"] => runtime.block_on(echo()),
        ["run", address, connections, window, seconds, bytes] => {
            let number = |text: &str| text.parse::<usize>().map_err(io::Error::other);
            let plan = Plan {
                connections: number(connections)?,
                window: number(window)?,
                time: Duration::from_secs(number(seconds)? as u64),
                bytes: number(bytes)?,
            };
            runtime.block_on(run(address, plan))
        }
        _ => Err(io::Error::other("load echo | load run ADDRESS CONNECTIONS WINDOW SECONDS BYTES")),
    }
}

async fn echo() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let _ = echo_one(stream).await;
        });
    }
}

async fn echo_one(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = read_head(&mut stream).await?;
    stream.write_all(SWITCHING.as_bytes()).await?;
    let mut out = Vec::new();
    loop {
        let mut at = 0;
        while let Some((start, length, mask)) = frame(&buffer[at..]) {
            write_head(&mut out, buffer[at], length, None);
            let payload = &buffer[at + start..at + start + length];
            out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
            at += start + length;
        }
        buffer.drain(..at);
        if !out.is_empty() {
            stream.write_all(&out).await?;
            out.clear();
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}

#[derive(Clone, Copy)]
struct Plan {
    connections: usize,
    window: usize,
    time: Duration,
    bytes: usize,
}

async fn run(address: &str, plan: Plan) -> io::Result<()> {
    let mut streams = Vec::new();
    for _ in 0..plan.connections {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(HANDSHAKE.as_bytes()).await?;
        streams.push((read_head(&mut stream).await?, stream));
    }
    let began = Instant::now();
    let tasks: Vec<_> = streams
        .into_iter()
        .map(|(rest, stream)| tokio::spawn(ping_pong(stream, rest, plan, began + plan.time)))
        .collect();
    let mut trips = Vec::new();
    for task in tasks {
        trips.extend(task.await.map_err(io::Error::other)??);
    }
    let seconds = began.elapsed().as_secs_f64();
    trips.sort_unstable();
    let part = |share: f64| trips.get((trips.len() as f64 * share) as usize).copied().unwrap_or(0);
    println!(
        r#"{{"messages": {}, "seconds": {seconds:.3}, "p50": {}, "p99": {}}}"#,
        trips.len(),
        part(0.5),
        part(0.99)
    );
    Ok(())
}

/// Keeps `window` messages under way; the trips in microseconds.
async fn ping_pong(mut stream: TcpStream, mut buffer: Vec<u8>, plan: Plan, end: Instant) -> io::Result<Vec<u32>> {
    let text = br#"["message",{"room":"lobby","text":"good morning, has anyone seen the release notes yet?","#;
    let payload: Vec<u8> = text.iter().cycle().take(plan.bytes).copied().collect();
    let mut one = Vec::new();
    write_head(&mut one, 0x81, plan.bytes, Some(MASK));
    one.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, key)| byte ^ key));
    let window = one.repeat(plan.window);
    let mut trips = Vec::new();
    while Instant::now() < end {
        let sent = Instant::now();
        stream.write_all(&window).await?;
        let mut left = plan.window;
        while left > 0 {
            let mut at = 0;
            while let Some((start, length, _)) = frame(&buffer[at..]) {
                if length != plan.bytes {
                    return Err(io::Error::other("not the message that was sent"));
                }
                at += start + length;
                left -= 1;
                trips.push(sent.elapsed().as_micros() as u32);
            }
            buffer.drain(..at);
            if left > 0 && stream.read_buf(&mut buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
    Ok(trips)
}

/// The first whole frame: where its payload starts, how long it is, its mask (zeros if none).
fn frame(bytes: &[u8]) -> Option<(usize, usize, [u8; 4])> {
    let second = *bytes.get(1)?;
    let (length, mut start) = match second & 0x7f {
        126 => (usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)), 4),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize, 10),
        short => (usize::from(short), 2),
    };
    let mut mask = [0; 4];
    if second & 0x80 != 0 {
        mask = bytes.get(start..start + 4)?.try_into().ok()?;
        start += 4;
    }
    (bytes.len() >= start + length).then_some((start, length, mask))
}

fn write_head(out: &mut Vec<u8>, first: u8, length: usize, mask: Option<[u8; 4]>) {
    let flag = if mask.is_some() { 0x80 } else { 0 };
    out.push(first);
    match length {
        0..126 => out.push(flag | length as u8),
        126..65_536 => {
            out.push(flag | 126);
            out.extend((length as u16).to_be_bytes());
        }
        _ => {
            out.push(flag | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    out.extend(mask.iter().flatten());
}

/// Reads an HTTP head; gives what came behind it.
async fn read_head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut buffer = Vec::new();
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            return Ok(buffer.split_off(end + 4));
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

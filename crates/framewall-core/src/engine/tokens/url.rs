//! Addresses: does a text point a server at itself, its neighbours, its cloud or its files?
//!
//! Every `scheme:` is read the way the laxest client would (slashes missing or turned round, a host in any notation of
//! an address, enclosed letters, a user before `@`), then judged by where it leads. A link to a public site passes;
//! so does talk of `localhost`, unless the text is nothing but that address.

mod host;

use super::{Best, Hit};
use host::Place;

/// The strongest address in `text`.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    let alone = stands_alone(text);
    for colon in memchr::memchr_iter(b':', text) {
        let start = scheme_start(text, colon);
        if start < colon {
            address(text, start, colon, alone, &mut best);
        }
    }
    without_scheme(text, alone, &mut best);
    best.0
}

/// Nothing but the address, or a value of a form: no sentence around it.
fn stands_alone(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.iter().filter(|byte| byte.is_ascii_whitespace()).count() == 0
}

fn scheme_start(text: &[u8], colon: usize) -> usize {
    let length = text[..colon]
        .iter()
        .rev()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-' | b'_'))
        .count();
    let start = colon - length;
    start + text[start..colon].iter().take_while(|byte| !byte.is_ascii_alphabetic()).count()
}

/// What a scheme can do to a server that follows it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    /// Fetches from a host.
    Web,
    /// Other protocols with a host.
    Host,
    /// Speaks any protocol, or runs code.
    Dangerous,
    /// Reads files.
    File,
    /// Wrappers of PHP and Java.
    Wrapper,
    Unknown,
}

fn scheme(name: &[u8]) -> Scheme {
    let mut lower = [0; 24];
    let lower = &mut lower[..name.len()];
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    match &*lower {
        b"http" | b"https" | b"ws" | b"wss" | b"ftp" | b"ftps" | b"url" => Scheme::Web,
        b"gopher" | b"dict" | b"netdoc" | b"expect" | b"local_file" | b"localfile" | b"rmi" | b"iiop" | b"corba" => {
            Scheme::Dangerous
        }
        b"file" => Scheme::File,
        b"php" | b"phar" | b"zip" | b"zlib" | b"compress.zlib" | b"compress.bzip2" | b"glob" | b"rar" | b"ogg"
        | b"jar" | b"ssh2.exec" | b"ssh2.shell" | b"ssh2.sftp" | b"ssh2.tunnel" | b"ssh2.scp" => Scheme::Wrapper,
        b"tftp" | b"sftp" | b"ldap" | b"ldaps" | b"ldapi" | b"smb" | b"ssh" | b"imap" | b"imaps" | b"pop3"
        | b"smtp" | b"rtmp" | b"rsync" | b"irc" | b"telnet" | b"dns" | b"nfs" | b"redis" | b"mysql" | b"postgres"
        | b"mongodb" | b"xri" | b"acap" | b"svn" | b"git" | b"rtsp" | b"sip" | b"news" | b"nntp" | b"afp" | b"cap"
        | b"data" => Scheme::Host,
        _ => Scheme::Unknown,
    }
}

fn address(text: &[u8], start: usize, colon: usize, alone: bool, best: &mut Best) {
    let kind = scheme(&text[start..colon]);
    let rest = &text[colon + 1..];
    let slashes = rest.iter().take(8).take_while(|byte| matches!(byte, b'/' | b'\\')).count();
    let target = &rest[slashes..];
    let span = start..text.len().min(colon + 1 + slashes + 48);
    match kind {
        Scheme::Unknown if slashes >= 2 => web(text, start, target, slashes, false, alone, best),
        Scheme::Unknown => {}
        Scheme::Dangerous if slashes >= 2 || slashes == 1 && alone => {
            best.offer(if alone || start == 0 { 85 } else { 60 }, span, "address of a dangerous scheme");
        }
        Scheme::Wrapper => {
            let name = &text[start..colon];
            let jar = name.eq_ignore_ascii_case(b"jar") && target.contains(&b'!');
            let filter = target.starts_with(b"filter") || target.starts_with(b"input") || target.starts_with(b"expect");
            if slashes >= 2 || jar {
                best.offer(if filter || alone || start == 0 { 85 } else { 55 }, span, "wrapper of a file");
            }
        }
        Scheme::File if slashes >= 1 => {
            let sharp = names_a_secret(target);
            let strength = match (alone || start == 0, sharp) {
                (_, true) => 82,
                (true, false) => 58,
                (false, false) => 25,
            };
            best.offer(strength, span, "address of a file");
        }
        Scheme::File if alone && (target.starts_with(b"${") || target.starts_with(b"$(")) => {
            best.offer(62, span, "address of a file");
        }
        Scheme::Host if text[start..colon].eq_ignore_ascii_case(b"data") => {
            if slashes == 2 && (target.starts_with(b"text/") || target.starts_with(b",")) {
                best.offer(75, span, "data as a file");
            } else if target.starts_with(b"text/plain;base64,") && alone {
                best.offer(60, span, "data as a file");
            }
        }
        Scheme::Host if slashes >= 2 => {
            let odd = [&b"tftp"[..], b"sftp", b"ldap", b"ldaps", b"smb"]
                .iter()
                .any(|name| text[start..colon].eq_ignore_ascii_case(name));
            if odd && alone {
                best.offer(58, span, "address of an inner protocol");
            }
            web(text, start, target, slashes, false, alone, best);
        }
        Scheme::Web => web(text, start, target, slashes, true, alone, best),
        _ => {}
    }
}

/// Whether the path is one that only an attack reads by address.
fn names_a_secret(target: &[u8]) -> bool {
    let head = &target[..target.len().min(64)];
    let find = |word: &[u8]| head.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    find(b"etc")
        || find(b"pass")
        || find(b"proc/")
        || find(b"win.ini")
        || find(b"boot.ini")
        || find(b"..")
        || find(b"?") && find(b"/e")
        || find(b"${")
        || find(b"shadow")
}

/// An address with a host.
fn web(text: &[u8], start: usize, target: &[u8], slashes: usize, web: bool, alone: bool, best: &mut Best) {
    let reading = host::read(target);
    let span = start..text.len().min(text.len() - target.len() + reading.end.max(1));
    let proper = slashes == 2;
    if !proper && !reading.is_address() {
        return;
    }
    let strength: u8 = match (reading.place, reading.disguised) {
        (Place::Metadata, true) => 97,
        (Place::Metadata, false) => {
            if alone {
                95
            } else {
                62
            }
        }
        (Place::Loopback | Place::LinkLocal | Place::Private, true) => 92,
        (Place::Public, true) => 80,
        (Place::Loopback, false) => {
            if alone {
                70
            } else {
                30
            }
        }
        (Place::LinkLocal, false) => {
            if alone {
                70
            } else {
                45
            }
        }
        (Place::Cluster, false) => {
            if alone {
                70
            } else {
                40
            }
        }
        (Place::Cluster, true) => 85,
        (Place::Private, false) => {
            if alone && !proper {
                60
            } else if alone {
                40
            } else {
                15
            }
        }
        (Place::Collector, _) => {
            if alone {
                65
            } else {
                52
            }
        }
        (Place::Version6, _) => {
            if alone {
                55
            } else {
                30
            }
        }
        (Place::Name, true) => 72,
        (Place::Public, false) => {
            if alone && web && start == 0 && runs_code(&target[reading.end..]) {
                54
            } else {
                12
            }
        }
        (Place::Name, false) => {
            if alone && web && start == 0 && target.ends_with(b"?") && runs_code(&target[reading.end..]) {
                55
            } else {
                5
            }
        }
    };
    let strength = if !proper { strength.saturating_sub(if alone { 0 } else { 20 }) } else { strength };
    best.offer(strength, span.clone(), "address inside");
    if reading.two_hosts && proper {
        best.offer(if alone { 65 } else { 45 }, span, "address with a second host");
    }
}

/// A path to a script or program, as for inclusion.
fn runs_code(path: &[u8]) -> bool {
    let end = path.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len());
    let path = &path[..end];
    [
        &b".php"[..],
        b".txt",
        b".asp",
        b".aspx",
        b".jsp",
        b".sh",
        b".pl",
        b".py",
        b".cgi",
        b".exe",
        b".inc",
        b".cfm",
        b".gif",
        b".dtd",
    ]
    .iter()
    .any(|extension| {
        path.len() > extension.len() && path[path.len() - extension.len()..].eq_ignore_ascii_case(extension)
    })
}

/// `//169.254.169.254/`, `\\host\c$`, `localhost/`
fn without_scheme(text: &[u8], alone: bool, best: &mut Best) {
    let text = text.trim_ascii();
    if !alone || text.len() < 4 || !has_a_path(text) {
        return;
    }
    let slashes = text.iter().take(8).take_while(|byte| matches!(byte, b'/' | b'\\')).count();
    let share = text.starts_with(b"\\\\");
    let reading = host::read(&text[slashes..]);
    let path = text[slashes..].get(reading.end).copied();
    if share && reading.end > 0 && path == Some(b'\\') {
        let secret = text.windows(2).any(|pair| pair == b"$\\") || reading.place != Place::Name;
        best.offer(if secret { 75 } else { 52 }, 0..text.len(), "share on another host");
    }
    let named = text[0].is_ascii_alphabetic();
    let strength = match (reading.place, slashes) {
        (Place::Metadata, _) if !named || text.contains(&b'.') => 90,
        (Place::Loopback | Place::Cluster, 0) if path == Some(b'/') && (named || text.starts_with(b"127.")) => 54,
        (Place::Loopback | Place::LinkLocal, 2) => 60,
        (Place::Loopback | Place::LinkLocal, 0)
            if reading.disguised && (named || text[1] | 0x20 == b'x' && text[2].is_ascii_hexdigit()) =>
        {
            52
        }
        _ => 0,
    };
    best.offer(strength, 0..text.len(), "address inside");
}

/// A single `\` is a line break or a folder, and opens no gate.
fn has_a_path(text: &[u8]) -> bool {
    memchr::memchr2(b'/', b'@', text).is_some() || text.windows(2).any(|pair| pair == b"\\\\")
}

#[cfg(test)]
mod tests;

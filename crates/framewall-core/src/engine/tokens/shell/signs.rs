//! Shell writing that only a disguise or an exploit needs, wherever it stands.

use std::ops::Range;

use super::super::Best;
use super::super::search::Stops;
use super::SENTENCE;

/// Where a sign may begin.
const SIGNS: Stops = Stops::at(b"$(/%><{`");

/// Offers every such sign of `text`.
pub(super) fn judge(text: &[u8], best: &mut Best) {
    let mut words = 0usize;
    let mut at = 0;
    while let Some(sign) = SIGNS.next(text, at) {
        if words < SENTENCE {
            words += begun(&text[at..=sign]);
        }
        at = sign;
        let rest = &text[at..];
        match rest[0] {
            b'$' if rest.starts_with(b"$(") => {
                exfiltration(text, at, 2, b')', best);
                dollar(text, at, best);
            }
            b'$' => dollar(text, at, best),
            b'`' => exfiltration(text, at, 1, b'`', best),
            b'(' if rest.starts_with(b"() {") || rest.starts_with(b"(){") => shellshock(text, at, best),
            b'/' if at == 0 || !is_path_byte(text[at - 1]) => {
                let end = at + rest.iter().take(160).take_while(|byte| is_path_byte(**byte)).count();
                // A URL's path and query are none.
                let url = at > 0 && text[at - 1] == b':'
                    || matches!(text.get(end), Some(b'=' | b'&' | b'%'))
                    || names_a_host(&text[at..end]);
                if !url {
                    path(&text[at..end], at, words, best);
                }
            }
            b'%' => substring_of_variable(text, at, best),
            b'>' | b'<' => redirection(text, at, words, best),
            b'{' => braces(text, at, best),
            _ => {}
        }
        at += 1;
    }
    alias(text, best);
    powershell(text, best);
    carets(text, best);
}

/// Words that begin in a text after a blank.
fn begun(text: &[u8]) -> usize {
    text.windows(2).filter(|pair| pair[0] <= 0x20 && pair[1] > 0x20).count()
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'?' | b'*' | b'[' | b']' | b'.' | b'-' | b'_' | b'!')
}

/// `//example.com/page?x`: a URL without its scheme, or with half of it.
fn names_a_host(path: &[u8]) -> bool {
    let host = path.split(|&byte| byte == b'/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let letters = host.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    letters && host.iter().rposition(|&byte| byte == b'.').is_some_and(|dot| dot > 0 && dot + 2 < host.len())
}

/// `$IFS`, `${x:0:1}`, `${x//a/b}`, `$'\x63'`
fn dollar(text: &[u8], at: usize, best: &mut Best) {
    let rest = &text[at..text.len().min(at + 96)];
    let glued = at > 0 && text[at - 1].is_ascii_alphanumeric();
    if rest.starts_with(b"$IFS") && !rest.get(4).is_some_and(u8::is_ascii_lowercase) || rest.starts_with(b"${IFS") {
        return best.offer(88, at..at + 4, "blank written as $IFS");
    }
    if rest.starts_with(b"$'\\") && rest.get(3).is_some_and(|byte| matches!(byte, b'x' | b'0'..=b'7' | b'u')) {
        return best.offer(80, at..at + 4, "escaped string of a shell");
    }
    if (rest.starts_with(b"$@") || rest.starts_with(b"$*")) && glued && rest.get(2).is_some_and(u8::is_ascii_alphabetic)
    {
        return best.offer(65, at..at + 2, "empty expansion inside a word");
    }
    if at == 0 && (rest.starts_with(b"$SHELL -") || rest.starts_with(b"${SHELL} -")) {
        return best.offer(65, at..at + 6, "shell by its variable");
    }
    if rest.starts_with(b"$(())") || rest.starts_with(b"$0<<<") {
        return best.offer(75, at..at + 5, "shell in signs");
    }
    if rest.starts_with(b"${") {
        let Some(close) = memchr::memchr(b'}', rest) else { return };
        let inner = &rest[2..close];
        let name = inner.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let operator = &inner[name.min(inner.len())..];
        let digits = operator.len() > 1 && operator[0] == b':' && operator[1].is_ascii_digit();
        if name > 0 && digits && operator.iter().all(|byte| byte.is_ascii_digit() || *byte == b':') {
            best.offer(75, at..at + close + 1, "substring of a variable");
        } else if name > 0
            && (operator.starts_with(b"//")
                || operator.starts_with(b"#{")
                || operator.starts_with(b"##")
                || operator.starts_with(b"%%"))
        {
            best.offer(60, at..at + close + 1, "variable cut or replaced");
        } else if inner.starts_with(b"`")
            || inner.starts_with(b"@print")
            || inner.starts_with(b"!") && name == 0 && inner.len() > 2
        {
            best.offer(70, at..at + close + 1, "command inside an expansion");
        }
    }
}

/// `() { :; }; command`
fn shellshock(text: &[u8], at: usize, best: &mut Best) {
    let rest = text[at + 2..].trim_ascii_start();
    let body = rest[1..].trim_ascii_start();
    if body.starts_with(b":") || body.starts_with(b"_;") || body.starts_with(b"ignored") {
        best.offer(95, at..text.len().min(at + 16), "function in an environment variable");
    }
}

/// `/e?c/p*wd`, `/bi[n]/sh`
fn path(path: &[u8], at: usize, words: usize, best: &mut Best) {
    let path = match path.iter().rposition(|byte| !matches!(byte, b'?' | b'!' | b'.')) {
        Some(last) => &path[..=last],
        None => return,
    };
    let (mut globbed, mut classes, mut plain) = (0, 0, 0);
    for segment in path.split(|&byte| byte == b'/').filter(|segment| !segment.is_empty()) {
        let question = segment.iter().filter(|byte| **byte == b'?').count();
        let inner_star = segment.len() > 1 && segment.contains(&b'*') && segment[0] != b'*' && !segment.ends_with(b"*");
        // `bi[n]`, `[p]asswd`: letters beside the class; `[a-z]*` is a habit.
        let class = segment.windows(2).any(|pair| {
            pair[0].is_ascii_alphabetic() && pair[1] == b'[' || pair[0] == b']' && pair[1].is_ascii_alphabetic()
        }) || segment.contains(&b'[') && !segment.contains(&b']');
        globbed += usize::from(question > 0 || inner_star);
        classes += usize::from(class);
        plain += usize::from(question == 0 && !class);
    }
    let segments = globbed + plain + classes;
    let device = path.starts_with(b"/dev/");
    let strength = match (globbed, classes) {
        (2.., _) if segments >= 2 => 75,
        (1, 1..) => 75,
        (1, 0) if segments >= 2 && !device && words <= 3 && path.contains(&b'?') => 55,
        (_, 1..) if !device && segments >= 2 && words <= 2 => 65,
        (_, 1..) if at == 0 => 55,
        _ => return,
    };
    best.offer(strength, at..at + path.len(), "path written with wildcards");
}

/// `%VAR:~0,1%` of cmd.
fn substring_of_variable(text: &[u8], at: usize, best: &mut Best) {
    let rest = &text[at + 1..text.len().min(at + 48)];
    let name =
        rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'(' | b')')).count();
    if name > 0 && rest[name..].starts_with(b":~") && rest[name + 2..].contains(&b'%') {
        best.offer(82, at..at + name + 4, "substring of a variable");
    }
}

/// `/dev/tcp/`, `>/tmp/x`, `<<<`
fn redirection(text: &[u8], at: usize, words: usize, best: &mut Best) {
    let rest = &text[at + 1..text.len().min(at + 48)];
    let target = rest.trim_ascii_start();
    let target = target.strip_prefix(b"&").unwrap_or(target).trim_ascii_start();
    if target.starts_with(b"/dev/tcp/") || target.starts_with(b"/dev/udp/") {
        best.offer(92, at..at + 12, "connection opened by redirection");
    } else if rest.starts_with(b"<<")
        && text[at] == b'<'
        && rest.get(2).is_some_and(|byte| matches!(byte, b'\'' | b'"' | b'$' | b'('))
        && words <= 3
    {
        best.offer(55, at..at + 3, "string given to a command");
    } else if at == 0 && (target.starts_with(b"/tmp/") || target.starts_with(b"/etc/") || target.starts_with(b"/var/"))
    {
        best.offer(58, 0..target.len(), "file written by redirection");
    }
}

/// `{cat,/etc/passwd}`
fn braces(text: &[u8], at: usize, best: &mut Best) {
    let rest = &text[at + 1..text.len().min(at + 96)];
    let Some(close) = memchr::memchr3(b'}', b' ', b'\n', rest).filter(|end| rest[*end] == b'}') else {
        return;
    };
    let inner = &rest[..close];
    let Some(comma) = inner.iter().position(|&byte| byte == b',') else { return };
    let address = inner[comma + 1..].starts_with(b"http://") || inner[comma + 1..].starts_with(b"https://");
    if !address && inner.contains(&b':') || inner.contains(&b';') {
        return;
    }
    let word = super::Word::read(inner, 0);
    let class = super::command::find(word.name()).class;
    let known = class != super::Class::Unknown;
    let host = class == super::Class::Sure && is_host(&inner[comma + 1..]);
    let argument = inner.get(comma + 1).copied().unwrap_or(0);
    let strength = match (known, word.disguised, argument) {
        (true, true, _) => 88,
        (true, _, b'-' | b'/' | b'.' | b'~' | b'\'' | b'"') => 80,
        (true, ..) if address || host => 80,
        // `;{sleep,5}`, `|{id,}`
        (true, _, b'0'..=b'9' | 0) if at > 0 && b";|&`(".contains(&text[at - 1]) => 75,
        (false, _, b'-') if comma > 0 => 55,
        _ if comma == 0 && at == 0 && close + 2 == text.len() => 55,
        _ => 0,
    };
    best.offer(strength, at..at + close + 2, "command in braces");
}

/// `evil.example`, `10.0.0.1`
fn is_host(text: &[u8]) -> bool {
    let labels = || text.split(|byte| *byte == b'.');
    labels().count() > 1
        && labels()
            .all(|label| !label.is_empty() && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-'))
}

/// What a command tells, and nobody asks of a link that is given to others.
const TOLD: [&[u8]; 9] = [b"whoami", b"id", b"cat", b"ls", b"env", b"printenv", b"base64", b"ifconfig", b"ipconfig"];
/// The longest command that is looked at in an address, and how far before it the address may begin.
const TOLD_REACH: usize = 128;

/// `http://evil.example/$(whoami)`, `` `id`.evil.example ``: what a command says, told to a host in its own address.
fn exfiltration(text: &[u8], at: usize, open: usize, close: u8, best: &mut Best) {
    let inner = &text[at + open..text.len().min(at + open + TOLD_REACH)];
    let Some(end) = memchr::memchr2(close, b'\n', inner).filter(|end| inner[*end] == close) else { return };
    let name = inner.iter().take(TOLD_REACH).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if !TOLD.contains(&&inner[..name]) || inner[..end].starts_with(b"id -") {
        return;
    }
    let span = at..at + open + end + 1;
    let after = &text[span.end..];
    let host = after.iter().take(TOLD_REACH).take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte));
    let host = &after[..host.count()];
    if host.first() == Some(&b'.') && is_host(&host[1..]) {
        return best.offer(75, span, "what a command says as part of a host");
    }
    let before = &text[at.saturating_sub(TOLD_REACH)..at];
    let word = before.iter().rposition(|byte| *byte <= 0x20).map_or(before, |blank| &before[blank + 1..]);
    let lower = word.to_ascii_lowercase();
    let web = [&b"http://"[..], b"https://", b"ftp://"];
    if web.iter().any(|scheme| memchr::memmem::find(&lower, scheme).is_some()) {
        best.offer(75, span, "what a command says as part of an address");
    }
}

/// `alias ls='id'`
fn alias(text: &[u8], best: &mut Best) {
    let start = text.trim_ascii_start();
    let Some(rest) = start.strip_prefix(b"alias ").or_else(|| start.strip_prefix(b"ALIAS ")) else { return };
    let mut words = rest.split(|&byte| byte <= 0x20).take(3);
    let definition = words.find(|word| !word.starts_with(b"-") && !word.starts_with(b"+")).unwrap_or(b"");
    if definition
        .iter()
        .position(|&byte| byte == b'=')
        .is_some_and(|at| at > 0 && definition.get(at + 1) != Some(&b'='))
    {
        best.offer(54, 0..text.len().min(32), "command renamed");
    }
}

/// `w^h^o^a^m^i`
fn carets(text: &[u8], best: &mut Best) {
    if memchr::memchr(b'^', text).is_none() {
        return;
    }
    let mut run = 0;
    for at in 1..text.len().saturating_sub(1) {
        if text[at] == b'^' && text[at - 1].is_ascii_alphabetic() && text[at + 1].is_ascii_alphabetic() {
            run += 1;
            if run >= 3 {
                return best.offer(70, at - 5..at + 1, "carets inside a word");
            }
        } else if text[at] <= 0x20 {
            run = 0;
        }
    }
}

fn powershell(text: &[u8], best: &mut Best) {
    for at in memchr::memchr3_iter(b'.', b'-', b'[', text) {
        let (byte, rest) = (text[at], &text[at..]);
        if !rest.get(1).is_some_and(|next| matches!(next | 0x20, b'w' | b'd' | b'c' | b's' | b'r' | b'e')) {
            continue;
        }
        let starts = |word: &[u8]| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let (strength, reason) = if byte == b'.'
            && (starts(b".WebClient") || starts(b".DownloadString(") || starts(b".DownloadFile("))
        {
            (75, "download by PowerShell")
        } else if starts(b"[Convert]::FromBase64String")
            || starts(b"[System.Convert]::From")
            || starts(b"[Reflection.Assembly]::")
        {
            (80, "code decoded by PowerShell")
        } else if at > 0 && (starts(b"-EncodedCommand") || starts(b"-ExecutionPolicy Bypass") || starts(b"-ep bypass"))
        {
            (75, "PowerShell set to run unseen")
        } else if starts(b"-enc ")
            && rest[5..].iter().take(16).all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
            && rest.len() > 20
        {
            (85, "code given to PowerShell")
        } else {
            continue;
        };
        return best.offer(strength, at..text.len().min(at + 20), reason);
    }
}

/// What an attacker wants to read.
const TARGETS: &[&[u8]] = &[
    b"/etc/passwd",
    b"/etc/shadow",
    b"/etc/master.passwd",
    b"/etc/sudoers",
    b"/etc/group",
    b"/etc/gshadow",
    b"id_rsa",
    b".aws/credentials",
    b"/proc/self",
    b"boot.ini",
    b"win.ini",
    b"\\repair\\sam",
    b".bash_history",
    b"authorized_keys",
    b"/root/",
    b"wp-config",
    b".git/config",
    b"web.config",
    b"/var/run/secrets",
    b".kube/config",
    b".htpasswd",
];

/// What a command's arguments name of it: each place of a text is looked at once, however many commands stand there.
pub(super) struct Sensitive<'t> {
    text: &'t [u8],
    /// The first target that begins at `from` or behind it, if there is one.
    next: Option<Range<usize>>,
    from: usize,
}

impl<'t> Sensitive<'t> {
    pub fn new(text: &'t [u8]) -> Sensitive<'t> {
        Sensitive { text, next: None, from: usize::MAX }
    }

    /// Whether these arguments, behind those of the last time or about there, name something of it.
    pub fn is_in(&mut self, arguments: Range<usize>) -> bool {
        if arguments.start < self.from || self.next.as_ref().is_some_and(|next| next.start < arguments.start) {
            self.next = self.find(arguments.start);
        }
        self.from = arguments.start;
        self.next.as_ref().is_some_and(|next| arguments.start <= next.start && next.end <= arguments.end)
    }

    fn find(&self, from: usize) -> Option<Range<usize>> {
        const FIRST: Stops = Stops::at(b"/.\\iIbBwWaA");
        let mut from = from;
        while let Some(at) = FIRST.next(self.text, from) {
            let stands = |target: &&&[u8]| {
                self.text[at..].get(..target.len()).is_some_and(|here| here.eq_ignore_ascii_case(target))
            };
            if let Some(target) = TARGETS.iter().find(stands) {
                return Some(at..at + target.len());
            }
            from = at + 1;
        }
        None
    }
}

//! What the inside of a template's delimiters does.

/// How far an expression goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Nothing an engine would evaluate.
    Nothing,
    /// Names a variable.
    Names,
    /// Names an object that engines hand to every template.
    Knows,
    /// Calls something.
    Calls,
    /// Arithmetic on constants: a probe.
    Computes,
    /// Climbs to classes, globals or the runtime.
    Reaches,
    /// Runs a command, reads a file, loads code.
    Runs,
}

impl Act {
    pub fn reason(self) -> &'static str {
        match self {
            Act::Nothing | Act::Names => "template expression",
            Act::Knows => "object of the template engine",
            Act::Calls => "call in a template",
            Act::Computes => "arithmetic in a template",
            Act::Reaches => "way to the runtime from a template",
            Act::Runs => "command or file in a template",
        }
    }
}

/// Names that lead out of the sandbox.
const REACHES: &[&[u8]] = &[
    b"__class__",
    b"__mro__",
    b"__base__",
    b"__bases__",
    b"__subclasses__",
    b"__globals__",
    b"__init__",
    b"__builtins__",
    b"__import__",
    b"__getattribute__",
    b"__getitem__",
    b"__dict__",
    b"__proto__",
    b"getclass(",
    b"forname(",
    b"getruntime",
    b"getclassloader",
    b"processbuilder",
    b"java.lang",
    b"java.util",
    b"java.io",
    b"javax.",
    b"scriptenginemanager",
    b"getconstructor",
    b"getdeclared",
    b"newinstance(",
    b"?new(",
    b"freemarker.template",
    b"_self.env",
    b"registerundefined",
    b"|attr(",
    b"constructor.constructor",
    b".constructor(",
    b"[\"constructor\"]",
    b"['constructor']",
    b"\"constructor\"",
    b"_memberaccess",
    b"#context",
    b"#_",
    b"@java.",
    b"ognl.",
    b"mainmodule",
    b"child_process",
    b"secret_key",
    b"smarty.",
    b"org.springframework",
    b"org.apache",
    b"org.codehaus",
    b"groovy.",
    b"t(java",
    b".mro(",
    b".class.mro",
    b".class.base",
    b"subclasses(",
    b"\\x5f\\x5f",
    b"request.args",
    b"request|",
    b"getprotectiondomain",
    b"runtime.exec",
    b"_charset",
    b"asttest",
    b"methodclosure",
    b"_.templatesettings",
    b".getmethods(",
    b".getresource(",
    b"_self.",
    b"loadtemplate(",
    b"handlersearch",
    b"$class.inspect",
    b"$eval",
    b"$on.constructor",
    b"string.sub",
    b"system.shell",
    b"_response:",
];

/// Calls that run or read.
const RUNS: &[&[u8]] = &[
    b"system(",
    b"exec(",
    b"popen(",
    b"passthru(",
    b"shell_exec",
    b"proc_open",
    b"eval(",
    b"file.open(",
    b"file.read",
    b"io.popen",
    b"os.",
    b"import os",
    b"require(",
    b"import(",
    b"include(",
    b"getenv(",
    b"phpinfo",
    b"file_get_contents",
    b"file_put_contents",
    b"readfile(",
    b"fopen(",
    b"('system')",
    b"(\"system\")",
    b"'system'",
    b"\"system\"",
    b"'exec'",
    b"'passthru'",
    b"execsync",
    b"spawnsync",
    b"`id`",
    b"call_user_func",
    b"assert(",
    b"create_function",
    b"md5(",
    b"sleep(",
    b"print(",
    b"file_excerpt",
    b"new file(",
    b"new url(",
    b".tourl(",
    b".execute(",
    b".exec(",
    b"dir.",
    b"kernel.",
    b"self.class",
    b"cat /etc",
    b"/etc/passwd",
];

/// Objects handed to every template, as the whole expression or the root of it.
const KNOWN: &[&[u8]] = &[
    b"self",
    b"request",
    b"config",
    b"settings",
    b"session",
    b"application",
    b"lipsum",
    b"cycler",
    b"joiner",
    b"namespace",
    b"_context",
    b"app",
    b"class",
    b"debug",
    b"dump(",
    b"g.",
    b"pagecontext",
    b"applicationscope",
    b"sessionscope",
    b"facescontext",
    b"param.",
    b"requestscope",
    b"$smarty",
    b"smarty",
    b"this.",
    b"_.version",
    b".data_model",
    b".globals",
    b".main",
];

const FOLDED: usize = 256;

/// Looks at `inner`, the text between two delimiters.
pub(super) fn read(inner: &[u8]) -> Act {
    let inner = trim(inner);
    if inner.is_empty() {
        return Act::Nothing;
    }
    let mut worst = Act::Nothing;
    // Long expressions in overlapping pieces.
    let mut at = 0;
    loop {
        let mut buffer = [0; FOLDED];
        let piece = fold(&inner[at..inner.len().min(at + FOLDED)], &mut buffer);
        worst = stronger(worst, piece_acts(piece));
        if worst == Act::Reaches || at + FOLDED >= inner.len() {
            break;
        }
        at += FOLDED - 32;
    }
    if matches!(worst, Act::Reaches | Act::Runs) {
        return worst;
    }
    if computes(inner) {
        return Act::Computes;
    }
    let mut buffer = [0; FOLDED];
    let head = fold(&inner[..inner.len().min(64)], &mut buffer);
    let knows = KNOWN.iter().any(|name| {
        head.strip_prefix(*name).is_some_and(|rest| {
            !name[name.len() - 1].is_ascii_alphanumeric()
                || !rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        })
    });
    let call = inner.windows(2).any(|pair| pair[1] == b'(' && (pair[0].is_ascii_alphanumeric() || pair[0] == b'_'));
    let string = matches!(inner[0], b'\'' | b'"')
        && inner.windows(2).any(|pair| matches!(pair[0], b'\'' | b'"' | b']') && matches!(pair[1], b'.' | b'|' | b'?'));
    match (knows, call || string) {
        (true, true) => Act::Knows,
        (true, false) => Act::Knows,
        (false, true) => Act::Calls,
        _ => Act::Names,
    }
}

fn stronger(one: Act, other: Act) -> Act {
    if other == Act::Reaches || other == Act::Runs && one != Act::Reaches { other } else { one }
}

fn trim(inner: &[u8]) -> &[u8] {
    let inner = inner.trim_ascii();
    let start = inner
        .iter()
        .take_while(|byte| matches!(byte, b'=' | b'-' | b'{' | b'$' | b'%' | b'~') || byte.is_ascii_whitespace())
        .count();
    &inner[start..]
}

/// Lower case, blanks inside names left out.
fn fold<'b>(piece: &[u8], into: &'b mut [u8; FOLDED]) -> &'b [u8] {
    let mut length = 0;
    for &byte in piece {
        into[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    &into[..length]
}

/// Two bytes settle nearly every word.
fn begins(text: &[u8], word: &[u8]) -> bool {
    text.len() >= word.len() && text[..2] == word[..2] && text.starts_with(word)
}

/// The first two bytes of all words, as ASCII.
const PAIRS: [u128; 128] = pairs(RUNS, pairs(REACHES, [0; 128]));

const fn pairs(words: &[&[u8]], mut known: [u128; 128]) -> [u128; 128] {
    let mut at = 0;
    while at < words.len() {
        known[words[at][0] as usize] |= 1 << words[at][1];
        at += 1;
    }
    known
}

fn may_begin(first: u8, second: u8) -> bool {
    first.is_ascii() && second.is_ascii() && PAIRS[usize::from(first)] & 1 << second != 0
}

fn piece_acts(piece: &[u8]) -> Act {
    let mut worst = Act::Nothing;
    for at in 0..piece.len().saturating_sub(1) {
        if !may_begin(piece[at], piece[at + 1]) {
            continue;
        }
        let rest = &piece[at..];
        if REACHES.iter().any(|word| begins(rest, word)) {
            return Act::Reaches;
        }
        if worst != Act::Runs {
            let inside = at > 0 && (piece[at - 1].is_ascii_alphanumeric() || piece[at - 1] == b'_');
            if RUNS.iter().any(|word| begins(rest, word) && !(inside && rest[0].is_ascii_alphabetic())) {
                worst = Act::Runs;
            }
        }
    }
    worst
}

/// Constants joined by operators: `7*7`, `3*'3'`, `(1+1)`.
fn computes(inner: &[u8]) -> bool {
    let mut at = 0;
    let (mut operands, mut operators, mut numbers) = (0, 0, 0);
    let skip = |mut at: usize| {
        while inner.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'(' | b')')) {
            at += 1;
        }
        at
    };
    at = skip(at);
    while at < inner.len() && operands < 8 {
        let start = at;
        match inner[at] {
            b'0'..=b'9' => {
                while inner.get(at).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.') {
                    at += 1;
                }
                numbers += 1;
            }
            quote @ (b'\'' | b'"') => match inner[at + 1..].iter().position(|&byte| byte == quote) {
                Some(length) if length < 16 => at += length + 2,
                _ => return false,
            },
            _ => return false,
        }
        if at == start {
            return false;
        }
        operands += 1;
        at = skip(at);
        match inner.get(at) {
            None | Some(b'}' | b'%' | b'|' | b';') => break,
            Some(b'*' | b'+' | b'-' | b'/') => {
                operators += 1;
                at += 1;
                at += usize::from(inner.get(at) == Some(&b'*'));
                at = skip(at);
            }
            _ => return false,
        }
    }
    operators > 0 && operands > 1 && numbers > 0
}

/// Expressions of SpEL, OGNL and EL outside of delimiters, and, where there are some, what they leave outside.
pub(super) fn reaches_bare(text: &[u8], delimited: bool) -> Option<(usize, u8, &'static str)> {
    for (at, &byte) in text.iter().enumerate() {
        let rest = &text[at..];
        let found = match byte {
            b'T' if rest.starts_with(b"T(java.") || rest.starts_with(b"T(org.") || rest.starts_with(b"T(javax.") => {
                (90, "type reached by SpEL")
            }
            b'_' if delimited
                && (rest.starts_with(b"__class__.")
                    || rest.starts_with(b"__subclasses__(")
                    || rest.starts_with(b"__globals__[")) =>
            {
                (80, "way to the runtime")
            }
            b'#' if rest.starts_with(b"#_memberAccess") || rest.starts_with(b"#context[") => (90, "OGNL context"),
            b'@' if rest.starts_with(b"@java.lang.") => (85, "OGNL static call"),
            b'g' if delimited
                && (rest.starts_with(b"getRuntime().exec") || rest.starts_with(b"getClass().forName")) =>
            {
                (80, "way to the runtime")
            }
            _ => continue,
        };
        return Some((at, found.0, found.1));
    }
    None
}

//! Shells (POSIX, cmd, PowerShell): does a text put a command where a shell would run it?
//!
//! People quote commands to each other all day, so a command is nothing; a command *behind a separator that ends a
//! value* is. The text is cut at separators and substitutions; each place where a command may begin is weighed by what
//! stands before it (nothing, one value, or prose), by the command with its quoting undone, and by its arguments.
//! Signs that only a disguise needs (`${IFS}`, `/e?c/p*d`, `c'a't`, `%x:~0,1%`) count wherever they stand.

mod cmd;
mod command;
mod signs;
mod word;

use super::search::Stops;
use super::{Best, Hit};
use command::{Class, Command};
use word::Word;

/// The strongest place where `text` acts as shell.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    Scan::new(text).run(&mut best);
    signs::judge(text, &mut best);
    cmd::judge(text, &mut best);
    best.0
}

/// Words that make a sentence; no more are counted.
const SENTENCE: usize = 4;

/// Where a command may end, and another begin.
const SEPARATORS: Stops = Stops::at(b"\\;|&\n\r$<>`");

/// What makes a place one where a command begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Entry {
    Start,
    Semi,
    Pipe,
    And,
    Or,
    Ampersand,
    Line,
    Substitution,
    Tick,
}

/// What stands before an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
enum Lead {
    /// Nothing but closing quotes and brackets.
    Nothing,
    /// One value without blanks.
    Value,
    /// Two or three words.
    Few,
    /// A sentence, or a command of its own.
    Prose,
}

/// What follows a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Arguments {
    None,
    /// A flag, a path, a variable, a quoted string, a number, a redirection.
    Signs,
    Words,
    /// `=`, `(` and the like: no command at all.
    Foreign,
}

struct Scan<'a> {
    text: &'a [u8],
    /// Words before the position read.
    words: usize,
    /// The text itself begins with a command.
    command_line: bool,
    /// A stage that makes text into other text was seen: `base64 -d`, `rev`, `printf`.
    decoding: bool,
    /// A stage that fetches was seen.
    fetching: bool,
    /// A stage of this pipeline reads what an attacker wants.
    reading: bool,
    /// It is a table.
    table: bool,
    sensitive: signs::Sensitive<'a>,
    /// Bytes that may still be read as arguments.
    budget: usize,
}

impl<'a> Scan<'a> {
    fn new(text: &'a [u8]) -> Self {
        Scan {
            text,
            words: 0,
            command_line: false,
            decoding: false,
            fetching: false,
            reading: false,
            table: is_table(text),
            sensitive: signs::Sensitive::new(text),
            // Substitutions inside one another read each other's arguments, but not without bound.
            budget: 8 * text.len() + 4096,
        }
    }

    fn run(mut self, best: &mut Best) {
        self.enter(0, 0, Entry::Start, best);
        if SEPARATORS.next(self.text, 0).is_none() {
            return;
        }
        let mut at = 0;
        let mut in_word = false;
        while at < self.text.len() {
            if self.words >= SENTENCE {
                let Some(next) = SEPARATORS.next(self.text, at) else { return };
                at = next;
            }
            let byte = self.text[at];
            let next = self.text.get(at + 1).copied().unwrap_or(0);
            let (entry, length) = match (byte, next) {
                (b'\\', _) => {
                    at += 2;
                    in_word = true;
                    continue;
                }
                (b';', _) if !self.ends_entity(at) => (Some(Entry::Semi), 1),
                (b'|', b'|') => (Some(Entry::Or), 2),
                (b'|', _) => (Some(Entry::Pipe), 1),
                (b'&', b'&') => (Some(Entry::And), 2),
                (b'&', _) if at > 0 && self.text[at - 1] == b'>' => (None, 1),
                (b'&', _) => (Some(Entry::Ampersand), 1),
                (b'\n' | b'\r', _) if self.is_empty_line(at + 1) => (None, 1),
                (b'\n' | b'\r', _) => (Some(Entry::Line), 1),
                (b'$', b'(') => (Some(Entry::Substitution), 2),
                (b'<' | b'>', b'(') if at == 0 || self.text[at - 1] <= 0x20 => (Some(Entry::Substitution), 2),
                (b'`', _) => (Some(Entry::Tick), 1),
                _ => (None, 1),
            };
            if let Some(entry) = entry {
                self.enter(at, at + length, entry, best);
                in_word = false;
            }
            let blank = byte <= 0x20;
            if !blank && !in_word && !matches!(byte, b'\'' | b'"' | b')' | b';' | b'|' | b'&' | b'`' | b'}' | b']') {
                self.words += 1;
                in_word = true;
            } else if blank {
                in_word = false;
            }
            at += length;
        }
    }

    /// Whether the line that begins here ends after a few blanks; then the next one is looked at.
    fn is_empty_line(&self, at: usize) -> bool {
        let blank = |byte: &&u8| matches!(**byte, b' ' | b'\t');
        let blanks = self.text[at..].iter().take(8).take_while(blank).count();
        matches!(self.text.get(at + blanks), Some(b'\n' | b'\r'))
    }

    /// `&lt;` is one character of markup.
    fn ends_entity(&self, at: usize) -> bool {
        let name = self.text[..at]
            .iter()
            .rev()
            .take(10)
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#')
            .count();
        name >= 2 && at > name && self.text[at - name - 1] == b'&'
    }

    fn lead(&self, entry_at: usize) -> Lead {
        if self.command_line && entry_at > 0 {
            return Lead::Prose;
        }
        // `!topic | nick` calls a bot.
        if self.text.first() == Some(&b'!') || self.table {
            return Lead::Prose;
        }
        match self.words {
            0 => Lead::Nothing,
            1 => Lead::Value,
            2..SENTENCE => Lead::Few,
            _ => Lead::Prose,
        }
    }

    /// A command may begin at `at`.
    fn enter(&mut self, entry_at: usize, at: usize, entry: Entry, best: &mut Best) {
        let lead = self.lead(entry_at);
        let mut at = at;
        let (mut wrapped, mut emptied) = (false, false);
        let mut wrapper: Option<Word> = None;
        // `time`, `sudo`, `nohup`: the command comes after them.
        for _ in 0..4 {
            // Bounded, as every line break in a run of blanks comes by here.
            let stop = at + 64;
            while at < stop && self.text.get(at).is_some_and(|&byte| byte <= 0x20 || matches!(byte, b'(' | b'{' | b'@'))
            {
                at += 1;
            }
            if entry == Entry::Start {
                at += usize::from(matches!(self.text.get(at), Some(b'\'' | b'"')));
                at += assignment(&self.text[at..]);
            }
            let mut word = Word::read(self.text, at);
            if word.length == 0
                && entry != Entry::Start
                && let Some(env) = wrapper.take_if(|before| before.name() == b"env")
            {
                // `;env` by itself tells the environment.
                let command = Command { class: Class::Sure, ..command::find(b"env") };
                return self.weigh(entry_at, entry, lead, env, command, false, best);
            }
            if word.length == 0 {
                // `$u wget`: an empty variable before the command.
                if entry == Entry::Start || word.end == at {
                    return;
                }
                emptied = true;
                at = word.end;
                continue;
            }
            word.disguised |= emptied;
            if wrapper.as_ref().is_some_and(|before| before.name() == b"timeout") && is_duration(word.name()) {
                at = word.end;
                continue;
            }
            let mut command = command::find(word.name());
            // `eval(wget` is a call in another language, and a shell parts words by blanks alone.
            let called = matches!(self.text.get(word.end), Some(b'(' | 0..=8 | 11 | 12 | 14..=31));
            if command.class == Class::Wrapper && !called {
                let spoken = entry == Entry::Start && matches!(word.name(), b"then" | b"do" | b"else" | b"watch");
                wrapped |= word.name() != b"sudo" && !spoken;
                at = word.end;
                wrapper = Some(word);
                continue;
            }
            if let (Some(before), b'-', true) = (wrapper, word.name()[0], entry != Entry::Start) {
                // `env --version`: the wrapper is the command.
                word = before;
                command.class = Class::Sure;
            }
            self.weigh(entry_at, entry, lead, word, command, wrapped, best);
            return;
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn weigh(
        &mut self,
        entry_at: usize,
        entry: Entry,
        lead: Lead,
        word: Word,
        command: Command,
        wrapped: bool,
        best: &mut Best,
    ) {
        let known = command.class != Class::Unknown;
        if !(known || word.disguised || entry == Entry::Substitution) {
            self.command_line &= entry != Entry::Start;
            return;
        }
        let (arguments, end) = arguments(self.text, word.end, entry);
        self.budget = self.budget.saturating_sub(end - word.end);
        if self.budget == 0 {
            best.offer(60, 0..self.text.len(), "commands inside commands without end");
            return;
        }
        let span = entry_at..end;
        let inline = command.class == Class::Interpreter && runs_inline(&self.text[word.end..end], word.name());
        let target = self.sensitive.is_in(word.end..end);
        let decoding = command.decodes;
        let fetching = command.fetches;
        if arguments == Arguments::Foreign && !word.disguised {
            return;
        }
        if entry == Entry::Start {
            self.command_line =
                known && arguments != Arguments::Words && self.text.get(word.end).is_none_or(|&byte| byte <= 0x20);
            let strength = match (known, word.disguised) {
                // `\Which of them?`, `^Make`: a byte that happens to be there.
                (true, true)
                    if arguments != Arguments::Signs && led_by_an_escape(&self.text[..word.end - word.length]) =>
                {
                    25
                }
                (true, true) => 75,
                (true, _) if inline && (wrapped || word.path) => 75,
                (true, _) if inline => 65,
                (true, _) if target && arguments == Arguments::Signs => 60,
                (true, _) if wrapped && command.class == Class::Sure && arguments != Arguments::Words => 52,
                (true, _) if arguments == Arguments::Signs && names_a_shell(&self.text[word.end..end]) => 60,
                (true, _) if command.class == Class::Interpreter && on_windows(&self.text[word.end..end]) => 52,
                (true, _)
                    if command.class == Class::Remote
                        && arguments == Arguments::Signs
                        && has_more_than_numbers(&self.text[word.end..end]) =>
                {
                    55
                }
                (true, _) if word.path && arguments == Arguments::Signs => 45,
                (true, _) if arguments == Arguments::Signs => 25,
                _ => 0,
            };
            best.offer(strength, span, "command");
        } else {
            let strength = self.strength(entry, lead, &word, &command, arguments, entry_at);
            let piped = entry == Entry::Pipe && command.class == Class::Interpreter && arguments != Arguments::Words;
            let sent = entry == Entry::Pipe && self.reading && command.sends && arguments != Arguments::None;
            let strength = match () {
                () if sent => strength.max(60),
                () if piped && self.decoding => strength.max(85),
                () if piped && self.fetching && lead <= Lead::Few => strength.max(60),
                () if inline && known => strength.max(if lead == Lead::Prose { 45 } else { 80 }),
                () if target && strength >= 20 => (strength + if lead == Lead::Prose { 8 } else { 20 }).min(96),
                () => strength,
            };
            best.offer(strength, span, "command behind a separator");
        }
        self.reading = target && known || self.reading && entry == Entry::Pipe;
        self.decoding |= decoding;
        self.fetching |= fetching;
    }

    /// `| which | she |`: the cell of a table, which nothing is piped into.
    fn is_cell(&self, entry: Entry, word: &Word, arguments: Arguments) -> bool {
        let after = &self.text[word.end.min(self.text.len())..];
        entry == Entry::Pipe
            && arguments == Arguments::None
            && after.starts_with(b" ")
            && matches!(after.trim_ascii_start(), [b'|', b' ' | b'\n' | b'\r', ..] | [b'|'])
    }

    /// A fence of three ticks and the language of what follows it.
    fn is_fence(&self, entry_at: usize, word: &Word) -> bool {
        let ends = matches!(self.text.get(word.end), Some(b'\n' | b'\r'));
        ends && self.text[..entry_at.min(self.text.len())].ends_with(b"``")
    }

    fn strength(
        &self,
        entry: Entry,
        lead: Lead,
        word: &Word,
        command: &Command,
        arguments: Arguments,
        entry_at: usize,
    ) -> u8 {
        let everyday = command.class == Class::Everyday;
        let known = command.class != Class::Unknown;
        if word.disguised && known {
            return match lead {
                Lead::Nothing | Lead::Value => 92,
                Lead::Few => 75,
                Lead::Prose => 55,
            };
        }
        if word.disguised && word.globbed {
            return if lead <= Lead::Value { 75 } else { 40 };
        }
        if !known {
            let closed = self.text[word.end..].first() == Some(&b')');
            return match (entry, lead) {
                (Entry::Substitution, Lead::Nothing) if closed && word.is_plain() => 60,
                (Entry::Substitution, Lead::Nothing) if arguments == Arguments::Signs && word.is_plain() => 55,
                _ => 5,
            };
        }
        if self.is_cell(entry, word, arguments) || entry == Entry::Tick && self.is_fence(entry_at, word) {
            return 15;
        }
        let enclosed = match entry {
            Entry::Tick => self.tick_is_glued(entry_at) && !self.has_a_twin(entry_at),
            Entry::Substitution => true,
            _ => false,
        };
        if entry == Entry::Tick && !enclosed && (lead != Lead::Nothing || self.tick_is_spoken_of(entry_at)) {
            return 20;
        }
        if lead == Lead::Value && arguments == Arguments::None && self.is_probe(entry_at, word) {
            return 62;
        }
        if enclosed && lead <= Lead::Value && arguments != Arguments::Foreign {
            return if everyday { 62 } else { 85 };
        }
        let base: u8 = match (lead, everyday, arguments) {
            (Lead::Nothing, _, Arguments::Signs) => 90,
            (Lead::Nothing, false, Arguments::None) => 85,
            (Lead::Nothing, true, Arguments::None) => 70,
            (Lead::Nothing, false, _) => 55,
            (Lead::Nothing, true, _) => 20,
            // `nick; ls`: an address, where `1; ls` and `x.y; ls` are values.
            (Lead::Value, false, Arguments::Signs) if self.named(entry_at) => 62,
            (Lead::Value, true, Arguments::Signs) if self.named(entry_at) => 46,
            (Lead::Value, false, Arguments::None) if self.named(entry_at) => 52,
            (Lead::Value, false, Arguments::Signs) => 85,
            (Lead::Value, true, Arguments::Signs) => 75,
            (Lead::Value, false, Arguments::None) => 75,
            (Lead::Value, true, Arguments::None) => 40,
            (Lead::Value, ..) => 25,
            (Lead::Few, false, Arguments::Signs) => 46,
            (Lead::Few, false, Arguments::None) => 45,
            (Lead::Few, true, Arguments::Signs) => 42,
            (Lead::Few, ..) => 15,
            (Lead::Prose, false, Arguments::Signs) => 38,
            (Lead::Prose, false, Arguments::None) => 25,
            (Lead::Prose, ..) => 15,
        };
        let base = match (entry, lead) {
            (Entry::Line, Lead::Nothing | Lead::Value) => base.saturating_sub(15),
            (Entry::Line, _) => base.saturating_sub(25),
            // `a=1&id=2`, `R&D`: a lone ampersand needs room.
            (Entry::Ampersand, _)
                if self.text.get(entry_at + 1).is_some_and(|byte| *byte > 0x20) && lead != Lead::Nothing =>
            {
                base.saturating_sub(20)
            }
            (Entry::Tick, Lead::Nothing) if self.stays_open(entry_at) => base.min(40),
            (Entry::Tick, Lead::Nothing) => base.saturating_sub(20),
            (Entry::Substitution, Lead::Few) if arguments != Arguments::Signs => base.min(48),
            _ => base,
        };
        if lead == Lead::Few && arguments == Arguments::Signs && word.name() != b"fish" {
            return match command.class {
                Class::Interpreter | Class::Remote => base + 8,
                // Of a pipeline that is talked about, the first command is one of the few words.
                Class::Sure if entry != Entry::Pipe => base.max(52),
                _ => base,
            };
        }
        base
    }

    /// `a@b.example;id`, `x.jpg|id|`: the command that everyone tries first, close behind what is no word of talk.
    fn is_probe(&self, entry_at: usize, word: &Word) -> bool {
        let start = word.end - word.length;
        let value = &self.text[..entry_at];
        let close = self.text[entry_at..start].iter().all(|byte| matches!(byte, b';' | b'|'));
        let rest = self.text[word.end..].trim_ascii();
        word.name() == b"id"
            && close
            && rest.iter().all(|byte| matches!(byte, b';' | b'|' | b'#'))
            && value.iter().any(|byte| byte.is_ascii_digit() || b"@./)$".contains(byte))
            // `f(a);id` is code.
            && memchr::memchr(b'(', value).is_none()
            // A table's row, not a value.
            && memchr::memchr3(b';', b'|', b'\n', value).is_none()
    }

    /// The value before the separator is a word, and a blank follows: somebody is spoken to.
    fn named(&self, at: usize) -> bool {
        let value = self.text[..at].trim_ascii();
        let blank = self.text.get(at + 1).is_some_and(|&byte| byte <= 0x20);
        blank && !value.is_empty() && value.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'))
    }

    /// A backtick that nothing closes: no shell runs what follows.
    fn stays_open(&self, at: usize) -> bool {
        memchr::memchr(b'`', &self.text[at + 1..]).is_none()
    }

    /// A command in backticks, and then words about it.
    fn tick_is_spoken_of(&self, at: usize) -> bool {
        let rest = &self.text[at + 1..];
        let after = memchr::memchr(b'`', rest).map_or(&b""[..], |close| &rest[close + 1..]);
        if let [b',' | b'.' | b':' | b'!' | b'?', b' ', ..] = after {
            return true;
        }
        if after.starts_with(b"'s ") || self.has_a_twin(at) {
            return true;
        }
        // Unless a blank follows, the next one may be far.
        let words = after.strip_prefix(b" ").unwrap_or_default().split(|byte| *byte == b' ').take(3);
        after.starts_with(b" ")
            && words.filter(|word| !word.is_empty() && word.iter().all(u8::is_ascii_alphabetic)).count() == 3
    }

    /// `` `ping`/`pong` ``: one word, a slash, another.
    fn has_a_twin(&self, at: usize) -> bool {
        let word = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (before, rest) = (&self.text[..at], &self.text[at + 1..]);
        let Some(after) = rest[word(rest)..].strip_prefix(b"`/`") else { return false };
        before.last().is_none_or(|byte| *byte <= 0x20) && after[word(after)..].starts_with(b"`")
    }

    /// A backtick inside a word, where no one quotes: ``who`echo am`i``.
    fn tick_is_glued(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|at| self.text[at]);
        let Some(length) = self.text[at + 1..].iter().take(128).position(|&byte| byte == b'`') else { return false };
        let after = self.text.get(at + length + 2);
        before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b'-' | b'.' | b'/' | b'}'))
            || after.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'/' | b'$'))
    }
}

/// `5`, `1.5s`
fn is_duration(word: &[u8]) -> bool {
    let number = word.strip_suffix(b"s").or_else(|| word.strip_suffix(b"m")).unwrap_or(word);
    !number.is_empty() && number.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// A table of Markdown: under its first row stands a line of dashes.
fn is_table(text: &[u8]) -> bool {
    let second = || memchr::memchr(b'\n', text).map_or(&b""[..], |end| text[end + 1..].trim_ascii_start());
    text.first() == Some(&b'|') && (second().starts_with(b"|-") || second().starts_with(b"|:-"))
}

/// `cmd=` before a command.
fn assignment(text: &[u8]) -> usize {
    let name = text
        .iter()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'[' | b']'))
        .count();
    if name > 0
        && text.get(name) == Some(&b'=')
        && text.get(name + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/')
    {
        name + 1
    } else {
        0
    }
}

/// How a command goes on, and where it ends.
fn arguments(text: &[u8], from: usize, entry: Entry) -> (Arguments, usize) {
    let mut at = from;
    // Inside a substitution a bracket ends the command.
    let mut depth = 0usize;
    let mut first = None;
    let mut quote = None;
    let limit = text.len().min(from + 256);
    while at < limit {
        let byte = text[at];
        match (byte, quote) {
            (_, Some(open)) => quote = (byte != open).then_some(open),
            (b'\'' | b'"', None) if text[at + 1..limit].contains(&byte) => quote = Some(byte),
            (b';' | b'|' | b'\n' | b'\r' | b'`', None) => break,
            (b'&', None) if text[at - 1] != b'>' => break,
            (b'(', None) => depth += 1,
            (b')', None) if depth == 0 => break,
            (b')', None) => depth -= 1,
            _ => {}
        }
        if byte > 0x20 && first.is_none() {
            first = Some(at);
        }
        at += 1;
    }
    let Some(first_at) = first else { return (Arguments::None, at) };
    let first = text[first_at];
    let glued = first_at == from;
    let next = text.get(first_at + 1).copied().unwrap_or(0);
    let kind = match first {
        _ if glued
            && !matches!(
                first,
                b'<' | b'>' | b')' | b'\'' | b'"' | b'$' | b'{' | b'}' | b'%' | b'\\' | b'/' | b'#'
            ) =>
        {
            Arguments::Foreign
        }
        b'(' | b'=' | b'+' => Arguments::Foreign,
        b'-' if next > 0x20 || entry == Entry::Pipe => Arguments::Signs,
        b'/' | b'~' | b'$' | b'*' | b'%' | b'>' | b'<' | b'\\' | b'{' => Arguments::Signs,
        b'.' if matches!(next, b'.' | b'/') => Arguments::Signs,
        b'\'' | b'"' => Arguments::Signs,
        b'0'..=b'9' => Arguments::Signs,
        b'#' => Arguments::None,
        b')' | b'}' | b']' => Arguments::None,
        _ => {
            let word = &text[first_at..at];
            let end = word.iter().position(|&byte| byte <= 0x20).unwrap_or(word.len());
            let inner = &word[..end];
            // A file, a host, an address, an option of cmd: no word of a sentence.
            let technical =
                inner.iter().any(|byte| matches!(byte, b'/' | b'\\' | b'=' | b':' | b'@' | b'$' | b'*' | b'%' | b'_'))
                    || inner[..end.saturating_sub(1)].contains(&b'.');
            // `net user x /add`: a flag further on.
            let flagged = word.windows(3).any(|part| {
                part[0] == b' '
                    && matches!(part[1], b'-' | b'/')
                    && (part[2].is_ascii_alphanumeric() || part[2] == b'-')
            });
            if technical || flagged { Arguments::Signs } else { Arguments::Words }
        }
    };
    (kind, at)
}

/// One escape opens the text.
fn led_by_an_escape(before: &[u8]) -> bool {
    matches!(before.trim_ascii_start(), [b'\\' | b'^'])
}

/// An option, a path, a variable, a string.
fn has_more_than_numbers(arguments: &[u8]) -> bool {
    arguments.iter().any(|byte| b"-/$'\"\\".contains(byte))
}

/// `-wrapper sh,-c,id`, `-exec sh -c`, `-exec /bin/sh`
fn names_a_shell(arguments: &[u8]) -> bool {
    arguments.windows(5).any(|window| window == b"sh,-c" || window == b"sh -c")
        || memchr::memmem::find(arguments, b"-exec /bin/").is_some_and(|at| {
            let path = arguments[at + 6..].split(|byte| *byte <= 0x20).next().unwrap_or_default();
            matches!(path, b"/bin/sh" | b"/bin/bash" | b"/bin/dash")
                && !arguments[at + 6 + path.len()..].trim_ascii_start().starts_with(b"/")
        })
}

/// `C:\windows\…` as the first argument.
fn on_windows(arguments: &[u8]) -> bool {
    let arguments = arguments.trim_ascii_start();
    arguments.len() > 3 && arguments[0].is_ascii_alphabetic() && arguments[1..].starts_with(b":\\")
}

/// `sh -c`, `python -c`, `perl -e`, `cmd /c`, `powershell -enc`.
fn runs_inline(arguments: &[u8], name: &[u8]) -> bool {
    let arguments = arguments.trim_ascii_start();
    let flag = arguments.split(|byte| *byte <= 0x20 || *byte == b'=').next().unwrap_or(b"");
    match name {
        b"cmd" | b"cmd.exe" => flag.eq_ignore_ascii_case(b"/c") || flag.eq_ignore_ascii_case(b"/k"),
        b"powershell" | b"powershell.exe" | b"pwsh" => {
            flag.len() > 1 && flag[0] == b'-' && matches!(flag[1] | 0x20, b'e' | b'c' | b'n' | b'w' | b'f')
        }
        _ => {
            flag.len() >= 2
                && flag[0] == b'-'
                && flag.len() <= 4
                && matches!(flag[flag.len() - 1], b'c' | b'e' | b'r' | b'i')
                && flag[1..].iter().all(u8::is_ascii_alphabetic)
        }
    }
}

#[cfg(test)]
mod tests;

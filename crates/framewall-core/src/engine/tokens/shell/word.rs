//! One word of a shell's command line with its quoting undone.

const LONGEST: usize = 32;

/// A word where a command is expected.
pub(super) struct Word {
    name: [u8; LONGEST],
    /// Length of the undone name.
    pub length: usize,
    /// Where the word ends in the text.
    pub end: usize,
    /// Quotes, backslashes or empty expansions inside the word: written so as not to be recognised.
    pub disguised: bool,
    /// `?`, `*` or `[…]` inside.
    pub globbed: bool,
    /// Written with a path.
    pub path: bool,
}

impl Word {
    /// Reads the word at `at`. The name is what follows its last `/` or `\`, in lower case.
    pub fn read(text: &[u8], at: usize) -> Word {
        let mut word = Word { name: [0; LONGEST], length: 0, end: at, disguised: false, globbed: false, path: false };
        if at > 0 && is_glued(text[at - 1]) {
            return word;
        }
        let limit = text.len().min(at + 128);
        let whole_quote = text.get(at).copied().filter(|byte| matches!(byte, b'\'' | b'"'));
        let mut quotes = 0usize;
        while word.end < limit {
            let byte = text[word.end];
            let next = text.get(word.end + 1).copied().unwrap_or(0);
            match byte {
                b'\'' | b'"' => {
                    quotes += 1;
                    // `'curl' http://…`: quoted as a whole; `c'a't`: inside.
                    let stop = matches!(next, b',' | b'.' | b'!' | b'?' | b':' | b')')
                        && text.get(word.end + 2).is_none_or(|byte| *byte <= 0x20);
                    let closing = stop || next <= 0x20 || matches!(next, b';' | b'|' | b'&');
                    if quotes % 2 == 1 && (closing || quotes < 3 && !text[word.end + 1..limit].contains(&byte)) {
                        break;
                    }
                    word.disguised |= word.length > 0 && !(closing && whole_quote == Some(byte) && quotes == 2);
                }
                b'\\' if next.is_ascii_alphanumeric() || next == b'/' => {
                    if word.length > 0 && is_drive(&word.name[..word.length]) || word.path {
                        // A path of Windows.
                        word.path = true;
                        word.length = 0;
                    } else {
                        word.disguised = true;
                    }
                }
                // Backslashes doubled on the way.
                b'\\'
                    if next == b'\\' && text.get(word.end + 2).is_some_and(u8::is_ascii_alphanumeric) && !word.path =>
                {
                    word.disguised = true;
                    word.end += 1;
                }
                b'^' if next.is_ascii_alphabetic() => word.disguised = true,
                b'/' => {
                    word.path = true;
                    word.length = 0;
                    word.end += 1;
                    continue;
                }
                b'$' => match expansion(&text[word.end..limit]) {
                    Some((_, true)) => {
                        word.disguised = true;
                        break;
                    }
                    Some((length, _)) => {
                        word.disguised |= word.length > 0 || next == b'@' || next == b'*';
                        word.end += length;
                        continue;
                    }
                    None => break,
                },
                b']' if !word.globbed => break,
                b'?' | b'*' | b'[' | b']' => {
                    word.globbed = true;
                    word.disguised |= word.path;
                    word.push(byte);
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b':' | b'+' => word.push(byte),
                _ => break,
            }
            word.end += 1;
        }
        if word.globbed && !word.path {
            word.disguised = false;
        }
        // A blank inside the quotes: the word goes on and names no command, as in `I'd like that, isn't it`, nor does
        // what stands behind the blank, as in `dinner's at Ann's`.
        let goes_on = word.disguised && quotes % 2 == 1 && text.get(word.end).is_some_and(|byte| *byte <= 0x20);
        if goes_on || text.get(word.end).is_some_and(|byte| is_glued(*byte)) {
            (word.disguised, word.length, word.end) = (false, 0, at);
        }
        word
    }

    fn push(&mut self, byte: u8) {
        if self.length < LONGEST {
            self.name[self.length] = byte.to_ascii_lowercase();
            self.length += 1;
        }
    }

    pub fn name(&self) -> &[u8] {
        &self.name[..self.length]
    }

    /// A plain name of letters.
    pub fn is_plain(&self) -> bool {
        self.length > 1
            && self.name().iter().all(u8::is_ascii_alphanumeric)
            && !matches!(self.name(), b"document" | b"this" | b"window" | b"function" | b"self")
    }
}

/// Control characters that no shell takes for a blank: they are letters of the word, and no command has such.
fn is_glued(byte: u8) -> bool {
    matches!(byte, 1..=8 | 0x0e..=0x1f | 0x7f)
}

fn is_drive(name: &[u8]) -> bool {
    name.len() == 2 && name[1] == b':'
}

/// The length of `$name`, `${…}`, `$@` …, and whether it stands for a blank.
fn expansion(text: &[u8]) -> Option<(usize, bool)> {
    let next = *text.get(1)?;
    match next {
        b'{' => {
            let close = text.iter().position(|&byte| byte == b'}')?;
            Some((close + 1, text[2..close].starts_with(b"IFS")))
        }
        b'@' | b'*' | b'#' | b'?' | b'!' | b'0'..=b'9' => Some((2, false)),
        b'(' if text.get(2) == Some(&b')') => Some((3, false)),
        b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
            let name = text[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
            Some((name + 1, &text[1..=name] == b"IFS"))
        }
        _ => None,
    }
}

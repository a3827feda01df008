//! Attributes: where they begin and end, and which of them run something.

use super::element::Element;
use super::scheme;

/// One attribute, by its places in the text.
pub(super) struct Attribute {
    pub name: (usize, usize),
    pub value: (usize, usize),
    pub has_value: bool,
    /// The value was quoted; and whether its quote closed.
    pub quoted: bool,
    pub end: usize,
}

/// Where the attributes stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// In a tag of the text: `>` ends it.
    Tag,
    /// In a tag of the page, behind a value that this quote closed, or an unquoted one: the page's `>` comes later.
    Page(Option<u8>),
}

/// Reads attributes as HTML does.
pub(super) struct Attributes<'a> {
    text: &'a [u8],
    at: usize,
    within: Within,
    done: bool,
    /// The `=` that was looked for last.
    sign: Option<usize>,
}

fn is_blank(byte: u8) -> bool {
    byte <= 0x20 || byte == b'/'
}

impl<'a> Attributes<'a> {
    pub fn new(text: &'a [u8], at: usize, within: Within) -> Self {
        Attributes { text, at, within, done: false, sign: None }
    }

    pub fn position(&self) -> usize {
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip(&mut self, keep: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&keep) {
            self.at += 1;
        }
    }

    /// Moves on to the word before the next `=`: in the page's own tag, a name without a value does nothing.
    fn skip_to_value(&mut self) {
        if self.sign.is_some_and(|sign| self.at <= sign) {
            return;
        }
        let rest = &self.text[self.at..];
        let Some(sign) = memchr::memchr(b'=', rest) else {
            self.at = self.text.len();
            return;
        };
        self.sign = Some(self.at + sign);
        let named = rest[..sign].iter().rposition(|byte| *byte > 0x20);
        let blank = named.and_then(|end| rest[..end].iter().rposition(|byte| *byte <= 0x20));
        self.at += blank.unwrap_or(0);
    }

    pub fn next_attribute(&mut self) -> Option<Attribute> {
        if self.done {
            return None;
        }
        if self.within != Within::Tag {
            self.skip_to_value();
        }
        // Quotes and the like between attributes: browsers make them part of names, attackers leave them behind.
        self.skip(|byte| {
            is_blank(byte) || matches!(byte, b'"' | b'\'' | b'`' | b'+' | b',' | b';' | b'\\' | b'(' | b'?' | b'&')
        });
        let start = self.at;
        match (self.peek()?, self.within) {
            (b'>', Within::Tag) => {
                self.at += 1;
                self.done = true;
                return None;
            }
            (b'<', Within::Tag) => {
                self.done = true;
                return None;
            }
            _ => {}
        }
        let tag = self.within == Within::Tag;
        self.skip(|byte| {
            let ends = matches!(byte, b'=' | b'>' | b'"' | b'\'' | b'`' | b',') || tag && byte == b'<';
            !(ends || is_blank(byte))
        });
        if self.at == start {
            self.at += 1;
        }
        let name = (start, self.at);
        let mut attribute =
            Attribute { name, value: (self.at, self.at), has_value: false, quoted: false, end: self.at };
        let after_name = self.at;
        self.skip(|byte| byte <= 0x20);
        if self.peek() != Some(b'=') {
            self.at = after_name;
            return Some(attribute);
        }
        self.at += 1;
        self.skip(|byte| byte <= 0x20);
        attribute.has_value = true;
        match self.peek() {
            Some(quote @ (b'"' | b'\'' | b'`')) => {
                attribute.quoted = true;
                let from = self.at + 1;
                let length = self.text[from..].iter().position(|&byte| byte == quote);
                match length {
                    Some(length) => {
                        attribute.value = (from, from + length);
                        self.at = from + length + 1;
                    }
                    None => {
                        attribute.value = (from, self.text.len());
                        // Left open: what follows the first blank may be attributes again.
                        self.at = from;
                        self.skip(|byte| byte > 0x20 && byte != b'>');
                    }
                }
            }
            _ => {
                let from = self.at;
                let around = match self.within {
                    Within::Page(quote) => quote,
                    Within::Tag => None,
                };
                self.skip(|byte| byte > 0x20 && byte != b'>' && Some(byte) != around);
                attribute.value = (from, self.at);
            }
        }
        attribute.end = self.at;
        Some(attribute)
    }
}

const LONGEST: usize = 24;

/// The name in lower case, control characters left out.
fn name<'b>(text: &[u8], attribute: &Attribute, into: &'b mut [u8; LONGEST]) -> &'b [u8] {
    let mut length = 0;
    for &byte in &text[attribute.name.0..attribute.name.1] {
        if byte > 0x20 && length < LONGEST {
            into[length] = byte.to_ascii_lowercase();
            length += 1;
        }
    }
    &into[..length]
}

/// `onload` and its kind; not `once`, `only`, `online`.
fn is_handler(name: &[u8]) -> bool {
    name.len() >= 5
        && name.starts_with(b"on")
        && name[2..].iter().all(u8::is_ascii_alphanumeric)
        && !matches!(
            name,
            b"online"
                | b"ontology"
                | b"onwards"
                | b"onward"
                | b"ongoing"
                | b"onsite"
                | b"onboard"
                | b"onion"
                | b"ontop"
                | b"onstage"
        )
}

/// Handlers that are surely meant, wherever they stand.
fn is_known_handler(name: &[u8]) -> bool {
    const KNOWN: &[&[u8]] = &[
        b"load",
        b"error",
        b"click",
        b"dblclick",
        b"focus",
        b"focusin",
        b"focusout",
        b"blur",
        b"change",
        b"input",
        b"submit",
        b"reset",
        b"select",
        b"toggle",
        b"wheel",
        b"scroll",
        b"start",
        b"begin",
        b"end",
        b"finish",
        b"bounce",
        b"show",
        b"hashchange",
        b"pageshow",
        b"popstate",
        b"message",
        b"resize",
        b"unload",
        b"beforeunload",
        b"copy",
        b"cut",
        b"paste",
        b"drag",
        b"dragstart",
        b"dragend",
        b"dragover",
        b"drop",
        b"play",
        b"canplay",
        b"loadstart",
        b"loadeddata",
        b"loadedmetadata",
        b"progress",
        b"timeupdate",
        b"invalid",
        b"search",
        b"contextmenu",
        b"auxclick",
        b"keydown",
        b"keyup",
        b"keypress",
        b"mouseover",
        b"mouseout",
        b"mousedown",
        b"mouseup",
        b"mousemove",
        b"mouseenter",
        b"mouseleave",
        b"mousewheel",
        b"pointerdown",
        b"pointerup",
        b"pointerover",
        b"pointerenter",
        b"pointermove",
        b"pointerrawupdate",
        b"pointerout",
        b"touchstart",
        b"touchend",
        b"touchmove",
        b"animationstart",
        b"animationend",
        b"animationiteration",
        b"transitionend",
        b"transitionrun",
        b"transitionstart",
        b"readystatechange",
        b"propertychange",
        b"beforeprint",
        b"afterprint",
        b"afterscriptexecute",
        b"beforescriptexecute",
        b"beforecopy",
        b"beforepaste",
        b"beforetoggle",
        b"beforeinput",
        b"beforematch",
        b"securitypolicyviolation",
        b"selectstart",
        b"selectionchange",
        b"visibilitychange",
        b"volumechange",
        b"waiting",
        b"webkitplaybacktargetavailabilitychanged",
        b"activate",
        b"deactivate",
        b"beforeactivate",
        b"filterchange",
        b"help",
        b"layoutcomplete",
        b"cellchange",
        b"rowenter",
        b"scrollend",
        b"cuechange",
        b"ended",
        b"emptied",
        b"repeat",
        b"zoom",
        b"storage",
        b"offline",
        b"forminput",
        b"formchange",
        b"fullscreenchange",
        b"gotpointercapture",
        b"lostpointercapture",
        b"slotchange",
        b"contextlost",
        b"unhandledrejection",
        b"languagechange",
        b"close",
        b"cancel",
        b"abort",
    ];
    name.len() > 4 && name.starts_with(b"on") && KNOWN.contains(&&name[2..])
}

/// What an attribute of a tag weighs.
pub(super) fn in_tag(text: &[u8], attribute: &Attribute, element: Element) -> (u8, &'static str) {
    let mut buffer = [0; LONGEST];
    let name = name(text, attribute, &mut buffer);
    if !attribute.has_value {
        return (0, "attribute");
    }
    if is_handler(name) {
        return if element == Element::Unknown && !is_known_handler(name) {
            (70, "event handler")
        } else {
            (95, "event handler")
        };
    }
    let value = &text[attribute.value.0..attribute.value.1];
    if let Some(strength) = scheme::runs(value) {
        return (strength.max(85), "script in a URL");
    }
    let loads = matches!(element, Element::Embedding | Element::Script | Element::Page | Element::Active);
    match name {
        b"srcdoc" => (90, "inline document"),
        b"style" => super::scheme::style(value),
        b"xlink:href" => (65, "link in SVG"),
        b"formaction" | b"dynsrc" | b"lowsrc" => (60, "address of another origin"),
        b"http-equiv" => (75, "header set by markup"),
        b"ng-app" | b"ng-init" | b"v-html" | b"x-data" | b"x-init" | b"data-bind" | b"ng-csp" | b"hx-on" => {
            (55, "framework directive")
        }
        b"src" | b"href" | b"data" | b"code" | b"action" | b"background" | b"classid" | b"rel" | b"type" if loads => {
            (75, "address loaded")
        }
        b"background" => (60, "address loaded"),
        b"behavior" | b"datasrc" | b"dataformatas" | b"datafld" | b"folder" => (60, "old behaviour"),
        b"attributename" | b"to" | b"values" | b"from" if element == Element::Active => (70, "attribute animated"),
        b"id" | b"name" if clobbers(value) => (60, "name of a global"),
        _ if name.ends_with(b"schemalocation") => (60, "schema loaded"),
        _ if name.starts_with(b"xmlns") && value.ends_with(b"/XInclude") => (65, "XInclude"),
        _ if name.starts_with(b"xmlns") => (35, "namespace"),
        _ => (0, "attribute"),
    }
}

/// Names that, given to an element, replace properties of the document.
fn clobbers(value: &[u8]) -> bool {
    [
        &b"cookie"[..],
        b"body",
        b"head",
        b"forms",
        b"domain",
        b"location",
        b"documentElement",
        b"getElementById",
        b"createElement",
        b"currentScript",
        b"attributes",
        b"defaultView",
        b"__proto__",
    ]
    .contains(&value)
}

/// What an attribute weighs in a text without a tag around it. `quoted` when a quote was closed before it.
pub(super) fn broken_out(text: &[u8], attribute: &Attribute, quoted: bool) -> (u8, &'static str) {
    if !attribute.has_value {
        return (0, "attribute");
    }
    let mut buffer = [0; LONGEST];
    let name = name(text, attribute, &mut buffer);
    if name.len() < 4 {
        return (0, "attribute");
    }
    let value = &text[attribute.value.0..attribute.value.1];
    if name.starts_with(b"on") && is_handler(name) {
        let known = is_known_handler(name);
        let code = super::code(value);
        // JSX and templates write `onClick={…}`, prose `onclick = something`.
        let braced = value.first() == Some(&b'{');
        let acts = code >= 40 || value.iter().any(|byte| matches!(byte, b'(' | b'`' | b'[' | b'=' | b'&'));
        let strength = match (quoted, known, acts) {
            _ if braced => 30,
            (true, true, true) => 88,
            (true, true, false) => 60,
            (true, false, true) => 70,
            (false, true, true) if code >= 40 => 75,
            (false, true, true) => 52,
            (false, true, false) if attribute.name.0 <= 2 => 52,
            (false, false, true) if code >= 60 => 60,
            _ => 25,
        };
        return (strength, "event handler after a closed value");
    }
    match name {
        b"style" => {
            let (strength, reason) = scheme::style(value);
            (if strength >= 80 { strength } else { strength / 2 }, reason)
        }
        b"srcdoc" if quoted => (70, "inline document"),
        b"formaction" if quoted => (60, "address of another origin"),
        _ => match scheme::runs(value) {
            Some(strength) if quoted => (strength.max(70), "script in a URL"),
            Some(strength) => (strength.min(65), "script in a URL"),
            None => (0, "attribute"),
        },
    }
}

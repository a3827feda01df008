//! Elements by what a browser does on meeting them.

/// What an element does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Script,
    /// `iframe`, `object`, `embed` …
    Embedding,
    /// `base`, `link`, `meta`, `style`: change the page around them.
    Page,
    /// `svg`, `math`: other rules of parsing inside.
    Foreign,
    /// Parts of SVG that run or load by themselves.
    Active,
    /// `form`, `input`, `button` …: lures.
    Form,
    /// `img`, `video` …: load what they name.
    Media,
    /// Old elements seen in attacks alone.
    Odd,
    /// Markup without effect.
    Plain,
    Unknown,
}

use Element::*;

const LONGEST: usize = 24;

/// A lower-cased name; a longer one is no element.
#[derive(Default)]
pub(super) struct Name {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Name {
    pub fn push(&mut self, byte: u8) {
        if self.length < LONGEST {
            self.bytes[self.length] = byte.to_ascii_lowercase();
            self.length += 1;
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

pub(super) fn find(name: &[u8]) -> Element {
    // `svg:script`, `html:iframe`
    let name = name.iter().position(|&byte| byte == b':').map_or(name, |colon| &name[colon + 1..]);
    match name {
        b"script" => Script,
        b"iframe" | b"frame" | b"frameset" | b"embed" | b"applet" | b"portal" | b"fencedframe" => Embedding,
        b"base" | b"link" | b"meta" | b"style" | b"title" | b"noscript" | b"xml" | b"import" | b"xss" => Page,
        b"svg" | b"math" | b"maction" | b"mglyph" | b"mtext" => Foreign,
        // Without an attribute, `object` loads nothing, and is a type of TypeScript: `Promise<object>`.
        b"object" | b"animate" | b"set" | b"animatetransform" | b"animatemotion" | b"foreignobject" | b"use"
        | b"handler" | b"listener" | b"feimage" | b"vmlframe" | b"stylesheet" | b"template" => Active,
        b"form" | b"input" | b"button" | b"textarea" | b"select" | b"keygen" | b"isindex" | b"option" | b"label"
        | b"fieldset" => Form,
        b"img" | b"image" | b"video" | b"audio" | b"source" | b"track" | b"bgsound" | b"picture" => Media,
        b"layer" | b"ilayer" | b"marquee" | b"blink" | b"body" | b"html" | b"head" | b"plaintext" | b"xmp"
        | b"noembed" | b"noframes" | b"event-source" | b"comment" | b"rt" | b"?xml" => Odd,
        b"a" | b"b" | b"i" | b"u" | b"s" | b"em" | b"strong" | b"p" | b"br" | b"hr" | b"div" | b"span" | b"ul"
        | b"ol" | b"li" | b"code" | b"pre" | b"table" | b"tr" | b"td" | b"th" | b"tbody" | b"thead" | b"h1" | b"h2"
        | b"h3" | b"h4" | b"h5" | b"h6" | b"blockquote" | b"sub" | b"sup" | b"del" | b"ins" | b"small" | b"big"
        | b"font" | b"center" | b"tt" | b"q" | b"kbd" | b"details" | b"summary" | b"section" | b"article" | b"nav"
        | b"header" | b"footer" | b"main" | b"dl" | b"dt" | b"dd" => Plain,
        _ => Unknown,
    }
}

/// What was seen of a tag.
pub(super) struct Seen {
    /// The byte after the name.
    pub after: Option<u8>,
    /// Attributes with a value.
    pub attributes: usize,
    /// It ends in `>`.
    pub closed: bool,
    /// It is an end tag.
    pub closing: bool,
    /// Blanks stood before the name.
    pub spaced: bool,
    /// Bytes behind it.
    pub rest: usize,
    /// Words follow it that are no code.
    pub spoken_of: bool,
}

/// What the element alone weighs.
pub(super) fn weigh(element: Element, seen: &Seen) -> (u8, &'static str) {
    if seen.closing {
        return match element {
            Script => (55, "end of a script"),
            Page | Form | Odd if seen.closed && seen.rest > 0 => (30, "end of an element"),
            _ => (3, "end tag"),
        };
    }
    let with = |some: u8, none: u8| if seen.attributes > 0 { some } else { none };
    match element {
        Script if seen.spaced => (60, "script element"),
        Script => match seen.after {
            Some(b'>') if seen.rest == 0 => (75, "script element"),
            Some(b'>') if seen.spoken_of => (40, "script element"),
            None => (55, "script element"),
            _ => (96, "script element"),
        },
        Embedding => (with(90, 45), "embedding element"),
        Page => (with(65, if seen.rest > 0 && seen.closed { 50 } else { 15 }), "element that changes the page"),
        Foreign => (with(52, 25), "foreign element"),
        Active => (with(60, 15), "active element"),
        Form => (with(52, 12), "form element"),
        Media => (with(50, 10), "media element"),
        Odd => (with(55, 15), "old element"),
        Plain => (with(15, 5), "markup"),
        Unknown => (with(10, 3), "unknown element"),
    }
}

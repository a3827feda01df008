use super::super::SURE;
use super::judge;

fn strength(text: &str) -> u8 {
    judge(text.as_bytes()).map_or(0, |hit| hit.strength)
}

#[test]
fn what_acts_is_sure() {
    for text in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)",
        "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
        "<a href=javascript&colon;alert(1)>x",
        "\" onfocus=alert(1) x=\"",
        "x' onerror=alert(1);>",
        "<iframe srcdoc='<script>1</script>'>",
        "<div style=\"x:expr/**/ession(alert(1))\">",
        "javascript:alert(1)",
        "[click](javascript:alert(1))",
        "data:text/html;base64,PHNjcmlwdD4=",
        "<math><a xlink:href=javascript:1>",
        "<details open ontoggle=alert`1`>",
        "</textarea><script src=//x.y>",
        "<base href=//evil.example>",
        "<a name=getElementById>",
    ] {
        assert!(strength(text) >= SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

#[test]
fn talk_is_not() {
    for text in [
        "<3 you",
        "1 < 2 and 3 > 2",
        "a <b>bold</b> move",
        "<grin>",
        "write to <a@b.c>",
        "List<String> names = new ArrayList<>();",
        "JavaScript: Basics of JavaScript Language",
        "if a<b and c=d then e>f",
        "<foo val=\u{201d}bar\u{201c} />",
        "locate <filename> and mount <device> on=/mnt",
        "he said \"hello\" once=twice",
        "<p class=\"x\">hi</p>",
        "data: text about javascript: nothing",
    ] {
        assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

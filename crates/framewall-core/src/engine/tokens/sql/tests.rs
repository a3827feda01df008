use super::super::SURE;
use super::judge;

fn strength(text: &str) -> u8 {
    judge(text.as_bytes()).map_or(0, |hit| hit.strength)
}

#[test]
fn injections_are_sure() {
    for text in [
        "' or 1=1 --",
        "1 or 1=1",
        "admin'--",
        "admin' #",
        "x' AND '1'='1",
        "1 union select 1,2,3",
        "-1/**/UNION/**/ALL/**/SELECT/**/null,null--",
        "1; drop table users",
        "'; exec xp_cmdshell 'dir' --",
        "' || (select password from users limit 1) || '",
        "1 and sleep(5)",
        "'; waitfor delay '0:0:5'--",
        "(select(0)from(select(sleep(15)))v)",
        "1' order by 10-- -",
        "1 and extractvalue(1,concat(0x7e,version()))",
        "\" or \"\"=\"",
        "1') or ('1'='1",
        "'+(select 1 from dual)+'",
        "1/*!50000union*//*!50000select*/1",
    ] {
        assert!(strength(text) >= SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

#[test]
fn prose_before_an_injection_does_not_hide_it() {
    let prose =
        ["", "the day was fine ", "I don't know what ", "I don't know, but you can't say ", "6\" or 7\", don't ask "];
    for attack in [
        "1' UNION SELECT password FROM users--",
        "' UNION SELECT password FROM users--",
        "1 UNION SELECT password FROM users--",
        "x' or 1=1 --",
        "x'; drop table users--",
        "x') union/**/select null,null#",
    ] {
        for before in prose {
            for times in [1, 30] {
                let text = before.repeat(times) + attack;
                assert!(strength(&text) >= SURE, "{text}");
            }
        }
    }
}

#[test]
fn apostrophes_before_numbers_and_words_are_talk() {
    for text in [
        "I don't have 5 or 6 of 'em, and 7 unions or so",
        "can't say if it's 3 and 4 or 'more' (or 5); update me",
        "it's the dogs' and cats' food; don't select 2 or 3; ok",
        "he's 6' or 6'2\", isn't he? 1 or 2, don't care -- Ann's",
        "don't order 2 or 3; we've 5 and 'six' or eleven or so, don't we",
    ] {
        assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

#[test]
fn talk_is_not() {
    for text in [
        "63 < 77 and 77 > 90 ;-)",
        "call menu.open() twice, not open(menu)",
        "press 'select' -> 'file' > 'OK'",
        "press 'like' -> 'order' > 'OK'",
        "use the menu[1] of it; see `like`",
        "I moved from 17.1 to 16.er denis)",
        "/*!\n * mime-types\n * Copyright(c) 2014 Ann\n * MIT Licensed\n */\n\n'use strict'\n\nvar db = require('db')",
        "bytes.filter(|byte| **byte != b'\\'' && **byte > 0xce).count()",
        "open(); if ((a && b) || c) { run(); }",
        "wait(); if (now > then) return; if (position >= 1) seek(2);",
        "x = y === 1 ? z : 'a' ? 'b' : 'c'",
        "don't",
        "select one or two",
        "1 < 2 and 3 > 2",
        "Hi Alice, 1 < 2 and 3 > 2",
        "so 1 < 2 and 3 > 2 always",
        "1 < 2 and 3 > 2 123",
        "drop table reservations at 7",
        "it's 5 o'clock or later",
        "union select committee",
        "I'd like 'this' or 'that'",
        "order by friday",
        "rock 'n' roll -- yes",
        "the dogs' and cats' food",
        "are you 6' or 5'11\"?",
        "please select items from the menu",
        "we could drop the table; update your notes",
        "D'or 1st parfume",
        "union was a great select",
        "DEAR FINN,--I think it would do; copy should reach us second post",
        "time.sleep(5)",
        "press '/' to search",
        "2 or 3 people",
        "between 5 and 6 pm",
        "I've set it = 5 and then 6",
    ] {
        assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

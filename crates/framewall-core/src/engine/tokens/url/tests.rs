use super::super::SURE;
use super::judge;

fn strength(text: &str) -> u8 {
    judge(text.as_bytes()).map_or(0, |hit| hit.strength)
}

#[test]
fn addresses_inside_are_sure() {
    for text in [
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://0xA9.0xFE.0xA9.0xFE/",
        "http:0251.0376.0251.0376",
        "http://127.1/",
        "http://[::ffff:a9fe:a9fe]",
        "http://[::1]/",
        "http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/",
        "http://127.0.0.1.nip.io/",
        "http://app-169-254-169-254.sslip.io/",
        "http://localhost/admin",
        "gopher://127.0.0.1:6379/_INFO",
        "file:///etc/passwd",
        "php://filter/convert.base64-encode/resource=index.php",
        "phar://upload/x.jpg",
        "jar:http://evil.example/b.zip!/a",
        "http://google.com@127.0.0.1/",
        "look at http://169.254.169.254/latest",
        "https://x.example/?url=http://metadata.google.internal/",
        "\\\\10.0.0.1\\c$\\x",
    ] {
        assert!(strength(text) >= SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

#[test]
fn links_and_times_are_not() {
    for text in [
        "https://example.com/a?b=c#d",
        "see http://paste.ubuntu.com/912 please",
        "meet at 12:30 or 13:45",
        "note: 127 people came",
        "open http://localhost:8080 in your browser",
        "git clone https://github.com/a/b.git",
        "mailto:a@b.example",
        "ratio 3:2, C:\\Users\\me",
        "http://user.example/path",
        "std::vector<int>",
        "key:value",
    ] {
        assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
    }
}

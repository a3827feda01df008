//! Paths: does a text climb out of a folder, or name a file that only an attacker asks for?
//!
//! `..` counts as a step where a separator stands beside it; how far it climbs and where it arrives decide. `../` in a
//! sentence, or a path that people talk about, pass.

use super::{Best, Hit};

/// Files and folders that are asked for to break in. Lower case, `/` for every separator.
const TARGETS: &[&[u8]] = &[
    b"etc/passwd",
    b"etc/shadow",
    b"etc/master.passwd",
    b"etc/group",
    b"etc/hosts",
    b"etc/issue",
    b"etc/sudoers",
    b"etc/security",
    b"etc/subuid",
    b"etc/subgid",
    b"etc/ssh",
    b"etc/apache",
    b"etc/nginx",
    b"etc/httpd",
    b"etc/my.cnf",
    b"etc/mysql",
    b"etc/php",
    b"etc/crontab",
    b"etc/gshadow",
    b"etc/environment",
    b"etc/motd",
    b"proc/self",
    b"proc/version",
    b"proc/1/",
    b"proc/net/tcp",
    b"proc/environ",
    b"proc/cmdline",
    b"proc/mounts",
    b"proc/sched_debug",
    b"boot.ini",
    b"win.ini",
    b"windows/system32",
    b"winnt/",
    b"system.ini",
    b"windows/repair",
    b"php.ini",
    b"repair/sam",
    b"ntuser.dat",
    b"sysprep.inf",
    b"unattend.xml",
    b"autoexec.bat",
    b".ssh/",
    b"id_rsa",
    b"id_dsa",
    b"id_ed25519",
    b"authorized_keys",
    b".aws/credentials",
    b".aws/config",
    b".docker/",
    b".kube/config",
    b".git/config",
    b".git/head",
    b".svn/",
    b".bash_history",
    b".history",
    b".mysql_history",
    b".env",
    b".npmrc",
    b".pypirc",
    b".netrc",
    b".htaccess",
    b".htpasswd",
    b"web.config",
    b"wp-config",
    b"config.php",
    b"settings.php",
    b"localsettings.php",
    b"httpd.conf",
    b"nginx.conf",
    b"my.cnf",
    b"tomcat-users.xml",
    b"web-inf/",
    b"meta-inf/",
    b"var/log/",
    b"access.log",
    b"error.log",
    b"access_log",
    b"error_log",
    b"debug.log",
    b"var/run/secrets",
    b"database.yml",
    b"secrets.yml",
    b"docker-compose",
    b"var/lib/",
    b"apache2/conf",
    b"httpd/conf",
    b"root/",
];

/// The strongest path in `text`.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    let trimmed = text.trim_ascii();
    let blanks = trimmed.iter().filter(|byte| **byte == b' ').count();
    let alone = blanks == 0;
    climbs(text, alone, &mut best);
    if alone {
        named(trimmed, &mut best);
    }
    best.0
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// Runs of `../`, in any of its spellings.
fn climbs(text: &[u8], alone: bool, best: &mut Best) {
    let (mut steps, mut start, mut odd) = (0usize, 0, false);
    let mut arrivals = Arrivals::new(text);
    let mut at = 0;
    while at < text.len() {
        // Every spelling of a step begins with one of these.
        let Some(dot) = memchr::memchr2(b'.', b'0', &text[at..]) else { return };
        at += dot;
        let Some((length, strange)) = step(&text[at..]) else {
            at += 1;
            continue;
        };
        // `...` of prose and `a..b` of ranges are no steps.
        if at > 0 && !is_separator(text[at - 1]) && text[at - 1].is_ascii_alphanumeric() && steps == 0 {
            at += length;
            continue;
        }
        if steps == 0 {
            start = at;
        }
        steps += 1;
        odd |= strange;
        at += length;
        // Where the run ends.
        if step(&text[at..]).is_none() {
            let tail = &text[at..text.len().min(at + NEAR)];
            // `/app/../../x`: words between climbs.
            let next = tail.iter().position(|&byte| is_separator(byte)).map_or(0, |end| end + 1);
            let again = next > 0 && step(&tail[next..]).is_some();
            if again {
                at += next;
                continue;
            }
            let arrives = arrivals.has(at);
            let strength = match (steps, arrives, alone) {
                (_, true, _) if steps > 1 || odd => 92,
                (1, true, _) => {
                    if alone {
                        75
                    } else {
                        45
                    }
                }
                (4.., ..) => 75,
                (3, _, true) => 70,
                (2, _, true) => 56,
                (2 | 3, ..) if odd => 60,
                (1, _, true) if odd => 58,
                (1, _, true) if text[start..at].contains(&b'\\') && start == 0 => 51,
                (3, ..) => 40,
                _ => 20,
            };
            best.offer(strength, start..text.len().min(at + 24), "path that climbs");
            steps = 0;
            odd = false;
        }
    }
}

/// One step up at the start of `text`: its length, and whether its spelling is one that only a filter's enemy uses.
fn step(text: &[u8]) -> Option<(usize, bool)> {
    let mut at = 0;
    let mut odd = false;
    let mut dots = 0;
    while at < text.len() && at < 16 {
        match text[at] {
            b'.' => {
                dots += 1;
                at += 1;
            }
            0 if dots > 0 => {
                odd = true;
                at += 1;
            }
            b'0' if text[at..].starts_with(b"0x2e") => {
                dots += 1;
                odd = true;
                at += 4;
            }
            _ => break,
        }
    }
    if dots < 2 && !(odd && dots == 1) {
        return None;
    }
    odd |= dots > 2;
    if text.get(at) == Some(&b';') && text.get(at + 1).is_some_and(|&byte| is_separator(byte)) {
        odd = true;
        at += 1;
    }
    let mut separators = 0;
    while at < text.len() && separators < 8 {
        if is_separator(text[at]) {
            at += 1;
        } else if text[at..].starts_with(b"0x2f") || text[at..].starts_with(b"0x5c") {
            odd = true;
            at += 4;
        } else {
            break;
        }
        separators += 1;
    }
    // `.../` alone is an ellipsis and a slash; `..././` is a filter's leftover.
    if separators == 0
        || dots > 2 && separators == 1 && text.get(at) != Some(&b'.') && step_dots(&text[at..]) == 0 && dots > 4
    {
        return None;
    }
    Some((at, odd))
}

fn step_dots(text: &[u8]) -> usize {
    text.iter().take_while(|byte| **byte == b'.').count()
}

/// How far from where a path begins a target may end.
const NEAR: usize = 96;
/// Bytes of the longest target.
const LONGEST: usize = {
    let (mut longest, mut at) = (0, 0);
    while at < TARGETS.len() {
        longest = if TARGETS[at].len() > longest { TARGETS[at].len() } else { longest };
        at += 1;
    }
    longest
};
/// How targets begin: two characters each.
static BEGINNINGS: [u128; 128] = {
    let (mut begun, mut at) = ([0; 128], 0);
    while at < TARGETS.len() {
        begun[TARGETS[at][0] as usize] |= 1 << TARGETS[at][1];
        at += 1;
    }
    begun
};

/// The targets in a text, each place of which is looked at once, however many paths lead there.
struct Arrivals<'t> {
    text: &'t [u8],
    /// No target begins before this, as far as it was looked for.
    clear: usize,
}

impl<'t> Arrivals<'t> {
    fn new(text: &'t [u8]) -> Arrivals<'t> {
        Arrivals { text, clear: 0 }
    }

    /// Whether the path that goes on at `from`, no less than the last time, arrives at one of the targets.
    fn has(&mut self, from: usize) -> bool {
        let end = self.text.len().min(from + NEAR);
        if self.target(from).is_some_and(|target| target <= end) {
            return true;
        }
        for at in self.clear.max(from)..end {
            let may_begin = at > 0 && is_separator(self.text[at - 1]) || self.text[at] == b'.';
            if may_begin && let Some(target) = self.target(at) {
                self.clear = at;
                return target <= end;
            }
        }
        self.clear = self.clear.max(end);
        false
    }

    /// Where the target that begins here ends; separators may be doubled.
    fn target(&self, from: usize) -> Option<usize> {
        let path = &self.text[from..self.text.len().min(from + NEAR)];
        let [first, second, ..] = path else { return None };
        let (first, second) = (first.to_ascii_lowercase(), second.to_ascii_lowercase());
        if !(first.is_ascii() && second.is_ascii()) || BEGINNINGS[usize::from(first)] >> second & 1 == 0 {
            return None;
        }
        let (mut plain, mut ends, mut length) = ([0u8; LONGEST], [0; LONGEST], 0);
        for (at, &byte) in path.iter().enumerate() {
            let byte = if byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() };
            if byte == b'/' && length > 0 && plain[length - 1] == b'/' {
                continue;
            }
            if length == LONGEST {
                break;
            }
            (plain[length], ends[length]) = (byte, from + at + 1);
            length += 1;
        }
        let alike = TARGETS.iter().filter(|target| (target[0], target[1]) == (first, second));
        let known = alike.filter(|target| plain[..length].starts_with(target));
        known.map(|target| ends[target.len() - 1]).min()
    }
}

/// A text that is nothing but a path to something secret.
fn named(text: &[u8], best: &mut Best) {
    let value = text.iter().position(|&byte| byte == b'=').map_or(text, |at| &text[at + 1..]);
    let drive = value.len() > 3 && value[0].is_ascii_alphabetic() && value[1] == b':' && is_separator(value[2]);
    let absolute = value.first().is_some_and(|&byte| is_separator(byte)) || drive;
    let cut = value.contains(&0);
    if absolute && value.len() < 200 && Arrivals::new(value).has(0) {
        best.offer(if cut { 80 } else { 58 }, 0..text.len(), "file asked for in attacks");
    } else if absolute && cut {
        best.offer(65, 0..text.len(), "path cut by a NUL");
    } else if value.starts_with(b"/proc/") || value.starts_with(b"/sys/") || hidden(value) {
        best.offer(53, 0..text.len(), "path of the system or of settings");
    } else if value.starts_with(b"/@fs/") || value.starts_with(b"/@id/") {
        best.offer(60, 0..text.len(), "path past a development server");
    }
}

/// `/.tool/settings.json`, `/app/.tool/rules.md`: a hidden folder at the root of a site.
fn hidden(value: &[u8]) -> bool {
    value.first() == Some(&b'/')
        && value.len() < 100
        && value[1..]
            .split(|&byte| byte == b'/')
            .take(2)
            .any(|segment| segment.len() > 3 && segment[0] == b'.' && segment[1].is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::super::SURE;
    use super::judge;

    fn strength(text: &str) -> u8 {
        judge(text.as_bytes()).map_or(0, |hit| hit.strength)
    }

    #[test]
    fn climbing_is_sure() {
        for text in [
            "../../../etc/passwd",
            "..\\..\\..\\boot.ini",
            "/static/img/../../etc/passwd",
            "....//....//etc/passwd",
            "..;/..;/manager/html",
            ".../.../WINDOWS/win.ini",
            "file=../../../../x",
            "/etc/passwd\0",
            "/app//////../../../../etc/passwd",
            "C:/WINDOWS/Repair/SAM",
            "../ ../x ../../ab/Etc//\\passwd",
            "../../.e/.s/.h/.env",
            "../..0x2fetc/passwd",
        ] {
            assert!(strength(text) >= SURE, "{text}: {:?}", judge(text.as_bytes()));
        }
    }

    #[test]
    fn a_target_counts_for_the_paths_that_arrive_there_in_time() {
        let sure = |between: usize| strength(&format!("a ../../{}/etc/passwd", "b".repeat(between))) >= SURE;
        assert!(sure(85) && !sure(86));
        let late = format!("a ../../{}/etc/passwd ../../etc/passwd", "b".repeat(86));
        assert!(strength(&late) >= SURE);
    }

    #[test]
    fn talk_is_not() {
        for text in [
            "cd ../foo and then make",
            "wait... what/ever",
            "well.... /join #ubuntu",
            "from 1..10/2",
            "look in /etc/passwd for the user",
            "it is in ../../lib you know",
            "/usr/share/doc/ipw2200",
            "..",
        ] {
            assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
        }
    }
}

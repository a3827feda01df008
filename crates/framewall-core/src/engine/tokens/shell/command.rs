//! Commands by how surely a word is one.

/// How a name is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Unknown,
    /// A command and no everyday word.
    Sure,
    /// A command and an everyday word or nickname.
    Everyday,
    /// Runs code given to it.
    Interpreter,
    /// PowerShell and Windows tools used to fetch and run.
    Remote,
    /// Runs the command after it.
    Wrapper,
}

/// What a command is good for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    pub class: Class,
    /// Makes text into other text, as before `| sh`.
    pub decodes: bool,
    /// Fetches from elsewhere.
    pub fetches: bool,
    /// Sends what it is given to elsewhere.
    pub sends: bool,
}

/// The command `name`, which is lower-case and without its path.
pub(super) fn find(name: &[u8]) -> Command {
    let name = name.strip_suffix(b".exe").unwrap_or(name);
    let class = class(name);
    Command {
        class,
        decodes: matches!(
            name,
            b"base64"
                | b"base32"
                | b"xxd"
                | b"rev"
                | b"tac"
                | b"printf"
                | b"tr"
                | b"openssl"
                | b"uudecode"
                | b"gunzip"
                | b"echo"
        ),
        fetches: matches!(
            name,
            b"curl" | b"wget" | b"fetch" | b"lwp-request" | b"aria2c" | b"iwr" | b"invoke-webrequest"
        ),
        sends: matches!(name, b"nc" | b"ncat" | b"netcat" | b"socat" | b"telnet" | b"curl" | b"wget"),
    }
}

fn class(name: &[u8]) -> Class {
    match name {
        b"sh" | b"bash" | b"dash" | b"zsh" | b"ksh" | b"csh" | b"tcsh" | b"ash" | b"fish" | b"busybox" | b"perl"
        | b"ruby" | b"php" | b"lua" | b"awk" | b"gawk" | b"mawk" | b"irb" | b"tclsh" | b"osascript" | b"cmd"
        | b"powershell" | b"pwsh" | b"cscript" | b"wscript" | b"$shell" | b"gdb" | b"julia" | b"deno" | b"nodejs" => {
            Class::Interpreter
        }
        b"python" | b"node" | b"expect" | b"jshell" | b"ghc" | b"scala" => Class::Interpreter,
        _ if name.starts_with(b"python") && name[6..].iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') => {
            Class::Interpreter
        }
        b"invoke-expression"
        | b"invoke-webrequest"
        | b"invoke-command"
        | b"invoke-restmethod"
        | b"invoke-item"
        | b"iex"
        | b"iwr"
        | b"irm"
        | b"start-process"
        | b"new-object"
        | b"start-bitstransfer"
        | b"get-wmiobject"
        | b"set-executionpolicy"
        | b"certutil"
        | b"bitsadmin"
        | b"mshta"
        | b"regsvr32"
        | b"rundll32"
        | b"wmic"
        | b"schtasks"
        | b"msiexec"
        | b"bcdboot"
        | b"bcdedit"
        | b"regedit"
        | b"vssadmin"
        | b"cmstp"
        | b"installutil"
        | b"msbuild"
        | b"psexec"
        | b"reg"
        | b"sc"
        | b"netsh" => Class::Remote,
        b"time" | b"sudo" | b"nohup" | b"env" | b"exec" | b"nice" | b"ionice" | b"strace" | b"ltrace" | b"xargs"
        | b"setsid" | b"stdbuf" | b"timeout" | b"command" | b"builtin" | b"eval" | b"doas" | b"watch" | b"then"
        | b"do" | b"else" => Class::Wrapper,
        _ if name.starts_with(b"ansible") || name.starts_with(b"chef-") => Class::Sure,
        b"whoami" | b"uname" | b"ifconfig" | b"ipconfig" | b"netstat" | b"wget" | b"curl" | b"nslookup" | b"chmod"
        | b"chown" | b"passwd" | b"ls" | b"ps" | b"nc" | b"ncat" | b"netcat" | b"socat" | b"telnet" | b"ssh"
        | b"scp" | b"sftp" | b"ftp" | b"tftp" | b"rsync" | b"rm" | b"rmdir" | b"mkdir" | b"mv" | b"cp" | b"ln"
        | b"dd" | b"tee" | b"xxd" | b"od" | b"strings" | b"base64" | b"base32" | b"openssl" | b"gcc" | b"cc"
        | b"c89" | b"c99" | b"g++" | b"tar" | b"gzip" | b"gunzip" | b"zcat" | b"bzcat" | b"xzcat" | b"zstdcat"
        | b"bsdtar" | b"unxz" | b"cpio" | b"unzip" | b"crontab" | b"useradd" | b"adduser" | b"usermod" | b"groups"
        | b"getent" | b"lsof" | b"printenv" | b"systeminfo" | b"tasklist" | b"taskkill" | b"systemctl" | b"pkill"
        | b"killall" | b"hostname" | b"lsb_release" | b"dmesg" | b"htop" | b"lastlog" | b"lastlogin" | b"sysinfo"
        | b"dir" | b"tac" | b"nl" | b"rev" | b"sed" | b"egrep" | b"fgrep" | b"grep" | b"printf" | b"readlink"
        | b"mkfifo" | b"mknod" | b"tcpdump" | b"nmap" | b"traceroute" | b"tracert" | b"arp" | b"iptables"
        | b"ulimit" | b"pwd" | b"attrib" | b"icacls" | b"takeown" | b"cpulimit" | b"flock" | b"visudo" | b"rmt"
        | b"rmt-tar" | b"rmt-dump" | b"aptitude" | b"unshare" | b"nsenter" | b"chroot" | b"mysqldump" | b"psql"
        | b"sqlite3" | b"docker" | b"kubectl" | b"ansible" | b"shellcheck" | b"lwp-request" | b"whereis" | b"perf"
        | b"capsh" | b"findstr" => Class::Sure,
        b"cat" | b"id" | b"who" | b"w" | b"type" | b"sleep" | b"find" | b"date" | b"last" | b"test" | b"sort"
        | b"more" | b"less" | b"head" | b"tail" | b"host" | b"dig" | b"net" | b"set" | b"man" | b"cut" | b"echo"
        | b"kill" | b"top" | b"at" | b"make" | b"ping" | b"touch" | b"file" | b"stat" | b"cd" | b"history"
        | b"export" | b"source" | b"read" | b"mail" | b"reboot" | b"shutdown" | b"poweroff" | b"halt" | b"ver"
        | b"vol" | b"tree" | b"copy" | b"del" | b"move" | b"ren" | b"start" | b"call" | b"which" | b"locate"
        | b"uptime" | b"finger" | b"users" | b"groupadd" | b"split" | b"paste" | b"comm" | b"column" | b"join"
        | b"bridge" | b"ip" | b"ss" | b"route" | b"vi" | b"vim" | b"nano" | b"ed" | b"wc" | b"tr" | b"uniq"
        | b"diff" | b"cmp" | b"git" | b"npm" | b"pip" | b"go" | b"java" | b"mount" | b"umount" | b"su" | b"jobs"
        | b"bg" | b"fg" | b"erase" | b"pause" => Class::Everyday,
        _ => Class::Unknown,
    }
}

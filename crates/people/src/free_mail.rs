//! Domains in which anybody can have an address: they say nothing about where somebody works.

/// Free mail, addresses that nobody reads, and examples. With every subdomain.
const ANYBODYS: &[&str] = &[
    "126.com",
    "139.com",
    "163.com",
    "163.net",
    "188.com",
    "21cn.com",
    "aliyun.com",
    "aol.com",
    "att.net",
    "bk.ru",
    "bluewin.ch",
    "btinternet.com",
    "comcast.net",
    "cox.net",
    "daum.net",
    "duck.com",
    "email.com",
    "example.com",
    "example.net",
    "example.org",
    "fastmail.com",
    "fastmail.fm",
    "foxmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hanmail.net",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.es",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "inbox.ru",
    "laposte.net",
    "libero.it",
    "list.ru",
    "live.cn",
    "live.com",
    "live.de",
    "live.fr",
    "live.nl",
    "mac.com",
    "mail.com",
    "mail.ru",
    "mailbox.org",
    "me.com",
    "msn.com",
    "naver.com",
    "noreply.github.com",
    "noreply.gitlab.com",
    "o2.pl",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.es",
    "outlook.fr",
    "outlook.jp",
    "pm.me",
    "posteo.de",
    "posteo.net",
    "proton.ch",
    "proton.me",
    "protonmail.ch",
    "protonmail.com",
    "qq.com",
    "rambler.ru",
    "rediffmail.com",
    "riseup.net",
    "rocketmail.com",
    "seznam.cz",
    "sina.cn",
    "sina.com",
    "sina.com.cn",
    "sohu.com",
    "t-online.de",
    "tom.com",
    "tutanota.com",
    "tutanota.de",
    "tuta.io",
    "ukr.net",
    "users.noreply.github.com",
    "verizon.net",
    "vip.163.com",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "yandex.com",
    "yandex.ru",
    "yeah.net",
    "ymail.com",
    "zoho.com",
];

/// Reserved endings, and what misconfigured machines write.
const NOWHERE: &[&str] =
    &["example", "invalid", "local", "localdomain", "localhost", "test", "lan", "internal", "home"];

/// Whether anybody can have an address in a domain, or nobody.
pub(crate) fn is_anybodys(domain: &str) -> bool {
    let mut rest = domain;
    loop {
        if ANYBODYS.contains(&rest) || rest.starts_with("yahoo.") {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => return NOWHERE.contains(&rest) || rest == domain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_mail_and_noreply_say_nothing() {
        for domain in ["gmail.com", "yahoo.co.jp", "vip.qq.com", "users.noreply.github.com", "laptop.local", "host"] {
            assert!(is_anybodys(domain), "{domain}");
        }
        for domain in ["redhat.com", "notgmail.com", "mail.acme.com", "corp.netease.com", "me.company"] {
            assert!(!is_anybodys(domain), "{domain}");
        }
    }
}

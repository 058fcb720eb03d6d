//! The ways out of the house, as the server is set up: a mail server and a gateway for text messages.
//! What is secret in them never prints itself.

use std::fmt;
use std::time::Duration;

use domain::notice::Channel;

use super::mail::Mailer;
use super::sms::Gateway;

/// How long a server may take for one step, where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How the ways are set up. Nothing of this is in the catalogue.
#[derive(Clone, Default)]
pub struct Settings {
    /// `smtps://user:password@host`, or `smtp://…?tls=required`; plain `smtp://` on the loopback only.
    pub smtp_url: Option<String>,
    /// Whom e-mails are from.
    pub mail_from: Option<String>,
    /// The gateway's address; `https`, or `http` on the loopback.
    pub sms_url: Option<String>,
    /// What it knows us by; sent as `Authorization: Bearer`, or where the body says `{secret}`.
    pub sms_secret: Option<String>,
    /// The JSON that the gateway wants, with `{to}`, `{text}`, `{id}` and `{secret}` in its texts.
    pub sms_body: Option<String>,
    /// What the gateway's JSON answer says where it took the message, such as `/code=0`; any answer
    /// of success where nothing is said.
    pub sms_accepts: Option<String>,
    /// How long a server may take for one step.
    pub timeout: Option<Duration>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mail, sms) = (self.smtp_url.is_some(), self.sms_url.is_some());
        f.debug_struct("Settings").field("mail", &mail).field("sms", &sms).finish_non_exhaustive()
    }
}

/// A setting that cannot be used: its name and what is wrong, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {why}")]
pub struct BadWay {
    /// The setting.
    pub name: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

/// A message as it goes out.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// Its name, the same however often it is sent.
    pub name: &'a str,
    /// Where to.
    pub to: &'a str,
    /// The subject, of an e-mail.
    pub subject: &'a str,
    /// Its words.
    pub body: &'a str,
    /// When it came into being, ms since 1970 UTC.
    pub written_ms: i64,
}

/// Why a message did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// What happened, in one word of a closed list; its words are `failure.<class>`.
    pub class: &'static str,
    /// The number that the server gave, if it gave one.
    pub code: Option<u16>,
    /// Whether it is of use to try again.
    pub again: bool,
    /// Whether the server as a whole is of no use now, whatever the message.
    pub down: bool,
}

impl Failure {
    /// Every class.
    pub const CLASSES: &'static [&'static str] = &[
        "unreachable",
        "timeout",
        "insecure",
        "busy",
        "refused",
        "bad-address",
        "unclear",
        "expired",
        "interrupted",
        "unreadable",
    ];

    /// The server does not answer, or not in a way that may be used.
    pub(super) fn down(class: &'static str) -> Self {
        Self { class, code: None, again: true, down: true }
    }

    /// The server answered and wants the message later.
    pub(super) fn later(class: &'static str, code: Option<u16>) -> Self {
        Self { class, code, again: true, down: false }
    }

    /// The message will never go out.
    pub(super) fn never(class: &'static str, code: Option<u16>) -> Self {
        Self { class, code, again: false, down: false }
    }

    /// As it stands in the log: the class, with the server's number after a colon. What the server said
    /// is left out, because servers repeat addresses.
    #[must_use]
    pub fn text(&self) -> String {
        self.code.map_or(self.class.to_owned(), |code| format!("{}:{code}", self.class))
    }
}

/// The ways that are set up.
#[derive(Default)]
pub struct Ways {
    mail: Option<Mailer>,
    sms: Option<Gateway>,
}

impl Ways {
    /// Sets the ways up.
    ///
    /// # Errors
    /// [`BadWay`] names the setting that cannot be used.
    pub fn new(settings: &Settings) -> Result<Self, BadWay> {
        let timeout = settings.timeout.unwrap_or(TIMEOUT);
        let mail = match (&settings.smtp_url, &settings.mail_from) {
            (Some(url), Some(from)) => Some(Mailer::new(url, from, timeout)?),
            (Some(_), None) => {
                return Err(BadWay { name: "mail-from", why: "e-mails need a sender" });
            }
            (None, _) => None,
        };
        let sms = match &settings.sms_url {
            Some(url) => Some(Gateway::new(url, settings, timeout)?),
            None => None,
        };
        Ok(Self { mail, sms })
    }

    /// Whether there is a way for a channel.
    #[must_use]
    pub fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Mail => self.mail.is_some(),
            Channel::Sms => self.sms.is_some(),
        }
    }

    /// Whether there is any way.
    #[must_use]
    pub fn any(&self) -> bool {
        self.mail.is_some() || self.sms.is_some()
    }

    /// Sends a message; returns once the server has taken it.
    pub(super) fn send(&self, channel: Channel, outgoing: Outgoing<'_>) -> Result<(), Failure> {
        let none = Failure::down("unreachable");
        match channel {
            Channel::Mail => self.mail.as_ref().ok_or(none)?.send(outgoing),
            Channel::Sms => self.sms.as_ref().ok_or(none)?.send(outgoing),
        }
    }
}

/// Whether an address of a server leads to this machine itself.
pub(super) fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let bare = host
        .strip_prefix("[::1]")
        .map_or_else(|| host.rsplit_once(':').map_or(host, |(host, _)| host), |_| "::1");
    bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(settings: &Settings) -> Option<&'static str> {
        Ways::new(settings).err().map(|e| e.name)
    }

    fn mail(url: &str) -> Settings {
        let (smtp_url, mail_from) = (Some(url.to_owned()), Some("notice@example.cn".to_owned()));
        Settings { smtp_url, mail_from, ..Settings::default() }
    }

    fn sms(url: &str) -> Settings {
        Settings { sms_url: Some(url.to_owned()), ..Settings::default() }
    }

    #[test]
    fn nothing_goes_out_in_the_clear_but_to_this_machine() {
        for url in ["smtp://127.0.0.1:2525", "smtp://localhost", "smtp://u:p@[::1]:25"] {
            assert_eq!(bad(&mail(url)), None, "{url}");
        }
        for url in ["smtps://u:p@mail.example.cn", "smtp://mail.example.cn?tls=required"] {
            assert_eq!(bad(&mail(url)), None, "{url}");
        }
        for url in [
            "smtp://mail.example.cn",
            "smtp://mail.example.cn?tls=opportunistic",
            "smtp://127.0.0.1@mail.example.cn",
            "http://mail.example.cn",
            "mail.example.cn",
        ] {
            assert_eq!(bad(&mail(url)), Some("smtp-url"), "{url}");
        }
        for url in ["https://sms.example.cn/send", "http://127.0.0.1:9/send"] {
            assert_eq!(bad(&sms(url)), None, "{url}");
        }
        for url in ["http://sms.example.cn/send", "http://localhost.example.cn/", "sms"] {
            assert_eq!(bad(&sms(url)), Some("sms-url"), "{url}");
        }
    }

    #[test]
    fn a_bad_setting_is_named_and_its_value_is_not() {
        let mut settings = mail("smtp://user:hidden-word@mail.example.cn");
        assert!(!format!("{:?} {:?}", settings, Ways::new(&settings).err()).contains("hidden"));
        settings.mail_from = None;
        assert_eq!(bad(&settings), Some("mail-from"));
        let body = Settings { sms_body: Some("{".into()), ..sms("https://sms.example.cn") };
        assert_eq!(bad(&body), Some("sms-body"));
        let unfilled = Settings { sms_body: Some("{\"a\": \"{text}\"}".into()), ..body.clone() };
        assert_eq!(bad(&unfilled), Some("sms-body"), "it does not say where to");
        let accepts =
            Settings { sms_accepts: Some("code".into()), ..sms("https://sms.example.cn") };
        assert_eq!(bad(&accepts), Some("sms-accepts"));
    }
}

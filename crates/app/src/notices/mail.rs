//! E-mail over SMTP. TLS is a duty but on the loopback, where a mail server of the machine itself may
//! take what is handed over in the clear.

use std::error::Error as _;
use std::io::ErrorKind;
use std::time::{Duration, SystemTime};

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{Address, SmtpTransport, Transport};

use super::ways::{BadWay, Failure, Outgoing, is_loopback};

/// A mail server.
pub(super) struct Mailer {
    server: SmtpTransport,
    from: Mailbox,
}

impl Mailer {
    /// A mail server by its address.
    pub fn new(url: &str, from: &str, timeout: Duration) -> Result<Self, BadWay> {
        let bad = |why| BadWay { name: "smtp-url", why };
        let secure = url.starts_with("smtps://")
            || (url.starts_with("smtp://")
                && url
                    .split_once('?')
                    .is_some_and(|(_, q)| q.split('&').any(|p| p == "tls=required")));
        let plain = url.starts_with("smtp://") && is_loopback(url);
        if !secure && !plain {
            return Err(bad("it must be smtps://…, or smtp://…?tls=required, or on the loopback"));
        }
        let server = SmtpTransport::from_url(url).map_err(|_| bad("it cannot be read"))?;
        let from = from
            .parse()
            .map_err(|_| BadWay { name: "mail-from", why: "it is no e-mail address" })?;
        Ok(Self { server: server.timeout(Some(timeout)).build(), from })
    }

    /// Hands a message over.
    pub fn send(&self, outgoing: Outgoing<'_>) -> Result<(), Failure> {
        let message = self.message(outgoing).ok_or(Failure::never("bad-address", None))?;
        self.server.send(&message).map(drop).map_err(|e| failure(&e))
    }

    fn message(&self, outgoing: Outgoing<'_>) -> Option<Message> {
        let to: Address = outgoing.to.parse().ok()?;
        let written = Duration::from_millis(u64::try_from(outgoing.written_ms).ok()?);
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(outgoing.subject)
            .date(SystemTime::UNIX_EPOCH + written)
            // The same however often it is sent, so that a mail server keeps one of them.
            .message_id(Some(format!("<{}@{}>", outgoing.name, self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(outgoing.body.to_owned())
            .ok()
    }
}

/// Whether a read or write took too long; the system calls that by another name than a connection that
/// took too long.
fn ran_out(error: &SmtpError) -> bool {
    std::iter::successors(error.source(), |&e| e.source())
        .filter_map(|e| e.downcast_ref::<std::io::Error>())
        .any(|e| matches!(e.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock))
}

fn failure(error: &SmtpError) -> Failure {
    let code = error.status().map(u16::from);
    if error.is_permanent() {
        return Failure::never("refused", code);
    }
    if error.is_transient() {
        return Failure::later("busy", code);
    }
    match () {
        () if error.is_timeout() || ran_out(error) => Failure::down("timeout"),
        () if error.is_tls() => Failure::down("insecure"),
        // What is not SMTP is no mail server.
        () if error.is_response() => Failure::down("unclear"),
        () => Failure::down("unreachable"),
    }
}

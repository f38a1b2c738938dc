//! Letters go to a mail server step by step, so that it is known how far each came: before its text was given over it has not gone; after
//! the server said that it has it, it has; in between nobody knows.

use std::time::{Duration, SystemTime};

use kizashi_domain::intake::mail::Guarded;
use kizashi_domain::time::Time;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, CertificateStore, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::{Address, Message};

/// How long each step may take.
const STEP_S: u64 = 30;

/// A mail server that takes our letters.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// Name of the machine.
    pub host: &'a str,
    /// Port.
    pub port: u16,
    /// How the way there is guarded; `None` = not at all.
    pub guarded: Option<Guarded>,
    /// User; empty = no sign-in.
    pub user: &'a str,
    /// Password.
    pub password: &'a str,
    /// Certificate of one's own authority; empty = the known ones.
    pub authority: &'a str,
}

/// A letter to one person.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// Its id, without brackets; the same for every try.
    pub message_id: &'a str,
    /// Written at.
    pub at: Time,
    /// From whom: name and address.
    pub from: (&'a str, &'a str),
    /// Where answers go: name and address.
    pub reply_to: Option<(&'a str, &'a str)>,
    /// To whom: name and address.
    pub to: (&'a str, &'a str),
    /// Subject.
    pub subject: &'a str,
    /// Text.
    pub text: &'a str,
    /// The same with looks; empty = the text alone.
    pub html: &'a str,
    /// The address at which one asks to be spared.
    pub unsubscribe: Option<&'a str>,
    /// Programs need not answer it.
    pub is_automatic: bool,
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailReply {
    /// The server has it.
    Taken,
    /// Not now.
    Later(&'static str),
    /// Never like this.
    Refused(&'static str),
    /// The server had all of it and did not answer.
    Unclear(&'static str),
}

/// Sends a letter; blocks for some steps of [`STEP_S`] at most.
pub fn send(server: &Server<'_>, post: &Post<'_>) -> MailReply {
    match try_send(server, post) {
        Ok(()) => MailReply::Taken,
        Err(reply) => reply,
    }
}

type Smtp = lettre::transport::smtp::Error;

/// What an error before the end of the text means.
fn before(word: &'static str) -> impl Fn(Smtp) -> MailReply {
    move |error| {
        if error.is_permanent() {
            MailReply::Refused(word)
        } else if error.is_tls() {
            MailReply::Later("tls")
        } else if error.is_timeout() {
            MailReply::Later("timeout")
        } else if error.is_client() {
            MailReply::Refused(word)
        } else {
            MailReply::Later(if error.is_transient() { "busy" } else { "connect" })
        }
    }
}

fn try_send(server: &Server<'_>, post: &Post<'_>) -> Result<(), MailReply> {
    let message = write(post)?;
    let (from, to) = (address(post.from.1)?, address(post.to.1)?);
    let mut connection = connect(server, post.from.1)?;
    let mut options = Vec::new();
    if !post.to.1.is_ascii() || !post.from.1.is_ascii() {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(MailReply::Refused("recipient"));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    connection.command(Mail::new(Some(from), options)).map_err(before("sender"))?;
    connection.command(Rcpt::new(to, Vec::new())).map_err(before("recipient"))?;
    connection.command(Data).map_err(before("refused"))?;
    let answer = connection.message(&message);
    let reply = match answer {
        Ok(_) => Ok(()),
        Err(error) if error.is_permanent() => Err(MailReply::Refused("refused")),
        Err(error) if error.is_transient() => Err(MailReply::Later("busy")),
        Err(_) => Err(MailReply::Unclear("timeout")),
    };
    // It is decided; a server that does not take leave changes nothing.
    let _ = connection.quit();
    reply
}

fn connect(server: &Server<'_>, from: &str) -> Result<SmtpConnection, MailReply> {
    let hello = ClientId::Domain(from.rsplit_once('@').map_or("localhost", |(_, domain)| domain).to_owned());
    let timeout = Some(Duration::from_secs(STEP_S));
    let tls = server.guarded.map(|_| parameters(server)).transpose()?;
    let at_once = tls.as_ref().filter(|_| server.guarded == Some(Guarded::Tls));
    let mut connection = SmtpConnection::connect((server.host, server.port), timeout, &hello, at_once, None)
        .map_err(before("connect"))?;
    if server.guarded == Some(Guarded::StartTls)
        && let Some(tls) = &tls
    {
        if !connection.can_starttls() {
            return Err(MailReply::Refused("tls"));
        }
        connection.starttls(tls, &hello).map_err(before("tls"))?;
    }
    if !server.user.is_empty() {
        let credentials = Credentials::new(server.user.to_owned(), server.password.to_owned());
        connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).map_err(before("sign-in"))?;
    }
    Ok(connection)
}

fn parameters(server: &Server<'_>) -> Result<TlsParameters, MailReply> {
    let wrong = |_| MailReply::Refused("tls");
    let mut builder = TlsParameters::builder(server.host.to_owned());
    if !server.authority.trim().is_empty() {
        let certificate = Certificate::from_pem(server.authority.as_bytes()).map_err(wrong)?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(wrong)
}

fn address(text: &str) -> Result<Address, MailReply> {
    text.parse().map_err(|_| MailReply::Refused("recipient"))
}

fn mailbox((name, text): (&str, &str)) -> Result<Mailbox, MailReply> {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address(text)?))
}

fn header(name: &'static str, value: String) -> Result<HeaderValue, MailReply> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| MailReply::Refused("refused"))?;
    // Our own words, in ASCII: an address that is folded or encoded leads nowhere.
    Ok(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value))
}

/// The letter as it is sent.
fn write(post: &Post<'_>) -> Result<Vec<u8>, MailReply> {
    let micros = u64::try_from(post.at.micros()).unwrap_or(0);
    let subject: String = post.subject.chars().filter(|c| !c.is_control()).collect();
    let mut builder = Message::builder()
        .message_id(Some(format!("<{}>", post.message_id)))
        .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
        .from(mailbox(post.from)?)
        .to(mailbox(post.to)?)
        .subject(subject);
    if let Some(reply_to) = post.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if post.is_automatic {
        builder = builder.raw_header(header("Auto-Submitted", "auto-generated".to_owned())?);
    }
    if let Some(address) = post.unsubscribe {
        builder = builder.raw_header(header("List-Unsubscribe", format!("<{address}>"))?);
        let one_click = "List-Unsubscribe=One-Click".to_owned();
        builder = builder.raw_header(header("List-Unsubscribe-Post", one_click)?);
    }
    let built = if post.html.is_empty() {
        builder.singlepart(lettre::message::SinglePart::plain(post.text.to_owned()))
    } else {
        builder.multipart(MultiPart::alternative_plain_html(post.text.to_owned(), post.html.to_owned()))
    };
    Ok(built.map_err(|_| MailReply::Refused("refused"))?.formatted())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::read_letter;

    const POST: Post<'_> = Post {
        message_id: "kizashi-letter-1@shiken.example",
        at: Time(1_795_000_000_000_000),
        from: ("佐藤 \"花\"", "cs@shiken.example"),
        reply_to: Some(("佐藤", "sato@shiken.example")),
        to: ("山田, 太郎\r\nBcc: x@evil.example", "yamada@issha.example"),
        subject: "件名です\r\nBcc: x@evil.example",
        text: "本文です。\n.\nおわり。\n",
        html: "",
        unsubscribe: None,
        is_automatic: false,
    };

    #[test]
    fn a_letter_is_read_again_as_it_was_written_and_nobody_adds_a_header() {
        let address = format!("https://kizashi.example/spare/{}", "x".repeat(120));
        let html = Post { html: "<p>本文です。</p>", unsubscribe: Some(&address), ..POST };
        for post in [POST, html] {
            let bytes = write(&post).unwrap();
            let letter = read_letter(&bytes, None).unwrap();
            assert_eq!(letter.id, post.message_id);
            assert_eq!((letter.from.address.as_str(), letter.from.name.as_str()), ("cs@shiken.example", "佐藤 \"花\""));
            assert_eq!(letter.to.len(), 1, "{letter:?}");
            assert_eq!(letter.subject, "件名ですBcc: x@evil.example");
            assert!(letter.text.contains("本文です。"), "{letter:?}");
            let head = String::from_utf8(bytes).unwrap();
            let head = head.split("\r\n\r\n").next().unwrap().to_owned();
            assert!(!head.lines().any(|l| l.to_lowercase().starts_with("bcc")), "{head}");
            assert_eq!(
                head.contains(&format!("List-Unsubscribe: <{address}>\r\n")),
                post.unsubscribe.is_some(),
                "{head}"
            );
        }
        for bad in ["", "nobody", "a@b\r\nRCPT TO:<x@evil.example>", "a b@c.example"] {
            assert!(write(&Post { to: ("", bad), ..POST }).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_server_that_is_not_there_may_be_there_later() {
        let server = Server { host: "127.0.0.1", port: 9, guarded: None, user: "", password: "", authority: "" };
        assert_eq!(send(&server, &POST), MailReply::Later("connect"));
        assert_eq!(
            send(&Server { guarded: Some(Guarded::Tls), authority: "nothing", ..server }, &POST),
            MailReply::Later("connect")
        );
    }
}

//! How things go out: the mail server, places of chats, limits, and how each person wants to be told.

use kizashi_domain::id::{Id, NoticeAddress, Workspace};
use kizashi_domain::intake::mail::Guarded;
use kizashi_domain::limits::NAME_CHARS_MAX;
use kizashi_domain::notices::Limit;
use kizashi_domain::time::Time;
use serde::{Deserialize, Serialize};

use super::store;
use crate::access::{Grant, Viewer, record_audit};
use crate::secrets::{Purpose, Secret, forget_secret, keep_secret};
use crate::{App, Error, Refused, Result};

/// Places of chats in a workspace.
pub const ADDRESSES_MAX: i64 = 100;
/// The longest address of a chat.
const ADDRESS_CHARS_MAX: usize = 2_000;
/// The digest comes between these minutes of the day.
const DIGEST_MINUTES: std::ops::RangeInclusive<u16> = 5 * 60..=8 * 60 + 30;
/// Minute at which digests are made, so that they are there by 8:30.
const DIGEST_MINUTE: u16 = 8 * 60;
const CHATWORK: &str = "https://api.chatwork.com/v2/rooms/";

/// What holds for all that goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sending {
    /// The mail server; without it nothing goes by mail.
    pub smtp: Option<Smtp>,
    /// Minute of the day at which digests are made.
    pub digest_minute: u16,
    /// Rules whose signs are told at once.
    pub instant_rules: Vec<String>,
    /// Those of these rules whose signs are told at once only of key accounts; of others the digest tells.
    pub instant_key_rules: Vec<String>,
    /// How many letters one person of a customer gets; `None` = any number.
    pub mail_limit: Option<Limit>,
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            smtp: None,
            digest_minute: DIGEST_MINUTE,
            instant_rules: vec!["cancel_words".to_owned(), "champion_left".to_owned()],
            instant_key_rules: vec!["champion_left".to_owned()],
            mail_limit: Some(Limit { letters: 2, days: 7 }),
        }
    }
}

/// A mail server that takes our letters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Smtp {
    /// Name of the machine.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the way there is guarded; `None` = not at all, for a relay on one's own machine.
    pub guarded: Option<Guarded>,
    /// User; empty = no sign-in.
    pub user: String,
    /// Address from which letters come.
    pub from: String,
    /// Name that stands before it.
    pub from_name: String,
    /// Certificate of one's own authority; empty = the known ones.
    pub authority: String,
}

/// A kind of chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChatKind {
    /// An incoming webhook as Slack and many others have it.
    Slack,
    /// A workflow of Microsoft Teams.
    Teams,
    /// A room of Chatwork.
    Chatwork,
    /// An incoming webhook of LINE WORKS.
    LineWorks,
}

impl ChatKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Slack, Self::Teams, Self::Chatwork, Self::LineWorks];

    /// The word in tables and keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Chatwork => "chatwork",
            Self::LineWorks => "line-works",
        }
    }

    /// Reads [`ChatKind::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
}

/// A place of a chat. Its address is a secret and not here.
#[derive(Clone, Debug)]
pub struct AddressRow {
    /// Its id.
    pub id: Id<NoticeAddress>,
    /// Of which kind.
    pub kind: ChatKind,
    /// Name.
    pub name: String,
    /// The machine that it leads to.
    pub host: String,
    /// Since when.
    pub created_at: Time,
}

/// A way out: mail, or a place of a chat by its id.
pub const MAIL: &str = "mail";

/// How a person wants to be told, besides in the product. Ways: [`MAIL`], or ids of places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// The morning digest.
    pub digest: Vec<String>,
    /// What cannot wait.
    pub instant: Vec<String>,
    /// What cannot wait comes at any hour, not in working hours alone.
    pub any_hour: bool,
}

impl Default for Wish {
    fn default() -> Self {
        Self { digest: vec![MAIL.to_owned()], instant: vec![MAIL.to_owned()], any_hour: false }
    }
}

fn field(field: &'static str, reason: &'static str) -> Error {
    Refused::Field { field, reason }.into()
}

/// How things go out.
pub async fn open_sending(app: &App, ws: Id<Workspace>) -> Result<Sending> {
    Ok(store::setting::find(app, ws).await?.0)
}

/// Keeps the mail server; without a password the one that is there stays.
///
/// # Errors
/// [`Refused::Field`].
pub async fn keep_smtp(app: &App, grant: &Grant, smtp: Smtp, password: Option<&Secret>) -> Result<()> {
    let plain = |text: &str| !text.chars().any(char::is_control) && text.chars().count() <= NAME_CHARS_MAX;
    if smtp.host.is_empty() || !plain(&smtp.host) || smtp.host.contains(char::is_whitespace) {
        return Err(field("host", "required"));
    }
    if smtp.port == 0 {
        return Err(field("port", "required"));
    }
    if !is_address(&smtp.from) {
        return Err(field("from", "not-an-email"));
    }
    if !plain(&smtp.user) || !plain(&smtp.from_name) {
        return Err(field("user", "too-long"));
    }
    if smtp.authority.len() > 64 * 1024 || (!smtp.authority.is_empty() && !smtp.authority.contains("BEGIN CERTIFICATE"))
    {
        return Err(field("authority", "not-one-of"));
    }
    let ws = grant.workspace();
    let (mut sending, _) = store::setting::find(app, ws).await?;
    if let Some(was) = &sending.smtp
        && password.is_none()
        && !smtp.user.is_empty()
        && (was.host != smtp.host || was.port != smtp.port || was.user != smtp.user)
    {
        // What one server was trusted with is not told another one.
        return Err(field("password", "password-again"));
    }
    if smtp.guarded.is_none() && !smtp.user.is_empty() {
        return Err(field("guarded", "smtp-password-in-plain"));
    }
    sending.smtp = Some(smtp);
    let mut tx = app.db.write().await?;
    store::setting::keep(&mut tx, app, ws, &sending).await?;
    if let Some(password) = password {
        keep_secret(&mut tx, app, grant, Purpose::Smtp, ws.uuid(), password).await?;
    }
    record_audit(&mut tx, app, grant, "smtp_keep", "").await?;
    Ok(tx.commit().await?)
}

/// Nothing goes by mail any more; what waits, waits.
pub async fn drop_smtp(app: &App, grant: &Grant) -> Result<()> {
    let ws = grant.workspace();
    let (mut sending, _) = store::setting::find(app, ws).await?;
    sending.smtp = None;
    let mut tx = app.db.write().await?;
    store::setting::keep(&mut tx, app, ws, &sending).await?;
    forget_secret(&mut tx, ws, Purpose::Smtp, ws.uuid()).await?;
    record_audit(&mut tx, app, grant, "smtp_drop", "").await?;
    Ok(tx.commit().await?)
}

/// Keeps when digests are made, what is told at once and what of it only of key accounts, and the limit of letters.
pub async fn keep_rules(
    app: &App,
    grant: &Grant,
    digest_minute: u16,
    (instant_rules, key_rules): (Vec<String>, Vec<String>),
    mail_limit: Option<Limit>,
) -> Result<()> {
    if !DIGEST_MINUTES.contains(&digest_minute) {
        return Err(field("digest_minute", "digest-minute"));
    }
    if mail_limit.is_some_and(|l| !(1..=1_000).contains(&l.letters) || !(1..=366).contains(&l.days)) {
        return Err(field("letters", "letter-limit"));
    }
    let ws = grant.workspace();
    let settings = crate::settings::open_settings(app, ws).await?;
    let known = |id: &String| settings.pack.rule(id).is_some();
    let (mut sending, _) = store::setting::find(app, ws).await?;
    sending.digest_minute = digest_minute;
    sending.instant_rules = instant_rules.into_iter().filter(known).collect();
    sending.instant_key_rules = key_rules.into_iter().filter(known).collect();
    sending.mail_limit = mail_limit;
    let mut tx = app.db.write().await?;
    store::setting::keep(&mut tx, app, ws, &sending).await?;
    record_audit(&mut tx, app, grant, "notice_rules", "").await?;
    Ok(tx.commit().await?)
}

/// Whether a text can be the address of a letter.
pub(super) fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && !domain.is_empty()
        && text.chars().count() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"'))
}

/// Places of chats, by name.
pub async fn list_addresses(app: &App, ws: Id<Workspace>) -> Result<Vec<AddressRow>> {
    store::setting::list_addresses(app, ws).await
}

/// Adds a place of a chat. For Chatwork `address` is the number of a room, and `token` the one of its API.
///
/// # Errors
/// [`Refused::Field`]. Plain http only when `may_http`.
pub async fn add_address(
    app: &App,
    grant: &Grant,
    (kind, name): (ChatKind, &str),
    address: &str,
    token: Option<&Secret>,
    may_http: bool,
) -> Result<Id<NoticeAddress>> {
    let ws = grant.workspace();
    let name = name.trim();
    if name.is_empty() {
        return Err(field("name", "required"));
    }
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(field("name", "too-long"));
    }
    let address = address.trim();
    let is_room = kind == ChatKind::Chatwork && !address.is_empty() && address.chars().all(|c| c.is_ascii_digit());
    let address = if is_room { format!("{CHATWORK}{address}/messages") } else { address.to_owned() };
    let host = host_of(&address, may_http).ok_or_else(|| field("address", "https-address"))?;
    if kind == ChatKind::Chatwork && token.is_none() {
        return Err(field("token", "required"));
    }
    let there = store::setting::list_addresses(app, ws).await?;
    if i64::try_from(there.len()).unwrap_or(i64::MAX) >= ADDRESSES_MAX {
        return Err(field("name", "too-many"));
    }
    if there.iter().any(|a| a.name == name) {
        return Err(Refused::Taken.into());
    }
    let id: Id<NoticeAddress> = App::new_id();
    let mut tx = app.db.write().await?;
    store::setting::insert_address(&mut tx, app, grant, id, kind, name, &host).await?;
    keep_secret(&mut tx, app, grant, Purpose::NoticeAddress, id.uuid(), &Secret::new(address)).await?;
    if let Some(token) = token {
        keep_secret(&mut tx, app, grant, Purpose::NoticeToken, id.uuid(), token).await?;
    }
    record_audit(&mut tx, app, grant, "notice_address_add", &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}

/// The machine that an address leads to, when it is one that can be written to.
fn host_of(address: &str, may_http: bool) -> Option<String> {
    let rest = match (address.strip_prefix("https://"), address.strip_prefix("http://")) {
        (Some(rest), _) => rest,
        (None, Some(rest)) if may_http => rest,
        _ => return None,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = address.chars().all(|c| c.is_ascii_graphic()) && address.len() <= ADDRESS_CHARS_MAX;
    (!host.is_empty() && !host.contains('@') && is_plain).then(|| host.to_owned())
}

/// Takes a place away; nobody is told there any more.
pub async fn drop_address(app: &App, grant: &Grant, id: Id<NoticeAddress>) -> Result<()> {
    let ws = grant.workspace();
    let mut tx = app.db.write().await?;
    if !store::setting::remove_address(&mut tx, app, ws, id).await? {
        return Err(Refused::NotFound.into());
    }
    forget_secret(&mut tx, ws, Purpose::NoticeAddress, id.uuid()).await?;
    forget_secret(&mut tx, ws, Purpose::NoticeToken, id.uuid()).await?;
    record_audit(&mut tx, app, grant, "notice_address_drop", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

/// How the viewer wants to be told, and whether they have a calendar address.
pub async fn find_wish(app: &App, viewer: &Viewer) -> Result<(Wish, bool)> {
    let (wish, calendar) = store::setting::find_wish(app, viewer.workspace, viewer.staff).await?;
    Ok((wish, !calendar.is_empty()))
}

/// Keeps how the viewer wants to be told; ways that there are not are left out.
pub async fn keep_wish(app: &App, viewer: &Viewer, wish: Wish) -> Result<()> {
    let there = store::setting::list_addresses(app, viewer.workspace).await?;
    let is_way = |way: &String| way == MAIL || there.iter().any(|a| a.id.to_string() == *way);
    let mut kept = Wish {
        digest: wish.digest.into_iter().filter(is_way).collect(),
        instant: wish.instant.into_iter().filter(is_way).collect(),
        any_hour: wish.any_hour,
    };
    for ways in [&mut kept.digest, &mut kept.instant] {
        ways.sort();
        ways.dedup();
    }
    store::setting::keep_wish(app, viewer.workspace, viewer.staff, &kept).await?;
    if kept.any_hour {
        store::posting::release(app, viewer.workspace, Some(viewer.staff)).await?;
    }
    Ok(())
}

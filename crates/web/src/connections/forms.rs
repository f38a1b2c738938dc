//! The form of a connection.

use kizashi_app::pulls::{DatabaseAddress, Tls};
use maud::{Markup, html};

use super::list::trouble;
use crate::parts::form::{Wrong, field, post_button, token};
use crate::shell::{Page, Place, Shell};

/// A connection as it is being written.
#[derive(Debug, Default)]
pub struct Draft {
    /// Its id in addresses; empty for a new one.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub address: DatabaseAddress,
    /// What is wrong with a field.
    pub wrongs: Vec<Wrong>,
    /// Why it does not answer.
    pub fault: Option<(String, String)>,
    /// It was tried and answers.
    pub is_answering: bool,
}

/// The page of a connection, new or known. The password is never shown.
pub fn page(s: &Shell, draft: &Draft) -> Page {
    let w = &s.words;
    let is_new = draft.id.is_empty();
    let title = if is_new { w.t("pulls-new-database") } else { draft.name.clone() };
    let action = if is_new { "/data/connections/new".to_owned() } else { format!("/data/connections/{}", draft.id) };
    let body = html! {
        p.small { a.plain href="/data/connections" { "← " (w.t("pulls-title")) } }
        div.page-head { h1 { (title) } }
        (form(s, &Form {
            removal: (!is_new).then(|| format!("{action}/removal")),
            action,
            fields: fields(s, draft, is_new),
            authority: &draft.address.authority,
            wrongs: &draft.wrongs,
            fault: draft.fault.as_ref(),
            is_answering: draft.is_answering,
        }))
    };
    Page { title, place: Place::Data, body }
}

/// What the forms of a database and of a mailbox are made of.
pub struct Form<'a> {
    /// Where it is sent.
    pub action: String,
    /// Where the connection is removed, when there is one.
    pub removal: Option<String>,
    /// The fields of its kind.
    pub fields: Markup,
    /// The authority that answers for the certificate.
    pub authority: &'a str,
    /// What is wrong with a field.
    pub wrongs: &'a [Wrong],
    /// Why it does not answer.
    pub fault: Option<&'a (String, String)>,
    /// It was tried and answers.
    pub is_answering: bool,
}

/// Draws the form of a connection.
pub fn form(s: &Shell, f: &Form<'_>) -> Markup {
    let w = &s.words;
    html! {
        @if let Some((fault, said)) = f.fault { (trouble(s, fault, said)) }
        @if f.is_answering { p.note role="status" { (w.t("pulls-answers")) } }
        form.settings method="post" action=(f.action) autocomplete="off" {
            (token(&s.csrf))
            div.grid { (f.fields) }
            details.part open[!f.authority.is_empty()] {
                summary { (w.t("pulls-authority")) }
                (field("authority", &w.t("pulls-authority-label"), Some(&w.t("pulls-authority-help")), f.wrongs,
                    html! { textarea #authority name="authority" rows="5" maxlength="20000" spellcheck="false" { (f.authority) } }))
            }
            div.btns.save-bar {
                button.btn.main name="do" value="keep" { (w.t("pulls-keep")) }
                button.btn name="do" value="try" { (w.t("pulls-try")) }
            }
            p.help { (w.t("pulls-keep-help")) }
        }
        @if let Some(removal) = &f.removal {
            details.part {
                summary { (w.t("pulls-remove-connection")) }
                p.prose { (w.t("pulls-remove-connection-text")) }
                (post_button(&s.csrf, removal, &[], html! { button.btn { (w.t("pulls-remove-now")) } }))
            }
        }
    }
}

fn fields(s: &Shell, draft: &Draft, is_new: bool) -> Markup {
    let w = &s.words;
    let (a, wrongs) = (&draft.address, &draft.wrongs);
    let line = |id: &'static str, value: &str, is_fixed: bool| {
        html! { input id=(id) name=(id) value=(value) required maxlength="255" readonly[is_fixed] spellcheck="false" autocomplete="off"; }
    };
    let password_help = if is_new { w.t("pulls-password-help") } else { w.t("pulls-password-kept") };
    html! {
        (field("name", &w.t("imports-source"), Some(&w.t("pulls-name-help")), wrongs, line("name", &draft.name, !is_new)))
        (field("host", &w.t("pulls-host"), Some(&w.t("pulls-host-help")), wrongs, line("host", &a.host, false)))
        (field("port", &w.t("pulls-port"), None, wrongs,
            html! { input #port name="port" type="number" min="1" max="65535" required value=(a.port); }))
        (field("database", &w.t("pulls-database"), None, wrongs, line("database", &a.database, false)))
        (field("user", &w.t("pulls-user"), Some(&w.t("pulls-user-help")), wrongs, line("user", &a.user, false)))
        (field("password", &w.t("pulls-password"), Some(&password_help), wrongs,
            html! { input #password name="password" type="password" maxlength="1000" autocomplete="new-password"; }))
        (field("tls", &w.t("pulls-tls"), None, wrongs, html! {
            select #tls name="tls" {
                @for tls in Tls::ALL { option value=(tls.word()) selected[tls == a.tls] { (w.word("pull-tls", tls.word())) } }
            }
        }))
    }
}

//! The sign-in page.

use maud::html;

use crate::parts::form::{Wrong, field};
use crate::shell::{Page, Place, Shell};

/// `GET /sign-in`. `next` is an address of our own to go on to; `said` a line above the form.
pub fn sign_in(s: &Shell, email: &str, next: &str, wrongs: &[Wrong], said: Option<&str>) -> Page {
    let w = &s.words;
    let body = html! {
        div.narrow {
            p.brand { (w.t("brand")) }
            h1 { (w.t("sign-in")) }
            @if let Some(said) = said { p.note { (said) } br; }
            form method="post" action="/sign-in" {
                input type="hidden" name="next" value=(next);
                (field("email", &w.t("email"), None, wrongs, html! {
                    input #email type="email" name="email" value=(email) required autocomplete="username" autofocus[email.is_empty()] aria-invalid=[(!wrongs.is_empty()).then_some("true")];
                }))
                (field("password", &w.t("password"), None, wrongs, html! {
                    input #password type="password" name="password" required autocomplete="current-password" maxlength="1000" autofocus[!email.is_empty()];
                }))
                button.btn.main.wide { (w.t("sign-in")) }
            }
            br;
            p.small.faint { (w.t("sign-in-forgotten")) }
        }
    };
    Page { title: w.t("sign-in"), place: Place::Elsewhere, body }
}

//! Forms: labels above, the reason a field is worth entering below, errors in place.

use maud::{Markup, html};

use crate::words::Words;

/// An error of a form: the field's name and what to do.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// Name of the field.
    pub field: &'static str,
    /// What to do, in the reader's language.
    pub text: String,
}

/// A field with its label, help and error around any control. `id` names the control.
pub fn field(id: &str, label: &str, help: Option<&str>, wrongs: &[Wrong], control: Markup) -> Markup {
    let wrong = wrongs.iter().find(|wrong| wrong.field == id);
    html! {
        div.field {
            label for=(id) { (label) }
            (control)
            @if let Some(help) = help { p.help id={ (id) "-help" } { (help) } }
            @if let Some(wrong) = wrong { p.wrong id={ (id) "-wrong" } role="alert" { (wrong.text) } }
        }
    }
}

/// The token that every form of a signed-in page carries.
pub fn token(csrf: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(csrf); }
}

/// A button that is a form of its own: `POST action` with hidden fields.
pub fn post_button(csrf: &str, action: &str, fields: &[(&str, &str)], button: Markup) -> Markup {
    html! {
        form method="post" action=(action) {
            (token(csrf))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            (button)
        }
    }
}

/// A button that prints the page. Only a script can: without one it stays hidden, and the browser's own way remains.
pub fn print_button(w: &Words) -> Markup {
    html! { button.btn type="button" data-print hidden { (w.t("print")) } }
}

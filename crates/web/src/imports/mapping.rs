//! Which column is what: each with the first values that stand in it, and a choice.

use kizashi_app::imports::Draft;
use kizashi_domain::intake::{ColumnLook, FieldLook, Look, RecordKind, SheetLook, Unreadable, Use};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use super::map_file::section;
use crate::parts::form::{post_button, token};
use crate::shell::{Page, Place, Shell};

/// Fields that can be given one value for all rows.
pub const CONSTANTS_MAX: usize = 12;
/// Lines for them beyond those that are filled in.
const CONSTANTS_FREE: usize = 2;
/// Encodings to choose from, as they are called in map files.
const ENCODINGS: [(&str, &str); 5] = [
    ("utf-8", "UTF-8"),
    ("shift_jis", "Shift_JIS (CP932)"),
    ("euc-jp", "EUC-JP"),
    ("iso-2022-jp", "ISO-2022-JP"),
    ("utf-16le", "UTF-16"),
];

/// The fields of a kind.
pub type Fields<'a> = &'a dyn Fn(RecordKind) -> Vec<FieldLook>;

/// The page of a file before anything of it was read.
pub fn page(s: &Shell, draft: &Draft, fields: Fields<'_>) -> Page {
    let w = &s.words;
    let row = &draft.row;
    let address = format!("/data/imports/{}", row.id);
    let body = html! {
        p.small { a.plain href="/data/imports" { "← " (w.t("imports-title")) } }
        div.page-head {
            h1 { (row.file_name) }
            div.rest { (post_button(&s.csrf, &format!("{address}/removal"), &[], html! { button.btn.quiet { (w.t("imports-drop-draft")) } })) }
        }
        (steps(s, 1))
        @if let Some((fault, said)) = &row.report.fault { (trouble(s, fault.word(), said)) }
        @match &draft.look {
            Err(Unreadable { fault, said }) => {
                @if row.report.fault.is_none() { (trouble(s, fault.word(), said)) }
                p { a.btn href="/data/imports" { (w.t("imports-other-file")) } }
            },
            Ok(look) => {
                (form(s, draft, look, &address, fields))
                @if !look.columns.is_empty() { (section(s, &address)) }
            },
        }
    };
    Page { title: row.file_name.clone(), place: Place::Data, body }
}

/// The three steps, with the one that is being done.
pub fn steps(s: &Shell, at: usize) -> Markup {
    let w = &s.words;
    html! {
        ol.import-steps aria-label=(w.t("imports-steps")) {
            @for (n, key) in ["imports-step-columns", "imports-step-trial", "imports-step-in"].into_iter().enumerate() {
                li aria-current=[(n + 1 == at).then_some("step")] { (n + 1) ". " (w.t(key)) }
            }
        }
    }
}

/// Why a file cannot be read, and what to do.
pub fn trouble(s: &Shell, fault: &str, said: &str) -> Markup {
    let w = &s.words;
    html! {
        div.wrongs role="alert" {
            p { strong { (w.word("import-fault", fault)) } }
            details { summary.small { (w.t("imports-said")) } p.small lang="en" { (said) } }
        }
    }
}

fn form(s: &Shell, draft: &Draft, look: &Look, address: &str, fields: Fields<'_>) -> Markup {
    let w = &s.words;
    let known: Vec<FieldLook> = look.kind.map(fields).unwrap_or_default();
    let kind = look.kind.map_or("", |k| k.word());
    let is_ready = look.kind.is_some() && look.lacking.is_empty();
    html! {
        @if draft.is_remembered { p.note role="status" { (w.t("imports-remembered")) } }
        form.settings method="post" action={ (address) "/wish" } {
            (token(&s.csrf))
            div.grid {
                @if look.is_mail { input type="hidden" name="kind" value=(kind); } @else { div.field {
                    label for="kind" { (w.t("imports-kind")) }
                    select #kind name="kind" aria-describedby="kind-help" {
                        @if look.kind.is_none() { option value="" selected { (w.t("imports-kind-unknown")) } }
                        @for k in RecordKind::ALL { option value=(k.word()) selected[look.kind == Some(k)] { (w.word("import-kind", k.word())) } }
                    }
                    p.help #kind-help { (w.t("imports-kind-help")) }
                } }
                @if !look.sheets.is_empty() { (sheet_choice(s, look, &draft.row.wish.sheets_done)) }
                @if let Some(found) = &look.encoding { (encoding_choice(s, draft, found)) }
                div.field {
                    label for="source" { (w.t("imports-source")) }
                    input #source name="source" required maxlength="60" value=(draft.row.wish.source) aria-describedby="source-help";
                    p.help #source-help { (w.t("imports-source-help")) }
                }
            }
            input type="hidden" name="was.kind" value=(kind);
            input type="hidden" name="was.sheet" value=(look.sheet.as_deref().unwrap_or_default());
            input type="hidden" name="was.encoding" value=(draft.row.wish.encoding.as_deref().unwrap_or_default());
            @if look.kind.is_none() { div.wrongs role="alert" { p { (w.t("imports-kind-ask")) } } }
            @if !look.lacking.is_empty() { (show_lacking(s, look)) }
            @if look.is_mail { p.prose { (w.t("imports-is-mail")) } }
            @else {
                @if look.columns.is_empty() { p.prose { (w.t("imports-no-columns")) } }
                (show_columns(s, look, &known))
            }
            div.btns.save-bar {
                button.btn.main[is_ready] name="do" value="trial" disabled[look.kind.is_none()] { (w.t("imports-try")) }
                button.btn.main[!is_ready] name="do" value="look" { (w.t("imports-look-again")) }
            }
            p.help { (w.t("imports-try-help")) }
        }
    }
}

/// What must be there and has no column.
pub fn show_lacking(s: &Shell, look: &Look) -> Markup {
    let w = &s.words;
    let names: Vec<String> = look.lacking.iter().map(|f| field_label(s, look, f)).collect();
    html! {
        @if !names.is_empty() {
            div.wrongs role="alert" { p { (w.with("imports-lacking", &[("fields", names.join(&w.t("imports-comma")).into())])) } }
        }
    }
}

/// Each column with its first values and a choice, and fields without a column.
pub fn show_columns(s: &Shell, look: &Look, known: &[FieldLook]) -> Markup {
    html! {
        @if !look.columns.is_empty() { (columns(s, look, known)) }
        @if look.kind.is_some() { (constants(s, look, known)) }
    }
}

/// How many rows a sheet has, what they seem to be, and whether they are in.
fn sheet_state(s: &Shell, sheet: &SheetLook, done: &[String]) -> String {
    let w = &s.words;
    if sheet.rows == 0 {
        return w.t("imports-sheet-empty");
    }
    let count = thousands(sheet.rows as u64);
    let key = if sheet.has_more { "imports-sheet-rows-more" } else { "imports-sheet-rows" };
    let mut told = vec![w.with(key, &[("n", count.into())])];
    told.extend(sheet.kind.map(|kind| w.word("import-kind", kind.word())));
    told.extend(done.contains(&sheet.name).then(|| w.t("imports-sheet-done")));
    told.join(" · ")
}

fn sheet_choice(s: &Shell, look: &Look, done: &[String]) -> Markup {
    let w = &s.words;
    html! {
        fieldset.field.sheets {
            legend { (w.t("imports-sheet")) }
            @for sheet in &look.sheets {
                label.tick {
                    input type="radio" name="sheet" value=(sheet.name) checked[look.sheet.as_ref() == Some(&sheet.name)] disabled[sheet.rows == 0]; " "
                    (sheet.name) " "
                    span.small.faint { (sheet_state(s, sheet, done)) }
                }
            }
            p.help { (w.t("imports-sheet-help")) }
        }
    }
}

fn encoding_choice(s: &Shell, draft: &Draft, found: &str) -> Markup {
    let w = &s.words;
    let wished = draft.row.wish.encoding.as_deref();
    html! {
        div.field {
            label for="encoding" { (w.t("imports-encoding")) }
            select #encoding name="encoding" aria-describedby="encoding-help" {
                option value="" selected[wished.is_none()] { (w.with("imports-encoding-found", &[("name", found.to_owned().into())])) }
                @for (label, name) in ENCODINGS { option value=(label) selected[wished == Some(label)] { (name) } }
            }
            p.help #encoding-help { (w.t("imports-encoding-help")) }
        }
    }
}

fn columns(s: &Shell, look: &Look, known: &[FieldLook]) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("imports-columns")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("imports-columns")) {
                table.import-columns {
                    thead { tr {
                        th scope="col" { (w.t("imports-column")) }
                        th scope="col" { (w.t("imports-samples")) }
                        th scope="col" { (w.t("imports-used")) }
                    } }
                    tbody { @for (n, column) in look.columns.iter().enumerate() { (column_row(s, n, column, look, known)) } }
                }
            }
        }
    }
}

fn column_row(s: &Shell, n: usize, column: &ColumnLook, look: &Look, known: &[FieldLook]) -> Markup {
    let w = &s.words;
    let chosen = match &column.used {
        Some(Use::Field(name)) => name.as_str(),
        Some(Use::Property) => "+property",
        Some(Use::Figure(_)) => "+figure",
        None => "",
    };
    let is_of = |kind| look.kind == Some(kind);
    html! {
        tr {
            th scope="row" { label for={ "c" (n) } { (column.title) } }
            td.samples {
                @for sample in &column.samples { span.sample { (sample) } }
                @if column.samples.is_empty() { span.faint { (w.t("imports-no-values")) } }
                @if let (Some(unit), Some(_)) = (column.unit, &column.used) { span.small.faint { (w.with("imports-unit", &[("n", kizashi_domain::text::thousands(unit.unsigned_abs()).into())])) } }
            }
            td {
                input type="hidden" name={ "c" (n) ".title" } value=(column.title);
                @if let Some(unit) = column.unit { input type="hidden" name={ "c" (n) ".unit" } value=(unit); }
                select id={ "c" (n) } name={ "c" (n) ".used" } {
                    option value="" selected[chosen.is_empty()] { (w.t("imports-unused")) }
                    @for field in known {
                        option value=(field.name) selected[chosen == field.name] {
                            (field_label(s, look, field.name)) @if field.required { " *" }
                        }
                    }
                    @if is_of(RecordKind::Events) { option value="+property" selected[chosen == "+property"] { (w.t("imports-property")) } }
                    @if is_of(RecordKind::Customers) { option value="+figure" selected[chosen == "+figure"] { (w.t("imports-figure")) } }
                }
            }
        }
    }
}

fn field_label(s: &Shell, look: &Look, name: &str) -> String {
    field_title(s, look.kind, name)
}

/// What a field is called. The id of a customer is what other tables name the customer by; what a deal is called is no title of a person.
pub(crate) fn field_title(s: &Shell, kind: Option<RecordKind>, name: &str) -> String {
    let told = match (kind, name) {
        (Some(RecordKind::Customers), "external_id") => "customer",
        (Some(RecordKind::Deals), "title") => "deal-title",
        (Some(RecordKind::Deals), "amount") => "deal-amount",
        (Some(RecordKind::Deals), "stage") => "deal-stage",
        (_, name) => name,
    };
    s.words.word("import-field", told)
}

/// Fields without a column: one value for every row.
fn constants(s: &Shell, look: &Look, known: &[FieldLook]) -> Markup {
    let w = &s.words;
    let none = (String::new(), String::new());
    let filled = look.constants.iter().chain(std::iter::repeat_n(&none, CONSTANTS_FREE)).take(CONSTANTS_MAX);
    html! {
        details.part open[!look.constants.is_empty() || !look.lacking.is_empty()] {
            summary { (w.t("imports-constants")) span.faint { (w.t("imports-constants-help")) } }
            div.grid {
                @for (n, (field, value)) in filled.enumerate() {
                    div.field {
                        label for={ "k" (n) } { (w.t("imports-constant-field")) }
                        select id={ "k" (n) } name={ "k" (n) ".field" } {
                            option value="" selected[field.is_empty()] { (w.t("imports-unused")) }
                            @for f in known { option value=(f.name) selected[field == f.name] { (field_label(s, look, f.name)) } }
                        }
                        input name={ "k" (n) ".value" } value=(value) maxlength="256" aria-label=(w.t("imports-constant-value"));
                    }
                }
            }
        }
    }
}

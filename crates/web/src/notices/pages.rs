//! The list of notices and one notice.

use kizashi_app::notices::{Content, Digest, DigestCard, MAIL, NoticeRow, PostingRow};
use kizashi_app::plays::CardRow;
use kizashi_domain::time::Time;
use maud::{Markup, html};

use super::draw::{
    actions_sum, beyond, deadlines_beyond, digest_heading, digest_sentence, digest_title, instant_title, meeting_line,
    notice_line, owner_line, task_line, tasks_beyond, work_lines,
};
use crate::parts::form::post_button;
use crate::parts::state::{empty, pager};
use crate::parts::work::{Named, work};
use crate::plays::tasks_sum;
use crate::shell::{Page, Place, Shell};

/// Day and clock.
pub fn when(s: &Shell, at: Time) -> Markup {
    let w = &s.words;
    html! { span.nowrap { (w.day(s.zone.day_of(at), s.today)) " " (w.clock(at, &s.zone)) } }
}

/// `GET /notices`.
pub fn list(s: &Shell, rows: &[NoticeRow], unseen: i64, is_later: bool, next: Option<&str>) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head {
            h1 { (w.t("notices-title")) }
            div.rest.btns {
                @if unseen > 0 { (post_button(&s.csrf, "/notices/seen", &[], html! { button.btn { (w.t("notices-see-all")) } })) }
                (post_button(&s.csrf, "/notices/digest", &[], html! { button.btn { (w.t("notices-make")) } }))
            }
        }
        (places(s, "/notices"))
        @if rows.is_empty() { (empty(&w.t("notices-none"), Some(("/notices/settings", &w.t("notices-open-settings"))))) }
        @else {
            ul.notices {
                @for row in rows {
                    li.notice.unseen[row.seen_at.is_none()] data-row {
                        span.at { (when(s, row.created_at)) }
                        div {
                            a.plain href={ "/notices/" (row.id) } data-open {
                                @if row.seen_at.is_none() { strong { (title(s, &row.content)) } span.sr { " " (w.t("notices-unseen")) } } @else { (title(s, &row.content)) }
                            }
                            @if let Content::Instant(instant) = &row.content {
                                @if !instant.text.is_empty() { p.small.ink2 { (w.text(&instant.text)) } }
                                @for line in work_lines(w, instant, s.today) { p.small.ink2 { (line) } }
                            }
                            (ways(s, &row.postings, false))
                        }
                    }
                }
            }
            @let after = next.map(|n| format!("/notices?after={n}"));
            @if is_later || after.is_some() { (pager(w, "", is_later.then_some("/notices"), after.as_deref())) }
        }
    };
    Page { title: w.t("notices-title"), place: Place::Elsewhere, body }
}

/// The places of this part of the product.
pub fn places(s: &Shell, current: &str) -> Markup {
    let w = &s.words;
    html! {
        nav.tabs aria-label=(w.t("notices-title")) {
            @for (address, key) in [("/notices", "notices-title"), ("/notices/settings", "notices-settings"), ("/notices/letters", "notices-letters"), ("/notices/ways", "notices-ways")] {
                a href=(address) aria-current=[(address == current).then_some("page")] { (w.t(key)) }
            }
        }
    }
}

fn title(s: &Shell, content: &Content) -> String {
    let w = &s.words;
    match content {
        Content::Digest(digest) => digest_title(w, digest),
        Content::Instant(instant) => instant_title(w, instant),
        Content::Test => w.t("notices-test-title"),
    }
}

/// On which ways it went, and how that ended; what needs a person stands out.
fn ways(s: &Shell, postings: &[PostingRow], may: bool) -> Markup {
    html! {
        @if !postings.is_empty() {
            ul.ways.small { @for posting in postings { li { (way_name(s, posting)) " " (way_state(s, posting, may)) } } }
        }
    }
}

/// Mail, or the name of the place.
pub fn way_name(s: &Shell, posting: &PostingRow) -> String {
    let name = match &posting.place {
        Some(place) => place.clone(),
        None if posting.way == MAIL => s.words.t("notices-mail"),
        None => s.words.t("notices-place-gone"),
    };
    match posting.part {
        (0, _) => name,
        (nth, of) => format!("{name} ({nth}/{of})"),
    }
}

/// How a message stands.
pub fn way_state(s: &Shell, posting: &PostingRow, may: bool) -> Markup {
    let w = &s.words;
    let fault =
        || if posting.fault.is_empty() { String::new() } else { w.t(&format!("notices-fault-{}", posting.fault)) };
    let again = || {
        let back = s.address.split('?').next().unwrap_or("/notices");
        let action = format!("/notices/postings/{}/again", posting.id);
        html! { @if may { (post_button(&s.csrf, &action, &[("back", back)], html! { button.btn.quiet { (w.t("notices-again")) } })) } }
    };
    html! {
        @match posting.state.as_str() {
            "sent" => span.faint { (w.t("notices-state-sent")) " " @if let Some(at) = posting.ended_at { (when(s, at)) } },
            "unclear" => { span.tag.warn { (w.t("notices-state-unclear")) } " " span.faint { (w.t("notices-unclear-why")) } (again()) },
            "failed" => { span.tag.bad { (w.t("notices-state-failed")) } " " span.faint { (fault()) } (again()) },
            "waiting" if posting.attempts == 0 && posting.due_at > posting.created_at => span.faint { (w.t("notices-state-held")) " " (when(s, posting.due_at)) },
            "waiting" if posting.attempts > 0 => { span.tag.warn { (w.t("notices-state-later")) } " " span.faint { (fault()) " " (when(s, posting.due_at)) } },
            _ => span.faint { (w.t("notices-state-waiting")) },
        }
    }
}

/// `GET /notices/{id}`.
pub fn one(s: &Shell, row: &NoticeRow, cards: &[CardRow], may: bool) -> Page {
    let w = &s.words;
    let heading = title(s, &row.content);
    let body = html! {
        p.small { a.plain href="/notices" { "← " (w.t("notices-title")) } }
        h1 { (heading) }
        p.small.faint { (when(s, row.created_at)) }
        @match &row.content {
            Content::Digest(digest) => (digest_of(s, digest, cards)),
            Content::Instant(instant) => {
                @if !instant.text.is_empty() { p.prose { (w.text(&instant.text)) } }
                @if cards.is_empty() { @for line in work_lines(w, instant, s.today) { p { (line) } } }
                @for card in cards { (work(s, card, Named::Here)) }
                @if !row.page.is_empty() { p.open-page { a.btn.main href=(row.page) { (w.t("notices-open-page")) } } }
            }
            Content::Test => p.prose { (w.t("notices-test-text")) },
        }
        @if !row.postings.is_empty() {
            section { h2 { (w.t("notices-went")) } (ways(s, &row.postings, may)) }
        }
    };
    Page { title: heading, place: Place::Elsewhere, body }
}

fn digest_of(s: &Shell, digest: &Digest, cards: &[CardRow]) -> Markup {
    let w = &s.words;
    html! {
        p.prose { (digest_sentence(w, digest)) }
        // As they are now, to be answered here; what was erased since says what it said.
        @for card in &digest.cards {
            @match cards.iter().find(|row| row.id == card.id) {
                Some(row) => (work(s, row, Named::Here)),
                None => (card_of(s, card, digest)),
            }
        }
        @if digest.tasks_total > 0 {
            section #tasks {
                h2 { (w.t("tasks-title")) " " span.small.faint { (tasks_sum(w, digest.tasks_total, digest.tasks_late)) } }
                ul { @for task in &digest.tasks { li.late[task.due < digest.day] { a href=(task.page) { (task_line(w, task, digest.day)) } } } }
                p.small { @if let Some(rest) = tasks_beyond(w, digest) { (rest) " " } a href="/today#tasks" { (w.t("notices-open-tasks")) } }
            }
        }
        (rooms_of(s, digest))
        @if !digest.deadlines.is_empty() {
            section {
                h2 { (w.t("notices-deadlines")) }
                table.bare { tbody {
                    @for d in &digest.deadlines {
                        tr { td.nowrap { (w.day(d.day, s.today)) } td { a.plain href={ "/customers/" (d.customer) } { (d.name) } } }
                    }
                } }
                @if let Some(rest) = deadlines_beyond(w, digest) { p.small { (rest) " " a href="/customers?sort=notice" { (w.t("notices-open-deadlines")) } } }
            }
        }
        @if !digest.quiet_sources.is_empty() {
            section {
                h2 { (w.t("today-silent")) }
                ul { @for source in &digest.quiet_sources { li { strong { (source.source) } " " (w.with("silent-days", &[("n", (digest.day.0 - source.last_day.0).into())])) } } }
            }
        }
        p { a.btn href="/today" { (w.t("notices-open-today")) } }
    }
}

/// What the reader's rooms ask for.
fn rooms_of(s: &Shell, digest: &Digest) -> Markup {
    let w = &s.words;
    html! {
        @if digest.actions_total > 0 {
            section #actions {
                h2 { (actions_sum(w, digest)) }
                ul { @for action in &digest.actions { li.late[action.due < digest.day] { a href=(action.page) { (task_line(w, action, digest.day)) } } } }
                p.small { @if let Some(rest) = beyond(w, digest.actions_total, digest.actions.len()) { (rest) " " } a href="/rooms?tab=mine" { (w.t("notices-open-rooms")) } }
            }
        }
        @if !digest.meetings.is_empty() {
            section {
                h2 { (w.t("notices-meetings")) }
                ul { @for meeting in &digest.meetings { li { a href=(meeting.page) { (meeting_line(w, meeting, digest.day)) } } } }
            }
        }
    }
}

fn card_of(s: &Shell, card: &DigestCard, digest: &Digest) -> Markup {
    let w = &s.words;
    html! {
        div {
            strong { (digest_heading(w, card)) }
            @if let Some(on) = card.notice_on { " " span.small.faint { (notice_line(w, on, digest.day)) } }
            div.small {
                @if !card.why.is_empty() { p.ink2 { (w.with("notices-why", &[("why", w.text(&card.why).into())])) } }
                p { (w.with("notices-what", &[("what", w.text(&card.what).into()), ("day", w.day(card.due, s.today).into())])) }
                @if let Some(owner) = &card.owner { p { (owner_line(w, owner)) } }
            }
        }
    }
}

//! The list of runs.

use kizashi_app::plays::{RunList, RunRow, RunTab};
use maud::{Markup, html};

use crate::parts::form::post_button;
use crate::parts::state::{Tab, empty, pager, tabs};
use crate::parts::work::owner_name;
use crate::shell::{Page, Place, Shell};

/// Which runs are looked at.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// State.
    pub tab: RunTab,
    /// Id of a play; empty = all.
    pub play: String,
    /// Only those of the reader.
    pub mine: bool,
    /// The page.
    pub after: String,
}

impl Asked {
    pub(super) fn address(&self, tab: RunTab, after: &str) -> String {
        let mut pairs = vec![("tab", tab.word())];
        if !self.play.is_empty() {
            pairs.push(("play", &self.play));
        }
        if self.mine {
            pairs.push(("whose", "mine"));
        }
        if !after.is_empty() {
            pairs.push(("after", after));
        }
        let query: Vec<String> = pairs.into_iter().map(|(n, v)| format!("{n}={}", crate::address::encode(v))).collect();
        format!("/plays?{}", query.join("&"))
    }
}

/// `GET /plays`.
pub fn runs(s: &Shell, asked: &Asked, list: &RunList) -> Page {
    let w = &s.words;
    let shown: Vec<Tab> = RunTab::ALL
        .into_iter()
        .map(|tab| Tab {
            address: asked.address(tab, ""),
            label: w.word("run-tab", tab.word()),
            count: (asked.tab == tab).then_some(list.total.unsigned_abs()),
            is_current: asked.tab == tab,
        })
        .collect();
    let body = html! {
        div.page-head {
            h1 { (w.t("runs-title")) }
            span.rest.btns { a.btn.quiet href="/settings/plays" { (w.t("runs-edit")) } a.btn href="/plays/onboarding" { (w.t("onboarding-title")) } }
        }
        (tabs(&w.t("runs-title"), &shown, html! {}))
        (filters(s, asked, list))
        (behind(s, asked, list))
        section {
            @if list.rows.is_empty() {
                (none(s, asked))
            } @else {
                ul.runs { @for row in &list.rows { (line(s, row)) } }
            }
            @let start = (!asked.after.is_empty()).then(|| asked.address(asked.tab, ""));
            @let next = list.next.as_deref().map(|after| asked.address(asked.tab, after));
            @if start.is_some() || next.is_some() { (pager(w, "", start.as_deref(), next.as_deref())) }
        }
    };
    Page { title: w.t("runs-title"), place: Place::Plays, body }
}

/// Runs of an older version of the play that is asked for, and the way to move them together.
fn behind(s: &Shell, asked: &Asked, list: &RunList) -> Markup {
    let w = &s.words;
    html! {
        @if list.behind > 0 {
            div.run-state {
                p { (w.with("runs-behind", &[("n", list.behind.into())])) }
                (post_button(&s.csrf, "/plays/versions", &[("play", &asked.play)], html! {
                    button.btn { (w.with("runs-move", &[("n", list.behind.into())])) }
                }))
            }
        }
    }
}

/// Why there is nothing, and what to do next.
fn none(s: &Shell, asked: &Asked) -> Markup {
    let w = &s.words;
    let is_all = asked.tab == RunTab::Open && asked.play.is_empty() && !asked.mine;
    if is_all {
        return empty(&w.t("runs-none"), Some(("/customers", &w.t("runs-none-button"))));
    }
    empty(&w.t("runs-none-such"), Some(("/plays", &w.t("runs-all-button"))))
}

fn filters(s: &Shell, asked: &Asked, list: &RunList) -> Markup {
    let w = &s.words;
    html! {
        form.filters method="get" action="/plays" {
            input type="hidden" name="tab" value=(asked.tab.word());
            div.row {
                label { span.label { (w.t("run-play")) } " "
                    select name="play" {
                        option value="" { (w.t("any")) }
                        @for (id, title) in &list.plays { option value=(id) selected[*id == asked.play] { (w.text(title)) } }
                    }
                }
                label.chip { input type="checkbox" name="whose" value="mine" checked[asked.mine]; (w.t("run-mine")) }
                button.btn { (w.t("apply")) }
            }
        }
    }
}

/// 3 / 7, and a bar.
pub fn progress(s: &Shell, row: &RunRow) -> Markup {
    let text = s.words.with("run-progress", &[("done", row.done.into()), ("of", row.steps.into())]);
    html! {
        span.run-progress {
            progress max=(row.steps.max(1)) value=(row.done) aria-label=(text) {}
            span.small.nowrap { (text) }
        }
    }
}

/// What a run waits for, in a line.
pub(super) fn line(s: &Shell, row: &RunRow) -> Markup {
    let w = &s.words;
    let is_late = row.is_late(s.today);
    html! {
        li data-row {
            div.who {
                a.plain href={ "/customers/" (row.customer_id) } { (row.customer) }
                a href={ "/plays/runs/" (row.id) } data-open { (w.text(&row.title)) }
            }
            (progress(s, row))
            div.now {
                @if let Some((end, on)) = row.ended {
                    span { (w.word("run-end", end.word())) } span.faint { " " (w.day(on, s.today)) }
                } @else if let Some(on) = row.paused_on {
                    span.tag { (w.t("run-paused")) } span.faint { " " (w.day(on, s.today)) }
                } @else {
                    @for title in &row.now { span.step { (w.text(title)) } }
                    @if let Some(due) = row.next_due {
                        @if is_late { strong.red.nowrap { (w.day(due, s.today)) " " (w.away(due, s.today)) } }
                        @else { span.nowrap.faint { (w.with("run-due", &[("day", w.day(due, s.today).into())])) } }
                    }
                }
            }
            span.owner.faint { @if let Some(name) = &row.owner { (owner_name(s, name, row.has_owner_left)) } }
        }
    }
}

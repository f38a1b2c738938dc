//! 引き継ぎ資料: one page about one customer for whoever takes it over. It prints on A4, and is read in five minutes: what to do first, why
//! things stand as they do, then what one has to know.

use kizashi_app::customers::{Briefing, NextItem, NextWhy};
use kizashi_app::handover::Received;
use kizashi_domain::handover::{Next, NextKind};
use kizashi_domain::pack::Pack;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::sections;
use crate::parts::breakdown::{Ground, breakdown};
use crate::parts::form::{post_button, print_button};
use crate::parts::health::{badge, told_since};
use crate::shell::{Page, Place, Shell};

/// Everything the page is drawn from.
pub(super) struct View<'a> {
    pub briefing: &'a Briefing,
    pub pack: &'a Pack,
    /// How the reader came to the customer.
    pub received: Option<&'a Received>,
}

/// `GET /customers/{id}/handover`.
pub(super) fn page(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let b = view.briefing;
    let c = &b.page;
    let title = w.with("briefing-of", &[("name", c.row.name.clone().into())]);
    let body = html! {
        div.page-head.no-print {
            p.small { a.plain href={ "/customers/" (c.row.id) } { "← " (c.row.name) } }
            div.rest { (print_button(w)) }
        }
        (article(s, b, view.pack, html! { @if let Some(received) = view.received { (reading(s, received, "/handovers")) } }))
    };
    Page { title, place: Place::Customers, body }
}

/// The briefing of one customer. On paper its head stands above each of its pages.
pub(super) fn article(s: &Shell, b: &Briefing, pack: &Pack, below_head: Markup) -> Markup {
    let w = &s.words;
    let c = &b.page;
    html! {
        article.pack {
            header.customer-head.pack-head {
                h1 { (w.with("briefing-of", &[("name", c.row.name.clone().into())])) }
                (badge(w, c.row.band, c.row.points))
                @if !c.row.stage.is_empty() { span.tag { (w.word("stage", &c.row.stage)) } }
                @if let Some(owner) = &c.row.owner { span.faint { (w.t("column-owner")) " " (owner) } }
                span.faint.nowrap { (w.with("briefing-day", &[("day", w.day_year(s.today).into())])) }
            }
            div.briefing {
                (below_head)
                (next(s, &b.next))
                (why(s, b, pack))
                div.briefing-cols { (sections::contract(s, c)) (sections::aims(s, c)) }
                (sections::people(s, b))
                (sections::promises(s, b))
                (sections::open(s, b))
                (sections::plays(s, &b.plays))
                (sections::hunches(s, b))
                (sections::similar(s, b, pack))
                (sections::decided(s, b))
            }
        }
    }
}

/// Whether the new owner has read it; having said so, one is where `back` leads.
pub(super) fn reading(s: &Shell, received: &Received, back: &str) -> Markup {
    let w = &s.words;
    let is_read = received.seen_at.is_some();
    let from =
        [("name", received.from_name.clone().into()), ("day", w.day(s.zone.day_of(received.at), s.today).into())];
    html! {
        div.note.no-print {
            (w.with("handover-from", &from)) " "
            @if is_read { (w.t("handover-read")) }
            @else {
                (post_button(&s.csrf, &format!("/handovers/{}/reading", received.handover), &[("customer", &received.customer.to_string()), ("is", "read"), ("back", back)], html! { button.btn { (w.t("handover-mark-read")) } }))
            }
        }
    }
}

const fn kind_key(kind: NextKind) -> &'static str {
    match kind {
        NextKind::Notice => "next-notice",
        NextKind::Card => "next-card",
        NextKind::Action => "next-action",
        NextKind::Task => "next-task",
        NextKind::Ticket => "next-ticket",
        NextKind::Deal => "next-deal",
        NextKind::Review => "next-review",
        NextKind::Meeting => "next-meeting",
        NextKind::Goal => "next-goal",
        NextKind::Greet => "next-greet",
        NextKind::Room => "next-room",
        NextKind::Start => "next-start",
        NextKind::Silent => "next-silent",
        NextKind::Renewal => "next-renewal",
        NextKind::Aim => "next-aim",
    }
}

/// What is done first: 何を, what it belongs to, いつまでに.
fn next(s: &Shell, rows: &[Next<NextItem>]) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("briefing-next")) }
            @if rows.is_empty() { p.faint { (w.t("briefing-next-none")) } }
            ol.next {
                @for row in rows {
                    @let (kind, text) = (w.t(kind_key(row.kind)), w.text(&row.item.text));
                    li {
                        a.plain href=(row.item.address) { strong { @if text.is_empty() { (kind) } @else { (text) } } }
                        " "
                        span.by {
                            @if !text.is_empty() { span.tag { (kind) } " " }
                            span.nowrap.late[row.due.is_some_and(|day| day < s.today)] {
                                @if let Some(day) = row.due {
                                    (w.with("briefing-by", &[("day", w.day(day, s.today).into())])) " "
                                    @if day < s.today { (w.t("briefing-overdue")) } @else { (w.away(day, s.today)) }
                                } @else { (w.t("briefing-no-day")) }
                            }
                        }
                        @if let Some(why) = &row.item.why { div.small.ink2 { (proposed(s, why)) } }
                    }
                }
            }
        }
    }
}

/// The fact for which something is proposed.
fn proposed(s: &Shell, why: &NextWhy) -> String {
    let w = &s.words;
    let day = |day: &Day| w.day(*day, s.today);
    match why {
        NextWhy::TakenOver(from, on) => {
            w.with("next-why-greet", &[("name", from.clone().into()), ("day", day(on).into())])
        }
        NextWhy::RedAccount => w.t("next-why-room"),
        NextWhy::NoCard(Some(points)) => w.with("next-why-start", &[("points", (*points).into())]),
        NextWhy::NoCard(None) => w.t("next-why-start-unknown"),
        NextWhy::Silent(name, Some(since)) => w.with(
            "next-why-silent",
            &[("name", name.clone().into()), ("day", day(since).into()), ("n", (s.today.0 - since.0).into())],
        ),
        NextWhy::Silent(name, None) => w.with("next-why-never", &[("name", name.clone().into())]),
        NextWhy::Notice(on) => w.with("next-why-renewal", &[("day", w.day_year(*on).into())]),
        NextWhy::Goal(goal, _) if goal.is_empty() => w.t("next-why-no-goal"),
        NextWhy::Goal(goal, Some(on)) => {
            w.with("next-why-goal-on", &[("goal", goal.clone().into()), ("day", w.day_year(*on).into())])
        }
        NextWhy::Goal(goal, None) => w.with("next-why-goal", &[("goal", goal.clone().into())]),
    }
}

fn why(s: &Shell, b: &Briefing, pack: &Pack) -> Markup {
    let w = &s.words;
    let c = &b.page;
    let points = |ago: i32| {
        let day = s.today.plus(-ago);
        c.history.iter().rev().find(|p| p.day <= day).and_then(|p| p.points)
    };
    let since = w.day(c.change_since, s.today);
    html! {
        section {
            h2 { (w.t("briefing-why")) }
            @if !w.text(&c.sentence).is_empty() { p.answer { (told_since(s, c)) } }
            p.small.faint {
                @for ago in [30, 90, 180] { @if let Some(points) = points(ago) { span.nowrap { (w.with("briefing-ago", &[("days", ago.into()), ("points", points.into())])) } "　" } }
            }
            @if let Some(verdict) = &c.verdict { (breakdown(w, verdict, Ground { pack, change: c.change.as_ref(), since: &since })) }
            @for word in c.overrides.iter().filter(|o| o.until_day >= s.today && o.ended_at.is_none()) {
                p.small { (w.with("briefing-override", &[("who", word.author.clone().into()), ("day", w.day(word.until_day, s.today).into())])) " " (word.note) }
            }
        }
    }
}

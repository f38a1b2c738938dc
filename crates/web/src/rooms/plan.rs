//! The plan and the team of a room.

use kizashi_app::access::StaffRow;
use kizashi_app::rooms::{Member, PlannedAction};
use kizashi_domain::id::{Id, Staff};
use maud::{Markup, html};

use super::page::View;
use super::parts::colleagues;
use crate::parts::form::{Wrong, post_button, token};
use crate::shell::Shell;

/// Business days that an action is given, unless somebody says otherwise.
const DUE_BUSINESS_DAYS: i32 = 5;

/// The plan: what is to be done, by whom, until when.
pub(super) fn plan(s: &Shell, view: &View<'_>, is_open: bool) -> Markup {
    let w = &s.words;
    let id = view.room.row.id;
    let reader = s.who.as_ref().and_then(|w| w.id);
    let due = view.calendar.add_business_days(s.today, DUE_BUSINESS_DAYS).to_string();
    let new = Fields { what: "", owner: reader, due: &due };
    html! {
        section #plan {
            h2 { (w.t("room-plan")) }
            @if view.room.actions.is_empty() { p.faint { (w.t("room-plan-none")) } }
            ul.plan { @for action in &view.room.actions { (planned(s, view, action, is_open)) } }
            @if is_open {
                form.row-form.no-print method="post" action={ "/rooms/" (id) "/actions" } {
                    (token(&s.csrf))
                    (fields(s, view, "action", &new))
                    button.btn { (w.t("room-action-add")) }
                }
                (refusals(view.refused.wrongs("action")))
            }
        }
    }
}

/// What an action says before somebody types.
struct Fields<'a> {
    what: &'a str,
    owner: Option<Id<Staff>>,
    due: &'a str,
}

/// 何を, 誰が, いつまでに.
fn fields(s: &Shell, view: &View<'_>, form: &str, kept: &Fields<'_>) -> Markup {
    let w = &s.words;
    let id = |name: &str| format!("{form}-{name}");
    let typed = |name: &str, kept: &str| view.refused.typed(form, name, kept);
    let owner = match view.refused.is_of(form) {
        true => typed("owner", "").parse().ok(),
        false => kept.owner,
    };
    html! {
        label.sr for=(id("what")) { (w.t("room-action")) }
        input id=(id("what")) type="text" name="what" maxlength="2000" required autocomplete="off" placeholder=(w.t("room-action")) value=(typed("what", kept.what));
        label.sr for=(id("owner")) { (w.t("card-who")) }
        (colleagues("owner", &id("owner"), view.staff, owner))
        label.sr for=(id("due")) { (w.t("card-by-when")) }
        input id=(id("due")) type="date" name="due" value=(typed("due", kept.due)) required;
    }
}

/// Why a form was refused, below it.
fn refusals(wrongs: &[Wrong]) -> Markup {
    html! { @for wrong in wrongs { p.wrong role="alert" { (wrong.text) } } }
}

fn planned(s: &Shell, view: &View<'_>, action: &PlannedAction, is_open: bool) -> Markup {
    let w = &s.words;
    let is_late = action.done_at.is_none() && action.due < s.today;
    let reader = s.who.as_ref().and_then(|w| w.id);
    // Whoever has to do it says that it is done, whatever else they may.
    let may_finish = is_open || (view.room.row.closed_at.is_none() && action.owner.is_some() && action.owner == reader);
    html! {
        li.done[action.done_at.is_some()] id={ "action-" (action.id) } {
            span.box aria-hidden="true" { @if action.done_at.is_some() { "✓" } @else { "□" } }
            span.what { (action.what) @if action.done_at.is_some() { span.sr { (w.t("room-action-done")) } } }
            span.nowrap { (action.owner_name.as_deref().unwrap_or(&w.t("card-nobody"))) }
            span.nowrap.late[is_late] { (w.day(action.due, s.today)) @if is_late { " " (w.t("room-action-late")) } }
            @if may_finish {
                span.btns.no-print {
                    @if action.done_at.is_some() {
                        (post_button(&s.csrf, &format!("/room-actions/{}/done", action.id), &[("is", "open")], html! { button.btn.quiet.small { (w.t("undo")) } }))
                    } @else {
                        (post_button(&s.csrf, &format!("/room-actions/{}/done", action.id), &[("is", "done")], html! { button.btn.small { (w.t("room-action-finish")) } }))
                        @if is_open { (post_button(&s.csrf, &format!("/room-actions/{}/removal", action.id), &[], html! { button.btn.quiet.small { (w.t("room-action-remove")) } })) }
                    }
                }
            }
            @if is_open && action.done_at.is_none() { (change(s, view, action)) }
        }
    }
}

/// Another text, person or day of an action.
fn change(s: &Shell, view: &View<'_>, action: &PlannedAction) -> Markup {
    let w = &s.words;
    let (form, due) = (format!("action-{}", action.id), action.due.to_string());
    let kept = Fields { what: &action.what, owner: action.owner, due: &due };
    html! {
        details.no-print open[view.refused.is_of(&form)] {
            summary.small aria-label={ (w.t("room-action-change")) " " (action.what) } { (w.t("room-action-change")) }
            form.row-form method="post" action={ "/room-actions/" (action.id) } {
                (token(&s.csrf))
                (fields(s, view, &form, &kept))
                button.btn { (w.t("save")) }
            }
            (refusals(view.refused.wrongs(&form)))
        }
    }
}

/// The team, and who is added to it.
pub(super) fn team(s: &Shell, view: &View<'_>, is_open: bool) -> Markup {
    let w = &s.words;
    let row = &view.room.row;
    html! {
        section #team {
            h2 { (w.t("room-team")) }
            ul.people {
                @for member in &view.room.members {
                    li {
                        span { (member.name) span.role { @if row.owner == Some(member.staff) { (w.t("room-leads")) " " } (member.part) } }
                        @if is_open && row.owner != Some(member.staff) { (parting(s, view, member)) }
                    }
                }
            }
            @if is_open {
                form.member-form.no-print method="post" action={ "/rooms/" (row.id) "/members" } {
                    (token(&s.csrf))
                    label.sr for="member" { (w.t("room-member")) }
                    (colleagues("staff", "member", view.staff, None))
                    label.sr for="part" { (w.t("room-part")) }
                    input #part type="text" name="part" maxlength="100" placeholder=(w.t("room-part")) autocomplete="off";
                    button.btn { (w.t("room-member-add")) }
                }
            }
        }
    }
}

/// Taking somebody out of the team; who has something open says, or is told, what becomes of it.
fn parting(s: &Shell, view: &View<'_>, member: &Member) -> Markup {
    let w = &s.words;
    let (room, staff) = (view.room.row.id, member.staff.to_string());
    let label = format!("{} {}", w.t("room-member-remove"), member.name);
    let open = view.room.actions.iter().filter(|a| a.owner == Some(member.staff) && a.done_at.is_none()).count();
    let form = format!("member-{staff}");
    let address = format!("/rooms/{room}/members/removal");
    let others = |person: &&StaffRow| person.id != member.staff;
    if open == 0 {
        let button = html! { button.btn.quiet.small aria-label=(label) { (w.t("room-member-remove")) } };
        return html! { span.no-print { (post_button(&s.csrf, &address, &[("staff", &staff)], button)) } };
    }
    html! {
        details.parting.no-print open[view.refused.is_of(&form)] {
            summary.btn.quiet.small aria-label=(label) { (w.t("room-member-remove")) }
            form.member-form method="post" action=(address) {
                (token(&s.csrf))
                input type="hidden" name="staff" value=(staff);
                p.small { (w.with("room-member-left", &[("name", member.name.clone().into()), ("n", open.into())])) }
                label.small for={ "to-" (staff) } { (w.t("room-member-to")) }
                select id={ "to-" (staff) } name="to" required {
                    option value="" {}
                    option value="theirs" { (w.t("room-member-theirs")) }
                    @for person in view.staff.iter().filter(others) { option value=(person.id) { (person.name) } }
                }
                (refusals(view.refused.wrongs(&form)))
                button.btn { (w.t("room-member-remove")) }
            }
        }
    }
}

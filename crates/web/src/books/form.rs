//! A play as the fields of a form, and back. What is unfinished is kept as it is; only what cannot be read is refused.

use kizashi_app::plays::books::Book;
use kizashi_domain::lang::Text;
use kizashi_domain::pack::Pack;
use kizashi_domain::plays::{
    Anchor, Bound, Dated, Doing, DueBefore, Kind, Mode, OnTimeout, Play, Purpose, Reentry, Start, Step, Until, Who,
};
use kizashi_domain::signals::Side;

use crate::settings::audience;
use crate::settings::fields::{Reader, Sheet, shown};

pub const SIDES: [(&str, Side); 2] = [("below", Side::Below), ("above", Side::Above)];
pub const TIMEOUTS: [(&str, OnTimeout); 2] = [("go_on", OnTimeout::GoOn), ("end", OnTimeout::End)];
/// Business days of what a step says nothing of yet.
pub const DAYS_PLAIN: u32 = 5;
/// The choice of a due day that is counted from when a step could begin.
pub const FROM_OPENING: &str = "opening";

fn put_text(sheet: &mut Sheet, name: &str, text: &Text) {
    sheet.put(format!("{name}.ja"), &text.ja);
    sheet.put(format!("{name}.en"), &text.en);
}

/// Fills the fields.
pub fn fill(book: &Book, pack: &Pack) -> Sheet {
    let mut sheet = Sheet::default();
    let play = &book.play;
    put_text(&mut sheet, "title", &play.title);
    put_text(&mut sheet, "what", &play.what);
    sheet.put("due", play.due_business_days);
    match play.reentry {
        Reentry::Never => sheet.put("reentry", "never"),
        Reentry::EachTime => sheet.put("reentry", "each_time"),
        Reentry::AfterDays(days) => {
            sheet.put("reentry", "after_days");
            sheet.put("reentry_days", days);
        }
    }
    if play.with_paused {
        sheet.put("with_paused", "1");
    }
    fill_start(&mut sheet, play.start.as_ref());
    for signal in &book.signals {
        sheet.put(format!("signal.{signal}"), "1");
    }
    audience::fill(&mut sheet, &play.audience);
    for (n, step) in play.steps.iter().enumerate() {
        fill_step(&mut sheet, n, step, book.looked_at.contains(&step.id), pack);
    }
    sheet
}

fn fill_start(sheet: &mut Sheet, start: Option<&Start>) {
    match start {
        None => sheet.put("start", ""),
        Some(Start::Stage(stage)) => {
            sheet.put("start", "stage");
            sheet.put("stage", stage);
        }
        Some(Start::Dated(dated)) => {
            sheet.put("start", "date");
            sheet.put("start_date", dated.date.word());
            sheet.put("start_days", dated.business_days.unsigned_abs());
            sheet.put("start_side", if dated.business_days < 0 { "before" } else { "after" });
            sheet.put_some("start_every", dated.every_months);
        }
    }
}

fn read_start(r: &mut Reader<'_>) -> Option<Start> {
    match r.sheet.text("start") {
        "stage" => Some(Start::Stage(r.sheet.text("stage").to_owned())),
        "date" => {
            let date = Anchor::parse(r.sheet.text("start_date")).unwrap_or(Anchor::Since);
            let days = r.count("start_days").and_then(|n| i32::try_from(n).ok()).unwrap_or(0);
            let business_days = if r.sheet.text("start_side") == "before" { -days } else { days };
            // The field is hidden for dates that do not go on every so many months.
            let every_months = r.count("start_every").filter(|_| Anchor::BEHIND.contains(&date));
            Some(Start::Dated(Dated { date, every_months, business_days }))
        }
        _ => None,
    }
}

fn fill_step(sheet: &mut Sheet, n: usize, step: &Step, is_looked_at: bool, pack: &Pack) {
    let name = |part: &str| format!("s{n}.{part}");
    sheet.put(name("id"), &step.id);
    sheet.put(name("kind"), step.kind().word());
    put_text(sheet, &name("title"), &step.title);
    put_text(sheet, &name("what"), &step.what);
    sheet.put(name("mode"), step.mode.word());
    match &step.after {
        None => sheet.put(name("after"), "above"),
        Some(list) if list.is_empty() => sheet.put(name("after"), "at_once"),
        Some(list) => {
            sheet.put(name("after"), "chosen");
            for id in list {
                sheet.put(name(&format!("after.{id}")), "1");
            }
        }
    }
    sheet.put_some(name("due"), step.due_business_days);
    sheet.put(name("due_from"), step.due_before.map_or(FROM_OPENING, |before| before.date.word()));
    sheet.put_some(name("due_back"), step.due_before.map(|before| before.business_days));
    sheet.put(name("who"), step.who.word());
    sheet.put_some(name("escalate"), step.escalate_business_days);
    if is_looked_at {
        sheet.put(name("looked"), "1");
    }
    if let Some(bound) = step.bound() {
        sheet.put(name("of"), &bound.of);
        sheet.put(name("side"), SIDES.iter().find(|(_, s)| *s == bound.side).map_or("", |(word, _)| word));
        sheet.put(name("limit"), shown(pack.metric(&bound.of), bound.limit));
    }
    match &step.doing {
        Doing::Task | Doing::Approval => {}
        Doing::Wait(Until::Days(days)) => {
            sheet.put(name("wait"), "days");
            sheet.put(name("days"), days);
        }
        Doing::Wait(Until::Before(before)) => {
            sheet.put(name("wait"), "before");
            sheet.put(name("wait_date"), before.date.word());
            sheet.put(name("wait_back"), before.business_days);
        }
        Doing::Wait(Until::Holds { timeout_business_days, on_timeout, .. }) => {
            sheet.put(name("wait"), "until");
            sheet.put(name("timeout"), timeout_business_days);
            sheet.put(name("on_timeout"), TIMEOUTS.iter().find(|(_, t)| t == on_timeout).map_or("", |(word, _)| word));
        }
        Doing::Branch { yes, no, .. } => {
            sheet.put_some(name("yes"), yes.as_ref());
            sheet.put_some(name("no"), no.as_ref());
        }
        Doing::Mail { to, purpose, subject, body } => {
            sheet.put(name("to"), to);
            sheet.put(name("purpose"), purpose.word());
            put_text(sheet, &name("subject"), subject);
            put_text(sheet, &name("body"), body);
        }
        Doing::Field { field, value } => {
            sheet.put(name("field"), field);
            sheet.put(name(if field == "stage" { "value_stage" } else { "value" }), value);
        }
        Doing::Webhook { text } => sheet.put(name("text"), text),
        Doing::Milestone { expected_business_days, missed, .. } => {
            sheet.put(name("expected"), expected_business_days);
            sheet.put_some(name("missed"), missed.as_ref());
        }
    }
}

fn text(sheet: &Sheet, name: &str) -> Text {
    let of = |end: &str| sheet.text(&format!("{name}{end}")).replace("\r\n", "\n");
    Text { ja: of(".ja"), en: of(".en") }
}

/// Reads the fields; what cannot be read goes to the reader.
pub fn read(r: &mut Reader<'_>, id: &str, pack: &Pack) -> Book {
    let reentry = match r.sheet.text("reentry") {
        "never" => Reentry::Never,
        "after_days" => Reentry::AfterDays(r.count("reentry_days").unwrap_or(90)),
        _ => Reentry::EachTime,
    };
    let start = read_start(r);
    let signals = pack.signals.iter().filter(|s| r.sheet.is_ticked(&format!("signal.{}", s.id)));
    let signals: Vec<String> = signals.map(|s| s.id.clone()).collect();
    let rows = r.sheet.rows("s");
    let steps: Vec<Step> =
        (0..rows).filter(|n| !r.sheet.text(&format!("s{n}.id")).is_empty()).map(|n| read_step(r, n, pack)).collect();
    let looked_at = (0..rows).filter(|n| r.sheet.is_ticked(&format!("s{n}.looked")));
    Book {
        looked_at: looked_at.map(|n| r.sheet.text(&format!("s{n}.id")).to_owned()).collect(),
        signals,
        play: Play {
            id: id.to_owned(),
            title: text(r.sheet, "title"),
            what: text(r.sheet, "what"),
            due_business_days: r.count("due").unwrap_or(0),
            audience: audience::read(r),
            reentry,
            with_paused: r.sheet.is_ticked("with_paused"),
            start,
            steps,
        },
    }
}

fn read_step(r: &mut Reader<'_>, n: usize, pack: &Pack) -> Step {
    let name = |part: &str| format!("s{n}.{part}");
    let get = |r: &Reader<'_>, part: &str| r.sheet.text(&name(part)).to_owned();
    let kind = Kind::parse(&get(r, "kind")).unwrap_or(Kind::Task);
    let after = match get(r, "after").as_str() {
        "at_once" => Some(Vec::new()),
        "chosen" => Some(read_chosen(r, n)).filter(|list| !list.is_empty()),
        _ => None,
    };
    let mode = Mode::parse(&get(r, "mode")).unwrap_or_default();
    Step {
        id: get(r, "id"),
        title: text(r.sheet, &name("title")),
        what: text(r.sheet, &name("what")),
        mode: if kind.has_mode() { mode } else { Mode::Manual },
        after,
        due_business_days: if kind.runs_itself() { None } else { r.count(&name("due")) },
        due_before: read_before(r, n, kind),
        who: if kind.runs_itself() { Who::Owner } else { Who::parse(&get(r, "who")).unwrap_or_default() },
        escalate_business_days: if kind.runs_itself() { None } else { r.count(&name("escalate")) },
        doing: read_doing(r, n, kind, pack),
    }
}

fn read_before(r: &mut Reader<'_>, n: usize, kind: Kind) -> Option<DueBefore> {
    let date = Anchor::parse(r.sheet.text(&format!("s{n}.due_from")))?;
    let has_due = !kind.runs_itself() && kind != Kind::Milestone;
    has_due.then(|| DueBefore { date, business_days: r.count(&format!("s{n}.due_back")).unwrap_or(DAYS_PLAIN) })
}

/// The steps ticked to come before one.
fn read_chosen(r: &Reader<'_>, n: usize) -> Vec<String> {
    let others = (0..r.sheet.rows("s")).filter(|m| *m != n).map(|m| r.sheet.text(&format!("s{m}.id")).to_owned());
    others.filter(|id| !id.is_empty() && r.sheet.is_ticked(&format!("s{n}.after.{id}"))).collect()
}

fn read_doing(r: &mut Reader<'_>, n: usize, kind: Kind, pack: &Pack) -> Doing {
    let name = |part: &str| format!("s{n}.{part}");
    let get = |r: &Reader<'_>, part: &str| r.sheet.text(&name(part)).to_owned();
    let some = |text: String| (!text.is_empty()).then_some(text);
    match kind {
        Kind::Task => Doing::Task,
        Kind::Approval => Doing::Approval,
        Kind::Wait if get(r, "wait") == "until" => Doing::Wait(Until::Holds {
            bound: read_bound(r, n, pack),
            timeout_business_days: r.count(&name("timeout")).unwrap_or(DAYS_PLAIN),
            on_timeout: find(&TIMEOUTS, &get(r, "on_timeout")).unwrap_or_default(),
        }),
        Kind::Wait if get(r, "wait") == "before" => Doing::Wait(Until::Before(DueBefore {
            date: Anchor::parse(&get(r, "wait_date")).unwrap_or(Anchor::NoticeDeadline),
            business_days: r.count(&name("wait_back")).unwrap_or(DAYS_PLAIN),
        })),
        Kind::Wait => Doing::Wait(Until::Days(r.count(&name("days")).unwrap_or(DAYS_PLAIN))),
        Kind::Branch => {
            Doing::Branch { when: read_bound(r, n, pack), yes: some(get(r, "yes")), no: some(get(r, "no")) }
        }
        Kind::Mail => Doing::Mail {
            to: some(get(r, "to")).unwrap_or_else(|| "champion".to_owned()),
            purpose: Purpose::parse(&get(r, "purpose")).unwrap_or(Purpose::Tips),
            subject: text(r.sheet, &name("subject")),
            body: text(r.sheet, &name("body")),
        },
        Kind::Field => {
            let field = some(get(r, "field")).unwrap_or_else(|| "stage".to_owned());
            let value = get(r, if field == "stage" { "value_stage" } else { "value" });
            Doing::Field { field, value }
        }
        Kind::Webhook => Doing::Webhook { text: get(r, "text") },
        Kind::Milestone => Doing::Milestone {
            expected_business_days: r.count(&name("expected")).unwrap_or(DAYS_PLAIN),
            evidence: (!get(r, "of").is_empty()).then(|| read_bound(r, n, pack)),
            missed: some(get(r, "missed")),
        },
    }
}

fn read_bound(r: &mut Reader<'_>, n: usize, pack: &Pack) -> Bound {
    let of = r.sheet.text(&format!("s{n}.of")).to_owned();
    let limit = r.value(&format!("s{n}.limit"), pack.metric(&of)).unwrap_or(0.0);
    let side = find(&SIDES, r.sheet.text(&format!("s{n}.side"))).unwrap_or(Side::Above);
    Bound { of, side, limit }
}

fn find<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(w, _)| *w == word).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::fields::Wrongs;
    use crate::words::{Lang, Words};

    const SAAS: &str = include_str!("../../../../packs/saas.toml");

    #[test]
    fn every_play_of_the_packs_goes_through_the_form_unchanged() {
        let pack = Pack::parse(SAAS).unwrap();
        for play in &pack.plays {
            let signals = pack.signals.iter().filter(|s| s.play.as_deref() == Some(&play.id)).map(|s| s.id.clone());
            let book = Book { play: play.clone(), signals: signals.collect(), looked_at: vec![] };
            let sheet = fill(&book, &pack);
            let (words, mut wrongs) = (Words::plain(Lang::Ja), Wrongs::default());
            let mut reader = Reader { sheet: &sheet, wrongs: &mut wrongs, words: &words };
            let back = read(&mut reader, &play.id, &pack);
            assert!(wrongs.is_empty(), "{wrongs:?}");
            assert_eq!(back, book);
        }
    }

    #[test]
    fn what_no_pack_has_goes_through_the_form_unchanged() {
        let pack = Pack::parse(SAAS).unwrap();
        let text = |t: &str| Text::new(t, t);
        for (start, doing) in [
            (
                Start::Dated(Dated { date: Anchor::Since, every_months: Some(3), business_days: 0 }),
                Doing::Wait(Until::Before(DueBefore { date: Anchor::MonthClosing, business_days: 2 })),
            ),
            (
                Start::Dated(Dated { date: Anchor::NoticeDeadline, every_months: None, business_days: -60 }),
                Doing::Milestone { expected_business_days: 5, evidence: None, missed: Some("b".into()) },
            ),
            (Start::Dated(Dated { date: Anchor::QuarterEnd, every_months: None, business_days: 3 }), Doing::Task),
        ] {
            let steps = vec![
                Step { doing, ..Step::task("a", text("a"), Text::default()) },
                Step::task("b", text("b"), Text::default()),
            ];
            let play = Play { start: Some(start), steps, ..Play::plain("p", text("p"), text("what"), 9) };
            let book = Book { play, signals: vec![], looked_at: vec![] };
            let (words, mut wrongs) = (Words::plain(Lang::Ja), Wrongs::default());
            let sheet = fill(&book, &pack);
            let back = read(&mut Reader { sheet: &sheet, wrongs: &mut wrongs, words: &words }, "p", &pack);
            assert!(wrongs.is_empty(), "{wrongs:?}");
            assert_eq!(back, book);
        }
    }
}

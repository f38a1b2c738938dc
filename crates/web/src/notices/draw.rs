//! Notices as mail and chats show them: one drawing in parts, which each way writes in its own form.

use kizashi_app::notices::{
    Answer, CardLinks, Content, Digest, DigestCard, DigestMeeting, DigestTask, Instant, LetterMail, NoticeMail,
};
use kizashi_app::plays::CardState;
use kizashi_domain::health::Band;
use kizashi_domain::time::Day;
use maud::{DOCTYPE, Markup, html};

use crate::parts::work::{signs_sentence, state_key};
use crate::plays::tasks_sum;
use crate::words::{Words, tag};

/// Looks of a letter. Mail programs take no files, and some no more than this; it is read well without.
pub(super) const LOOKS: &str = "body{margin:0;padding:16px;background:#fff;color:#1c1f23;font-family:sans-serif;font-size:16px;line-height:1.6}\
    .all{max-width:600px;margin:0 auto}h1{font-size:20px;margin:0 0 12px}h2{font-size:16px;margin:20px 0 4px}p{margin:0 0 6px}\
    .links a{display:inline-block;margin:4px 12px 8px 0;color:#0b57a4}.page a{display:inline-block;margin:20px 0;padding:10px 20px;\
    border:1px solid #0b57a4;border-radius:6px;color:#0b57a4;text-decoration:none}.foot{margin-top:24px;color:#5b6168;font-size:13px}";

/// A notice, drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// One line.
    pub title: String,
    /// The same for a place that several read: with whose it is.
    pub named_title: String,
    /// Its parts.
    pub parts: Vec<DrawnPart>,
    /// The button that leads to the page: its word and address.
    pub page: Option<(String, String)>,
    /// Why one gets this, and where that is changed; for mail.
    pub foot: (String, String),
    language: &'static str,
}

/// A part of a notice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawnPart {
    /// Heading; may be empty.
    pub heading: String,
    /// Lines.
    pub lines: Vec<String>,
    /// Words with addresses.
    pub links: Vec<(String, String)>,
}

impl Drawn {
    /// As plain text.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", self.title);
        for part in &self.parts {
            out.push('\n');
            let heading = Some(&part.heading).filter(|h| !h.is_empty());
            for line in heading.into_iter().chain(&part.lines) {
                out.push_str(line);
                out.push('\n');
            }
            for (word, address) in &part.links {
                out.push_str(&format!("{word}: {address}\n"));
            }
        }
        if let Some((word, address)) = &self.page {
            out.push_str(&format!("\n{word}: {address}\n"));
        }
        out.push_str(&format!("\n-- \n{}: {}\n", self.foot.0, self.foot.1));
        out
    }

    /// As a page of a mail program.
    pub fn html(&self) -> String {
        let body: Markup = html! {
            (DOCTYPE)
            html lang=(self.language) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    style { (LOOKS) }
                }
                body { div.all {
                    h1 { (self.title) }
                    @for part in &self.parts {
                        @if !part.heading.is_empty() { h2 { (part.heading) } }
                        @for line in &part.lines { p { (line) } }
                        @if !part.links.is_empty() {
                            p.links { @for (word, address) in &part.links { a href=(address) { (word) } " " } }
                        }
                    }
                    @if let Some((word, address)) = &self.page { p.page { a href=(address) { (word) } } }
                    p.foot { a href=(self.foot.1) { (self.foot.0) } }
                } }
            }
        };
        body.into_string()
    }
}

/// Draws a notice. `origin` = where browsers find the product.
pub fn draw_notice(w: &Words, origin: &str, mail: &NoticeMail) -> Drawn {
    let to = |path: &str| format!("{origin}{path}");
    let links = |card| mail.links.get(&card).map(|links| answers(w, origin, links)).unwrap_or_default();
    let (title, parts, word) = match &mail.notice.content {
        Content::Digest(digest) => (
            digest_title(w, digest),
            digest_parts(w, origin, digest, |card| open_answers(card, links(card.id))),
            w.t("notices-open-today"),
        ),
        Content::Instant(instant) => {
            let text = Some(w.text(&instant.text).to_owned()).filter(|t| !t.is_empty());
            let part = DrawnPart {
                heading: instant.subject.clone(),
                lines: text.into_iter().chain(work_lines(w, instant, mail.today)).collect(),
                links: mail.notice.card.map(links).unwrap_or_default(),
            };
            (instant_title(w, instant), vec![part], w.t("notices-open-page"))
        }
        Content::Test => {
            let part = DrawnPart { lines: vec![w.t("notices-test-text")], ..DrawnPart::default() };
            (w.t("notices-test-title"), vec![part], w.t("notices-open-settings"))
        }
    };
    let path = if mail.notice.page.is_empty() { "/notices/settings" } else { mail.notice.page.as_str() };
    Drawn {
        named_title: w.with("notices-for", &[("name", mail.staff.clone().into()), ("title", title.clone().into())]),
        title,
        parts,
        page: Some((word, to(path))),
        foot: (w.t("notices-foot"), to("/notices/settings")),
        language: tag(w.lang()),
    }
}

fn answers(w: &Words, origin: &str, links: &CardLinks) -> Vec<(String, String)> {
    links.0.iter().map(|(answer, link)| (answer_word(w, *answer), format!("{origin}/answer/{link}"))).collect()
}

/// Whoever has begun already does not begin again.
fn open_answers(card: &DigestCard, mut links: Vec<(String, String)>) -> Vec<(String, String)> {
    if card.state == "taken" && card.owner.is_none() && !links.is_empty() {
        links.remove(0);
    }
    links
}

/// 対応する, 後で, 誤検知.
pub fn answer_word(w: &Words, answer: Answer) -> String {
    match answer {
        Answer::Take => w.t("card-take"),
        Answer::Later => w.t("card-later"),
        Answer::FalseAlarm => w.t("outcome-false-alarm"),
    }
}

/// The line that says what a notice is about: with the customer, unless it names it itself.
pub fn instant_title(w: &Words, instant: &Instant) -> String {
    let title = w.text(&instant.title);
    if title.contains(&instant.subject) { title.to_owned() } else { format!("{} — {title}", instant.subject) }
}

/// The line that says what the morning holds.
pub fn digest_title(w: &Words, digest: &Digest) -> String {
    let key = match (digest.cards.is_empty(), digest.tasks_total == 0) {
        (true, true) => "notices-digest-none",
        (true, false) => "notices-digest-tasks",
        (false, true) => "notices-digest-title",
        (false, false) => "notices-digest-both",
    };
    let day = w.day_long(digest.day);
    w.with(key, &[("day", day.into()), ("n", digest.cards.len().into()), ("tasks", digest.tasks_total.into())])
}

/// The sentence above the cards.
pub fn digest_sentence(w: &Words, digest: &Digest) -> String {
    let since = w.weekday_name(digest.since);
    let mut said = vec![signs_sentence(w, &since, digest.new_signs)];
    if digest.mentions > 0 {
        said.push(w.with("notices-mentions", &[("n", digest.mentions.into())]));
    }
    if digest.quiet_total > 0 {
        said.push(w.with("notices-quieted", &[("n", digest.quiet_total.into())]));
    }
    said.join(&w.t("between-sentences"))
}

/// ■ 赤 ミナト製作所 41, as one line.
pub fn digest_heading(w: &Words, card: &DigestCard) -> String {
    let band = match card.band.as_str() {
        "red" => Some(Band::Red),
        "amber" => Some(Band::Amber),
        "green" => Some(Band::Green),
        "unknown" => Some(Band::Unknown),
        _ => None,
    };
    let mark = band.map(|b| format!("{} ", b.label(w.lang()))).unwrap_or_default();
    let points = card.points.map(|n| format!(" {n}")).unwrap_or_default();
    format!("{mark}{}{points}", card.subject)
}

/// 11/20(金) ミナト製作所 電話する（期限を過ぎています）: a step of a play as one line.
pub fn task_line(w: &Words, task: &DigestTask, today: Day) -> String {
    let key = if task.due < today { "notices-task-late" } else { "notices-task" };
    let (day, what) = (w.day(task.due, today), w.text(&task.what));
    w.with(key, &[("day", day.into()), ("subject", task.subject.clone().into()), ("what", what.into())])
}

/// 何を、いつまでに、誰が, of what is told at once; nothing where nothing is due.
pub fn work_lines(w: &Words, instant: &Instant, today: Day) -> Vec<String> {
    let Some(due) = instant.due else { return Vec::new() };
    let (what, day) = (w.text(&instant.what), w.day(due, today));
    let until = match what.is_empty() {
        true => w.with("notices-due", &[("day", day.into())]),
        false => w.with("notices-what", &[("what", what.into()), ("day", day.into())]),
    };
    vec![until, owner_line(w, &instant.owner)]
}

/// 誰が: 佐藤; without a name, that nobody has it yet.
pub fn owner_line(w: &Words, owner: &str) -> String {
    let name = if owner.is_empty() { w.t("card-nobody") } else { owner.to_owned() };
    w.with("notices-owner", &[("name", name.into())])
}

/// 状態: 対応中, of a card that somebody has begun with.
pub fn state_line(w: &Words, state: &str) -> Option<String> {
    let state = match state {
        "taken" => CardState::Taken,
        "waiting" => CardState::Waiting,
        _ => return None,
    };
    Some(w.with("notices-card-state", &[("state", w.t(state_key(state)).into())]))
}

/// How many deadlines there are beyond those that are told by name.
pub fn deadlines_beyond(w: &Words, digest: &Digest) -> Option<String> {
    beyond(w, digest.deadlines_total, digest.deadlines.len())
}

/// How many actions of rooms are due, and how many of them are late.
pub fn actions_sum(w: &Words, digest: &Digest) -> String {
    let key = if digest.actions_late > 0 { "notices-actions-late" } else { "notices-actions" };
    w.with(key, &[("n", digest.actions_total.into()), ("late", digest.actions_late.into())])
}

/// 11/20(金) ミナト製作所 議題: the next meeting of a room as one line.
pub fn meeting_line(w: &Words, meeting: &DigestMeeting, today: Day) -> String {
    let key = if meeting.agenda.is_empty() { "notices-meeting" } else { "notices-meeting-about" };
    let (day, subject) = (w.day(meeting.day, today), meeting.subject.clone());
    w.with(key, &[("day", day.into()), ("subject", subject.into()), ("agenda", meeting.agenda.clone().into())])
}

fn rooms_parts(w: &Words, origin: &str, digest: &Digest) -> Vec<DrawnPart> {
    let mut parts = Vec::new();
    let rooms = vec![(w.t("notices-open-rooms"), format!("{origin}/rooms?tab=mine"))];
    if digest.actions_total > 0 {
        let lines = digest.actions.iter().map(|action| task_line(w, action, digest.day));
        let lines = lines.chain(beyond(w, digest.actions_total, digest.actions.len())).collect();
        parts.push(DrawnPart { heading: actions_sum(w, digest), lines, links: rooms.clone() });
    }
    if !digest.meetings.is_empty() {
        let lines = digest.meetings.iter().map(|meeting| meeting_line(w, meeting, digest.day)).collect();
        parts.push(DrawnPart { heading: w.t("notices-meetings"), lines, links: rooms });
    }
    parts
}

/// How many there are beyond those that are told by name.
pub fn beyond(w: &Words, total: i64, shown: usize) -> Option<String> {
    let rest = total.saturating_sub(i64::try_from(shown).unwrap_or(0));
    (rest > 0).then(|| w.with("notices-tasks-more", &[("n", rest.into())]))
}

/// How many steps are due beyond those that are told by name.
pub fn tasks_beyond(w: &Words, digest: &Digest) -> Option<String> {
    beyond(w, digest.tasks_total, digest.tasks.len())
}

fn tasks_part(w: &Words, origin: &str, digest: &Digest) -> Option<DrawnPart> {
    let heading = format!("{} {}", w.t("tasks-title"), tasks_sum(w, digest.tasks_total, digest.tasks_late));
    let lines = digest.tasks.iter().map(|task| task_line(w, task, digest.day)).chain(tasks_beyond(w, digest));
    let links = vec![(w.t("notices-open-tasks"), format!("{origin}/today#tasks"))];
    (digest.tasks_total > 0).then(|| DrawnPart { heading, lines: lines.collect(), links })
}

fn digest_parts(
    w: &Words,
    origin: &str,
    digest: &Digest,
    links: impl Fn(&DigestCard) -> Vec<(String, String)>,
) -> Vec<DrawnPart> {
    let today = digest.day;
    let mut parts = vec![DrawnPart { lines: vec![digest_sentence(w, digest)], ..DrawnPart::default() }];
    for card in &digest.cards {
        let why = w.text(&card.why);
        let mut lines = Vec::new();
        if !why.is_empty() {
            lines.push(w.with("notices-why", &[("why", why.into())]));
        }
        let (what, day) = (w.text(&card.what), w.day(card.due, today));
        lines.push(w.with("notices-what", &[("what", what.into()), ("day", day.into())]));
        lines.extend(state_line(w, &card.state));
        lines.extend(card.owner.as_deref().map(|owner| owner_line(w, owner)));
        lines.extend(card.notice_on.map(|on| notice_line(w, on, today)));
        parts.push(DrawnPart { heading: digest_heading(w, card), lines, links: links(card) });
    }
    parts.extend(tasks_part(w, origin, digest));
    parts.extend(rooms_parts(w, origin, digest));
    if !digest.deadlines.is_empty() {
        let lines = digest.deadlines.iter().map(|d| format!("{}  {}", w.day(d.day, today), d.name));
        let rest = deadlines_beyond(w, digest);
        let links = rest.iter().map(|_| (w.t("notices-open-deadlines"), format!("{origin}/customers?sort=notice")));
        let links = links.collect();
        let lines = lines.chain(rest.clone()).collect();
        parts.push(DrawnPart { heading: w.t("notices-deadlines"), lines, links });
    }
    if !digest.quiet_sources.is_empty() {
        let line = |n: i32| w.with("silent-days", &[("n", n.into())]);
        let lines =
            digest.quiet_sources.iter().map(|s| format!("{}  {}", s.source, line(today.0 - s.last_day.0))).collect();
        parts.push(DrawnPart { heading: w.t("today-silent"), lines, links: Vec::new() });
    }
    parts
}

/// 通知期限まで18日.
pub fn notice_line(w: &Words, on: Day, today: Day) -> String {
    match on.0 - today.0 {
        0 => w.t("notice-today"),
        n => w.with("notice-left", &[("n", n.into())]),
    }
}

/// A letter to a person of a customer as plain text: what was written, and where one asks to be spared.
pub fn draw_letter(w: &Words, origin: &str, mail: &LetterMail) -> (String, Option<String>) {
    let spare = mail.opt_out.as_ref().map(|link| format!("{origin}/spare/{link}"));
    let mut text = mail.body.trim_end().to_owned();
    text.push('\n');
    if let Some(address) = &spare {
        text.push_str(&format!("\n-- \n{}\n{address}\n", w.t("notices-spare-line")));
    }
    (text, spare)
}

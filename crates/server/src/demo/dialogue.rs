//! What is said: activities of the CSMs, survey answers.

use kizashi_domain::intake::{ActivityRow, Record, ResponseRow};
use kizashi_domain::time::Day;

use super::paperwork::{person, person_id};
use super::profile::{self, CITY, Profile};
use super::rng::Rng;
use super::story::StoryKind;
use super::usage::{HOUR_US, MINUTE_US};
use super::words::{self, Talk};
use super::{Arrival, CRM, Company, SURVEY, cast, leaver, planted};

/// The last day on which anyone speaks with the customer.
pub(super) fn last_day(company: &Company, p: &Profile) -> Day {
    let today = company.today;
    let left = p.churned_on.unwrap_or(today);
    p.quiet_from.map_or(left, |quiet| quiet.plus(-1)).min(left).min(today)
}

/// Fills the slots of a text. A person is a surname with 様, the customer's people being guests.
pub(super) fn fill(text: &str, who: &str, p: &Profile, rng: &mut Rng) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let feature = rng.word(&words::FEATURES);
    text.replace("{who}", who).replace("{goal}", p.goal).replace("{feature}", feature)
}

/// Visits, calls, mails, meetings and notes.
pub(super) fn activities(company: &Company, p: &Profile) -> Vec<Arrival> {
    let mut rng = Rng::of(company.seed, &[7, p.index as u64]);
    let last = last_day(company, p);
    let (short, long) = match p.segment {
        0 => (18, 48),
        1 => (13, 32),
        _ => (8, 24),
    };
    // In a huge company each customer is spoken with about half as often.
    #[expect(clippy::cast_possible_truncation, reason = "2 at most")]
    let stretch = |days: i32, share: f64| (f64::from(days) * (2.0 - share)).round() as i32;
    let (short, long) = (stretch(short, company.detail_of(p)), stretch(long, company.detail_of(p)));
    let mut day = p.since.max(company.first).plus(rng.between(1, short));
    let mut drafts = Vec::new();
    // Some customers get letters only; with the others a CSM speaks at least every two months.
    let neglected = rng.is(0.05);
    let mut spoke = day;
    while day <= last {
        let at = company.calendar.next_business_day(day);
        if at <= last {
            let mut draft = ordinary(&mut rng, at, p);
            if draft.direction == Some("both") {
                spoke = at;
            } else if at > spoke.plus(55) && !neglected {
                let talk = rng.pick(&words::CALLS).copied().unwrap_or_default();
                draft = Draft { kind: "call", direction: Some("both"), talk, ..draft };
                spoke = at;
            }
            drafts.push(draft);
        }
        day = at.plus(rng.between(short, long));
    }
    drafts.extend(planted(company, p));
    drafts.extend(written(company, p));
    drafts.sort_by_key(|d| d.day);
    drafts.iter().enumerate().map(|(n, draft)| activity(company, p, n, draft, &mut rng)).collect()
}

/// An activity before its words are filled in.
struct Draft {
    day: Day,
    kind: &'static str,
    direction: Option<&'static str>,
    contact: usize,
    talk: Talk,
}

fn ordinary(rng: &mut Rng, day: Day, p: &Profile) -> Draft {
    let far = matches!(p.region, "北海道" | "沖縄" | "九州" | "四国");
    let kind = rng.weighted(&[34.0, 30.0, 18.0, if far { 2.0 } else { 7.0 }, 11.0]);
    let lists: [(&str, &[Talk]); 5] = [
        ("call", &words::CALLS),
        ("mail", &words::MAILS),
        ("meeting", &words::MEETINGS),
        ("visit", &words::VISITS),
        ("note", &words::NOTES),
    ];
    let (kind, talks) = lists.get(kind).copied().unwrap_or(("note", &words::NOTES));
    let talk = rng.pick(talks).copied().unwrap_or_default();
    let direction = match kind {
        "note" => None,
        "call" if rng.is(0.12) => Some("out"),
        "mail" => Some(if rng.is(0.55) { "out" } else { "both" }),
        "call" => Some(if rng.is(0.2) { "in" } else { "both" }),
        _ => Some("both"),
    };
    let contact = p.met(rng.weighted(&[5.0, 2.0, 1.5, 1.0]).min(p.contacts.saturating_sub(1)), day);
    Draft { day, kind, direction, contact, talk }
}

/// Letters of the last days to whom a further one waits.
fn written(company: &Company, p: &Profile) -> Vec<Draft> {
    let sent = |days: i32, talk| Draft {
        day: company.calendar.add_business_days(company.today, -days),
        kind: "mail",
        direction: Some("out"),
        contact: 0,
        talk,
    };
    let written = [
        sent(3, ("初期登録の手順", "{who}へ、初期登録の手順と、つまずきやすい3か所を送付。")),
        sent(2, ("打ち合わせの記録", "{who}へ、決まったことと次の日程を送付。")),
    ];
    written.into_iter().filter(|_| p.index == planted::WRITTEN_TO).collect()
}

/// Activities that belong to the customer's story.
fn planted(company: &Company, p: &Profile) -> Vec<Draft> {
    let work = |day: Day| company.calendar.previous_business_day(day);
    let draft = |day, kind, direction, contact, talk| Draft { day, kind, direction: Some(direction), contact, talk };
    let today = company.today;
    match p.story {
        Some(StoryKind::ChampionLeft) => {
            let left = p.champion_gone.unwrap_or(today);
            vec![
                draft(
                    work(left.plus(-4)),
                    "mail",
                    "in",
                    0,
                    (
                        "退職のご挨拶",
                        "{who}から退職のご挨拶のメール。有給消化のあと退職とのこと。後任は調整中で、決まり次第連絡をもらう。",
                    ),
                ),
                draft(
                    work(left.plus(16)),
                    "call",
                    "out",
                    1,
                    (
                        "後任の確認",
                        "後任について{who}に電話。まだ決まっていないとのこと。承認の設定が止まっているようで気になる。",
                    ),
                ),
            ]
        }
        Some(StoryKind::LoginsFalling) => {
            let renewed = p.terms.last().map_or(today, |t| t.start);
            vec![
                draft(
                    work(renewed.plus(-75)),
                    "mail",
                    "out",
                    2,
                    ("価格改定のお知らせ", "次期更新からの価格改定を{who}へ案内。"),
                ),
                draft(
                    work(renewed.plus(-40)),
                    "call",
                    "both",
                    2,
                    (
                        "価格改定への反応",
                        "{who}から「上げ幅が大きい。使う人を絞ることも考える」との声。今期は稟議が通り、更新の見込み。",
                    ),
                ),
                draft(
                    work(renewed.plus(35)),
                    "call",
                    "both",
                    0,
                    ("更新後の様子", "{who}の話では、課ごとに利用の要否を見直し中とのこと。Excelに戻した課もある。"),
                ),
            ]
        }
        Some(StoryKind::ShrinkingContract) => {
            let renewed = p.terms.last().map_or(today, |t| t.start);
            vec![draft(
                work(renewed.plus(-30)),
                "meeting",
                "both",
                2,
                (
                    "更新条件の協議",
                    "{who}より、全社の経費見直しで席数を50から28に減らして更新したいとの申し出。使い方には満足とのこと。",
                ),
            )]
        }
        Some(StoryKind::OnboardingStuck) => vec![
            draft(
                work(p.since.plus(2)),
                "meeting",
                "both",
                0,
                ("キックオフ", "体制と日程を確認。目標は「{goal}」。環境設定は{who}が担当し、2週間で終える予定。"),
            ),
            draft(work(p.since.plus(24)), "call", "out", 1, ("環境設定の状況確認", "{who}は不在。折り返しなし。")),
        ],
        Some(StoryKind::SeatLimit) => {
            vec![draft(
                work(today.plus(-18)),
                "call",
                "both",
                0,
                ("利用者の増加", "全営業所への展開が終わったとの報告。{who}は「席が足りなくなってきた」と話していた。"),
            )]
        }
        _ => Vec::new(),
    }
}

fn activity(company: &Company, p: &Profile, n: usize, draft: &Draft, rng: &mut Rng) -> Arrival {
    let who = format!("{}様", person(company, p, draft.contact).surname.0);
    let at = company.at(draft.day, i64::from(rng.between(9 * 60 + 15, 17 * 60 + 45)) * MINUTE_US);
    let row = ActivityRow {
        external_id: format!("A-{}-{:03}", p.code, n + 1),
        customer: p.code.clone(),
        contact: draft.direction.map(|_| person_id(p, draft.contact)),
        kind: draft.kind.to_owned(),
        direction: draft.direction.map(str::to_owned),
        at,
        staff: words::STAFF.get(leaver::owner_on(company, p, draft.day)).map(|s| s.mail.to_owned()),
        subject: Some(fill(draft.talk.0, &who, p, rng)),
        body: Some(fill(draft.talk.1, &who, p, rng)),
    };
    // Most are written down within two hours; some days later, when there is time.
    let late = if rng.is(0.04) { rng.between(2 * 24 * 60, 6 * 24 * 60) } else { rng.between(4, 110) };
    Arrival { source: CRM, received_at: at.plus_us(i64::from(late) * MINUTE_US), record: Record::Activity(row) }
}

/// Answers to the NPS survey, which asks each customer about every half year.
pub(super) fn responses(company: &Company, p: &Profile) -> Vec<Arrival> {
    let mut rng = Rng::of(company.seed, &[10, p.index as u64]);
    let last = last_day(company, p);
    let mut day = p.since.max(company.first).plus(rng.between(45, 190));
    let mut out = Vec::new();
    let detractor = cast::detractor_day(&company.scene());
    let planted = matches!(p.story, Some(StoryKind::Detractor));
    while day <= last {
        let at = company.calendar.next_business_day(day);
        let asked = rng.between(1, 2);
        for nth in 0..usize::try_from(asked).unwrap_or(1) {
            if at > last || !rng.is(if p.segment == CITY { 0.6 } else { 0.45 }) {
                continue;
            }
            let truth = profile::on_line(&p.trend, at.plus(-10)).clamp(0.2, 1.15);
            let score =
                (1.4 + 6.0 * truth + 1.8 * p.warmth + (rng.unit() + rng.unit() - 1.0) * 2.6).round().clamp(0.0, 10.0);
            let comments = match score {
                s if s >= 9.0 => words::promoter(),
                s if s >= 7.0 => words::passive(),
                _ => words::detractor(),
            };
            let comment = rng.word(comments);
            if !planted || at < detractor.plus(-60) {
                out.push(response(company, p, (at, nth * 2), score, comment, &mut rng));
            }
        }
        day = at.plus(rng.between(165, 200));
    }
    if let Some(at) = planted::answered_on(company, p) {
        let late = "問い合わせの返事に3日かかり、その間の請求が止まりました。機能には満足しています。";
        out.retain(|a| matches!(&a.record, Record::Response(row) if row.at < company.start_of(at.plus(-60))));
        out.push(response(company, p, (at, 2), 4.0, late, &mut rng));
    }
    if matches!(p.story, Some(StoryKind::BadChild)) {
        let at = company.calendar.previous_business_day(company.today.plus(-40));
        let tired = "担当者が2名減り、入力が追いつきません。以前のExcelに戻した部署もあります。";
        out.push(response(company, p, (at, 1), 4.0, tired, &mut rng));
    }
    if planted {
        let angry = "先月の帳票レイアウト変更で、取引先ごとの様式を全部直すことになりました。事前の相談もなく、正直もう勧められません。";
        out.push(response(company, p, (detractor, 2), 2.0, angry, &mut rng));
    }
    out
}

fn response(
    company: &Company,
    p: &Profile,
    (day, contact): (Day, usize),
    score: f64,
    comment: &str,
    rng: &mut Rng,
) -> Arrival {
    let at = company.at(day, i64::from(rng.between(9 * 60, 18 * 60)) * MINUTE_US + HOUR_US / 7);
    let contact = p.met(contact.min(p.contacts.saturating_sub(1)), day);
    let row = ResponseRow {
        external_id: format!("N-{}-{}-{contact}", p.code, day.0),
        customer: p.code.clone(),
        contact: Some(person_id(p, contact)),
        survey: "nps".to_owned(),
        score: Some(score),
        comment: (!comment.is_empty()).then(|| comment.to_owned()),
        at,
    };
    Arrival { source: SURVEY, received_at: at.plus_us(20_000_000), record: Record::Response(row) }
}

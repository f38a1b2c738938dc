//! Deals as the CRM sends them: how customers came and what was promised, and what is being talked about now.

use kizashi_domain::intake::{DealRow, Record};
use kizashi_domain::money::Money;
use kizashi_domain::time::Day;

use super::paperwork::told;
use super::profile::Profile;
use super::rng::Rng;
use super::story::StoryKind;
use super::{Arrival, CRM, Company, leaver, words};

const ORIGINS: [&str; 6] = [
    "展示会で名刺交換、帳票の手作業が多いとの相談",
    "Webの問い合わせフォームから資料請求",
    "既存のお客様からの紹介",
    "オンラインセミナー後のアンケート",
    "電話での問い合わせ（料金について）",
    "比較サイトから",
];
const PROMISES: [&str; 6] = [
    "初期データの移行は当社で1回まで無償で行う",
    "2か月目までに管理者向けの説明会を1回開く",
    "帳票のレイアウト変更は3種類まで初期費用に含む",
    "会計ソフトとの連携は次の四半期に提供する見込みと伝えた（確約ではない）",
    "繁忙期の3月は電話窓口を優先する",
    "席の追加は年度の途中でも月割りで受ける",
];
const STEPS: [&str; 6] = [
    "見積の再提出",
    "決裁者を交えた打ち合わせの日程を決める",
    "利用部門へのデモ",
    "稟議の状況を電話で確認",
    "追加の席数を確認する",
    "契約書の案を送る",
];
const REASONS: [&str; 3] = ["予算が取れなかった", "他社の製品に決まった", "担当者の異動で見送り"];

/// The deals of a customer.
pub(super) fn deals(company: &Company, p: &Profile) -> Vec<Arrival> {
    let mut rng = Rng::of(company.seed, &[31, p.index as u64]);
    let mut out = Vec::new();
    if p.since >= company.first {
        out.push(first_sale(company, p, &mut rng));
    }
    if p.churned_on.is_some() {
        return out;
    }
    let grows = matches!(p.story, Some(StoryKind::SeatLimit));
    if grows || rng.is(0.2) {
        out.push(open_deal(company, p, &mut rng, grows));
    } else if rng.is(0.08) {
        out.push(lost_deal(company, p, &mut rng));
    }
    out
}

fn row(company: &Company, p: &Profile, opened: Day, (nth, title, kind): (usize, &str, &str)) -> DealRow {
    DealRow {
        external_id: format!("D{:05}-{nth}", p.index + 1),
        customer: p.code.clone(),
        title: Some(title.to_owned()),
        kind: Some(kind.to_owned()),
        owner: words::STAFF.get(leaver::owner_on(company, p, opened)).map(|s| s.mail.to_owned()),
        ..DealRow::default()
    }
}

fn arrival(company: &Company, p: &Profile, day: Day, row: DealRow) -> Arrival {
    Arrival { source: CRM, received_at: told(company, day, p.index), record: Record::Deal(row) }
}

fn first_sale(company: &Company, p: &Profile, rng: &mut Rng) -> Arrival {
    let closed = p.since.plus(-rng.between(3, 15));
    let mrr = p.terms.first().map_or(0, |t| t.mrr);
    let row = DealRow {
        stage: Some("won".to_owned()),
        amount: Some(Money::yen(mrr * i64::from(p.months))),
        opened_on: Some(closed.plus(-rng.between(30, 140))),
        closed_on: Some(closed),
        origin: Some(rng.word(&ORIGINS).to_owned()),
        promise: Some(rng.word(&PROMISES).to_owned()),
        ..row(company, p, p.since, (1, "新規導入", "new"))
    };
    arrival(company, p, closed, row)
}

fn open_deal(company: &Company, p: &Profile, rng: &mut Rng, grows: bool) -> Arrival {
    let mrr = p.terms.last().map_or(0, |t| t.mrr);
    let (title, kind, share) = match if grows { 0 } else { rng.below(3) } {
        0 => ("席の追加", "upsell", 30),
        1 => ("外部連携オプション", "cross_sell", 20),
        _ => ("次年度の更新", "renewal", 100),
    };
    let stages = ["lead", "hearing", "proposal", "quote", "negotiation"];
    let opened = company.today.plus(-rng.between(12, 70));
    // Most have a next step; a few were left lying.
    let has_next = rng.is(0.85);
    let next_on = company.calendar.next_business_day(company.today.plus(rng.between(-6, 24)));
    let row = DealRow {
        stage: Some(rng.word(&stages).to_owned()),
        amount: Some(Money::yen((mrr * i64::from(p.months) * share / 100 / 1_000 + 1) * 1_000)),
        opened_on: Some(opened),
        closes_on: Some(company.calendar.next_business_day(company.today.plus(rng.between(10, 90)))),
        next_step: has_next.then(|| rng.word(&STEPS).to_owned()),
        next_on: has_next.then_some(next_on),
        origin: Some("定例の打ち合わせでの相談".to_owned()),
        promise: rng.is(0.4).then(|| rng.word(&PROMISES).to_owned()),
        ..row(company, p, opened, (2, title, kind))
    };
    arrival(company, p, opened.max(p.since), row)
}

fn lost_deal(company: &Company, p: &Profile, rng: &mut Rng) -> Arrival {
    let closed = company.today.plus(-rng.between(20, 200)).max(p.since);
    let row = DealRow {
        stage: Some("lost".to_owned()),
        amount: Some(Money::yen(240_000)),
        closed_on: Some(closed),
        lost_reason: Some(rng.word(&REASONS).to_owned()),
        ..row(company, p, closed, (3, "外部連携オプション", "cross_sell"))
    };
    arrival(company, p, closed, row)
}

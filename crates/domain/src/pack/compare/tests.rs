use proptest::prelude::*;

use super::*;
use crate::calendar::{Closure, Holidays, When};
use crate::health::{AgedCurve, Cap, MissingRule, Outside};
use crate::measure::{Against, Better, Events, Kind, Missing, Per};
use crate::plays::{Anchor, DueBefore, Reentry, Step};
use crate::signals::{CardKind, Occurrence, Side, Trigger};
use crate::time::Day;

const PACKS: [&str; 5] = [
    include_str!("../../../../../packs/saas.toml"),
    include_str!("../../../../../packs/start.toml"),
    include_str!("../../../../../packs/jichitai.toml"),
    include_str!("../../../../../packs/bpo.toml"),
    include_str!("../../../../../packs/callcenter.toml"),
];

fn saas() -> Pack {
    Pack::parse(PACKS[0]).unwrap()
}

fn standard(pack: &mut Pack) -> &mut Model {
    pack.models.iter_mut().find(|m| m.id == "standard").unwrap()
}

fn rule<'a>(pack: &'a mut Pack, id: &str) -> &'a mut Rule {
    pack.signals.iter_mut().find(|r| r.id == id).unwrap()
}

type Edit = fn(&mut Pack);

/// Every field once, with a piece of what must be said of it.
const EDITS: &[(&str, Edit)] = &[
    ("saas", |p| p.id = "ours".into()),
    ("名前（日本語） 「SaaS」 → 「自社」", |p| p.title.ja = "自社".into()),
    ("Asia/Tokyo → UTC", |p| p.time_zone = "UTC".into()),
    ("顧客へのメールの言語 日本語 → 英語", |p| p.letters_in = Lang::En),
    ("customer（日本語） 「顧客」 → 「お客様」", |p| {
        p.terms.get_mut("customer").unwrap().ja = "お客様".into()
    }),
    ("champion", |p| drop(p.terms.remove("champion"))),
    ("休みの曜日 土、日 → 水、土、日", |p| p.calendar.weekend[2] = true),
    ("日本の祝日 休む → 休まない", |p| p.calendar.holidays = Holidays::None),
    ("休業日を追加：夏季休業（08-13〜08-16）", |p| {
        let when = When::Yearly { from: (8, 13), to: (8, 16) };
        p.calendar.closures.push(Closure { ja: "夏季休業".into(), en: "Summer".into(), when });
    }),
    ("休業日を削除：年末年始", |p| p.calendar.closures.clear()),
    ("出勤日を追加：2026-05-02", |p| p.calendar.open_days.push("2026-05-02".parse::<Day>().unwrap())),
    ("年度の始まり 4月 → 10月", |p| p.calendar.fiscal_month = 10),
    ("営業時間 9:00–18:00 → 10:00–18:00", |p| p.calendar.hours.from_minute = 600),
    ("重要な顧客（月額） 上位10% → 500,000", |p| p.cards.key_account_from_minor = Some(500_000)),
    ("静かにしない期間 90日 → 60日", |p| p.cards.lead_days = 60),
    ("自然回復とみなす日数 7日 → 10日", |p| p.cards.healthy_days = 10),
    ("期限を削除：リスク（優先度0以上）返答27時間・完了180時間", |p| {
        p.cards.limits.remove(0);
    }),
    ("期限の並びを変更", |p| p.cards.limits.swap(0, 1)),
    ("追加", |p| p.metrics.push(Metric::new("calls", Kind::Count))),
    ("削除", |p| drop(p.metrics.remove(0))),
    ("順番", |p| p.metrics.swap(0, 1)),
    ("名前（英語）", |p| p.metrics[0].title.en = "Sign-ins".into()),
    ("数え方 回数 → 値の合計", |p| p.metrics[0].kind = Kind::Sum),
    ("出来事 「login」 → すべての出来事", |p| p.metrics[0].event = Events::All),
    ("One(\"login\")", |p| p.metrics[0].event = Events::Any(vec!["login".into()])),
    ("数えない出来事", |p| p.metrics[0].except.push("x".into())),
    ("期間 28日 → 30日", |p| p.metrics[0].window_days = Some(30)),
    ("何日前までの期間か 0日 → 3日", |p| p.metrics[0].offset_days = 3),
    ("元の指標 ログイン回数（logins_28d）", |p| p.metrics[2].of.swap(0, 1)),
    ("比べる相手", |p| p.metrics[2].against = Against::Baseline),
    ("記録の名前 なし → seats", |p| p.metrics[0].attribute = Some("seats".into())),
    ("割る数 そのまま → 営業日あたり", |p| p.metrics[0].per = Some(Per::BusinessDay)),
    ("よい方向 多いほどよい → どちらでもない", |p| p.metrics[0].better = Better::Neither),
    ("単位 times → people", |p| p.metrics[0].unit = "people".into()),
    ("古いとみなすまで 7日 → なし", |p| p.metrics[0].stale_after_days = None),
    ("何もないとき", |p| p.metrics[0].missing = Missing::Unknown),
    ("対象になるまで 0日 → 30日", |p| p.metrics[0].from_age_days = 30),
    ("取り込み元 product → web", |p| p.metrics[0].provided_by = Some("web".into())),
    ("持ち主 なし → 佐藤", |p| p.metrics[0].owner = Some("佐藤".into())),
    ("説明（日本語）", |p| p.metrics[0].description.ja = "別の説明".into()),
    ("順番 導入期、標準 → 標準、導入期", |p| p.models.swap(0, 1)),
    ("条件 すべての顧客 → 区分が大手", |p| standard(p).when.segments.push("enterprise".into())),
    ("判定に必要な測定 50% → 60%", |p| standard(p).minimum_coverage = 0.6),
    ("黄の始まり 40 → 45", |p| standard(p).bands.amber_from = 45.0),
    ("緑の始まり 70 → 75", |p| standard(p).bands.green_from = 75.0),
    ("組「利用」の重み 55% → 35.7%", |p| standard(p).groups[0].weight = Some(25.0)),
    ("組「利用」の名前（日本語）", |p| standard(p).groups[0].title.ja = "活用".into()),
    ("組の順番 利用、タッチ、気持ち → タッチ、利用、気持ち", |p| {
        standard(p).groups.swap(0, 1)
    }),
    ("組を削除：気持ち", |p| drop(standard(p).groups.pop())),
    ("席の使用率：重み 20% → 11%", |p| standard(p).groups[0].measures[0].weight = 8.75),
    ("項目を追加：通知期限（利用、重み 0%）", |p| {
        let mut more = standard(p).groups[0].measures[0].clone();
        (more.metric, more.weight) = ("days_to_notice".into(), 0.0);
        standard(p).groups[0].measures.push(more);
    }),
    ("項目を削除：使っている機能の数", |p| drop(standard(p).groups[0].measures.pop())),
    ("使っている機能の数：組 利用 → 気持ち", |p| {
        let moved = standard(p).groups[0].measures.pop().unwrap();
        standard(p).groups[2].measures.push(moved);
    }),
    ("組「利用」の項目の順番", |p| standard(p).groups[0].measures.swap(0, 1)),
    ("席の使用率：曲線 20%で40点 → 25%で40点", |p| standard(p).groups[0].measures[0].curve[1].0 = 0.25),
    ("席の使用率：曲線", |p| standard(p).groups[0].measures[0].curve.truncate(3)),
    ("席の使用率：年数ごとの曲線 なし → 90日から", |p| {
        let curve = vec![(0.0, 0.0), (1.0, 100.0)];
        standard(p).groups[0].measures[0].by_age.push(AgedCurve { age_days_from: 90, curve });
    }),
    ("席の使用率：曲線の外 端の点数にする → その項目を数えない", |p| {
        standard(p).groups[0].measures[0].outside = Outside::Exclude;
    }),
    ("席の使用率：測れないとき", |p| standard(p).groups[0].measures[0].missing = MissingRule::Value(0.25)),
    ("上限", |p| standard(p).caps[0].at_most = 50.0),
    ("上限", |p| standard(p).caps.push(Cap { metric: "nps".into(), at_most: 60.0 })),
    ("何をするか（日本語）", |p| rule(p, "logins_falling").what.ja = "電話する".into()),
    ("カードの種類 リスク → 活動", |p| rule(p, "logins_falling").card = CardKind::Activity),
    ("ログインのふだんとの差：しきい値 −35% → −50%", |p| {
        let Trigger::Threshold { fire, .. } = &mut rule(p, "logins_falling").when else { return };
        *fire = -0.5;
    }),
    ("ログインのふだんとの差：解除 −20% → しきい値と同じ", |p| {
        let Trigger::Threshold { clear, .. } = &mut rule(p, "logins_falling").when else { return };
        *clear = None;
    }),
    ("条件 ログインのふだんとの差が−35%以下", |p| {
        let Trigger::Threshold { side, .. } = &mut rule(p, "logins_falling").when else { return };
        *side = Side::Above;
    }),
    ("条件 推進役・キーパーソンが離れた → 契約金額が増えた", |p| {
        rule(p, "champion_left").when = Trigger::Arrival { what: Occurrence::ContractGrew };
    }),
    ("何日前から 60日 → 45日", |p| {
        let Trigger::DateApproaching { within_days, .. } = &mut rule(p, "silent_before_notice").when else { return };
        *within_days = 45;
    }),
    ("あわせて 最後の双方向の接点からの日数が90日以上 → なし", |p| {
        rule(p, "silent_before_notice").also.clear()
    }),
    ("対象 すべての顧客 → 段階が導入・活用以外", |p| {
        rule(p, "logins_falling").audience.not_stages = vec!["onboarding".into(), "adoption".into()];
    }),
    ("続いたら知らせる日数 5日 → 2日", |p| rule(p, "logins_falling").dwell_days = 2),
    ("次に知らせるまで 30日 → 60日", |p| rule(p, "logins_falling").cooldown_days = 60),
    ("重さ 0.7 → 0.9", |p| rule(p, "logins_falling").severity = 0.9),
    ("期限（営業日） 3日 → 1日", |p| rule(p, "logins_falling").due_business_days = 1),
    ("打ち手 「利用の立て直し」 → なし", |p| rule(p, "logins_falling").play = None),
    ("期限（営業日） 45日 → 3日", |p| p.plays[0].due_business_days = 3),
    ("二度目 一度だけ → そのつど", |p| p.plays[0].reentry = Reentry::EachTime),
    ("手順「電話」を追加", |p| {
        p.plays[0].steps.push(Step::task("new_call", Text::new("電話", "Call"), Text::default()))
    }),
    (
        "手順「成果を1枚にまとめる」：期限の逆算 通知期限の15営業日前 → 契約終了日の20営業日前",
        |p| {
            let play = p.plays.iter_mut().find(|play| play.id == "renewal_talk").unwrap();
            play.steps[0].due_before = Some(DueBefore { date: Anchor::ContractEnd, business_days: 20 });
        },
    ),
    ("何をするか（英語）", |p| p.plays[0].what.en = "Call".into()),
    ("確度 60% → 50%", |p| p.deal_stages[3].probability = Some(50)),
    ("名前（英語） 「Quote」", |p| p.deal_stages[3].title.en = "Estimate".into()),
];

#[test]
fn each_edit_is_named_and_nothing_else() {
    let before = saas();
    for (i, (said, edit)) in EDITS.iter().enumerate() {
        let mut after = before.clone();
        edit(&mut after);
        assert_ne!(before, after, "edit {i} ({said}) edits nothing");
        let found = compare(&before, &after);
        let lines: Vec<_> = found.iter().map(|d| d.text.ja.as_str()).collect();
        assert!(lines.iter().any(|l| l.contains(said)), "edit {i} should say {said}: {lines:?}");
        assert!(found.iter().all(|d| !d.text.en.is_empty()), "edit {i} in English");
        let others = lines.iter().filter(|l| !l.contains(said) && !l.starts_with("これにより")).count();
        // A group that goes takes its measures along; a curve for an age comes with its points.
        assert!(
            others == 0 || ["組を削除", "年数ごと"].iter().any(|w| said.contains(w)),
            "edit {i} ({said}): {lines:?}"
        );
    }
}

#[test]
fn the_same_is_the_same_and_whole_packs_can_be_compared() {
    let packs = PACKS.map(|text| Pack::parse(text).unwrap());
    for a in &packs {
        assert_eq!(compare(a, a), vec![]);
        for b in packs.iter().filter(|b| b.id != a.id) {
            assert!(!compare(a, b).is_empty());
        }
    }
}

proptest! {
    /// Whatever edits come together: differences are found if and only if the packs differ, and each side of an edit that
    /// is taken back is silent again.
    #[test]
    fn differences_are_found_if_there_are_any(chosen in prop::collection::vec(0..EDITS.len(), 0..6), back in any::<bool>()) {
        let before = saas();
        let mut after = before.clone();
        for i in chosen {
            // Some edits want what others took away.
            let mut tried = after.clone();
            let edited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (EDITS[i].1)(&mut tried)));
            if edited.is_ok() {
                after = tried;
            }
        }
        let (a, b) = if back { (&after, &before) } else { (&before, &after) };
        prop_assert_eq!(compare(a, b).is_empty(), a == b);
    }

    /// A weight of any size, in any measure, is named.
    #[test]
    fn any_weight_is_named(group in 0usize..3, measure in 0usize..2, weight in 0.0..1000.0_f64) {
        let before = saas();
        let mut after = before.clone();
        standard(&mut after).groups[group].measures[measure].weight = weight;
        let named = compare(&before, &after).iter().any(|d| d.text.ja.contains("：重み"));
        prop_assert_eq!(named, before != after);
    }
}

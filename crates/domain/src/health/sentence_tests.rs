use super::*;
use crate::customers::Audience;
use crate::lang::{Lang, Text};
use crate::measure::{Kind, Metric, Reading, State};
use crate::time::Day;

const DAY: Day = Day(20_000);

fn metric(id: &str, kind: Kind, ja: &str, en: &str, unit: &str, window_days: Option<u32>) -> Metric {
    Metric { title: Text::new(ja, en), unit: unit.into(), window_days, ..Metric::new(id, kind) }
}

fn scene() -> (Model, Vec<Metric>) {
    let mut metrics: Vec<Metric> = (0..5).map(|i| Metric::new(&format!("x{i}"), Kind::Count)).collect();
    let rate = metric("rate", Kind::Ratio, "ログイン率（28日）", "Login rate (28 days)", "percent", Some(28));
    metrics.insert(0, rate);
    metrics.insert(1, metric("users", Kind::DistinctUsers, "利用者", "Users", "people", Some(28)));
    let measure = |m: &Metric| Measure {
        metric: m.id.clone(),
        curve: if m.id == "rate" {
            vec![(0.0, 0.0), (0.2, 40.0), (0.4, 100.0)]
        } else {
            vec![(0.0, 0.0), (10.0, 100.0)]
        },
        by_age: Vec::new(),
        outside: Outside::Clamp,
        weight: if m.id == "rate" { 24.0 } else { 12.0 },
        missing: MissingRule::Exclude,
    };
    let model = Model {
        id: "m".into(),
        title: Text::default(),
        when: Audience::default(),
        minimum_coverage: 0.5,
        bands: Bands::default(),
        groups: vec![Group {
            id: "g".into(),
            title: Text::default(),
            weight: None,
            measures: metrics.iter().map(measure).collect(),
        }],
        caps: Vec::new(),
    };
    (model, metrics)
}

fn readings(rate: f64, users: f64) -> Vec<Reading> {
    let mut all = vec![Reading::measured(rate, DAY), Reading::measured(users, DAY)];
    all.extend((0..4).map(|_| Reading::measured(7.0, DAY)));
    all.push(Reading::missing(DAY));
    all
}

#[test]
fn a_fall_is_told_with_its_threshold_and_its_points() {
    let (model, metrics) = scene();
    let before = judge(&model, &metrics, &readings(0.4, 8.0), None);
    let after = judge(&model, &metrics, &readings(0.12, 8.0), None);
    let change = explain(&before, &after, Between::default());
    let words = Glossary { metrics: &metrics, models: std::slice::from_ref(&model) };
    assert_eq!(
        sentence(&after, Some(&change), &words, Lang::Ja),
        "ログイン率が40%→12%（28日）。しきい値20%を下回り−22点。設定変更なし。7項目中6項目測定。"
    );
    assert_eq!(
        sentence(&after, Some(&change), &words, Lang::En),
        "Login rate 40% → 12% (28 days), below the threshold of 20%: −22 points. No change of settings. 6 of 7 measures taken."
    );
    assert_eq!(short_sentence(&after, Some(&change), &words, Lang::Ja), "ログイン率が40%→12%（28日）で−22点");
    assert_eq!(
        sentence(&after, None, &words, Lang::Ja),
        "ログイン率は12%（28日）で、29点中7点。x0は7で、14点中10点。x1は7で、14点中10点。7項目中6項目測定。"
    );
    let users = judge(&model, &metrics, &readings(0.4, 3.0), None);
    let change = explain(&before, &users, Between::default());
    assert_eq!(
        sentence(&users, Some(&change), &words, Lang::Ja),
        "利用者が8→3人（28日）で−7点。設定変更なし。7項目中6項目測定。"
    );
}

#[test]
fn data_that_went_missing_is_not_told_as_the_customers_change() {
    let (model, metrics) = scene();
    let before = judge(&model, &metrics, &readings(0.4, 0.0), None);
    let mut gone = readings(0.4, 0.0);
    gone[0] = Reading { state: State::Stale { age_days: 9 }, ..gone[0] };
    let after = judge(&model, &metrics, &gone, None);
    let change = explain(&before, &after, Between::default());
    assert_eq!((change.customer, change.data), (0, change.total));
    let words = Glossary { metrics: &metrics, models: std::slice::from_ref(&model) };
    let text = sentence(&after, Some(&change), &words, Lang::Ja);
    assert!(text.starts_with("ログイン率のデータが古く（9日前）−"), "{text}");
    assert!(text.ends_with("設定変更なし。7項目中5項目測定。"), "{text}");
}

#[test]
fn a_move_to_another_model_is_no_change_of_settings() {
    let (mut model, metrics) = scene();
    (model.id, model.title) = ("onboarding".into(), Text::new("導入期", "Onboarding"));
    let mut next = Model { id: "standard".into(), title: Text::new("標準", "Standard"), ..model.clone() };
    for measure in next.groups.iter_mut().flat_map(|g| &mut g.measures).filter(|m| m.metric.starts_with('x')) {
        measure.curve = vec![(0.0, 0.0), (20.0, 100.0)];
    }
    let models = [model, next];
    let words = Glossary { metrics: &metrics, models: &models };
    let before = judge(&models[0], &metrics, &readings(0.4, 8.0), None);
    let (kept, after) = (&models[0], &models[1]);
    let (kept, after) =
        (judge(kept, &metrics, &readings(0.4, 3.0), None), judge(after, &metrics, &readings(0.4, 3.0), None));
    let change = explain(&before, &after, Between { old_model: Some(&kept), old_settings: None });
    assert_eq!((change.customer, change.settings), (-7, 0), "what the customer did is its own part");
    assert!(change.model < -7 && change.customer + change.model == change.total, "{change:?}");
    let points = change.model.abs();
    assert_eq!(
        short_sentence(&after, Some(&change), &words, Lang::Ja),
        format!("導入期のモデルから標準のモデルに移ったため−{points}点")
    );
    assert_eq!(
        sentence(&after, Some(&change), &words, Lang::En),
        format!(
            "Moved from the model Onboarding to Standard: −{points} points. Users 8 → 3 people (28 days): −7 points. No change of settings. 6 of 7 measures taken."
        )
    );
    // Without the verdict by the old model, the whole difference is the move; still nobody set anything.
    let whole = explain(&before, &after, Between::default());
    assert_eq!((whole.model, whole.settings), (whole.total, 0));
    // What was kept before this was told reads as it did.
    let mut old = serde_json::to_value(&change).unwrap();
    old.as_object_mut().unwrap().remove("model");
    let read: Change = serde_json::from_value(old).unwrap();
    assert_eq!((read.total, read.model), (change.total, 0));
}

#[test]
fn too_little_is_not_a_colour() {
    let (model, metrics) = scene();
    let mut few = vec![Reading::missing(DAY); 7];
    few[2] = Reading::measured(1.0, DAY);
    let verdict = judge(&model, &metrics, &few, None);
    assert_eq!((verdict.band, verdict.shown()), (Band::Unknown, None));
    let words = Glossary { metrics: &metrics, models: std::slice::from_ref(&model) };
    let text = sentence(&verdict, None, &words, Lang::Ja);
    assert!(text.starts_with("測れている項目が少なく、まだ判定できません。"), "{text}");
}

#[test]
fn a_cap_is_a_line_of_its_own() {
    let (mut model, metrics) = scene();
    model.caps = vec![Cap { metric: "rate".into(), at_most: 30.0 }];
    let before = judge(&model, &metrics, &readings(0.4, 8.0), None);
    let after = judge(&model, &metrics, &readings(0.12, 8.0), None);
    assert_eq!(after.points, 30);
    let cap = after.lines.iter().find(|l| l.kind == LineKind::Cap).unwrap();
    assert!(cap.points < 0);
    let change = explain(&before, &after, Between::default());
    assert_eq!(change.customer, change.total);
    let words = Glossary { metrics: &metrics, models: std::slice::from_ref(&model) };
    let text = sentence(&after, Some(&change), &words, Lang::Ja);
    assert!(text.contains("ログイン率が赤のため合計は上限30点（−28点）。"), "{text}");
    // Worse under the same cap: nothing eased.
    let worse = judge(&model, &metrics, &readings(0.06, 8.0), None);
    let change = explain(&after, &worse, Between::default());
    assert_eq!((worse.points, change.total), (30, 0));
    let text = sentence(&worse, Some(&change), &words, Lang::Ja);
    assert!(text.contains("合計は上限30点のままで、上限が差し引く分が減り＋"), "{text}");
    // Back above it: the cap is gone.
    let change = explain(&worse, &before, Between::default());
    let text = sentence(&before, Some(&change), &words, Lang::Ja);
    assert!(text.contains("ログイン率による上限が緩み＋"), "{text}");
}

use super::*;

const HEAD: &str = "[pack]\nid = \"t\"\n\n[[metric]]\nid = \"a\"\nkind = \"count\"\nwindow_days = 7\n\n";

fn refuse(rest: &str) -> PackError {
    Pack::parse(&format!("{HEAD}{rest}")).unwrap_err()
}

#[test]
fn the_example_of_the_contract_is_read() {
    let text = r#"
[pack]
id = "saas"
title = { ja = "SaaS", en = "SaaS" }
time_zone = "Asia/Tokyo"

[[metric]]
id = "logins_28d"
title = { ja = "ログイン回数（28日）", en = "Logins in 28 days" }
kind = "count"
event = "login"
window_days = 28
offset_days = 0
better = "higher"
unit = "times"
stale_after_days = 7

[[metric]]
id = "logins_prev_28d"
kind = "count"
event = ["login"]
window_days = 28
offset_days = 28

[[metric]]
id = "trend"
kind = "ratio"
of = ["logins_28d", "logins_prev_28d"]
"#;
    let pack = Pack::parse(text).unwrap();
    assert_eq!(pack.metrics.len(), 3);
    assert_eq!(Pack::parse(&pack.to_toml()).unwrap(), pack);
}

#[test]
fn a_metric_keeps_its_unit() {
    let text =
        |unit: &str| format!("[pack]\nid = \"p\"\n\n[[metric]]\nid = \"spend\"\nkind = \"sum\"\nunit = \"{unit}\"\n");
    let [yen, none, usd] = ["yen", "", "usd"].map(|unit| Pack::parse(&text(unit)).unwrap());
    assert!(yen.check_file_after(&text("yen"), &yen).is_ok() && yen.check_file_after(&text("yen"), &none).is_ok());
    let error = usd.check_file_after(&text("usd"), &yen).unwrap_err();
    assert_eq!((error.line, &*error.key), (7, "metric spend: unit"), "{error}");
    assert!(error.to_string().contains("is yen"), "{error}");
}

#[test]
fn each_fault_is_refused_at_its_line() {
    let cases: [(&str, u32, &str); 13] = [
        ("[[metric]]\nid = \"b\"\nkind = \"count\"\nwindow = 3\n", 12, "unknown field"),
        ("[[metric]]\nid = \"b\"\nkind = \"counts\"\n", 11, "unknown variant"),
        ("[[metric]]\nid = \"b\"\nkind = \"count\"\nwindow_days = 0\n", 12, "window is empty"),
        ("[[metric]]\nid = \"a\"\nkind = \"count\"\n", 10, "occurs twice"),
        ("[[metric]]\nid = \"b\"\nkind = \"ratio\"\nof = [\"a\", \"x\"]\n", 12, "no metric \"x\""),
        ("[[metric]]\nid = \"b\"\nkind = \"ratio\"\nof = [\"a\", \"b\"]\n", 12, "loop"),
        (
            "[[metric]]\nid = \"b\"\nkind = \"ratio\"\nof = [\"a\", \"c\"]\nunit = \"yen\"\n[[metric]]\nid = \"c\"\nkind = \"count\"\n",
            13,
            "unit",
        ),
        ("[[metric]]\nid = \"b\"\nkind = \"ratio\"\nof = [\"a\", \"a\"]\n", 12, "divided by itself"),
        ("[[metric]]\nid = \"b\"\nkind = \"attribute\"\n", 9, "attribute"),
        (
            "[[model]]\nid = \"m\"\ntitle = \"m\"\n[[model.group]]\nid = \"g\"\ntitle = \"g\"\n[[model.group.measure]]\nmetric = \"a\"\ncurve = [[0, 0], [1, 100]]\nweight = -1\n",
            18,
            "weight",
        ),
        (
            "[[model]]\nid = \"m\"\ntitle = \"m\"\n[[model.group]]\nid = \"g\"\ntitle = \"g\"\n[[model.group.measure]]\nmetric = \"q\"\ncurve = [[0, 0], [1, 100]]\n",
            16,
            "no metric \"q\"",
        ),
        (
            "[[signal]]\nid = \"s\"\ntitle = \"s\"\nwhat = \"w\"\ncard = \"risk\"\nwhen = { kind = \"threshold\", of = \"zz\", side = \"below\", fire = 1 }\n",
            14,
            "no metric \"zz\"",
        ),
        ("this is no toml", 9, ""),
    ];
    for (text, line, part) in cases {
        let error = refuse(text);
        assert_eq!(error.line, line, "{error}\n{text}");
        assert!(error.to_string().contains(part), "{error} should say {part}");
        assert!(!error.phrase(Lang::Ja).is_empty());
    }
}

#[test]
fn a_play_that_cannot_be_gone_through_is_refused() {
    let step = |id: &str, rest: &str| format!("[[play.step]]\nid = \"{id}\"\ntitle = \"{id}\"\n{rest}\n");
    let cases = [
        (step("x", "kind = \"wait\""), "business_days"),
        (step("x", "kind = \"task\"\nvalue = \"v\""), "does not belong"),
        (step("x", "mode = \"auto\""), "person's"),
        (step("x", "after = [\"y\"]"), "no other step"),
        (step("x", "after = [\"y\"]") + &step("y", "after = [\"x\"]"), "loop"),
        (step("x", "") + &step("x", ""), "occurs twice"),
        (
            step("x", "kind = \"branch\"\nwhen = { of = \"a\", side = \"above\", limit = 1 }\nyes = \"z\""),
            "no other step",
        ),
        (step("x", "kind = \"branch\"\nwhen = { of = \"q\", side = \"above\", limit = 1 }"), "no metric"),
        (step("x", "kind = \"field\"\nfield = \"owner\"\nvalue = \"v\""), "cannot be written"),
        (step("x", "kind = \"mail\"\nsubject = \"s\"\nbody = \"{nmae}\""), "no {nmae}"),
        (step("x", "due_business_days = 100000"), "at most"),
        (step("x", "due_before = { date = \"notice_deadline\", business_days = 100000 }"), "at most"),
        (step("x", "due_before = { date = \"renewal\", business_days = 1 }"), "notice_deadline"),
        (
            step(
                "x",
                "kind = \"milestone\"\nexpected_business_days = 1\ndue_before = { date = \"contract_end\", business_days = 1 }",
            ),
            "nobody's work",
        ),
    ];
    for (steps, part) in cases {
        let error =
            refuse(&format!("[[play]]\nid = \"p\"\ntitle = \"p\"\nwhat = \"w\"\ndue_business_days = 1\n{steps}"));
        assert!(error.to_string().contains(part), "{error} should say {part}");
        assert!(error.line > 13 && !error.phrase(Lang::Ja).is_empty(), "{error}");
    }
}

#[test]
fn every_pack_that_ships_is_read_and_written_back() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs");
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let pack = Pack::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(Pack::parse(&pack.to_toml()).unwrap(), pack, "{}", path.display());
        assert_eq!(path.file_stem().unwrap().to_str(), Some(pack.id.as_str()));
        assert!(!pack.models.is_empty() && !pack.signals.is_empty() && !pack.metrics.is_empty());
        // The last model must hold for everyone, or some customer would have no score.
        assert!(pack.models.last().unwrap().when.is_everyone());
        for metric in &pack.metrics {
            assert!(!metric.title.ja.is_empty() && !metric.title.en.is_empty(), "{} has no title", metric.id);
        }
        ids.push(pack.id);
    }
    ids.sort();
    assert_eq!(ids, ["bpo", "callcenter", "jichitai", "saas", "start"]);
}

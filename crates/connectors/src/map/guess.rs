//! Guessing by the titles of columns.

use kizashi_domain::intake::RecordKind;
use kizashi_domain::text::fold;

use super::fields::{Field, Form, find_lacking, known_fields};
use super::{Column, read_span_unit, read_unit};

/// Stands between the two parts of a title that takes two rows.
pub const PARTS: &str = " / ";

/// Fields that a file must name to be taken for a kind when it says by name only which customer is meant.
const FIELDS_BY_NAME_MIN: usize = 3;

/// A title without its unit in brackets, folded, without joints: `月額（千円）` and `monthly_fee` as `月額`, `monthlyfee`.
fn fold_title(title: &str) -> String {
    let folded = fold(title);
    let bare = folded.split_once(['(', '[', '【', '〔']).map_or(folded.as_str(), |(front, _)| front);
    let bare = if bare.is_empty() { folded.as_str() } else { bare };
    bare.chars().filter(|c| !matches!(c, '_' | 'ー' | '.' | ':' | '・' | '/' | '*' | '※' | '"' | '\'')).collect()
}

/// `千円` of `月額（千円）`, `月額【単位：千円】` and `月額(税抜・千円)`; `分` of `通話時間（分）`.
pub fn unit_of_title(title: &str, form: Form) -> Option<i64> {
    let read = if form == Form::Span { read_span_unit } else { read_unit };
    let brackets = |c: char| matches!(c, '(' | ')' | '（' | '）' | '[' | ']' | '［' | '］' | '【' | '】' | '〔' | '〕');
    let inner = title.split(brackets).skip(1).step_by(2);
    let words = inner.flat_map(|part| part.split(['・', '、', ',', '，', '：', ':', '/', ' ', '　']));
    words.filter(|word| !word.is_empty()).find_map(|word| read(word).filter(|unit| *unit > 1))
}

/// The last part of a title that takes two rows, folded.
fn fold_last_part(title: &str) -> Option<String> {
    title.rsplit_once(PARTS).map(|(_, last)| fold_title(last))
}

/// The columns that the titles point to: field and index of its column.
pub(crate) fn guess_columns(kind: RecordKind, titles: &[String]) -> Vec<(&'static Field, usize, Column)> {
    let folded: Vec<String> = titles.iter().map(|t| fold_title(t)).collect();
    let last_parts: Vec<Option<String>> = titles.iter().map(|t| fold_last_part(t)).collect();
    let mut taken = vec![false; titles.len()];
    let mut found = Vec::new();
    for field in known_fields(kind) {
        let whole = |title: &&str| {
            let title = fold_title(title);
            folded.iter().zip(&taken).position(|(t, taken)| !taken && *t == title)
        };
        let part = |title: &&str| {
            let title = fold_title(title);
            last_parts.iter().zip(&taken).position(|(t, taken)| !taken && t.as_ref() == Some(&title))
        };
        let hit = field.titles.iter().find_map(whole).or_else(|| field.titles.iter().find_map(part));
        let Some(index) = hit else { continue };
        if let Some(flag) = taken.get_mut(index) {
            *flag = true;
        }
        let name = titles.get(index).cloned();
        let unit = name.as_deref().and_then(|title| unit_of_title(title, field.form));
        found.push((field, index, Column { name, unit, ..Column::default() }));
    }
    found
}

/// Fields of several kinds, of which the titles are the same.
const SHARED: [&str; 2] = ["operator", "direction"];

/// What kind of file the titles point to; `None` when they point to none.
pub fn guess_kind(titles: &[String]) -> Option<RecordKind> {
    // The more telling kinds come first, so that they win when as many columns fit.
    let kinds: [(RecordKind, &[&str]); 8] = [
        (RecordKind::Deals, &["stage", "probability", "closes_on", "closed_on", "next_on", "promise", "lost_reason"]),
        (RecordKind::Contracts, &["start", "end", "amount", "monthly", "plan", "renews_on"]),
        (RecordKind::Tickets, &["category", "subject", "body", "closed_at", "answered_at", "talk_s", "abandoned"]),
        (RecordKind::Responses, &["score", "comment"]),
        (RecordKind::Activities, &["kind", "subject", "body"]),
        (RecordKind::Events, &["event"]),
        (RecordKind::Contacts, &["email", "title", "role", "phone"]),
        (RecordKind::Customers, &["name", "segment", "stage", "owner", "since", "industry", "region"]),
    ];
    let mut best: Option<(usize, RecordKind)> = None;
    for (kind, telling) in kinds {
        let found = guess_columns(kind, titles);
        let has = |name: &str| found.iter().any(|(f, _, _)| f.name == name);
        // Who did it and which way say nothing about a kind: visits and inquiries both have them.
        let fitting = found.iter().filter(|(f, _, _)| !SHARED.contains(&f.name)).count();
        let by_name = find_lacking(kind, has).is_empty() && !has(kind.customer_field());
        let complete = find_lacking(kind, has).is_empty() && (!by_name || found.len() >= FIELDS_BY_NAME_MIN);
        if complete && telling.iter().any(|t| has(t)) && best.is_none_or(|(n, _)| fitting > n) {
            best = Some((fitting, kind));
        }
    }
    best.map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(line: &str) -> Vec<String> {
        line.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn kinds_are_told_by_their_titles() {
        for (line, want) in [
            ("顧客コード,会社名,フリガナ,業種,従業員数", Some(RecordKind::Customers)),
            (
                "顧客ID,契約番号,プラン,月額（千円）,契約開始日,契約終了日,自動更新,通知期限",
                Some(RecordKind::Contracts),
            ),
            ("event_id,account,user,name,ts,received_at,value", Some(RecordKind::Events)),
            ("顧客ID,氏名,役職,メールアドレス", Some(RecordKind::Contacts)),
            ("顧客ID,受付日時,分類,件名,完了日時", Some(RecordKind::Tickets)),
            ("取引先コード,訪問日,種別,件名,内容", Some(RecordKind::Activities)),
            ("顧客ID,日時,種別,方向,担当,内容", Some(RecordKind::Activities)),
            ("着信日時,通話ID,オペレーター,通話時間,後処理時間,放棄", Some(RecordKind::Tickets)),
            ("call_id,started_at,agent,talk_time,acw,call_result", Some(RecordKind::Tickets)),
            ("受付日時,件名,内容", None),
            ("顧客ID,回答日,点数,コメント", Some(RecordKind::Responses)),
            ("会社名,業種,従業員数,担当CSM", Some(RecordKind::Customers)),
            ("会社名,担当者名,役職,メールアドレス", Some(RecordKind::Contacts)),
            ("取引先名,契約開始日,契約終了日,月額【千円】", Some(RecordKind::Contracts)),
            (
                "基本情報 / 顧客コード,基本情報 / 会社名,契約 / 開始日,契約 / 終了日,契約 / 月額",
                Some(RecordKind::Contracts),
            ),
            ("顧客コード,商談名,フェーズ,金額,確度,完了予定日,次のステップ,次回予定日", Some(RecordKind::Deals)),
            ("取引先名,案件名,種別,受注見込額（千円）,受注予定日,営業担当,失注理由", Some(RecordKind::Deals)),
            ("会社名,担当CSM,フェーズ,業種,利用開始日", Some(RecordKind::Customers)),
            ("name,amount", None),
            ("customer_id,date,cds,amount_usd", None),
            ("a,b,c", None),
            ("", None),
        ] {
            assert_eq!(guess_kind(&titles(line)), want, "{line}");
        }
    }

    #[test]
    fn a_title_brings_its_unit() {
        let found = guess_columns(RecordKind::Contracts, &titles("顧客ＩＤ,月額(千円)"));
        let unit = found.iter().find(|(f, _, _)| f.name == "monthly").and_then(|(_, _, c)| c.unit);
        assert_eq!(unit, Some(1_000));
        assert_eq!(found.len(), 2);
        for (title, want) in [
            ("月額（税抜・千円）", Some(1_000)),
            ("売上【単位：百万円】", Some(1_000_000)),
            ("金額 (万円) / 月額", Some(10_000)),
            ("月額（円）", None),
            ("月額（税抜）", None),
            ("月額", None),
        ] {
            assert_eq!(unit_of_title(title, Form::Money), want, "{title}");
        }
        let found = guess_columns(RecordKind::Tickets, &titles("日時,通話時間（分）,後処理時間（秒）"));
        let unit = |name| found.iter().find(|(f, _, _)| f.name == name).and_then(|(_, _, c)| c.unit);
        assert_eq!((unit("talk_s"), unit("wrap_up_s")), (Some(60), None));
    }
}

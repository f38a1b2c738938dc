//! Guessing by the titles of columns.

use kizashi_domain::intake::RecordKind;

use super::fields::{Field, Form, find_lacking, known_fields};
use super::spelling::{Fit, Spelled, spelled_fields};
use super::{Column, read_span_unit, read_unit};

/// Stands between the two parts of a title that takes two rows.
pub const PARTS: &str = " / ";

/// Fields that a file must name to be taken for a kind when it says by name only which customer is meant.
const FIELDS_BY_NAME_MIN: usize = 3;

/// `千円` of `月額（千円）`, `月額【単位：千円】` and `月額(税抜・千円)`; `分` of `通話時間（分）`.
pub fn unit_of_title(title: &str, form: Form) -> Option<i64> {
    let read = if form == Form::Span { read_span_unit } else { read_unit };
    let brackets = |c: char| matches!(c, '(' | ')' | '（' | '）' | '[' | ']' | '［' | '］' | '【' | '】' | '〔' | '〕');
    let inner = title.split(brackets).skip(1).step_by(2);
    let words = inner.flat_map(|part| part.split(['・', '、', ',', '，', '：', ':', '/', ' ', '　']));
    words.filter(|word| !word.is_empty()).find_map(|word| read(word).filter(|unit| *unit > 1))
}

/// A column that was guessed.
pub(crate) struct Guessed {
    pub field: &'static Field,
    pub index: usize,
    pub column: Column,
    /// The column whose text goes behind: a time of day behind its date, a first name behind the other.
    pub behind: Option<usize>,
}

/// The columns that the titles point to. What fits exactly comes before what only means the same.
pub(crate) fn guess_columns(kind: RecordKind, titles: &[String]) -> Vec<Guessed> {
    let mut table = Table::of(titles);
    let mut found: Vec<(&'static Field, usize)> = Vec::new();
    for fit in Fit::ALL {
        for (field, spelled) in spelled_fields(kind) {
            if found.iter().any(|(f, _)| f.name == field.name) {
                continue;
            }
            let hit = spelled
                .iter()
                .find_map(|title| table.find(|t| title.fits(&t.whole, fit, field.form)))
                .or_else(|| spelled.iter().find_map(|title| table.find(|t| t.has_last(title, fit, field.form))));
            found.extend(hit.map(|index| (*field, table.take(index))));
        }
    }
    find_loosely(kind, &mut table, &mut found);
    let mut guessed: Vec<Guessed> = found
        .into_iter()
        .map(|(field, index)| {
            let name = titles.get(index).cloned();
            let unit = name.as_deref().and_then(|title| unit_of_title(title, field.form));
            Guessed { field, index, column: Column { name, unit, ..Column::default() }, behind: None }
        })
        .collect();
    for g in &mut guessed {
        let pair = PAIRS.iter().find(|(name, front, _)| {
            *name == g.field.name && table.spelled.get(g.index).is_some_and(|t| t.is_one_of(front))
        });
        let Some((.., behind)) = pair else { continue };
        g.behind = table.find(|t| t.is_one_of(behind)).map(|index| table.take(index));
        g.column.with = g.behind.and_then(|index| titles.get(index).cloned());
    }
    let place = |g: &Guessed| known_fields(kind).iter().position(|f| f.name == g.field.name);
    guessed.sort_by_key(place);
    guessed
}

/// Pairs of columns that say one thing together: field, titles of the first, titles of the second.
const PAIRS: &[(&str, &[&str], &[&str])] = &[
    ("at", DAYS, CLOCKS),
    ("occurred_at", DAYS, CLOCKS),
    ("opened_at", DAYS, CLOCKS),
    ("title", &["部署", "部署名", "部門", "所属", "所属部署"], &["役職", "役職名", "肩書"]),
    ("name", &["姓", "氏", "苗字", "last_name"], &["名", "名前", "first_name"]),
    ("reading", &["セイ", "姓カナ", "姓（カナ）"], &["メイ", "名カナ", "名（カナ）"]),
];
const DAYS: &[&str] = &[
    "日付",
    "年月日",
    "活動日",
    "対応日",
    "実施日",
    "訪問日",
    "受付日",
    "起票日",
    "問い合わせ日",
    "利用日",
    "発生日",
    "操作日",
    "回答日",
    "date",
];
const CLOCKS: &[&str] = &[
    "時刻",
    "時間",
    "開始時刻",
    "開始時間",
    "受付時刻",
    "受付時間",
    "訪問時刻",
    "訪問時間",
    "発生時刻",
    "利用時刻",
    "操作時刻",
    "対応時刻",
    "time",
];

/// The titles of a file, and which of them are taken.
struct Table {
    spelled: Vec<Title>,
    taken: Vec<bool>,
}

/// A title, and its last part when it takes two rows.
struct Title {
    whole: Spelled,
    last: Option<Spelled>,
}

impl Title {
    fn has_last(&self, title: &Spelled, fit: Fit, form: Form) -> bool {
        self.last.as_ref().is_some_and(|last| title.fits(last, fit, form))
    }

    fn is_one_of(&self, titles: &[&str]) -> bool {
        self.last.as_ref().unwrap_or(&self.whole).is_one_of(titles)
    }
}

impl Table {
    fn of(titles: &[String]) -> Self {
        let spell = |title: &String| Title {
            whole: Spelled::of(title),
            last: title.rsplit_once(PARTS).map(|(_, last)| Spelled::of(last)),
        };
        Self { spelled: titles.iter().map(spell).collect(), taken: vec![false; titles.len()] }
    }

    /// The first title that is not taken and fits.
    fn find(&self, fits: impl Fn(&Title) -> bool) -> Option<usize> {
        self.spelled.iter().zip(&self.taken).position(|(title, taken)| !taken && fits(title))
    }

    fn take(&mut self, index: usize) -> usize {
        if let Some(flag) = self.taken.get_mut(index) {
            *flag = true;
        }
        index
    }
}

/// What only the rest of the table makes plain: コード beside the names of customers is theirs, and a question of a survey is told by
/// what it asks.
fn find_loosely(kind: RecordKind, table: &mut Table, found: &mut Vec<(&'static Field, usize)>) {
    let mut add = |name: &str, fits: &dyn Fn(&Title) -> bool, needs: &str| {
        let has = |name: &str| found.iter().any(|(f, _)| f.name == name);
        let field = known_fields(kind).iter().find(|f| f.name == name).filter(|_| !has(name) && has(needs));
        let hit = field.and_then(|field| table.find(fits).map(|index| (field, index)));
        found.extend(hit.map(|(field, index)| (field, table.take(index))));
    };
    match kind {
        RecordKind::Customers => add("external_id", &|t| t.is_one_of(&["コード", "CD", "ID", "code"]), "name"),
        RecordKind::Responses => {
            add("score", &|t| t.whole.holds(&["薦め", "勧め", "すすめ", "推奨", "満足", "評価", "recommend"]), "at");
            add("comment", &|t| t.whole.holds(&["理由", "意見", "感想", "ご要望", "自由", "コメント", "reason"]), "at");
        }
        _ => {}
    }
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
        let has = |name: &str| found.iter().any(|g| g.field.name == name);
        // Who did it and which way say nothing about a kind: visits and inquiries both have them.
        let fitting = found.iter().filter(|g| !SHARED.contains(&g.field.name)).count();
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
            ("コード,会社名,フリガナ,ランク,担当,利用開始日", Some(RecordKind::Customers)),
            ("No,会社名,氏名,カナ,部署・役職,役割,E-mail,TEL", Some(RecordKind::Contacts)),
            (
                "契約No,顧客コード,お客様名,プラン,ID数,契約金額（千円）,契約開始,契約満了,解約予告（日前）",
                Some(RecordKind::Contracts),
            ),
            ("案件No.,取引先,案件名,区分,フェーズ,見込金額,確度,次アクション,次回日,営業担当", Some(RecordKind::Deals)),
            ("日報番号,日付,時刻,訪問先,先方担当,区分,受発信,当社担当,件名,内容", Some(RecordKind::Activities)),
            ("受付No,受付日時,お客様コード,お客様名,問合せ区分,件名,問合せ内容,一次回答", Some(RecordKind::Tickets)),
            (
                "タイムスタンプ,御社名,お名前,知人に薦める可能性はどれくらいですか？（0〜10）,その理由",
                Some(RecordKind::Responses),
            ),
            ("name,amount", None),
            ("customer_id,date,cds,amount_usd", None),
            ("a,b,c", None),
            ("", None),
        ] {
            assert_eq!(guess_kind(&titles(line)), want, "{line}");
        }
    }

    #[test]
    fn titles_in_other_words_are_the_same_columns() {
        let of = |kind, line: &str| {
            let titles = titles(line);
            let found = guess_columns(kind, &titles);
            let name = |index: usize| titles.get(index).cloned().unwrap_or_default();
            let pair = |g: &Guessed| {
                let behind = g.behind.map(|index| format!("+{}", name(index))).unwrap_or_default();
                format!("{}={}{behind}", g.field.name, name(g.index))
            };
            found.iter().map(pair).collect::<Vec<_>>().join(" ")
        };
        for (kind, line, want) in [
            (RecordKind::Customers, "コード,会社名", "external_id=コード name=会社名"),
            (RecordKind::Customers, "取引先ＣＤ,得意先名称", "external_id=取引先ＣＤ name=得意先名称"),
            (RecordKind::Customers, "No,会社名", "name=会社名"),
            (RecordKind::Contacts, "No,会社名,姓,名,部署,役職", "customer_name=会社名 name=姓+名 title=部署+役職"),
            (RecordKind::Contacts, "会社名,氏名,役職", "customer_name=会社名 name=氏名 title=役職"),
            (
                RecordKind::Contracts,
                "契約No,お客様ID,契約開始,契約満了",
                "customer=お客様ID external_id=契約No start=契約開始 end=契約満了",
            ),
            (RecordKind::Activities, "日付,時刻,訪問先,当社担当", "customer_name=訪問先 at=日付+時刻 staff=当社担当"),
            (RecordKind::Activities, "日時,時刻,取引先", "customer_name=取引先 at=日時"),
            (
                RecordKind::Tickets,
                "お問合せ番号,お問合せ日時,問合せ内容",
                "opened_at=お問合せ日時 external_id=お問合せ番号 body=問合せ内容",
            ),
        ] {
            assert_eq!(of(kind, line), want, "{line}");
        }
    }

    #[test]
    fn a_title_brings_its_unit() {
        let found = guess_columns(RecordKind::Contracts, &titles("顧客ＩＤ,月額(千円)"));
        let unit = found.iter().find(|g| g.field.name == "monthly").and_then(|g| g.column.unit);
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
        let unit = |name| found.iter().find(|g| g.field.name == name).and_then(|g| g.column.unit);
        assert_eq!((unit("talk_s"), unit("wrap_up_s")), (Some(60), None));
    }
}

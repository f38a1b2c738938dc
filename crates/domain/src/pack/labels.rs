//! What the parts of a pack are called on a page: in forms, in the dictionary, and where two versions are compared.

use crate::customers::Audience;
use crate::health::{MissingRule, Outside};
use crate::lang::{Lang, Text};
use crate::measure::{Against, Better, Kind, Metric, Missing, figure, short_title, show_value};
use crate::signals::{Also, Doer, Facet, Occurrence, SCORE, Side, Since, Trigger};

/// A text made language by language.
pub(super) fn both(say: impl Fn(Lang) -> String) -> Text {
    Text { ja: say(Lang::Ja), en: say(Lang::En) }
}

/// A list as people write one.
pub(super) fn join(items: &[Text]) -> Text {
    both(|lang| {
        let items: Vec<&str> = items.iter().map(|t| t.get(lang)).collect();
        items.join(if lang == Lang::Ja { "、" } else { ", " })
    })
}

/// Every kind of metric, in the order of a menu.
pub const KINDS: [Kind; 15] = [
    Kind::Count,
    Kind::Sum,
    Kind::Mean,
    Kind::Min,
    Kind::Max,
    Kind::Last,
    Kind::DistinctUsers,
    Kind::DistinctDays,
    Kind::DistinctEvents,
    Kind::DaysSince,
    Kind::DaysUntil,
    Kind::Attribute,
    Kind::Ratio,
    Kind::Change,
    Kind::Percentile,
];

/// What a kind of metric is called.
pub fn label_kind(kind: Kind) -> Text {
    match kind {
        Kind::Count => Text::new("回数", "How many times"),
        Kind::Sum => Text::new("値の合計", "Sum of values"),
        Kind::Min => Text::new("値の最小", "Smallest value"),
        Kind::Max => Text::new("値の最大", "Largest value"),
        Kind::Mean => Text::new("値の平均", "Mean of values"),
        Kind::Last => Text::new("最後の値", "Latest value"),
        Kind::DistinctUsers => Text::new("利用者の数", "Different users"),
        Kind::DistinctDays => Text::new("日の数", "Different days"),
        Kind::DistinctEvents => Text::new("種類の数", "Different kinds of event"),
        Kind::DaysSince => Text::new("最後からの日数", "Days since the last"),
        Kind::DaysUntil => Text::new("その日までの日数", "Days until a date"),
        Kind::Attribute => Text::new("記録された値", "A recorded figure"),
        Kind::Ratio => Text::new("二つの指標の比", "Ratio of two metrics"),
        Kind::Change => Text::new("変化の割合", "Change"),
        Kind::Percentile => Text::new("区分の中の順位", "Rank within the segment"),
    }
}

/// Which direction is good.
pub fn label_better(better: Better) -> Text {
    match better {
        Better::Higher => Text::new("多いほどよい", "More is better"),
        Better::Lower => Text::new("少ないほどよい", "Less is better"),
        Better::Neither => Text::new("どちらでもない", "Neither"),
    }
}

/// What a change is measured against.
pub fn label_against(against: Against) -> Text {
    match against {
        Against::Before => Text::new("もう一つの指標", "The other metric"),
        Against::Baseline => Text::new("その顧客のふだん（過去12週）", "The customer's own usual (last twelve weeks)"),
    }
}

/// What the absence of facts means.
pub fn label_missing(missing: Missing) -> Text {
    match missing {
        Missing::ZeroWhenAlive => {
            Text::new("データが届いていれば 0、届いていなければ未取得", "Zero while data comes in, else missing")
        }
        Missing::Unknown => Text::new("未取得", "Missing"),
    }
}

/// What a value outside of a curve means.
pub fn label_outside(outside: Outside) -> Text {
    match outside {
        Outside::Clamp => Text::new("端の点数にする", "Takes the points of the end"),
        Outside::Exclude => Text::new("その項目を数えない", "The measure does not count"),
    }
}

/// How an unmeasured measure counts.
pub fn label_missing_rule(rule: MissingRule, metric: Option<&Metric>) -> Text {
    match rule {
        MissingRule::Exclude => {
            Text::new("数えない（重みを同じ組で分ける）", "Does not count; its group shares the weight")
        }
        MissingRule::Worst => Text::new("最低の点数にする", "Counts with its lowest points"),
        MissingRule::Value(v) => {
            let value = both(|lang| show_of(metric, v, lang));
            Text { ja: format!("{} とみなす", value.ja), en: format!("Counts as {}", value.en) }
        }
        MissingRule::HoldDays(n) => {
            Text { ja: format!("最後の値を {n}日 使う"), en: format!("The last value counts for {n} days") }
        }
    }
}

/// Which side of a limit.
pub fn label_side(side: Side) -> Text {
    match side {
        Side::Below => Text::new("以下", "or less"),
        Side::Above => Text::new("以上", "or more"),
    }
}

/// Everything that can happen, in the order of a menu.
pub const OCCURRENCES: [Occurrence; 9] = [
    Occurrence::ChampionLeft,
    Occurrence::Detractor,
    Occurrence::CancelWords,
    Occurrence::NoteWords,
    Occurrence::NewTopic,
    Occurrence::ChildRed,
    Occurrence::ContractShrank,
    Occurrence::ContractGrew,
    Occurrence::PlanChanged,
];

/// Something that happened.
pub fn label_occurrence(what: Occurrence) -> Text {
    match what {
        Occurrence::ChampionLeft => Text::new("推進役・キーパーソンが離れた", "A champion or key person left"),
        Occurrence::Detractor => Text::new("アンケートで低い評価があった", "A low survey answer came"),
        Occurrence::CancelWords => Text::new("問い合わせに解約の言葉があった", "An inquiry spoke of cancelling"),
        Occurrence::ChildRed => Text::new("子の顧客が赤になった", "A child turned red"),
        Occurrence::ContractShrank => Text::new("契約金額が減った", "The contract shrank"),
        Occurrence::ContractGrew => Text::new("契約金額が増えた", "The contract grew"),
        Occurrence::NoteWords => Text::new("記録や通話に解約の言葉があった", "A note or call spoke of cancelling"),
        Occurrence::PlanChanged => Text::new("契約のプランが変わった", "The plan of the contract changed"),
        Occurrence::NewTopic => {
            Text::new("半年間なかった種類の問い合わせがあった", "An inquiry of a kind not seen for half a year")
        }
    }
}

/// A stage or segment as people call it; a word of one's own as it is.
fn label_word(word: &str) -> Text {
    match word {
        "onboarding" => Text::new("導入", "onboarding"),
        "adoption" => Text::new("活用", "adoption"),
        "expansion" => Text::new("拡大", "expansion"),
        "renewal" => Text::new("更新", "renewal"),
        "churned" => Text::new("解約", "churned"),
        "enterprise" => Text::new("大手", "enterprise"),
        "mid" => Text::new("中堅", "mid-market"),
        "smb" => Text::new("中小", "small business"),
        "city" => Text::new("自治体", "city"),
        other => Text::new(other, other),
    }
}

/// For whom something is, in one line.
pub fn label_audience(audience: &Audience) -> Text {
    let Audience {
        segments,
        stages,
        not_stages,
        plans,
        regions,
        industries,
        age_days_from,
        age_days_below,
        employees_from,
        mrr_from_minor,
    } = audience;
    let mut lines = Vec::new();
    let lists: [(&[String], &str, &str, &str, &str); 6] = [
        (segments, "区分が", "", "segment ", ""),
        (stages, "段階が", "", "stage ", ""),
        (not_stages, "段階が", "以外", "stage other than ", ""),
        (plans, "プランが", "", "plan ", ""),
        (regions, "地域が", "", "region ", ""),
        (industries, "業種が", "", "industry ", ""),
    ];
    for (list, ja, ja_end, en, en_end) in lists.into_iter().filter(|l| !l.0.is_empty()) {
        let words: Vec<Text> = list.iter().map(|w| label_word(w)).collect();
        let (mut words_ja, mut words_en) = (String::new(), String::new());
        for (i, word) in words.iter().enumerate() {
            if i > 0 {
                words_ja.push('・');
                words_en.push_str(" or ");
            }
            words_ja.push_str(&word.ja);
            words_en.push_str(&word.en);
        }
        lines.push(Text { ja: format!("{ja}{words_ja}{ja_end}"), en: format!("{en}{words_en}{en_end}") });
    }
    if let Some(n) = age_days_from {
        lines.push(Text {
            ja: format!("利用開始から{n}日以上"), en: format!("a customer for {n} days or more")
        });
    }
    if let Some(n) = age_days_below {
        lines.push(Text {
            ja: format!("利用開始から{n}日未満"), en: format!("a customer for less than {n} days")
        });
    }
    if let Some(n) = employees_from {
        lines.push(Text { ja: format!("従業員{n}人以上"), en: format!("{n} employees or more") });
    }
    if let Some(n) = mrr_from_minor {
        let amount = figure(to_float(*n), 0);
        lines.push(Text { ja: format!("月額{amount}以上"), en: format!("MRR {amount} or more") });
    }
    if lines.is_empty() { Text::new("すべての顧客", "every customer") } else { join(&lines) }
}

#[allow(clippy::cast_precision_loss)]
const fn to_float(n: i64) -> f64 {
    n as f64
}

/// A value with the unit of its metric, plainly without one.
pub fn show_of(metric: Option<&Metric>, value: f64, lang: Lang) -> String {
    metric.map_or_else(|| format!("{value}"), |m| show_value(m, value, lang))
}

/// What a condition looks at: a metric's short name, スコア, or the id when there is no such metric.
pub fn label_subject(of: &str, metrics: &[Metric]) -> Text {
    match metrics.iter().find(|m| m.id == of) {
        Some(metric) => both(|lang| short_title(metric, lang).to_owned()),
        None if of == SCORE => Text::new("スコア", "Score"),
        None => Text::new(of, of),
    }
}

fn show_limit(of: &str, metrics: &[Metric], value: f64) -> Text {
    both(|lang| match (metrics.iter().find(|m| m.id == of), lang) {
        (None, Lang::Ja) if of == SCORE => format!("{}点", figure(value, 1)),
        (metric, _) => show_of(metric, value, lang),
    })
}

/// A limit with its side: 25%以下.
pub fn label_limit(of: &str, side: Side, limit: f64, metrics: &[Metric]) -> Text {
    let (name, value, side) = (label_subject(of, metrics), show_limit(of, metrics, limit), label_side(side));
    Text { ja: format!("{}が{}{}", name.ja, value.ja, side.ja), en: format!("{} {} {}", name.en, value.en, side.en) }
}

/// What a condition saw: `スコアは91`.
pub fn label_seen(of: &str, value: f64, metrics: &[Metric]) -> Text {
    let (name, value) = (label_subject(of, metrics), show_limit(of, metrics, value));
    Text { ja: format!("{}は{}", name.ja, value.ja), en: format!("{} was {}", name.en, value.en) }
}

/// A further condition in one line.
pub fn label_also(also: &Also, metrics: &[Metric]) -> Text {
    label_limit(&also.of, also.side, also.limit, metrics)
}

/// From when something should have been done.
pub fn label_since(since: Since) -> Text {
    match since {
        Since::Customer => Text::new("利用開始", "the first day as a customer"),
        Since::Contract => Text::new("契約開始", "the start of the running term"),
        Since::Stage => Text::new("段階の始まり", "the start of the present stage"),
    }
}

/// Who should have done it.
pub fn label_doer(who: Doer) -> Text {
    match who {
        Doer::Anybody => Text::new("顧客の誰か", "Anybody there"),
        Doer::KeyPerson => Text::new("キーパーソン", "The key person"),
    }
}

/// A view with its limits.
pub fn label_facet(facet: &Facet, metrics: &[Metric]) -> Text {
    let name = if facet.title.is_empty() { label_subject(&facet.of, metrics) } else { facet.title.clone() };
    let bad = label_limit(&facet.of, facet.side, facet.bad, metrics);
    let good = facet.good.map(|g| show_limit(&facet.of, metrics, g));
    let (ja, en) = good.map_or_else(Default::default, |g| (format!("、{}で良好", g.ja), format!(", good at {}", g.en)));
    Text {
        ja: format!("{}：{}で悪い{ja}", name.get(Lang::Ja), bad.ja),
        en: format!("{}: bad at {}{en}", name.get(Lang::En), bad.en),
    }
}

/// A condition in one line.
pub fn label_trigger(trigger: &Trigger, metrics: &[Metric]) -> Text {
    match trigger {
        Trigger::Threshold { of, side, fire, clear } => {
            let fired = label_limit(of, *side, *fire, metrics);
            match clear {
                None => fired,
                Some(clear) => {
                    let clear = show_limit(of, metrics, *clear);
                    Text {
                        ja: format!("{}（{}に戻るまで）", fired.ja, clear.ja),
                        en: format!("{} (until back at {})", fired.en, clear.en),
                    }
                }
            }
        }
        Trigger::Change { of, by, within_days } => {
            let name = label_subject(of, metrics);
            let size = show_limit(of, metrics, by.abs());
            let (ja, en) = if *by < 0.0 { ("下がった", "fell") } else { ("上がった", "rose") };
            Text {
                ja: format!("{}が{within_days}日で{}以上{ja}", name.ja, size.ja),
                en: format!("{} {en} by {} or more within {within_days} days", name.en, size.en),
            }
        }
        Trigger::StopOfUse { of, past, at_least, business_days } => {
            let (name, before) = (label_subject(of, metrics), label_subject(past, metrics));
            let least = show_limit(past, metrics, *at_least);
            Text {
                ja: format!("{}が{}以上あったのに、{}が{business_days}営業日ない", before.ja, least.ja, name.ja),
                en: format!(
                    "{} {} or more before, and no {} for {business_days} business days",
                    before.en, least.en, name.en
                ),
            }
        }
        Trigger::DateApproaching { of, within_days } => {
            let name = label_subject(of, metrics);
            Text {
                ja: format!("{}まで{within_days}日以内", name.ja),
                en: format!("{} within {within_days} days", name.en),
            }
        }
        Trigger::FeedSilent => Text::new("データがいつもの間隔で届かない", "A feed is quiet for longer than usual"),
        Trigger::Arrival { what } => label_occurrence(*what),
        Trigger::NoShow { of, at_least, since, business_days, who } => {
            let (name, least, since) =
                (label_subject(of, metrics), show_limit(of, metrics, *at_least), label_since(*since));
            let (ja, en) = match who {
                Doer::Anybody => ("", ""),
                Doer::KeyPerson => ("キーパーソンの", " by the key person"),
            };
            Text {
                ja: format!("{}から{business_days}営業日たっても{ja}{}が{}に届かない", since.ja, name.ja, least.ja),
                en: format!("{}{en} not {} within {business_days} business days from {}", name.en, least.en, since.en),
            }
        }
        Trigger::Disagreement { views } => {
            let list = join(&views.iter().map(|v| label_facet(v, metrics)).collect::<Vec<_>>());
            Text { ja: format!("見方が食い違う（{}）", list.ja), en: format!("Views disagree ({})", list.en) }
        }
        Trigger::RedAccount { views } => {
            let list = join(&views.iter().map(|v| label_facet(v, metrics)).collect::<Vec<_>>());
            Text {
                ja: format!("どれか一つでも悪い（{}）", list.ja), en: format!("Any one is bad ({})", list.en)
            }
        }
    }
}

/// A title without its blanks to fill in: for a list of rules.
pub fn plain_title(title: &Text) -> Text {
    both(|lang| {
        let mut text = title.get(lang).to_owned();
        for blank in ["（{value}）", " ({value})", "({value})"] {
            text = text.replace(blank, "");
        }
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, tail)) = rest.split_once('{') {
            let Some((_, after)) = tail.split_once('}') else { break };
            out.push_str(before);
            out.push('…');
            rest = after;
        }
        out.push_str(rest);
        out
    })
}

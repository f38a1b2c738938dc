//! The sentence beside a score, made from the calculation.

use super::explain::{Cause, Change, ChangeLine};
use super::model::{Band, Measure, Model};
use super::verdict::{Contribution, LineKind, Verdict};
use crate::lang::Lang;
use crate::measure::{Metric, State, short_title, show_move, show_span, show_value, signed_points};

/// The words that a sentence needs.
#[derive(Clone, Copy, Debug)]
pub struct Glossary<'a> {
    /// The pack's metrics.
    pub metrics: &'a [Metric],
    /// The pack's models.
    pub models: &'a [Model],
}

/// How many causes the long form names.
const CAUSES_MAX: usize = 3;

impl<'a> Glossary<'a> {
    fn metric(&self, id: &str) -> Option<&'a Metric> {
        self.metrics.iter().find(|m| m.id == id)
    }

    fn title(&self, id: &str, lang: Lang) -> String {
        self.metric(id).map_or_else(|| id.to_owned(), |m| short_title(m, lang).to_owned())
    }

    /// The name of a model, and its id once the settings have none of it.
    fn model<'b>(&'b self, id: &'b str, lang: Lang) -> &'b str {
        let title = self.models.iter().find(|m| m.id == id).map(|m| m.title.get(lang));
        title.filter(|title| !title.is_empty()).unwrap_or(id)
    }

    fn measure(&self, model: &str, metric: &str) -> Option<&'a Measure> {
        self.models.iter().find(|m| m.id == model)?.measure(metric)
    }
}

/// The long form, for the customer's page: the largest causes, the settings, how much is measured. With a change it
/// says what moved the score; without, what keeps it from 100. Whoever shows it says since when nothing has changed.
///
/// 「ログイン率が40%→12%（28日）。しきい値20%を下回り−18点。設定変更なし。7項目中6項目測定。」
pub fn sentence(verdict: &Verdict, change: Option<&Change>, words: &Glossary<'_>, lang: Lang) -> String {
    let mut parts: Vec<String> = Vec::new();
    if verdict.band == Band::Unknown {
        parts.push(match lang {
            Lang::Ja => "測れている項目が少なく、まだ判定できません。".to_owned(),
            Lang::En => "Too little is measured to judge yet.".to_owned(),
        });
    }
    match change.filter(|c| c.lines.iter().any(|l| l.points != 0)) {
        Some(change) => {
            let told = change.lines.iter().filter(|l| l.points != 0 && l.cause != Cause::Settings);
            parts.extend(told.take(CAUSES_MAX).map(|l| tell_change(verdict, l, words, lang)));
            parts.push(tell_settings(change.settings, lang));
        }
        None => {
            parts.extend(losses(verdict).into_iter().take(CAUSES_MAX).map(|l| tell_line(l, words, lang)));
            parts.extend(
                verdict.lines.iter().filter(|l| l.kind != LineKind::Measure).map(|l| tell_line(l, words, lang)),
            );
        }
    }
    parts.push(tell_coverage(verdict, lang));
    join(&parts, lang)
}

/// The short form, for lists: the largest cause only, without a full stop.
///
/// 「利用者数が14→5人（28日）で−18点」
pub fn short_sentence(verdict: &Verdict, change: Option<&Change>, words: &Glossary<'_>, lang: Lang) -> String {
    let largest = change.and_then(|c| c.lines.iter().find(|l| l.points != 0));
    let text = match (largest, verdict.band) {
        (Some(line), _) if line.cause == Cause::Settings => tell_settings(line.points, lang),
        (Some(line), _) => tell_short(verdict, line, words, lang),
        (None, Band::Unknown) => tell_coverage(verdict, lang),
        (None, _) => {
            losses(verdict).first().map_or_else(|| tell_coverage(verdict, lang), |l| tell_line(l, words, lang))
        }
    };
    text.trim_end_matches(['。', '.']).to_owned()
}

fn join(parts: &[String], lang: Lang) -> String {
    match lang {
        Lang::Ja => parts.concat(),
        Lang::En => parts.join(" "),
    }
}

/// The measures that lose the most points, largest first.
fn losses(verdict: &Verdict) -> Vec<&Contribution> {
    let lost = |l: &Contribution| l.share * (100.0 - l.score.unwrap_or(100.0));
    let mut lines: Vec<&Contribution> = verdict.measures().filter(|l| lost(l) >= 1.0).collect();
    lines.sort_by(|a, b| lost(b).total_cmp(&lost(a)));
    lines
}

fn tell_coverage(verdict: &Verdict, lang: Lang) -> String {
    let (n, all) = (verdict.measured, verdict.applicable);
    match lang {
        Lang::Ja => format!("{all}項目中{n}項目測定。"),
        Lang::En => format!("{n} of {all} measures taken."),
    }
}

fn tell_settings(points: i32, lang: Lang) -> String {
    match (points, lang) {
        (0, Lang::Ja) => "設定変更なし。".to_owned(),
        (0, Lang::En) => "No change of settings.".to_owned(),
        (_, Lang::Ja) => format!("設定変更で{}。", signed_points(points, lang)),
        (_, Lang::En) => format!("Change of settings: {}.", signed_points(points, lang)),
    }
}

/// 「導入期のモデルから標準のモデルに移ったため−40点。」
fn tell_model(line: &ChangeLine, words: &Glossary<'_>, lang: Lang) -> String {
    let points = signed_points(line.points, lang);
    let names = line.models.as_ref().map(|(from, to)| (words.model(from, lang), words.model(to, lang)));
    match (names, lang) {
        (Some((from, to)), Lang::Ja) => format!("{from}のモデルから{to}のモデルに移ったため{points}。"),
        (Some((from, to)), Lang::En) => format!("Moved from the model {from} to {to}: {points}."),
        (None, Lang::Ja) => format!("別のモデルに移ったため{points}。"),
        (None, Lang::En) => format!("Moved to another model: {points}."),
    }
}

/// The value of the curve's knot that lies between two values, the one nearest to `after`.
fn crossed(measure: &Measure, before: f64, after: f64) -> Option<f64> {
    let knots = measure.curve.iter().map(|k| k.0);
    if after < before {
        knots.filter(|k| after < *k && *k <= before).reduce(f64::min)
    } else {
        knots.filter(|k| before < *k && *k <= after).reduce(f64::max)
    }
}

fn tell_change(verdict: &Verdict, line: &ChangeLine, words: &Glossary<'_>, lang: Lang) -> String {
    let values = line.before.zip(line.after).filter(|(b, a)| b != a);
    let (Some((before, after)), Some(metric), Cause::Customer, false) =
        (values, words.metric(&line.metric), line.cause, line.is_cap)
    else {
        return tell_other(verdict, line, words, lang);
    };
    let points = signed_points(line.points, lang);
    let moved = show_move(metric, before, after, lang);
    let span = show_span(metric, words.metrics, lang);
    let title = short_title(metric, lang);
    let knot = words.measure(&verdict.model, &line.metric).and_then(|m| crossed(m, before, after));
    let limit = knot.map(|k| show_value(metric, k, lang));
    match (limit, lang) {
        (None, Lang::Ja) => format!("{title}が{moved}{span}で{points}。"),
        (None, Lang::En) => format!("{title} {moved}{span}: {points}."),
        (Some(limit), Lang::Ja) if after < before => {
            format!("{title}が{moved}{span}。しきい値{limit}を下回り{points}。")
        }
        (Some(limit), Lang::Ja) => format!("{title}が{moved}{span}。しきい値{limit}に達し{points}。"),
        (Some(limit), Lang::En) if after < before => {
            format!("{title} {moved}{span}, below the threshold of {limit}: {points}.")
        }
        (Some(limit), Lang::En) => format!("{title} {moved}{span}, at the threshold of {limit}: {points}."),
    }
}

fn tell_other(verdict: &Verdict, line: &ChangeLine, words: &Glossary<'_>, lang: Lang) -> String {
    let points = signed_points(line.points, lang);
    let title = words.title(&line.metric, lang);
    let ja = lang == Lang::Ja;
    // A cap that still holds has not eased: it takes less away, because there is less under it.
    let held = verdict.lines.iter().find(|l| line.is_cap && l.kind == LineKind::Cap && l.metric == line.metric);
    if let Some(limit) = held.and_then(|l| l.value) {
        return match (line.points < 0, ja) {
            (true, true) => format!("{title}が赤のため合計は上限{limit:.0}点（{points}）。"),
            (true, false) => format!("Total capped at {limit:.0} because {title} is red ({points})."),
            (false, true) => format!("合計は上限{limit:.0}点のままで、上限が差し引く分が減り{points}。"),
            (false, false) => format!("The total stays at its cap of {limit:.0}, which takes less away: {points}."),
        };
    }
    match (line.cause, line.is_cap, line.state_after) {
        (Cause::Model, ..) => tell_model(line, words, lang),
        (Cause::Override, ..) if ja => format!("上書きで{points}。"),
        (Cause::Override, ..) => format!("Overridden: {points}."),
        (Cause::Settings, ..) => tell_settings(line.points, lang),
        (_, true, _) if line.points < 0 && ja => format!("{title}が赤のため合計に上限（{points}）。"),
        (_, true, _) if line.points < 0 => format!("Total capped because {title} is red ({points})."),
        (_, true, _) if ja => format!("{title}による上限が緩み{points}。"),
        (_, true, _) => format!("The cap by {title} eased: {points}."),
        (Cause::Data, _, State::Measured { .. }) if ja => format!("{title}が測れるようになり{points}。"),
        (Cause::Data, _, State::Measured { .. }) => format!("{title} is measured now: {points}."),
        (Cause::Data, _, State::Stale { age_days }) if ja => {
            format!("{title}のデータが古く（{age_days}日前）{points}。")
        }
        (Cause::Data, _, State::Stale { age_days }) => format!("{title} is stale ({age_days} days old): {points}."),
        (Cause::Data, _, State::NotApplicable) if ja => format!("{title}が対象外になり{points}。"),
        (Cause::Data, _, State::NotApplicable) => format!("{title} does not apply any more: {points}."),
        (Cause::Data, ..) if ja => format!("{title}のデータが届かず{points}。"),
        (Cause::Data, ..) => format!("No data for {title}: {points}."),
        _ if ja => format!("{title}で{points}。"),
        _ => format!("{title}: {points}."),
    }
}

fn tell_short(verdict: &Verdict, line: &ChangeLine, words: &Glossary<'_>, lang: Lang) -> String {
    let values = line.before.zip(line.after).filter(|(b, a)| b != a && line.cause == Cause::Customer);
    let (Some((before, after)), Some(metric), false) = (values, words.metric(&line.metric), line.is_cap) else {
        return tell_other(verdict, line, words, lang);
    };
    let points = signed_points(line.points, lang);
    let moved = show_move(metric, before, after, lang);
    let span = show_span(metric, words.metrics, lang);
    let title = short_title(metric, lang);
    match lang {
        Lang::Ja => format!("{title}が{moved}{span}で{points}"),
        Lang::En => format!("{title} {moved}{span}: {points}"),
    }
}

/// A line of the breakdown as a sentence: 「利用者率は12%（28日）で、25点中3点。」
pub fn tell_line(line: &Contribution, words: &Glossary<'_>, lang: Lang) -> String {
    let title = words.title(&line.metric, lang);
    let points = line.points;
    match (line.kind, lang) {
        (LineKind::Override, Lang::Ja) => format!("上書きで{}。", signed_points(points, lang)),
        (LineKind::Override, Lang::En) => format!("Overridden: {}.", signed_points(points, lang)),
        (LineKind::Cap, _) => {
            let limit = line.value.unwrap_or(0.0);
            match lang {
                Lang::Ja => format!("{title}が赤のため上限{limit:.0}点（{}）。", signed_points(points, lang)),
                Lang::En => format!("Capped at {limit:.0} because {title} is red ({}).", signed_points(points, lang)),
            }
        }
        (LineKind::Measure, _) => {
            let metric = words.metric(&line.metric);
            let value = metric
                .zip(line.value)
                .map(|(m, v)| format!("{}{}", show_value(m, v, lang), show_span(m, words.metrics, lang)));
            let most = line.points_possible;
            match (value, lang) {
                (Some(value), Lang::Ja) => format!("{title}は{value}で、{most}点中{points}点。"),
                (Some(value), Lang::En) => format!("{title} is {value}: {points} of {most} points."),
                (None, Lang::Ja) => format!("{title}は未取得で、{most}点中{points}点。"),
                (None, Lang::En) => format!("{title} is not measured: {points} of {most} points."),
            }
        }
    }
}

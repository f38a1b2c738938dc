//! What is set, at a glance.

use kizashi_app::settings::{Settings, VersionRow};
use kizashi_domain::pack::labels::{label_audience, label_trigger};
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::pack::{Pack, Section};
use maud::{Markup, html};

use super::desk::What;
use crate::shell::{Page, Place, Shell};

/// `GET /settings`.
pub fn overview(s: &Shell, settings: &Settings, last: Option<&VersionRow>, may: bool) -> Page {
    let w = &s.words;
    let pack = &settings.pack;
    let body = html! {
        div.page-head {
            h1 { (w.t("nav-settings")) }
            div.rest {
                a.btn href="/settings/versions" { (w.t("settings-versions")) }
                a.btn href="/settings.toml" download { (w.t("settings-download")) }
                @if may { a.btn href="/settings/upload" { (w.t("settings-upload")) } }
            }
        }
        @if let Some(row) = last { p.faint { (super::versions::told(s, row)) } }
        @if !may { p.note { (w.t("settings-may-not")) } }
        (models(s, pack, may))
        (signals(s, pack, may))
        section {
            div.section-head { h2 { (w.t("book-plays")) } @if may { a.btn.quiet href="/settings/new/play" { (w.t("settings-add")) } } }
            p { (w.with("book-plays-count", &[("n", pack.plays.len().into())])) " " a.go href="/settings/plays" { (w.t("book-open-plays")) } }
        }
        (metrics(s, pack, may))
        section {
            h2 { (w.text(&Section::Calendar.label())) }
            p { (w.t("settings-calendar-text")) " " a.go href="/settings/calendar" { (w.t("settings-open-calendar")) } }
        }
        section {
            h2 { (w.text(&Section::Cards.label())) }
            p { (w.t("settings-cards-text")) " " a.go href="/settings/cards" { (w.t("settings-open-cards")) } }
        }
        section {
            h2 { (w.t("use-title")) }
            p { (w.t("use-settings-text")) " " a.go href="/settings/use" { (w.t("use-open")) } }
        }
    };
    Page { title: w.t("nav-settings"), place: Place::Settings, body }
}

fn head(s: &Shell, section: Section, new: Option<&str>) -> Markup {
    let w = &s.words;
    html! {
        div.section-head {
            h2 { (w.text(&section.label())) }
            @if let Some(address) = new { a.btn.quiet href=(address) { (w.t("settings-add")) } }
        }
    }
}

fn models(s: &Shell, pack: &Pack, may: bool) -> Markup {
    let w = &s.words;
    html! {
        section {
            (head(s, Section::Model, may.then_some("/settings/new/model")))
            p.help { (w.t("settings-models-text")) @if pack.models.len() > 1 { " " a.go href="/settings/order" { (w.t("settings-order")) } } }
            div.scroll tabindex="0" role="region" aria-label=(w.text(&Section::Model.label())) {
                table.listed {
                    thead { tr {
                        th scope="col" { (w.t("settings-title")) }
                        th scope="col" { (w.t("settings-for")) }
                        th scope="col" { (w.t("settings-bands")) }
                        th scope="col" { (w.t("settings-measures")) }
                    } }
                    tbody {
                        @for model in &pack.models {
                            tr {
                                th scope="row" { a href=(What::Model(model.id.clone()).address()) { (w.text(&model.title)) } }
                                td.prose { (w.text(&label_audience(&model.when))) }
                                td.nowrap { (w.with("settings-bands-line", &[("amber", model.bands.amber_from.into()), ("green", model.bands.green_from.into())])) }
                                td {
                                    @for (i, group) in model.groups.iter().enumerate() {
                                        @if i > 0 { (w.t("between-items")) }
                                        (w.text(&group.title)) " " span.faint { (group.measures.len()) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn signals(s: &Shell, pack: &Pack, may: bool) -> Markup {
    let w = &s.words;
    html! {
        section {
            (head(s, Section::Signal, may.then_some("/settings/new/signal")))
            div.scroll tabindex="0" role="region" aria-label=(w.text(&Section::Signal.label())) {
                table.listed {
                    thead { tr {
                        th scope="col" { (w.t("settings-lead")) }
                        th scope="col" { (w.t("settings-condition")) }
                        th scope="col" { (w.t("card-kind")) }
                        th scope="col" { span.sr { (w.t("signal-firings")) } }
                    } }
                    tbody {
                        @for rule in &pack.signals {
                            tr {
                                th.wrap scope="row" { a href=(What::Signal(rule.id.clone()).address()) { (w.text(&rule_title(rule, &pack.metrics))) } }
                                td { (w.text(&label_trigger(&rule.when, &pack.metrics))) }
                                td.nowrap { (rule.card.label(w.lang())) }
                                td.nowrap { a href={ "/signals/" (rule.id) } { (w.t("signal-firings")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn metrics(s: &Shell, pack: &Pack, may: bool) -> Markup {
    let w = &s.words;
    html! {
        section {
            (head(s, Section::Metric, may.then_some("/settings/new/metric")))
            p.help { (w.t("settings-metrics-text")) " " a.go href="/dictionary" { (w.t("nav-dictionary")) } }
            ul.columns {
                @for metric in &pack.metrics { li { a href=(What::Metric(metric.id.clone()).address()) { (metric.name(w.lang())) } } }
            }
        }
    }
}

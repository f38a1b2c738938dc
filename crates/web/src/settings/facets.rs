//! The views of a signal: what each is called, what it looks at, and from where on it is bad or good.

use kizashi_domain::lang::Text;
use kizashi_domain::limits::{DISAGREEING_VIEWS_MAX, RED_VIEWS_MAX};
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::{Facet, Side};
use maud::{Markup, html};

use super::fields::{Pen, Reader, Sheet, shown};
use crate::words::Words;

/// Fills the fields.
pub fn fill(sheet: &mut Sheet, views: &[Facet], pack: &Pack) {
    for (n, view) in views.iter().enumerate() {
        let metric = pack.metric(&view.of);
        sheet.put(format!("v{n}.of"), &view.of);
        sheet.put(format!("v{n}.ja"), &view.title.ja);
        sheet.put(format!("v{n}.en"), &view.title.en);
        sheet.put(format!("v{n}.side"), if view.side == Side::Below { "below" } else { "above" });
        sheet.put(format!("v{n}.bad"), shown(metric, view.bad));
        sheet.put_some(format!("v{n}.good"), view.good.map(|g| shown(metric, g)));
    }
}

/// Reads them: a line without anything to look at is none.
pub fn read(r: &mut Reader<'_>, pack: &Pack) -> Vec<Facet> {
    let mut views = Vec::new();
    for n in 0..r.sheet.rows("v") {
        let name = |part: &str| format!("v{n}.{part}");
        let of = r.sheet.text(&name("of")).to_owned();
        if of.is_empty() {
            continue;
        }
        let [ja, en] = ["ja", "en"].map(|part| r.sheet.text(&name(part)).to_owned());
        let side = if r.sheet.text(&name("side")) == "above" { Side::Above } else { Side::Below };
        let metric = pack.metric(&of);
        let (bad, good) = (r.must_number(&name("bad"), metric), r.value(&name("good"), metric));
        views.push(Facet { title: Text { ja, en }, of, side, bad, good });
    }
    if views.is_empty() {
        r.refuse("v0.of", "reason-required");
    }
    views
}

/// Draws them: a table for both kinds, with room for as many as one of them may have.
pub fn draw(w: &Words, pen: Pen<'_>, subjects: &[(String, String)], sides: &[(String, String)]) -> Markup {
    let rows = (pen.sheet.rows("v") + 1).clamp(RED_VIEWS_MAX, DISAGREEING_VIEWS_MAX);
    html! {
        div data-case="disagreement red_account" {
            p.help { (w.t("settings-views-help")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("settings-views")) {
                table.sheet.views {
                    thead { tr {
                        th scope="col" { (w.t("settings-subject")) }
                        th scope="col" { (w.t("settings-view-bad")) }
                        th scope="col" { (w.t("settings-side")) }
                        th scope="col" { (w.t("settings-view-good")) }
                        th scope="col" { (w.t("settings-view-ja")) }
                        th scope="col" { (w.t("settings-view-en")) }
                    } }
                    tbody {
                        @for n in 0..rows {
                            @let name = |part: &str| format!("v{n}.{part}");
                            tr {
                                td { (pen.select(&name("of"), Some(&w.t("settings-subject")), subjects)) (pen.wrong(&name("of"))) }
                                td.figure { (pen.input(&name("bad"), Some(&w.t("settings-view-bad")), true)) (pen.wrong(&name("bad"))) }
                                td { (pen.select(&name("side"), Some(&w.t("settings-side")), sides)) }
                                td.figure { (pen.input(&name("good"), Some(&w.t("settings-view-good")), true)) (pen.wrong(&name("good"))) }
                                td { (pen.input(&name("ja"), Some(&w.t("settings-view-ja")), false)) }
                                td { (pen.input(&name("en"), Some(&w.t("settings-view-en")), false)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

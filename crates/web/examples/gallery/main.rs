//! Writes every page with sample data (rich, little, none; ja and en) as HTML files, to be looked at.
//!
//! `cargo run -p kizashi-web --example gallery -- FOLDER`, then serve the folder with any static file server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

mod customer;
mod lists;

use std::path::{Path, PathBuf};
use std::{env, fs};

use kizashi_app::customers::{Choices, ListPage, Timeline};
use kizashi_domain::calendar::Calendar;
use kizashi_domain::lang::Lang;
use kizashi_domain::pack::Pack;
use kizashi_domain::time::{Day, Time, Zone};
use kizashi_web::customers::{list, page, query, search};
use kizashi_web::parts::form::Wrong;
use kizashi_web::problem::Problem;
use kizashi_web::shell::{Page, Place, Shell, Theme, Who};
use kizashi_web::words::{Words, tag};
use kizashi_web::{access, cards, data, help, today};

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A time of day in Tokyo.
pub fn at(text: &str, hour: i8, minute: i8) -> Time {
    let zone = Zone::named("Asia/Tokyo").unwrap();
    Time(zone.start_of(day(text)).0 + (i64::from(hour) * 60 + i64::from(minute)) * 60_000_000)
}

pub fn pack() -> Pack {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/saas.toml");
    Pack::parse(&fs::read_to_string(file).unwrap()).unwrap()
}

fn shell(lang: Lang, is_signed_in: bool) -> Shell {
    Shell {
        words: Words::plain(lang),
        theme: Theme::Auto,
        nonce: "gallery".into(),
        address: "/today".into(),
        is_fragment: false,
        csrf: "token".into(),
        who: is_signed_in.then(|| Who {
            id: None,
            name: "佐藤".into(),
            email: "sato@example.jp".into(),
            may_work: true,
        }),
        workspace: "ひだまりクラウド".into(),
        today: day("2026-11-24"),
        zone: Zone::named("Asia/Tokyo").unwrap(),
        notice: None,
        unseen: 0,
    }
}

fn main() {
    let out = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "gallery-out".into()));
    fs::create_dir_all(out.join("assets")).unwrap();
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/dist");
    for entry in fs::read_dir(dist).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, out.join("assets").join(path.file_name().unwrap())).unwrap();
    }
    for lang in [Lang::Ja, Lang::En] {
        signed_in(&out, lang);
        strangers(&out, lang);
    }
    println!("{}", out.display());
}

fn signed_in(out: &Path, lang: Lang) {
    let s = shell(lang, true);
    let keep = |name: &str, page: &Page| keep(out, &s, name, page);
    keep("today-rich", &today::today(&s, &lists::today_rich()));
    keep("today-little", &today::today(&s, &lists::today_little()));
    keep("today-none", &today::today(&s, &lists::today_none()));
    let choices = lists::choices();
    let (ask, found) = (query::Ask::default(), lists::list_rich());
    let views = lists::views();
    keep(
        "list-rich",
        &list::list(
            &s,
            &list::List { ask: &ask, page: &found, choices: &choices, views: &views, may_change: true, me: "" },
        ),
    );
    let none = ListPage { rows: vec![], total: 0, next: None };
    let narrow = query::Ask { q: "ない".into(), ..Default::default() };
    keep(
        "list-none",
        &list::list(
            &s,
            &list::List { ask: &narrow, page: &none, choices: &choices, views: &[], may_change: true, me: "" },
        ),
    );
    let empty = Choices::default();
    keep(
        "list-empty",
        &list::list(&s, &list::List { ask: &ask, page: &none, choices: &empty, views: &[], may_change: true, me: "" }),
    );
    let (pack, calendar) = (pack(), Calendar::default());
    let plays = kizashi_app::plays::CustomerPlays::default();
    let view = |customer, timeline| page::View {
        customer,
        timeline,
        beside: None,
        pack: &pack,
        plays: &plays,
        calendar: &calendar,
    };
    let (rich, happened) = (customer::rich(&pack), customer::timeline());
    let (bare, nothing) = (customer::none(), Timeline::default());
    keep("customer-rich", &page::page(&s, &view(&rich, &happened)));
    keep("customer-none", &page::page(&s, &view(&bare, &nothing)));
    let asked = cards::Asked { tab: "mine".into(), ..Default::default() };
    keep("cards", &cards::cards(&s, &asked, (&lists::cards(), &[]), None));
    keep("card", &cards::card(&s, &lists::card(), None, &pack, &[]));
    keep("data", &data::data(&s, &lists::sources(), 3, &[]));
    keep("data-none", &data::data(&s, &[], 0, &[]));
    keep("search", &search::search(&s, "みな", &lists::hits()));
    keep("help", &help::help(&s));
    let noticed = Shell { notice: Some(cards::said(&s, "1", &s.words.t("said-taken"), "taking")), ..s.clone() };
    self::keep(out, &noticed, "toast", &today::today(&s, &lists::today_rich()));
}

fn strangers(out: &Path, lang: Lang) {
    let s = shell(lang, false);
    keep(out, &s, "sign-in", &access::sign_in_page(&s, "", "/today", &[], None));
    let wrong = [Wrong { field: "password", text: s.words.t("refused-wrong-password") }];
    keep(out, &s, "sign-in-wrong", &access::sign_in_page(&s, "sato@example.jp", "/today", &wrong, None));
    for (name, problem) in
        [("404", Problem::NotFound), ("403", Problem::Forbidden), ("503", Problem::Busy(3)), ("500", Problem::Failed)]
    {
        keep(out, &s, name, &Page { title: name.into(), place: Place::Elsewhere, body: problem.body(&s.words) });
    }
}

fn keep(out: &Path, s: &Shell, name: &str, page: &Page) {
    fs::write(out.join(format!("{name}-{}.html", tag(s.words.lang()))), s.draw(page).into_string()).unwrap();
}

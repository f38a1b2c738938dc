//! Writes every page with sample data (rich, little, none; ja and en) as HTML files, to be looked at.
//!
//! `cargo run -p kizashi-web --example gallery -- FOLDER`, then serve the folder with any static file server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

mod customer;
mod lists;

use std::path::{Path, PathBuf};
use std::{env, fs};

use kizashi_domain::time::{Day, Zone};
use kizashi_web::customers::{list, page, query, search};
use kizashi_web::parts::form::Wrong;
use kizashi_web::parts::state::toast;
use kizashi_web::problem::Problem;
use kizashi_web::shell::{Page, Place, Shell, Theme, Who};
use kizashi_web::words::{Locale, Words};
use kizashi_web::{access, cards, data, help, today};

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn shell(locale: Locale, is_signed_in: bool) -> Shell {
    Shell {
        words: Words::plain(locale),
        theme: Theme::Auto,
        nonce: "gallery".into(),
        address: "/today".into(),
        is_fragment: false,
        csrf: "token".into(),
        who: is_signed_in.then(|| Who { name: "佐藤".into(), email: "sato@example.jp".into() }),
        workspace: "ひだまりクラウド".into(),
        today: day("2026-11-24"),
        zone: Zone::named("Asia/Tokyo").unwrap(),
        notice: None,
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
    for locale in [Locale::Ja, Locale::En] {
        let s = shell(locale, true);
        let keep = |name: &str, page: &Page| {
            fs::write(out.join(format!("{name}-{}.html", locale.tag())), s.draw(page).into_string()).unwrap();
        };
        keep("today-rich", &today::today(&s, &lists::today_rich()));
        keep("today-little", &today::today(&s, &lists::today_little()));
        keep("today-none", &today::today(&s, &lists::today_none(false)));
        keep("list-rich", &list::list(&s, &lists::list_rich()));
        keep(
            "list-none",
            &list::list(
                &s,
                &list::List {
                    all: 300,
                    ask: query::Ask { q: "ない".into(), ..Default::default() },
                    ..Default::default()
                },
            ),
        );
        keep("list-empty", &list::list(&s, &list::List::default()));
        keep("customer-rich", &page::page(&s, &customer::rich()));
        keep("customer-none", &page::page(&s, &customer::none()));
        keep("cards", &cards::cards(&s, &lists::cards()));
        let card = lists::today_rich().cards.remove(0);
        keep("card", &cards::card(&s, &card, day("2026-11-20"), &lists::past()));
        keep("data", &data::data(&s, &lists::data()));
        keep("data-none", &data::data(&s, &data::Data::default()));
        keep("search", &search::search(&s, "みな", &lists::hits()));
        keep("help", &help::help(&s));
        let noticed = Shell {
            notice: Some(toast(&s.words, "カードに対応します", Some(maud::html! { button.btn { "元に戻す" } }))),
            ..s.clone()
        };
        fs::write(
            out.join(format!("toast-{}.html", locale.tag())),
            noticed.draw(&today::today(&s, &lists::today_rich())).into_string(),
        )
        .unwrap();
        let stranger = shell(locale, false);
        let plain = |name: &str, page: &Page| {
            fs::write(out.join(format!("{name}-{}.html", locale.tag())), stranger.draw(page).into_string()).unwrap();
        };
        plain("sign-in", &access::sign_in(&stranger, "", "/today", &[], None));
        let wrong = [Wrong { field: "password", text: stranger.words.t("refused-wrong-password") }];
        plain("sign-in-wrong", &access::sign_in(&stranger, "sato@example.jp", "/today", &wrong, None));
        for (name, problem) in [
            ("404", Problem::NotFound),
            ("403", Problem::Forbidden),
            ("503", Problem::Busy(3)),
            ("500", Problem::Failed),
        ] {
            plain(name, &Page { title: name.into(), place: Place::Elsewhere, body: problem.body(&stranger.words) });
        }
    }
    println!("{}", out.display());
}

//! Use of the product by those who work with it: what is counted, who sees it, and what is said when it drops.

use kizashi_app::Refused;
use kizashi_app::access::{
    Action, Grant, Role, Viewer, drop_rest, keep_presence, keep_rest, list_staff, open_session, permit,
    set_daily_cards_of,
};
use kizashi_app::plays;
use kizashi_app::presence::{UseRow, open_use};
use kizashi_app::schedule::score_all;
use kizashi_app::today::open_today;
use kizashi_domain::presence::Drift;
use kizashi_domain::time::Day;
use kizashi_testkit::Stage;

use crate::attention::{risks, set, work};
use crate::{BOTH, SAAS, refused};

/// Somebody has it open on every business day from one until another.
async fn open_daily(stage: &Stage, viewer: &Viewer, from: &str, to: &str) {
    let calendar = kizashi_domain::calendar::Calendar::default();
    let (from, to): (Day, Day) = (from.parse().unwrap(), to.parse().unwrap());
    for day in (from.0..=to.0).map(Day).filter(|d| calendar.is_business_day(*d)) {
        stage.clock.set(Stage::morning(&stage.zone, &day.to_string()));
        keep_presence(&stage.app, stage.workspace, viewer.staff).await.unwrap();
    }
}

async fn row(stage: &Stage, viewer: &Viewer, of: &Viewer) -> UseRow {
    let page = open_use(&stage.app, viewer).await.unwrap();
    page.people.into_iter().find(|row| row.staff == of.staff).unwrap()
}

fn configure(viewer: &Viewer) -> Grant {
    permit(viewer, Action::Configure).unwrap()
}

#[tokio::test]
async fn who_leads_is_told_once_that_somebody_stopped_and_says_when_they_know_why() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-08-03").await;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let [ends, stays] = [stage.staff("ends", Role::Csm).await.viewer, stage.staff("stays", Role::Csm).await.viewer];
        open_daily(&stage, &boss, "2026-08-03", "2026-11-27").await;
        open_daily(&stage, &stays, "2026-08-03", "2026-11-27").await;
        open_daily(&stage, &ends, "2026-08-03", "2026-11-12").await;
        stage.go_to("2026-11-30");

        let told = open_today(&stage.app, &boss).await.unwrap().drifted;
        let stopped = Drift::Stopped { last: "2026-11-12".parse().unwrap(), business_days: 11 };
        assert_eq!(told.iter().map(|d| (d.staff, d.drift)).collect::<Vec<_>>(), [(ends.staff, stopped)], "{on:?}");
        assert!(open_today(&stage.app, &stays).await.unwrap().drifted.is_empty(), "{on:?}: for those who lead");

        // Known: not again for a week, on the page all the same.
        keep_rest(&stage.app, &configure(&boss), ends.staff, None).await.unwrap();
        assert!(open_today(&stage.app, &boss).await.unwrap().drifted.is_empty(), "{on:?}");
        assert_eq!(row(&stage, &boss, &ends).await.drift, Some(stopped));
        drop_rest(&stage.app, &configure(&boss), ends.staff).await.unwrap();
        assert_eq!(open_today(&stage.app, &boss).await.unwrap().drifted.len(), 1, "{on:?}: taken back");
        keep_rest(&stage.app, &configure(&boss), ends.staff, None).await.unwrap();
        open_daily(&stage, &boss, "2026-11-30", "2026-12-07").await;
        open_daily(&stage, &stays, "2026-11-30", "2026-12-07").await;
        stage.go_to("2026-12-08");
        assert_eq!(open_today(&stage.app, &boss).await.unwrap().drifted.len(), 1, "{on:?}: a week later");

        // Away until a day: nothing is said until then; a day that is over is none.
        let past = keep_rest(&stage.app, &configure(&boss), ends.staff, Some("2026-12-07".parse().unwrap())).await;
        assert!(matches!(refused(past), Refused::Field { reason: "snooze-past", .. }), "{on:?}");
        keep_rest(&stage.app, &configure(&boss), ends.staff, Some("2026-12-28".parse().unwrap())).await.unwrap();
        stage.go_to("2026-12-28");
        let away = open_today(&stage.app, &boss).await.unwrap().drifted;
        assert!(away.iter().all(|d| d.staff != ends.staff), "{on:?}");
        assert!(row(&stage, &boss, &ends).await.rest.is_some_and(|rest| rest.is_absence));
    }
}

#[tokio::test]
async fn the_page_counts_what_was_done_and_shows_others_only_to_those_who_lead() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a", "b", "c"]).await;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let other = stage.staff("other", Role::Other).await.viewer;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let cards: Vec<_> = risks(&stage).await.into_iter().map(|card| card.id).collect();
        stage.clock.set(stage.app.now().plus_us(3_600_000_000));
        plays::take_card(&stage.app, &work(&viewer), cards[0]).await.unwrap();
        plays::take_card(&stage.app, &work(&viewer), cards[0]).await.unwrap();
        plays::note_card(&stage.app, &work(&viewer), cards[1], "電話した").await.unwrap();
        let first = row(&stage, &boss, &viewer).await;
        let week = *first.weeks.last().unwrap();
        assert_eq!((first.weeks.len(), week.cards, week.lapsed), (8, 1, 0), "{on:?}: a card once, a note is no answer");
        assert!(week.answer_minutes >= Some(60), "{on:?}: {:?}", week.answer_minutes);

        // Past its day, and nobody had touched it.
        stage.clock.set(stage.app.now().plus_us(30 * 86_400_000_000));
        let later = row(&stage, &boss, &viewer).await;
        assert_eq!(later.weeks.iter().map(|week| week.lapsed).sum::<i64>(), 1, "{on:?}: {:?}", later.weeks);

        let own = open_use(&stage.app, &viewer).await.unwrap();
        assert_eq!((own.people.len(), own.is_whole), (1, false), "{on:?}");
        assert_eq!(own.people[0].staff, viewer.staff);
        assert!(open_use(&stage.app, &other).await.unwrap().people.is_empty(), "{on:?}: of others nothing is counted");
        assert!(permit(&viewer, Action::Configure).is_err());
        set_daily_cards_of(&stage.app, &configure(&boss), viewer.staff, 4).await.unwrap();
        assert_eq!(row(&stage, &boss, &viewer).await.capacity, 4, "{on:?}");
        assert!(set_daily_cards_of(&stage.app, &configure(&boss), viewer.staff, 0).await.is_err());
    }
}

#[tokio::test]
async fn a_day_is_kept_when_somebody_has_it_open() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let sato = stage.staff("sato", Role::Csm).await;
        assert_eq!(row(&stage, &sato.viewer, &sato.viewer).await.last, Some(stage.today()), "{on:?}: signing in");
        stage.go_to("2026-11-26");
        open_session(&stage.app, &sato.token).await.unwrap().unwrap();
        let found = row(&stage, &sato.viewer, &sato.viewer).await;
        assert_eq!((found.last, found.weeks.last().unwrap().days), (Some(stage.today()), 2), "{on:?}");
        assert_eq!(list_staff(&stage.app, stage.workspace).await.unwrap().len(), 1);
    }
}

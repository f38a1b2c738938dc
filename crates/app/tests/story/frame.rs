//! What the day's frame never hides: what is due, what is decided soon, and what belongs to nobody.

use kizashi_app::access::{Role, Viewer, set_daily_cards};
use kizashi_app::plays::{self, Act};
use kizashi_app::schedule::score_all;
use kizashi_app::today::open_today;
use kizashi_domain::signals::WhyQuiet;

use crate::BOTH;
use crate::attention::{risks, set, sign_until, work};

#[tokio::test]
async fn what_is_due_is_shown_beyond_the_day_and_takes_nobodys_place() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a", "b", "c", "d"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let viewer = Viewer { daily_cards: 1, ..viewer };
        let grant = work(&viewer);
        let cards = risks(&stage).await;
        let today = open_today(&stage.app, &viewer).await.unwrap();
        assert_eq!(today.cards.len(), 1, "{on:?}: nothing is due yet");
        let first = today.cards[0].id;
        let others: Vec<_> = cards.iter().map(|c| c.id).filter(|id| *id != first).collect();
        // One is due today, one waits for the customer until then, one was put off by a person.
        for id in &others {
            plays::change_cards(&stage.app, &grant, &[*id], &Act::Move(stage.today().plus(3))).await.unwrap();
        }
        plays::wait_for_customer(&stage.app, &grant, others[1]).await.unwrap();
        plays::snooze_card(&stage.app, &grant, others[2], stage.today().plus(9), "出張").await.unwrap();
        stage.go_to("2026-11-02");
        let today = open_today(&stage.app, &viewer).await.unwrap();
        let shown: Vec<_> = today.cards.iter().map(|c| c.id).collect();
        assert!([first, others[0], others[1]].iter().all(|id| shown.contains(id)), "{on:?}: {shown:?}");
        let put_off = today.quiet.iter().find(|q| q.row.id == others[2]);
        assert!(matches!(put_off.map(|q| q.why), Some(WhyQuiet::Later(_))), "{on:?}: a person's decision counts");
        assert!(today.quiet.iter().all(|q| q.row.due_day > stage.today() || q.row.id == others[2]));
        let page = plays::open_quiet(&stage.app, stage.workspace, Some(viewer.staff), 1, (0, false)).await.unwrap();
        assert_eq!(page.total, today.quiet_total, "{on:?}");
    }
}

#[tokio::test]
async fn a_notice_deadline_of_these_days_is_not_hidden() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["big", "soon"]).await;
        sign_until(&stage, "big", 900_000, "2027-09-30").await;
        // Notice can be given until Monday, the next business day but one.
        sign_until(&stage, "soon", 1_000, "2026-12-02").await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let viewer = Viewer { daily_cards: 1, ..viewer };
        let today = open_today(&stage.app, &viewer).await.unwrap();
        let cards = risks(&stage).await;
        let soon = cards.iter().find(|c| c.subject == "soon").unwrap();
        assert!(today.cards.iter().any(|c| c.id == soon.id), "{on:?}");
        assert!(today.quiet.iter().all(|q| q.row.subject != "soon"), "{on:?}: with all that is open of it");
    }
}

#[tokio::test]
async fn what_belongs_to_nobody_has_a_place_of_its_own_for_who_leads() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a", "b", "c"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let boss = Viewer { daily_cards: 1, ..stage.staff("boss", Role::Manager).await.viewer };
        let before = open_today(&stage.app, &boss).await.unwrap();
        assert!(before.nobodys.cards.is_empty() && before.nobodys.total == 0);
        let shown = before.cards[0].id;
        let others: Vec<_> = risks(&stage).await.into_iter().map(|c| c.id).filter(|id| *id != shown).collect();
        plays::change_cards(&stage.app, &work(&viewer), &others, &Act::Hand(None)).await.unwrap();
        let after = open_today(&stage.app, &boss).await.unwrap();
        let mut nobodys: Vec<_> = after.nobodys.cards.iter().chain(&after.cards).map(|c| c.id).collect();
        nobodys.retain(|id| others.contains(id));
        let count = i64::try_from(others.len()).unwrap();
        assert_eq!((nobodys.len(), after.nobodys.total), (others.len(), count), "{on:?}: each once");
        assert!(after.quiet.iter().all(|q| !others.contains(&q.row.id)), "{on:?}: and not among what is kept quiet");
        assert_eq!(after.quiet_total, before.quiet_total - count, "{on:?}");
        let page = plays::open_quiet(&stage.app, stage.workspace, None, 1, (0, true)).await.unwrap();
        assert_eq!(page.total, after.quiet_total, "{on:?}");
        // Who does not lead sees no such place.
        assert_eq!(open_today(&stage.app, &viewer).await.unwrap().nobodys.total, 0);
    }
}

#[tokio::test]
async fn who_leads_is_told_what_nobody_sees_and_what_is_on_its_owners_day() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a", "b", "c"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let boss = Viewer { daily_cards: 1, ..stage.staff("boss", Role::Manager).await.viewer };
        // The owner takes one card a day: of the two that the leader does not see, at most one is on that day.
        for capacity in [1, 2, 50] {
            set_daily_cards(&stage.app, &viewer, capacity).await.unwrap();
            let mine = plays::open_budget(&stage.app, stage.workspace, Some(viewer.staff), capacity, 50).await.unwrap();
            let on_day: Vec<_> = mine.shown.iter().map(|c| c.id).collect();
            let page = plays::open_quiet(&stage.app, stage.workspace, None, 1, (0, true)).await.unwrap();
            assert!(!page.cards.is_empty(), "{on:?}");
            for card in &page.cards {
                assert_eq!(card.for_owner, Some(on_day.contains(&card.row.id)), "{on:?}, {capacity}");
            }
            let seen: Vec<bool> = page.cards.iter().map(|c| c.for_owner == Some(true)).collect();
            assert!(seen.is_sorted(), "{on:?}: what nobody sees comes first");
            assert_eq!(page.unseen, Some(seen.iter().filter(|s| !**s).count()), "{on:?}");
            let today = open_today(&stage.app, &boss).await.unwrap();
            let told = |list: &[plays::QuietCard]| list.iter().map(|c| (c.row.id, c.for_owner)).collect::<Vec<_>>();
            assert_eq!(told(&today.quiet), told(&page.cards), "{on:?}");
        }
        let own = plays::open_quiet(&stage.app, stage.workspace, Some(viewer.staff), 1, (0, false)).await.unwrap();
        assert!(own.unseen.is_none() && own.cards.iter().all(|c| c.for_owner.is_none()), "{on:?}");
    }
}

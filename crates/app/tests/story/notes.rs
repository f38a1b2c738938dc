//! Notes: told to those who are meant, changed, removed, brought back.

use kizashi_app::access::{Action, Role, permit};
use kizashi_app::customers::{
    ListQuery, TimelineKind, change_note, list_customers, list_mentions, note_activity, note_seen, open_timeline,
    remove_note, restore_note,
};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::search::search;
use kizashi_app::{Error, Refused};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

#[tokio::test(flavor = "multi_thread")]
async fn a_note_reaches_whom_it_means_and_nothing_written_is_lost() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let (app, ws) = (&stage.app, stage.workspace);
        let row = CustomerRow { external_id: "c1".into(), ..CustomerRow::default() };
        let received = [Received { at: app.now(), assumed: false, record: Record::Customer(row) }];
        keep_records(app, ws, "crm", &received, false).await.unwrap();
        kizashi_app::schedule::score_all(app, ws).await.unwrap();
        let query = ListQuery { rows: 1, ..ListQuery::default() };
        let customer = list_customers(app, ws, &query).await.unwrap().rows[0].id;
        let (hayase, kitami) =
            (stage.staff("hayase", Role::Csm).await.viewer, stage.staff("kitami", Role::Other).await.viewer);
        let grant = permit(&hayase, Action::Work).unwrap();
        let text = "移行は三月まで待つ。@kitami 見積をお願いします。@hayase @dare";
        let meant = note_activity(app, &grant, customer, "meeting", text).await.unwrap();
        assert_eq!((meant.people, meant.unclear), (1, vec!["dare".to_owned()]), "{on:?}: oneself is not told");
        let mine = list_mentions(app, ws, kitami.staff).await.unwrap();
        assert_eq!((mine.len(), mine[0].who.as_str()), (1, "hayase"));
        assert!(list_mentions(app, ws, hayase.staff).await.unwrap().is_empty());
        let note = mine[0].note;
        let events = stage.history.len();
        assert_eq!(events, 2, "a meeting, and that it went both ways");

        // Whom it does not belong to may not change it; neither may others remove it.
        let other = stage.staff("tsurumi", Role::Admin).await.viewer;
        let others = permit(&other, Action::Work).unwrap();
        for refused in
            [change_note(app, &others, note, "x").await.map(|_| ()), remove_note(app, &others, note).await.map(|_| ())]
        {
            assert!(matches!(refused, Err(Error::Refused(Refused::NotAllowed))), "{refused:?}");
        }
        stage.go_to("2026-11-26");
        change_note(app, &grant, note, "移行は四月まで待つ。@kitami").await.unwrap();
        let timeline = |as_of: Option<&str>| {
            let day = as_of.map(|d| d.parse().unwrap());
            async move { open_timeline(app, ws, customer, Some(TimelineKind::Activity), None, day).await.unwrap().rows }
        };
        let now = timeline(None).await;
        assert_eq!((now.len(), now[0].text.as_str()), (1, "移行は四月まで待つ。@kitami"));
        assert_eq!(now[0].note.as_ref().unwrap().earlier, [text], "{on:?}");
        let then = timeline(Some("2026-11-25")).await;
        assert_eq!((then.len(), then[0].text.as_str()), (1, text), "{on:?}: as it was written then");
        assert_eq!(search(app, ws, "三月").await.unwrap().notes.len(), 0);
        assert_eq!(search(app, ws, "四月").await.unwrap().notes.len(), 1, "{on:?}");

        remove_note(app, &grant, note).await.unwrap();
        assert!(timeline(None).await.is_empty() && list_mentions(app, ws, kitami.staff).await.unwrap().is_empty());
        assert_eq!(search(app, ws, "四月").await.unwrap().notes.len(), 0);
        assert_eq!(stage.history.len(), 0, "{on:?}: what follows from it is gone too");
        assert!(remove_note(app, &grant, note).await.is_err(), "once is enough");
        restore_note(app, &grant, note).await.unwrap();
        assert!(restore_note(app, &grant, note).await.is_err());
        let again = timeline(None).await;
        assert_eq!((again.len(), again[0].at, again[0].text.as_str()), (1, now[0].at, now[0].text.as_str()));
        assert_eq!((stage.history.len(), search(app, ws, "四月").await.unwrap().notes.len()), (events, 1), "{on:?}");

        // Seen is seen, also when the note is changed once more.
        note_seen(app, &kitami, note).await.unwrap();
        change_note(app, &grant, note, "移行は四月末まで待つ。@kitami").await.unwrap();
        assert!(list_mentions(app, ws, kitami.staff).await.unwrap().is_empty());
    }
}

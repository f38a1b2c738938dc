//! Pushed messages. The signatures were made by the senders' own libraries: standardwebhooks (Python) with its published vector,
//! stripe (Python and Node agree), @hubspot/api-client; Zendesk publishes none, its vector is Python's hmac.

use std::collections::HashMap;

use kizashi_connectors::hooks::{check_map, is_secret, names_in, prove, read_item, sign_standard, split};
use kizashi_domain::intake::{
    CustomerNames, HookCall, HookGround, HookItem, HookKind, Message, Reason, Record, Refusal, Unproven,
};
use kizashi_domain::money::Money;
use kizashi_domain::time::{Time, Zone};
use serde_json::json;

const AT_S: i64 = 1_795_305_600;
const STANDARD_BODY: &str = r#"{"type":"ticket.opened","data":{"id":"T-1","title":"請求書が届かない"}}"#;
const STANDARD_SECRET: &str = "whsec_a2l6YXNoaS10ZXN0LWtleS1vZi0zMi1ieXRlcy1vayE=";
const HUBSPOT_URL: &str = "https://kizashi.example.jp/hooks/0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee";

struct Sent {
    kind: HookKind,
    secret: &'static str,
    address: &'static str,
    headers: Vec<(String, String)>,
    body: &'static str,
}

fn sent(kind: HookKind, secret: &'static str, headers: &[(&str, &str)], body: &'static str) -> Sent {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Sent { kind, secret, address: HUBSPOT_URL, headers, body }
}

fn vectors() -> Vec<Sent> {
    vec![
        sent(
            HookKind::Standard,
            STANDARD_SECRET,
            &[
                ("webhook-id", "msg_1"),
                ("webhook-timestamp", "1795305600"),
                ("webhook-signature", "v1a,b2xk v1,T2o/u9aIonwfhjbR3tIaA+zA3ZPy6xOWM1/+rRvKOFU="),
            ],
            STANDARD_BODY,
        ),
        sent(
            HookKind::Stripe,
            "whsec_stripe_test_secret_1234",
            &[(
                "stripe-signature",
                "t=1795305600,v1=0000000000000000000000000000000000000000000000000000000000000000,v1=d244546b3b40fb22d34015b8215b428e025d008ba585f0078f795560bdbf6d11,v0=x",
            )],
            r#"{"id":"evt_1","type":"invoice.paid"}"#,
        ),
        sent(
            HookKind::Zendesk,
            "zendesk-signing-secret-1",
            &[
                ("x-zendesk-webhook-signature", "bF7iUhyFiv7M3oxGtXQFGSb5eb50Oy8L2Xw9uP9/5nk="),
                ("x-zendesk-webhook-signature-timestamp", "2026-11-22T00:00:00Z"),
            ],
            r#"{"id":"m-1"}"#,
        ),
        sent(
            HookKind::Hubspot,
            "hubspot-client-secret-1",
            &[
                ("x-hubspot-signature-v3", "aG/X3aPo/kfFg3NoBEZUpmaiuZumTE5Rig5IqbMUiqE="),
                ("x-hubspot-request-timestamp", "1795305600000"),
            ],
            r#"[{"eventId":1,"subscriptionType":"company.propertyChange"}]"#,
        ),
    ]
}

fn proven(s: &Sent, secrets: &[&str], at_s: i64) -> Result<(), Unproven> {
    let call = HookCall { address: s.address, headers: &s.headers, body: s.body.as_bytes() };
    prove(s.kind, secrets, &call, Time(at_s * 1_000_000))
}

#[test]
fn signatures_of_the_senders_own_libraries_are_understood() {
    for s in vectors() {
        assert!(is_secret(s.kind, s.secret), "{:?}", s.kind);
        assert_eq!(proven(&s, &[s.secret], AT_S), Ok(()), "{:?}", s.kind);
        assert_eq!(proven(&s, &["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAA", s.secret], AT_S + 299), Ok(()), "{:?}", s.kind);
    }
}

#[test]
fn another_secret_a_changed_byte_a_missing_header_and_an_old_message_are_told_apart() {
    for mut s in vectors() {
        let kind = s.kind;
        assert_eq!(proven(&s, &["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAA"], AT_S), Err(Unproven::Wrong), "{kind:?}");
        assert_eq!(proven(&s, &[], AT_S), Err(Unproven::Wrong), "{kind:?}");
        for off in [-301, 301] {
            assert_eq!(proven(&s, &[s.secret], AT_S + off), Err(Unproven::Stale), "{kind:?} {off}");
        }
        let whole = s.body;
        s.body = r#"{"id":"evt_2"}"#;
        assert_eq!(proven(&s, &[s.secret], AT_S), Err(Unproven::Wrong), "{kind:?}");
        s.body = whole;
        for at in 0..s.headers.len() {
            let kept = std::mem::take(&mut s.headers[at].1);
            assert!(proven(&s, &[s.secret], AT_S).is_err(), "{kind:?} without {}", s.headers[at].0);
            s.headers[at].1 = kept;
        }
        s.headers.clear();
        assert_eq!(proven(&s, &[s.secret], AT_S), Err(Unproven::Missing), "{kind:?}");
    }
    let mut hubspot = vectors().remove(3);
    hubspot.address = "https://elsewhere.example/hooks/x";
    assert_eq!(proven(&hubspot, &[hubspot.secret], AT_S), Err(Unproven::Wrong), "the address is signed too");
}

#[test]
fn what_we_sign_is_what_the_standard_publishes() {
    // The vector of the specification's own libraries.
    let signature = sign_standard(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        r#"{"test": 2432232314}"#,
    );
    assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    assert_eq!(sign_standard("whsec_!", "a", 1, "b"), None);
}

fn read(
    kind: HookKind,
    map: Option<&str>,
    body: &str,
    codes: &[(&str, &str)],
    known: &[(&str, &str)],
) -> Result<Message, Refusal> {
    let codes: HashMap<&str, &str> = codes.iter().copied().collect();
    let mut names = CustomerNames::default();
    for (code, name) in known {
        names.add(code, name);
    }
    let customer_of = |code: &str| codes.get(code).map(|c| (*c).to_owned());
    let ground = HookGround { received_at: Time(AT_S * 1_000_000), names: &names, customer_of: &customer_of };
    let item = HookItem { id: "m-1".into(), body: body.into() };
    read_item(kind, map, &item, &ground, &Zone::named("Asia/Tokyo").unwrap())
}

fn refused(result: Result<Message, Refusal>) -> (String, Reason) {
    let refusal = result.unwrap_err();
    (refusal.field, refusal.reason)
}

#[test]
fn stripe_customers_subscriptions_and_invoices() {
    let customer = |metadata: serde_json::Value| {
        json!({"id":"evt_1","type":"customer.created","created":AT_S,"data":{"object":{"id":"cus_1","name":"株式会社ミナト","metadata":metadata}}})
            .to_string()
    };
    let body = customer(json!({}));
    assert_eq!(names_in(HookKind::Stripe, &body), ["株式会社ミナト"]);
    let fresh = read(HookKind::Stripe, None, &body, &[], &[]).unwrap();
    assert_eq!(fresh.groups, [("cus_1".to_owned(), "cus_1".to_owned())]);
    let Record::Customer(row) = &fresh.records[0] else { panic!() };
    assert_eq!((row.external_id.as_str(), row.name.as_deref()), ("cus_1", Some("株式会社ミナト")));
    let known = read(HookKind::Stripe, None, &body, &[], &[("C1", "㈱ミナト")]).unwrap();
    assert_eq!((known.groups[0].1.as_str(), known.records.len()), ("C1", 0), "known by name: nothing is entered twice");
    let told = read(HookKind::Stripe, None, &customer(json!({"kizashi_customer":"C9"})), &[], &[("C1", "㈱ミナト")]);
    assert_eq!(told.unwrap().groups[0].1, "C9");

    let subscription = json!({"id":"evt_2","type":"customer.subscription.updated","created":AT_S,"data":{"object":{
        "id":"sub_1","customer":"cus_1","status":"active","cancel_at_period_end":true,
        "items":{"data":[{"quantity":12,"current_period_start":1_793_458_800,"current_period_end":1_796_050_800,
            "price":{"unit_amount":3_500,"currency":"jpy","nickname":"プロ","recurring":{"interval":"month","interval_count":1}}}]}}}});
    let message = read(HookKind::Stripe, None, &subscription.to_string(), &[("cus_1", "C1")], &[]).unwrap();
    let Record::Contract(row) = &message.records[0] else { panic!() };
    assert_eq!((row.customer.as_str(), row.plan.as_deref(), row.seats), ("C1", Some("プロ"), Some(12)));
    assert_eq!((row.amount, row.months, row.auto_renew), (Some(Money::yen(42_000)), Some(1), Some(false)));
    assert_eq!(
        (row.start.unwrap().to_string(), row.end.unwrap().to_string()),
        ("2026-11-01".into(), "2026-11-30".into())
    );

    let invoice = |kind: &str| {
        json!({"id":"evt_3","type":kind,"created":AT_S,"data":{"object":{"customer":"cus_1","currency":"usd","amount_paid":1250,"amount_due":9900}}}).to_string()
    };
    let paid = read(HookKind::Stripe, None, &invoice("invoice.paid"), &[("cus_1", "C1")], &[]).unwrap();
    let event = paid.events.iter().next().unwrap();
    assert_eq!((event.id, event.customer, event.name, event.value), ("evt_3", "C1", "invoice.paid", Some(12.5)));
    let failed = read(HookKind::Stripe, None, &invoice("invoice.payment_failed"), &[], &[]).unwrap();
    let event = failed.events.iter().next().unwrap();
    assert_eq!((event.customer, event.value), ("cus_1", Some(99.0)));
    assert_eq!(refused(read(HookKind::Stripe, None, &invoice("radar.warning"), &[], &[])).1, Reason::UnknownType);
    let nobody = r#"{"id":"e","type":"invoice.paid","created":1,"data":{"object":{}}}"#;
    assert_eq!(refused(read(HookKind::Stripe, None, nobody, &[], &[])), ("customer".into(), Reason::NoCustomer));
}

#[test]
fn zendesk_tickets_are_of_the_organization_that_was_told_of() {
    let organization = r#"{"type":"zen:event-type:organization.created","id":"a","detail":{"id":"660","name":"ミナト株式会社","external_id":null}}"#;
    let message = read(HookKind::Zendesk, None, organization, &[], &[("C1", "㈱ミナト")]).unwrap();
    assert_eq!(message.groups, [("organization:660".to_owned(), "C1".to_owned())]);
    let ticket = r#"{"type":"zen:event-type:ticket.status_changed","id":"b","time":"2026-11-20T05:00:00Z","detail":{"id":"35","subject":"届かない",
        "description":"請求書","status":"SOLVED","priority":"URGENT","created_at":"2026-11-19T01:00:00Z","updated_at":"2026-11-20T04:00:00Z",
        "organization_id":660,"assignee_id":"7","via":{"channel":"web_service"}},"event":{}}"#;
    let message = read(HookKind::Zendesk, None, ticket, &[("organization:660", "C1")], &[]).unwrap();
    let Record::Ticket(row) = &message.records[0] else { panic!() };
    assert_eq!((row.external_id.as_str(), row.customer.as_str(), row.status.as_deref()), ("35", "C1", Some("closed")));
    assert_eq!((row.channel.as_deref(), row.priority.as_deref()), (Some("form"), Some("high")));
    assert_eq!(row.closed_at.unwrap().rfc3339(), "2026-11-20T04:00:00Z");
    assert_eq!(
        refused(read(HookKind::Zendesk, None, ticket, &[], &[])),
        ("organization_id".into(), Reason::UnknownCustomer)
    );
    let gone = ticket.replace("status_changed", "soft_deleted");
    assert_eq!(refused(read(HookKind::Zendesk, None, &gone, &[], &[])).1, Reason::UnknownType);
}

#[test]
fn hubspot_properties_wait_for_their_company() {
    let body = json!([
        {"eventId":1,"subscriptionId":2,"portalId":3,"occurredAt":AT_S * 1000,"subscriptionType":"company.propertyChange","attemptNumber":0,"objectId":88,"propertyName":"numberofemployees","propertyValue":"240"},
        {"eventId":1,"subscriptionId":2,"portalId":3,"occurredAt":AT_S * 1000,"subscriptionType":"company.propertyChange","attemptNumber":4,"objectId":88,"propertyName":"numberofemployees","propertyValue":"240"},
        {"eventId":5,"subscriptionId":2,"portalId":3,"occurredAt":AT_S * 1000,"subscriptionType":"deal.propertyChange","attemptNumber":0,"objectId":9,"propertyName":"dealstage","propertyValue":"closedwon"},
        {"eventId":6,"subscriptionId":2,"portalId":3,"occurredAt":AT_S * 1000,"subscriptionType":"company.associationChange","associationType":"COMPANY_TO_DEAL","fromObjectId":88,"toObjectId":9,"associationRemoved":false},
    ]);
    let text = body.to_string();
    let items = split(HookKind::Hubspot, &HookCall { address: "", headers: &[], body: text.as_bytes() });
    assert_eq!(items.len(), 4);
    assert_eq!(items[0].id, items[1].id, "the same event again, whatever the attempt");
    assert_ne!(items[0].id, items[2].id);
    let company = read(HookKind::Hubspot, None, &items[0].body, &[("company:88", "C1")], &[]).unwrap();
    let Record::Customer(row) = &company.records[0] else { panic!() };
    assert_eq!((row.external_id.as_str(), row.employees, row.name.as_deref()), ("C1", Some(240), None));
    assert_eq!(
        refused(read(HookKind::Hubspot, None, &items[2].body, &[], &[])),
        ("objectId".into(), Reason::NoCustomer)
    );
    let tie = read(HookKind::Hubspot, None, &items[3].body, &[("company:88", "C1")], &[]).unwrap();
    assert_eq!(tie.groups, [("deal:9".to_owned(), "C1".to_owned())]);
    let deal = read(HookKind::Hubspot, None, &items[2].body, &[("deal:9", "C1")], &[]).unwrap();
    assert_eq!(deal.events.iter().next().unwrap().name, "deal.stage.closedwon");
    let odd = items[0].body.replace("240", "many");
    assert_eq!(
        refused(read(HookKind::Hubspot, None, &odd, &[], &[])),
        ("numberofemployees".into(), Reason::NotANumber)
    );
}

const MAP: &str = "as = \"tickets\"\n[columns]\ncustomer = \"data.account.id\"\nexternal_id = \"data.id\"\nopened_at = \"data.created_at\"\nsubject = \"data.title\"\n";

#[test]
fn any_message_is_read_by_a_map_of_paths() {
    check_map(MAP).unwrap();
    for (bad, what) in
        [("", "as ="), ("as = \"tickets\"", "lacks customer"), ("as = \"x\"", "\"x\" is not known"), ("as", "line 1")]
    {
        assert!(check_map(bad).unwrap_err().contains(what), "{bad:?}: {}", check_map(bad).unwrap_err());
    }
    let body =
        r#"{"data":{"id":"T-1","title":"届かない","created_at":"2026-11-20T10:00:00+09:00","account":{"id":"C1"}}}"#;
    let message = read(HookKind::Standard, Some(MAP), body, &[], &[]).unwrap();
    let Record::Ticket(row) = &message.records[0] else { panic!() };
    assert_eq!(
        (row.external_id.as_str(), row.customer.as_str(), row.subject.as_deref()),
        ("T-1", "C1", Some("届かない"))
    );
    let lacking = body.replace("\"C1\"", "null");
    assert_eq!(
        refused(read(HookKind::Standard, Some(MAP), &lacking, &[], &[])),
        ("data.account.id".into(), Reason::Required)
    );
    assert!(matches!(refused(read(HookKind::Standard, Some(MAP), "<xml/>", &[], &[])).1, Reason::NotJson { .. }));
}

#[test]
fn hostile_messages_are_refused_and_never_break() {
    let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    for kind in HookKind::SIGNED {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "\u{0}",
            "[[[[",
            r#"{"type":7}"#,
            r#"{"type":"customer.created","data":{"object":[]}}"#,
            &deep,
        ] {
            let call = HookCall { address: "", headers: &[], body: body.as_bytes() };
            for item in split(kind, &call) {
                assert!(!item.id.is_empty());
                assert!(read(kind, None, &item.body, &[], &[]).is_err(), "{kind:?} {body:.20}");
            }
        }
        let call = HookCall { address: "", headers: &[], body: b"\xff\xfe{" };
        assert_eq!(split(kind, &call).len(), 1, "bytes that are no text are one message to be refused");
    }
}

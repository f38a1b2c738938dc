//! The fields of each kind of record.

use super::{Field, Shape};
use crate::intake::{GOAL_STATES, RecordKind};

const fn may(name: &'static str, shape: Shape, says: &'static str) -> Field {
    Field { name, shape, required: false, says }
}

const fn must(name: &'static str, shape: Shape, says: &'static str) -> Field {
    Field { name, shape, required: true, says }
}

const COUNT: Shape = Shape::Whole(0, 1_000_000_000);
const SECONDS: Shape = Shape::Whole(0, 366 * 86_400);
const OWN_ID: Field = must("external_id", Shape::Word, "Code of the record in the system that it comes from.");
const OF_CUSTOMER: Field = must("customer", Shape::Word, "Code of the customer (its external_id).");
const OF_CONTACT: Field = may("contact", Shape::Word, "Code of the person (external_id), when known.");

const CUSTOMER: &[Field] = &[
    OWN_ID,
    may("name", Shape::Word, "Name as shown."),
    may("reading", Shape::Word, "Reading in kana: names are found and sorted by it."),
    may("parent", Shape::Word, "Code of the parent company."),
    may("segment", Shape::Word, "Segment: models and comparisons choose by it."),
    may(
        "stage",
        Shape::Word,
        "Lifecycle stage: onboarding, adoption, expansion, renewal, churned or a word of one's own.",
    ),
    may("region", Shape::Word, "Region, for comparisons."),
    may("industry", Shape::Word, "Industry."),
    may("employees", COUNT, "Number of employees."),
    may("owner", Shape::Word, "Mail address of the member of staff whose customer it is; cards go there."),
    may("goal", Shape::Text, "What the customer wants to reach with the product."),
    may("goal_target", Shape::Word, "By what one sees that the goal is reached, such as 3 days instead of 10."),
    may("goal_on", Shape::Day, "The day by which the goal is to be reached."),
    may("goal_state", Shape::Choice(&GOAL_STATES), "How the goal stands."),
    may("purpose", Shape::Text, "What the customer uses the product for."),
    may("challenges", Shape::Text, "What stands in the customer's way."),
    may("environment", Shape::Text, "What the customer works with, who does what, what must be minded."),
    may("domain", Shape::Word, "Domain of the customer's mail addresses."),
    may("since", Shape::Day, "First day as a customer."),
    may("churned_on", Shape::Day, "Last day as a customer, when it has left."),
    may("figures", Shape::Figures, "Figures of one's own by name, such as nps or seats; metrics read them."),
    may("as_of", Shape::Day, "The day from which the given fields hold; the day of receipt when not given."),
];
const CONTACT: &[Field] = &[
    OWN_ID,
    OF_CUSTOMER,
    may("name", Shape::Word, "Name as shown."),
    may("reading", Shape::Word, "Reading in kana."),
    may("title", Shape::Word, "Job title."),
    may("role", Shape::Choice(&["admin", "key_person", "champion", "user"]), "Role: a champion who leaves is a sign."),
    may("email", Shape::Word, "Mail address."),
    may("phone", Shape::Word, "Telephone number."),
    may("left_on", Shape::Day, "The day on which the person left."),
];
const CONTRACT: &[Field] = &[
    OWN_ID,
    OF_CUSTOMER,
    may("plan", Shape::Word, "Plan."),
    may("seats", COUNT, "Seats."),
    may("amount", Shape::Money, "Amount of the whole term, tax excluded; MRR is the amount divided by the months."),
    may("months", Shape::Whole(1, 1_200), "Months of the term."),
    must("start", Shape::Day, "First day of the term; terms of one contract are told apart by it."),
    may("end", Shape::Day, "Last day of the term."),
    may("auto_renew", Shape::Flag, "Whether it renews by itself unless notice is given."),
    may("notice_days", Shape::Whole(0, 3_650), "Days of notice before the end."),
];
const DEAL: &[Field] = &[
    OWN_ID,
    OF_CUSTOMER,
    may("title", Shape::Word, "What it is about."),
    may(
        "kind",
        Shape::Choice(&["new", "upsell", "cross_sell", "renewal"]),
        "What is sold: to a new customer, more, something else, again.",
    ),
    may("stage", Shape::Word, "A stage of the settings, won, lost, or a word of one's own."),
    may("amount", Shape::Money, "What it is worth, tax excluded."),
    may("probability", Shape::Whole(0, 100), "How likely it is won, in percent; that of its stage when not given."),
    may("opened_on", Shape::Day, "The day of the first inquiry."),
    may("closes_on", Shape::Day, "The day on which it is expected to be decided."),
    may("closed_on", Shape::Day, "The day on which it was won or lost."),
    may("owner", Shape::Word, "Mail address of the member of staff who sells."),
    may("next_step", Shape::Word, "What is to be done next."),
    may("next_on", Shape::Day, "By when the next step is due."),
    may("origin", Shape::Word, "How the customer first came: the first inquiry."),
    may("promise", Shape::Text, "What was promised while selling; whoever serves the customer sees it."),
    may("lost_reason", Shape::Text, "Why it was lost."),
];
const ACTIVITY: &[Field] = &[
    OWN_ID,
    OF_CUSTOMER,
    OF_CONTACT,
    must("kind", Shape::Choice(&["visit", "call", "mail", "meeting", "note"]), "What was done."),
    may("direction", Shape::Choice(&["in", "out", "both"]), "Who came to whom; both is a conversation."),
    must("at", Shape::Time, "When."),
    may("staff", Shape::Word, "Mail address of the member of staff."),
    may("subject", Shape::Word, "Subject."),
    may("body", Shape::Text, "Text."),
];
const TICKET: &[Field] = &[
    OWN_ID,
    OF_CUSTOMER,
    may("category", Shape::Word, "Category."),
    may("channel", Shape::Word, "phone, mail, chat, form or a word of one's own."),
    may("direction", Shape::Choice(&["in", "out"]), "Who came to whom; what we began is no inquiry."),
    may("priority", Shape::Word, "high, normal, low or a word of one's own."),
    may("status", Shape::Word, "open, waiting, closed or a word of one's own."),
    may("operator", Shape::Word, "Who answers, as the source names them."),
    may("subject", Shape::Word, "Subject."),
    may("body", Shape::Text, "Text; signals look for words such as 解約 in it."),
    must("opened_at", Shape::Time, "When it was opened."),
    may("answered_at", Shape::Time, "When it was first answered."),
    may("closed_at", Shape::Time, "When it was closed."),
    may("talk_s", SECONDS, "Seconds of conversation."),
    may("wrap_up_s", SECONDS, "Seconds of work after the conversation."),
    may("handling_s", SECONDS, "Seconds of work in all."),
    may("abandoned", Shape::Flag, "Whether the caller hung up before anybody answered."),
    may("satisfaction", Shape::Whole(1, 5), "Satisfaction, 1 to 5."),
];
const RESPONSE: &[Field] = &[
    OWN_ID,
    OF_CUSTOMER,
    OF_CONTACT,
    must("survey", Shape::Word, "nps (0 to 10), csat (1 to 5) or a name of one's own."),
    may("score", Shape::Number(-1e9, 1e9), "The rating."),
    may("comment", Shape::Text, "Free text."),
    must("at", Shape::Time, "When."),
];

/// The fields of a kind of record; events have none here.
pub const fn fields(kind: RecordKind) -> &'static [Field] {
    match kind {
        RecordKind::Customers => CUSTOMER,
        RecordKind::Contacts => CONTACT,
        RecordKind::Contracts => CONTRACT,
        RecordKind::Deals => DEAL,
        RecordKind::Activities => ACTIVITY,
        RecordKind::Tickets => TICKET,
        RecordKind::Responses => RESPONSE,
        RecordKind::Events => &[],
    }
}

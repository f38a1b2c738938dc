//! Why a row was refused, and what to do, in words.

use kizashi_domain::intake::Reason;

use crate::words::Words;

/// One sentence or two.
pub fn phrase(w: &Words, reason: &Reason) -> String {
    match reason {
        Reason::Required => w.t("refusal-required"),
        Reason::NotATime => w.t("refusal-not-a-time"),
        Reason::EraEnded { era, last_year, year } => w.with(
            "refusal-era-ended",
            &[("era", era.clone().into()), ("last", last_year.to_string().into()), ("year", year.to_string().into())],
        ),
        Reason::NoSuchTime => w.t("refusal-no-such-time"),
        Reason::NotANumber => w.t("refusal-not-a-number"),
        Reason::NotASpan => w.t("refusal-not-a-span"),
        Reason::OutOfRange { min, max } => {
            w.with("refusal-out-of-range", &[("min", min.to_string().into()), ("max", max.to_string().into())])
        }
        Reason::NotOneOf { words } => w.with("refusal-not-one-of", &[("words", words.clone().into())]),
        Reason::TooLong { max } => w.with("refusal-too-long", &[("max", max.to_string().into())]),
        Reason::FieldCount { expected, found } => w.with(
            "refusal-field-count",
            &[("expected", expected.to_string().into()), ("found", found.to_string().into())],
        ),
        Reason::BadEncoding { encoding } => w.with("refusal-bad-encoding", &[("name", encoding.clone().into())]),
        Reason::NotJson { .. } => w.t("refusal-not-json"),
        Reason::TooLarge { max } => w.with("refusal-too-large", &[("max", max.to_string().into())]),
        Reason::NoCustomer => w.t("refusal-no-customer"),
        Reason::UnknownCustomer => w.t("refusal-unknown-customer"),
        Reason::SeveralCustomers { codes } => w.with("refusal-several-customers", &[("codes", codes.clone().into())]),
        Reason::UnknownType => w.t("refusal-unknown-type"),
        Reason::TotalRow => w.t("refusal-total-row"),
        Reason::EndBeforeStart => w.t("refusal-end-before-start"),
        Reason::NotText => w.t("refusal-not-text"),
        Reason::UnclosedQuote => w.t("refusal-unclosed-quote"),
        Reason::NotAMail => w.t("refusal-not-a-mail"),
        Reason::ControlCharacter => w.t("refusal-control-character"),
    }
}

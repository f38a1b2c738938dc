//! The fields of each kind of file, how they are written, and the titles that columns have for them.

mod answers;
mod deals;
mod happenings;
mod parties;

use kizashi_domain::intake::RecordKind;

use answers::RESPONSES;
use deals::DEALS;
use happenings::{ACTIVITIES, EVENTS, TICKETS};
use parties::{CONTACTS, CONTRACTS, CUSTOMERS};

/// How a field's value is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// A short text without control characters.
    Name,
    /// A long text.
    Text,
    /// One of our words, or a word that stands for it in files; others are taken as they are when `open`.
    Word(&'static [(&'static str, &'static [&'static str])], bool),
    /// A day.
    Day,
    /// An instant.
    Time,
    /// A whole figure within limits.
    Integer(i64, i64),
    /// A figure.
    Number,
    /// Money.
    Money,
    /// A time span.
    Span,
    /// Yes or no.
    Bool,
}

/// A field of one kind of file.
#[derive(Debug)]
pub struct Field {
    /// Its name in map files.
    pub name: &'static str,
    /// A file without it makes no sense.
    pub required: bool,
    /// How it is written.
    pub form: Form,
    /// Titles that columns have for it, most telling first.
    pub titles: &'static [&'static str],
}

const fn must(name: &'static str, form: Form, titles: &'static [&'static str]) -> Field {
    Field { name, required: true, form, titles }
}

const fn may(name: &'static str, form: Form, titles: &'static [&'static str]) -> Field {
    Field { name, required: false, form, titles }
}

/// The fields of a kind, in the order in which columns are looked for.
pub fn known_fields(kind: RecordKind) -> &'static [Field] {
    match kind {
        RecordKind::Events => EVENTS,
        RecordKind::Customers => CUSTOMERS,
        RecordKind::Contacts => CONTACTS,
        RecordKind::Contracts => CONTRACTS,
        RecordKind::Deals => DEALS,
        RecordKind::Activities => ACTIVITIES,
        RecordKind::Tickets => TICKETS,
        RecordKind::Responses => RESPONSES,
    }
}

/// The fields of a kind that must be there and are not. A customer may be given by code or by name, and of calls not at all: who
/// hung up is often nobody we know.
pub fn find_lacking(kind: RecordKind, has: impl Fn(&str) -> bool) -> Vec<&'static Field> {
    let by_name = if kind == RecordKind::Customers { "name" } else { "customer_name" };
    let is_call_log = kind == RecordKind::Tickets && (has("talk_s") || has("abandoned"));
    let is_there = |f: &Field| has(f.name) || f.name == kind.customer_field() && (is_call_log || has(by_name));
    known_fields(kind).iter().filter(|f| f.required && !is_there(f)).collect()
}

/// Titles of the column that names the customer, for files that bring no code.
const CUSTOMER_NAME: &[&str] = &[
    "customer_name",
    "会社名",
    "顧客名",
    "取引先名",
    "企業名",
    "法人名",
    "団体名",
    "自治体名",
    "得意先名",
    "お客様名",
    "社名",
    "company",
    "company_name",
    "account_name",
    "取引先",
    "得意先",
    "お客様",
    "訪問先",
    "会社",
    "企業",
    "クライアント",
    "御社名",
    "貴社名",
    "施設名",
    "店舗名",
];

/// Titles of the column that says which customer a row is about.
const CUSTOMER: &[&str] = &[
    "customer",
    "customer_id",
    "顧客ID",
    "顧客コード",
    "顧客番号",
    "取引先ID",
    "取引先コード",
    "取引先番号",
    "会員番号",
    "会員ID",
    "契約者番号",
    "住民ID",
    "customer_code",
    "external_id",
    "account",
    "account_id",
    "group_id",
    "company_id",
    "client_id",
    "企業ID",
    "企業コード",
    "会社ID",
    "会社コード",
    "得意先コード",
    "お客様番号",
    "お客様ID",
    "顧客",
];

//! Answers to surveys.

use super::happenings::CONTACT;
use super::{CUSTOMER, CUSTOMER_NAME, Field, Form, may, must};

pub const RESPONSES: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
    may("customer_name", Form::Name, CUSTOMER_NAME),
    must(
        "at",
        Form::Time,
        &[
            "at",
            "回答日時",
            "回答日",
            "回答日付",
            "日時",
            "日付",
            "responded_at",
            "date",
            "timestamp",
            "タイムスタンプ",
        ],
    ),
    may(
        "score",
        Form::Number,
        &["score", "点数", "スコア", "評価", "回答", "得点", "nps", "csat", "rating", "推奨度", "満足度"],
    ),
    may("survey", Form::Name, &["survey", "アンケート", "調査", "調査名", "アンケート名", "設問"]),
    may("external_id", Form::Name, &["external_id", "response_id", "回答ID", "回答番号", "id"]),
    may("contact", Form::Name, CONTACT),
    may("comment", Form::Text, &["comment", "コメント", "自由記述", "ご意見", "理由", "自由回答", "フリーコメント"]),
];

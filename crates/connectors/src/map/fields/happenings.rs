//! What happens: events, activities, inquiries, answers.

use super::{CUSTOMER, CUSTOMER_NAME, Field, Form, may, must};

const CONTACT: &[&str] = &["contact", "contact_id", "担当者ID", "連絡先ID", "人物ID", "回答者ID"];
const STAFF: &[&str] =
    &["staff", "staff_email", "担当CSM", "自社担当者", "自社担当", "対応者", "担当", "担当者", "owner", "assignee"];
const BODY: &[&str] =
    &["body", "text", "内容", "本文", "詳細", "メモ", "議事録", "問い合わせ内容", "description", "備考"];
const SUBJECT: &[&str] = &["subject", "title", "件名", "題名", "タイトル", "表題", "概要", "summary"];

pub const EVENTS: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
    must(
        "occurred_at",
        Form::Time,
        &[
            "occurred_at",
            "timestamp",
            "ts",
            "日時",
            "発生日時",
            "利用日時",
            "操作日時",
            "実行日時",
            "time",
            "event_time",
            "datetime",
            "date",
            "created_at",
            "日付",
            "利用日",
            "発生日",
            "購入日",
            "注文日",
            "年月日",
        ],
    ),
    must(
        "event",
        Form::Name,
        &[
            "event",
            "event_name",
            "イベント",
            "イベント名",
            "操作",
            "操作名",
            "操作内容",
            "アクション",
            "action",
            "機能",
            "機能名",
            "画面",
            "name",
        ],
    ),
    may("id", Form::Name, &["id", "event_id", "message_id", "イベントID", "ログID", "操作ID"]),
    may(
        "user",
        Form::Name,
        &[
            "user",
            "user_id",
            "利用者",
            "利用者ID",
            "ユーザー",
            "ユーザーID",
            "ユーザID",
            "ユーザ",
            "username",
            "ログインID",
            "アカウント",
            "login_id",
        ],
    ),
    may("received_at", Form::Time, &["received_at", "受信日時", "取込日時", "登録日時"]),
    may("deleted", Form::Bool, &["deleted", "is_deleted", "削除", "削除フラグ", "削除済", "削除済み"]),
    may("value", Form::Number, &["value", "値", "数量", "件数", "金額", "amount", "quantity", "回数"]),
];

const KINDS: &[(&str, &[&str])] = &[
    ("visit", &["訪問", "来社", "往訪"]),
    ("call", &["電話", "架電", "TEL", "phone"]),
    ("mail", &["メール", "email", "e-mail"]),
    (
        "meeting",
        &["会議", "打合せ", "打ち合わせ", "商談", "ミーティング", "定例", "定例会", "WEB会議", "オンライン会議", "MTG"],
    ),
    ("note", &["メモ", "その他", "記録"]),
];
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("in", &["受信", "着信", "先方から", "顧客から", "inbound"]),
    ("out", &["送信", "発信", "架電", "当方から", "自社から", "outbound"]),
    ("both", &["双方向", "双方", "両方"]),
];

pub const ACTIVITIES: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
    may("customer_name", Form::Name, CUSTOMER_NAME),
    must(
        "at",
        Form::Time,
        &["at", "日時", "活動日時", "活動日", "対応日時", "対応日", "実施日", "訪問日", "日付", "date", "datetime"],
    ),
    may("kind", Form::Word(KINDS, true), &["kind", "種別", "活動種別", "種類", "区分", "活動", "手段", "type"]),
    may("external_id", Form::Name, &["external_id", "activity_id", "活動ID", "記録ID", "id"]),
    may("contact", Form::Name, CONTACT),
    may("direction", Form::Word(DIRECTIONS, false), &["direction", "方向", "発着", "受発信"]),
    may("staff", Form::Name, STAFF),
    may("subject", Form::Name, SUBJECT),
    may("body", Form::Text, BODY),
];

const CHANNELS: &[(&str, &[&str])] = &[
    ("phone", &["電話", "TEL", "tel"]),
    ("mail", &["メール", "email", "e-mail"]),
    ("chat", &["チャット"]),
    ("form", &["フォーム", "問い合わせフォーム", "WEB", "Webフォーム"]),
];

const WAYS: &[(&str, &[&str])] = &[
    ("in", &["着信", "受信", "入電", "受電", "インバウンド", "IN", "inbound", "Inbound"]),
    ("out", &["発信", "架電", "送信", "アウトバウンド", "OUT", "outbound", "Outbound"]),
];
const PRIORITIES: &[(&str, &[&str])] = &[
    ("high", &["高", "緊急", "至急", "urgent", "Urgent"]),
    ("normal", &["中", "通常", "普通", "medium"]),
    ("low", &["低"]),
];
const STATES: &[(&str, &[&str])] = &[
    ("open", &["新規", "未対応", "対応中", "受付", "オープン", "new"]),
    ("waiting", &["保留", "回答待ち", "顧客待ち", "確認待ち", "pending", "hold"]),
    ("closed", &["完了", "解決", "解決済", "解決済み", "対応済", "対応済み", "クローズ", "solved", "resolved"]),
];
/// Whether a call was given up: our words are yes and no.
const LOST: &[(&str, &[&str])] = &[
    (
        "yes",
        &[
            "1",
            "true",
            "TRUE",
            "○",
            "〇",
            "◯",
            "はい",
            "放棄",
            "放棄呼",
            "途中放棄",
            "不応答",
            "未応答",
            "無応答",
            "切断",
            "abandoned",
            "Abandoned",
            "missed",
            "no-answer",
            "no answer",
            "NO ANSWER",
        ],
    ),
    (
        "no",
        &[
            "0",
            "false",
            "FALSE",
            "×",
            "いいえ",
            "応答",
            "応答済",
            "応答済み",
            "通話",
            "完了呼",
            "answered",
            "Answered",
            "ANSWERED",
            "completed",
        ],
    ),
];

pub const TICKETS: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
    may("customer_name", Form::Name, CUSTOMER_NAME),
    must(
        "opened_at",
        Form::Time,
        &[
            "opened_at",
            "受付日時",
            "受付日",
            "起票日時",
            "起票日",
            "問い合わせ日時",
            "問い合わせ日",
            "着信日時",
            "入電日時",
            "通話開始日時",
            "発生日時",
            "登録日時",
            "作成日時",
            "created_at",
            "opened",
            "started_at",
            "日時",
        ],
    ),
    may(
        "external_id",
        Form::Name,
        &[
            "external_id",
            "ticket_id",
            "call_id",
            "チケットID",
            "チケット番号",
            "問い合わせ番号",
            "受付番号",
            "通話ID",
            "コールID",
            "管理番号",
            "id",
        ],
    ),
    may("category", Form::Name, &["category", "分類", "カテゴリ", "カテゴリー", "種別", "問い合わせ種別", "区分"]),
    may("channel", Form::Word(CHANNELS, true), &["channel", "チャネル", "経路", "受付方法", "手段"]),
    may("direction", Form::Word(WAYS, false), &["direction", "発着", "発着区分", "受発信", "呼方向"]),
    may("priority", Form::Word(PRIORITIES, true), &["priority", "優先度", "緊急度", "重要度"]),
    may("status", Form::Word(STATES, true), &["status", "ステータス", "状態", "対応状況"]),
    may(
        "operator",
        Form::Name,
        &[
            "operator",
            "オペレーター",
            "オペレータ",
            "オペレーター名",
            "対応者",
            "応対者",
            "受付者",
            "担当者",
            "担当",
            "agent",
            "agent_name",
            "assignee",
        ],
    ),
    may("subject", Form::Name, SUBJECT),
    may("body", Form::Text, BODY),
    may(
        "answered_at",
        Form::Time,
        &[
            "answered_at",
            "初回回答日時",
            "初回応答日時",
            "回答日時",
            "回答日",
            "応答日時",
            "一次回答日時",
            "first_response_at",
            "first_answered_at",
        ],
    ),
    may(
        "closed_at",
        Form::Time,
        &["closed_at", "完了日時", "完了日", "クローズ日時", "クローズ日", "解決日時", "解決日", "resolved_at"],
    ),
    may("talk_s", Form::Span, &["talk_s", "通話時間", "通話秒数", "会話時間", "talk_time", "call_duration", "att"]),
    may(
        "wrap_up_s",
        Form::Span,
        &["wrap_up_s", "後処理時間", "後処理秒数", "後処理", "acw", "wrap_up_time", "wrap_up", "after_call_work"],
    ),
    may(
        "handling_s",
        Form::Span,
        &["handling_s", "対応時間", "処理時間", "作業時間", "aht", "handling_time", "handle_time"],
    ),
    may(
        "abandoned",
        Form::Word(LOST, false),
        &["abandoned", "放棄", "放棄呼", "放棄フラグ", "応答結果", "通話結果", "呼結果", "着信結果", "call_result"],
    ),
    may("satisfaction", Form::Integer(1, 5), &["satisfaction", "満足度", "評価", "csat", "rating"]),
];

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

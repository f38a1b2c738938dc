//! The fields of each kind of file, how they are written, and the titles that columns have for them.

use kizashi_domain::intake::RecordKind;

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
        RecordKind::Activities => ACTIVITIES,
        RecordKind::Tickets => TICKETS,
        RecordKind::Responses => RESPONSES,
    }
}

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
const CONTACT: &[&str] = &["contact", "contact_id", "担当者ID", "連絡先ID", "人物ID", "回答者ID"];
const STAFF: &[&str] =
    &["staff", "staff_email", "担当CSM", "自社担当者", "自社担当", "対応者", "担当", "担当者", "owner", "assignee"];
const EMAIL: &[&str] =
    &["email", "e-mail", "mail", "mail_address", "メールアドレス", "メール", "Eメール", "電子メール"];
const READING: &[&str] =
    &["reading", "フリガナ", "ふりがな", "カナ", "読み", "読み仮名", "name_kana", "kana", "会社名カナ"];
const BODY: &[&str] =
    &["body", "text", "内容", "本文", "詳細", "メモ", "議事録", "問い合わせ内容", "description", "備考"];
const SUBJECT: &[&str] = &["subject", "title", "件名", "題名", "タイトル", "表題", "概要", "summary"];

const EVENTS: &[Field] = &[
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
    may("value", Form::Number, &["value", "値", "数量", "件数", "金額", "amount", "quantity", "回数"]),
];

const STAGES: &[(&str, &[&str])] = &[
    ("onboarding", &["導入", "導入中", "オンボーディング", "立ち上げ"]),
    ("adoption", &["定着", "活用", "活用中", "利用中", "運用", "運用中"]),
    ("expansion", &["拡大", "拡張", "アップセル"]),
    ("renewal", &["更新", "更新期", "契約更新"]),
    ("churned", &["解約", "解約済", "解約済み", "離脱", "退会"]),
];

const CUSTOMERS: &[Field] = &[
    must("external_id", Form::Name, CUSTOMER),
    may(
        "name",
        Form::Name,
        &[
            "name",
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
            "名称",
            "氏名",
            "company",
            "company_name",
            "customer_name",
            "account_name",
        ],
    ),
    may("reading", Form::Name, READING),
    may(
        "parent",
        Form::Name,
        &["parent", "parent_id", "親会社ID", "親顧客ID", "親会社コード", "親コード", "グループ親"],
    ),
    may("segment", Form::Name, &["segment", "セグメント", "区分", "顧客区分", "ランク", "顧客ランク", "規模"]),
    may(
        "stage",
        Form::Word(STAGES, true),
        &["stage", "ステージ", "フェーズ", "ライフサイクル", "状態", "lifecycle_stage"],
    ),
    may("region", Form::Name, &["region", "地域", "エリア", "都道府県", "所在地"]),
    may("industry", Form::Name, &["industry", "業種", "業界"]),
    may("employees", Form::Integer(0, 100_000_000), &["employees", "従業員数", "社員数", "職員数"]),
    may(
        "owner",
        Form::Name,
        &[
            "owner",
            "owner_email",
            "担当CSM",
            "CSM",
            "CS担当",
            "CS担当者",
            "自社担当者",
            "自社担当",
            "営業担当",
            "担当者",
            "担当",
        ],
    ),
    may("goal", Form::Text, &["goal", "目標", "利用目的", "導入目的", "ゴール"]),
    may("domain", Form::Name, &["domain", "ドメイン", "メールドメイン", "website"]),
    may(
        "since",
        Form::Day,
        &["since", "利用開始日", "契約開始日", "導入日", "取引開始日", "登録日", "入会日", "start_date", "created_at"],
    ),
    may("churned_on", Form::Day, &["churned_on", "解約日", "退会日", "利用終了日", "churn_date"]),
    may("as_of", Form::Day, &["as_of", "基準日", "時点", "更新日", "updated_at", "updated_on"]),
];

const ROLES: &[(&str, &[&str])] = &[
    ("admin", &["管理者", "システム管理者"]),
    ("key_person", &["キーパーソン", "決裁者", "意思決定者", "責任者"]),
    ("champion", &["推進役", "推進者", "推進担当", "チャンピオン", "窓口"]),
    ("user", &["利用者", "ユーザー", "一般", "一般利用者"]),
];

const CONTACTS: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
    may(
        "external_id",
        Form::Name,
        &["external_id", "contact_id", "担当者ID", "連絡先ID", "利用者ID", "ユーザーID", "user_id", "id"],
    ),
    may("name", Form::Name, &["name", "氏名", "名前", "担当者名", "担当者", "お名前", "full_name", "contact_name"]),
    may("reading", Form::Name, READING),
    may("title", Form::Name, &["title", "役職", "肩書", "肩書き", "職位", "job_title"]),
    may("role", Form::Word(ROLES, true), &["role", "役割", "ロール", "立場"]),
    may("email", Form::Name, EMAIL),
    may("phone", Form::Name, &["phone", "tel", "電話", "電話番号", "TEL", "携帯", "携帯電話"]),
    may("left_on", Form::Day, &["left_on", "退職日", "離任日", "異動日"]),
];

const CONTRACTS: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
    may(
        "external_id",
        Form::Name,
        &["external_id", "contract_id", "契約ID", "契約番号", "契約コード", "contract_no", "id"],
    ),
    may("plan", Form::Name, &["plan", "プラン", "プラン名", "契約プラン", "商品", "商品名", "サービス名"]),
    may(
        "seats",
        Form::Integer(0, 100_000_000),
        &[
            "seats",
            "席数",
            "契約席数",
            "ライセンス数",
            "契約ID数",
            "契約ライセンス数",
            "アカウント数",
            "licenses",
            "quantity",
            "数量",
        ],
    ),
    may(
        "amount",
        Form::Money,
        &["amount", "契約金額", "金額", "年額", "契約額", "総額", "金額（税抜）", "契約金額（税抜）", "price", "total"],
    ),
    may("monthly", Form::Money, &["monthly", "月額", "月額料金", "月額金額", "月額（税抜）", "MRR", "monthly_amount"]),
    may("months", Form::Integer(1, 600), &["months", "契約月数", "契約期間", "期間", "契約期間（月）", "term_months"]),
    may("start", Form::Day, &["start", "契約開始日", "開始日", "利用開始日", "契約日", "start_date", "開始"]),
    may(
        "end",
        Form::Day,
        &["end", "契約終了日", "終了日", "満了日", "契約満了日", "有効期限", "end_date", "期限", "終了"],
    ),
    may("renews_on", Form::Day, &["renews_on", "更新日", "契約更新日", "次回更新日", "renewal_date"]),
    may("auto_renew", Form::Bool, &["auto_renew", "自動更新", "自動継続", "更新方法"]),
    may("notice_days", Form::Integer(0, 3_660), &["notice_days", "通知日数", "解約通知日数", "予告日数"]),
    may(
        "notice_by",
        Form::Day,
        &["notice_by", "通知期限", "解約通知期限", "更新通知期限", "解約申出期限", "予告期限", "notice_deadline"],
    ),
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

const ACTIVITIES: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
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

const TICKETS: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
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
            "発生日時",
            "登録日時",
            "作成日時",
            "created_at",
            "opened",
            "日時",
        ],
    ),
    may(
        "external_id",
        Form::Name,
        &["external_id", "ticket_id", "チケットID", "チケット番号", "問い合わせ番号", "受付番号", "管理番号", "id"],
    ),
    may("category", Form::Name, &["category", "分類", "カテゴリ", "カテゴリー", "種別", "問い合わせ種別", "区分"]),
    may("channel", Form::Word(CHANNELS, true), &["channel", "チャネル", "経路", "受付方法", "手段"]),
    may("subject", Form::Name, SUBJECT),
    may("body", Form::Text, BODY),
    may(
        "answered_at",
        Form::Time,
        &["answered_at", "初回回答日時", "回答日時", "回答日", "一次回答日時", "first_response_at"],
    ),
    may(
        "closed_at",
        Form::Time,
        &["closed_at", "完了日時", "完了日", "クローズ日時", "クローズ日", "解決日時", "解決日", "resolved_at"],
    ),
    may("satisfaction", Form::Integer(1, 5), &["satisfaction", "満足度", "評価", "csat", "rating"]),
];

const RESPONSES: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
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

//! Who we deal with: customers, people, contracts.

use super::{CUSTOMER, CUSTOMER_NAME, Field, Form, may, must};

const EMAIL: &[&str] =
    &["email", "e-mail", "mail", "mail_address", "メールアドレス", "メール", "Eメール", "電子メール"];
const READING: &[&str] =
    &["reading", "フリガナ", "ふりがな", "カナ", "読み", "読み仮名", "name_kana", "kana", "会社名カナ"];
const STAGES: &[(&str, &[&str])] = &[
    ("onboarding", &["導入", "導入中", "オンボーディング", "立ち上げ"]),
    ("adoption", &["定着", "活用", "活用中", "利用中", "運用", "運用中"]),
    ("expansion", &["拡大", "拡張", "アップセル"]),
    ("renewal", &["更新", "更新期", "契約更新"]),
    ("churned", &["解約", "解約済", "解約済み", "離脱", "退会"]),
];

const GOAL_STATES: &[(&str, &[&str])] = &[
    ("open", &["進行中", "取組中", "取り組み中", "未達成", "継続", "in progress", "in_progress"]),
    ("reached", &["達成", "達成済", "達成済み", "完了", "achieved", "done"]),
    ("missed", &["未達", "不達", "not achieved"]),
    ("dropped", &["中止", "取りやめ", "見送り", "cancelled", "canceled"]),
];

pub const CUSTOMERS: &[Field] = &[
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
            "名前",
            "氏名",
            "取引先",
            "得意先",
            "お客様",
            "会社",
            "企業",
            "クライアント",
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
        &[
            "parent",
            "parent_id",
            "親会社ID",
            "親顧客ID",
            "親会社コード",
            "親コード",
            "グループ親",
            "親会社",
            "親会社名",
            "親顧客",
            "本社",
        ],
    ),
    may("segment", Form::Name, &["segment", "セグメント", "区分", "顧客区分", "ランク", "顧客ランク", "規模"]),
    may(
        "stage",
        Form::Word(STAGES, true),
        &["stage", "ステージ", "フェーズ", "ライフサイクル", "状態", "lifecycle_stage"],
    ),
    may("region", Form::Name, &["region", "地域", "エリア", "都道府県", "所在地", "住所"]),
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
    may("goal", Form::Text, &["goal", "目標", "ゴール", "達成目標"]),
    may("goal_target", Form::Name, &["goal_target", "目標値", "目標の値", "達成基準", "目標KPI", "KPI"]),
    may("goal_on", Form::Day, &["goal_on", "目標期日", "目標の期日", "目標日", "達成期限", "目標期限", "goal_date"]),
    may(
        "goal_state",
        Form::Word(GOAL_STATES, false),
        &["goal_state", "目標の状態", "達成状況", "目標達成状況", "goal_status"],
    ),
    may(
        "purpose",
        Form::Text,
        &["purpose", "利用目的", "導入目的", "使用目的", "目的", "use_case", "reason_for_purchase"],
    ),
    may(
        "challenges",
        Form::Text,
        &["challenges", "課題", "お困りごと", "問題点", "悩み", "issues", "pain_points", "pain"],
    ),
    may("environment", Form::Text, &["environment", "環境", "利用環境", "導入環境", "システム環境", "tech_stack"]),
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

pub const CONTACTS: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
    may("customer_name", Form::Name, CUSTOMER_NAME),
    may(
        "external_id",
        Form::Name,
        &["external_id", "contact_id", "担当者ID", "連絡先ID", "利用者ID", "ユーザーID", "user_id", "id"],
    ),
    may(
        "name",
        Form::Name,
        &["name", "氏名", "姓", "名前", "担当者名", "担当者", "お名前", "full_name", "contact_name"],
    ),
    may("reading", Form::Name, READING),
    may(
        "title",
        Form::Name,
        &[
            "title",
            "部署・役職",
            "所属・役職",
            "部署名",
            "部署",
            "役職",
            "役職名",
            "肩書",
            "肩書き",
            "職位",
            "所属",
            "job_title",
        ],
    ),
    may("role", Form::Word(ROLES, true), &["role", "役割", "ロール", "立場"]),
    may("email", Form::Name, EMAIL),
    may("phone", Form::Name, &["phone", "tel", "電話", "電話番号", "TEL", "携帯", "携帯電話"]),
    may("left_on", Form::Day, &["left_on", "退職日", "離任日", "異動日"]),
];

pub const CONTRACTS: &[Field] = &[
    must("customer", Form::Name, CUSTOMER),
    may("customer_name", Form::Name, CUSTOMER_NAME),
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
            "ID数",
            "利用ID数",
            "ユーザー数",
            "契約ユーザー数",
            "利用者数",
            "ライセンス",
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
    may(
        "notice_days",
        Form::Integer(0, 3_660),
        &[
            "notice_days",
            "通知日数",
            "解約通知日数",
            "予告日数",
            "解約予告日数",
            "解約予告",
            "解約予告期間",
            "通知期間",
        ],
    ),
    may(
        "notice_by",
        Form::Day,
        &["notice_by", "通知期限", "解約通知期限", "更新通知期限", "解約申出期限", "予告期限", "notice_deadline"],
    ),
];

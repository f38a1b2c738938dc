//! Every limit has a name here, and a reason.

/// The largest event, as Segment has it.
pub const EVENT_BYTES_MAX: usize = 32 * 1024;
/// The largest body of an intake request (Segment's clients stop at 500 KB; we are a little more generous).
pub const INTAKE_BODY_BYTES_MAX: usize = 1024 * 1024;
/// The largest inflated body, against a compressed bomb.
pub const INTAKE_INFLATED_BYTES_MAX: usize = 5 * 1024 * 1024;
/// The longest external id, event name or user.
pub const NAME_CHARS_MAX: usize = 256;
/// The longest free text of a record.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Characters of the subject of a letter that a person words.
pub const LETTER_SUBJECT_CHARS_MAX: usize = 200;
/// The longest line of a file; beyond it a row is refused without being read into memory.
pub const LINE_BYTES_MAX: usize = 1024 * 1024;
/// The largest file that a browser may bring.
pub const UPLOAD_BYTES_MAX: usize = 256 * 1024 * 1024;
/// The largest Excel workbook; more rows fit into CSV, which is read piece by piece.
pub const WORKBOOK_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// What a workbook may hold once it is inflated, all its parts together.
pub const WORKBOOK_INFLATED_BYTES_MAX: u64 = 768 * 1024 * 1024;
/// Parts of a workbook's archive.
pub const WORKBOOK_PARTS_MAX: usize = 10_000;
/// Sheets of a workbook that are looked at.
pub const SHEETS_MAX: usize = 100;
/// Text of one sheet.
pub const SHEET_TEXT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Joined cells of one sheet; more of them are not undone.
pub const MERGES_MAX: usize = 100_000;
/// Customers whose names are held while a file that brings no codes is read.
pub const CUSTOMER_NAMES_MAX: i64 = 500_000;
/// Names of customers that went into others, through which a search looks.
pub const GONE_NAMES_MAX: i64 = 20_000;
/// Files that one command brings in.
pub const FILES_AT_ONCE_MAX: usize = 10_000;
/// Members of staff whom records may name.
pub const STAFF_NAMED_MAX: i64 = 5_000;
/// Contacts of one customer whom records may name.
pub const CONTACTS_NAMED_MAX: i64 = 2_000;
/// Names in an import that are nobody's of ours, of which is told.
pub const STRANGERS_MAX: usize = 100;
/// Events of an import that can be taken back as a whole. What that takes is 24 bytes an event beside the history, as much as the
/// event itself: for more, a row that deletes does.
pub const UNDO_EVENTS_MAX: u64 = 2_000_000;
/// Columns of a CSV file.
pub const COLUMNS_MAX: usize = 500;
/// Customers changed at once by hand.
pub const EDIT_CUSTOMERS_MAX: usize = 5_000;
/// Customers whose briefings stand on one page, to be printed together.
pub const BRIEFINGS_MAX: usize = 60;
/// Rows of one page of a list.
pub const PAGE_ROWS_MAX: i64 = 100;
/// Rows of one export; more needs the command line.
pub const EXPORT_ROWS_MAX: i64 = 200_000;
/// Rows written in one transaction while records are imported.
pub const BATCH_ROWS_MAX: usize = 1_000;
/// Different event names in a workspace; more is a mistake in the feed, such as an id in the name.
pub const EVENT_NAMES_MAX: usize = 10_000;
/// How far in the future an event may lie before its time is taken to be wrong.
pub const CLOCK_AHEAD_US_MAX: i64 = 24 * 3_600 * 1_000_000;
/// Cards changed at once by hand.
pub const CARDS_AT_ONCE_MAX: usize = 1_000;
/// Days ahead for which a card may be put off.
pub const SNOOZE_DAYS_MAX: i32 = 365;
/// Text behind one compressed byte; more is a bomb. Only looked at beyond [`INFLATED_FREE_BYTES_MAX`].
pub const INFLATION_RATIO_MAX: u64 = 500;
/// Text that a compressed file may hold whatever its ratio.
pub const INFLATED_FREE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Rows of a file without ids; each costs about 14 bytes of memory to tell equal rows apart.
pub const ROWS_WITHOUT_ID_MAX: u64 = 60_000_000;
/// Rows that a file reader hands over at once.
pub const READ_ROWS_MAX: usize = 4_096;
/// Figures of one's own in one customer row.
pub const FIGURES_MAX: usize = 100;
/// Users whose customer is remembered from group calls.
pub const GROUPED_USERS_MAX: usize = 2_000_000;
/// Closed spans and extra working days of a company's calendar.
pub const CLOSED_SPANS_MAX: usize = 400;
/// Steps of one play.
pub const PLAY_STEPS_MAX: usize = 60;
/// The longest time of a play or a step, in business days: about four years.
pub const PLAY_DAYS_MAX: u32 = 1_000;
/// Points of one curve.
pub const CURVE_POINTS_MAX: usize = 40;
/// The longest settings document; the packs that ship take a tenth of it.
pub const SETTINGS_BYTES_MAX: usize = 400 * 1024;
/// The longest comment on a version of the settings.
pub const COMMENT_CHARS_MAX: usize = 500;
/// Inquiries that one report of the support desk counts; each takes about 80 bytes of memory while it does.
pub const SUPPORT_TICKETS_MAX: usize = 1_000_000;
/// Inquiries read at once for a report.
pub const SUPPORT_PAGE_ROWS: i64 = 10_000;
/// One file that is kept with a customer.
pub const FILE_BYTES_MAX: usize = 50 * 1024 * 1024;
/// Files of one customer.
pub const FILES_OF_CUSTOMER_MAX: i64 = 2_000;
/// One letter, as servers of mail have it; of a longer one no more is fetched.
pub const MAIL_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The head of one letter.
pub const MAIL_HEAD_BYTES_MAX: usize = 512 * 1024;
/// Letters of one file or folder; each takes as much memory as its text until all are kept.
pub const MAILS_MAX: usize = 50_000;
/// Addresses of one letter that are looked at.
pub const MAIL_PARTIES_MAX: usize = 300;
/// Letters that one letter may answer, the nearest first.
pub const MAIL_ANSWERS_MAX: usize = 30;
/// Files of one letter that are named.
pub const MAIL_ATTACHMENTS_MAX: usize = 50;
/// Customers to whom one letter is contact; beyond that it is a circular.
pub const MAIL_CUSTOMERS_MAX: usize = 10;
/// Letters that wait for somebody to say whose they are; the oldest go when there are more.
pub const MAIL_WAITING_MAX: i64 = 10_000;
/// How long they wait.
pub const MAIL_WAITING_DAYS: i64 = 90;
/// Views that a signal compares with each other.
pub const DISAGREEING_VIEWS_MAX: usize = 6;
/// Views of a red account.
pub const RED_VIEWS_MAX: usize = 4;
/// The longest time, in business days, in which something should be done.
pub const BUSINESS_DAYS_MAX: u32 = 400;
/// Days for which a rule may keep quiet after it spoke: what is longer would silence it for good.
pub const COOLDOWN_DAYS_MAX: u32 = 366;
/// How long the trace of a firing is kept.
pub const FIRING_DAYS_MAX: i64 = 550;
/// Traces of firings that a workspace keeps; the oldest go when there are more.
pub const FIRINGS_MAX: i64 = 2_000_000;
/// Plays that are being written at once.
pub const PLAY_DRAFTS_MAX: i64 = 200;
/// Rows that a rehearsal of a play, or the proposals, look at.
pub const REHEARSAL_ROWS_MAX: i64 = 20_000;
/// Cards that each side of what is told of a play before and after counts, the newest ones.
pub const EFFECT_CARDS_MAX: i64 = 2_000;
/// Cards of each side of which the metrics of their cause are read again, the newest ones.
pub const EFFECT_MEASURED_MAX: usize = 300;
/// How far back proposals look for repeated work.
pub const PROPOSAL_DAYS: i32 = 182;

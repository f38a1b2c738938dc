//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::public_url::PublicUrl;
use kizashi_app::secrets::KeyText;

/// Kizashi (兆し): a customer success platform that a company runs itself.
#[derive(Parser, Debug)]
#[command(name = "kizashi", version, about)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// Where the data are.
#[derive(Args, Debug, Clone)]
pub struct Data {
    /// Data folder.
    #[arg(long = "data", value_name = "DIR", env = "KIZASHI_DATA", default_value = "kizashi-data")]
    pub dir: PathBuf,
    /// PostgreSQL for the records, instead of a file in the data folder.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, hide = true)]
    pub database_url: Option<String>,
    /// Key of secrets (32 bytes in Base64), instead of a file in the data folder.
    #[arg(long, env = "KIZASHI_SECRET_KEY", hide_env_values = true, hide = true)]
    pub secret_key: Option<KeyText>,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Make a demo company and serve it.
    Demo(Demo),
    /// Make a new, empty workspace.
    Init(Init),
    /// Serve the pages and the intake.
    Serve(Serve),
    /// Bring a file in: events, customers, contacts, contracts, activities, tickets, responses.
    Import(Import),
    /// Read the queries of connected databases now.
    Pull(Pull),
    /// Metrics of every customer on a day.
    Metrics(Metrics),
    /// Metrics of every customer on every day of a span.
    Series(Series),
    /// Health scores of every customer on a day.
    Score(Score),
    /// Take data out.
    Export(Export),
    /// Check a data folder whole.
    Doctor(Doctor),
    /// Members of staff.
    #[command(subcommand)]
    User(User),
    /// Write keys of sources.
    #[command(subcommand)]
    Token(Token),
}

impl Command {
    /// Where the data are.
    pub fn data(&self) -> &Data {
        match self {
            Self::Demo(a) => &a.data,
            Self::Init(a) => &a.data,
            Self::Serve(a) => &a.data,
            Self::Import(a) => &a.data,
            Self::Pull(a) => &a.data,
            Self::Metrics(a) => &a.data,
            Self::Series(a) => &a.data,
            Self::Score(a) => &a.data,
            Self::Export(a) => &a.data,
            Self::Doctor(a) => &a.data,
            Self::User(User::Add(a) | User::Reset(a)) => &a.data,
            Self::Token(Token::Add(a) | Token::Revoke(a)) => &a.data,
        }
    }
}

/// How the server is reached.
#[derive(Args, Debug, Clone)]
pub struct Door {
    /// Address to listen on.
    #[arg(long, env = "KIZASHI_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where browsers find the server, such as https://kizashi.example.jp. With https, cookies are kept to https.
    #[arg(long, value_name = "URL", env = "KIZASHI_PUBLIC_URL")]
    pub public_url: Option<PublicUrl>,
    /// Only who brings this token (`Authorization: Bearer …`) may read /metrics. Best given by the environment: others on
    /// the machine can see command lines.
    #[arg(long, value_name = "TOKEN", env = "KIZASHI_METRICS_TOKEN", hide_env_values = true, value_parser = read_metrics_token)]
    pub metrics_token: Option<String>,
    /// Let webhooks reach addresses of your own network, and by plain http.
    #[arg(long, env = "KIZASHI_HOOKS_TO_PRIVATE")]
    pub hooks_to_private: bool,
}

/// A token that is easily guessed protects nothing.
const METRICS_TOKEN_CHARS_MIN: usize = 16;

fn read_metrics_token(text: &str) -> Result<String, String> {
    let is_plain = text.chars().all(|c| c.is_ascii_graphic());
    if text.len() < METRICS_TOKEN_CHARS_MIN || !is_plain {
        return Err(format!("give at least {METRICS_TOKEN_CHARS_MIN} characters, ASCII and without spaces"));
    }
    Ok(text.to_owned())
}

#[derive(Args, Debug)]
pub struct Demo {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub door: Door,
    /// How many customers (1 to 100,000).
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub customers: u32,
    /// How many months of history (2 to 60).
    #[arg(long, default_value_t = 18, value_parser = clap::value_parser!(u32).range(2..=60))]
    pub months: u32,
    /// The same seed makes the same company.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Make the company and stop.
    #[arg(long)]
    pub no_serve: bool,
}

#[derive(Args, Debug)]
pub struct Init {
    #[command(flatten)]
    pub data: Data,
    /// A pack by name (saas, bpo, callcenter, jichitai) or a TOML file.
    #[arg(long, value_name = "NAME|FILE", default_value = "saas")]
    pub pack: String,
    /// Name of your company.
    #[arg(long, default_value = "Kizashi")]
    pub name: String,
}

#[derive(Args, Debug)]
pub struct Serve {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub door: Door,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub enum Kind {
    Events,
    Customers,
    Contacts,
    Contracts,
    Deals,
    Activities,
    Tickets,
    Responses,
    /// The messages of a Singer tap, on standard input; --map says what its streams are.
    Singer,
    /// Letters, which become activities: .eml, .mbox, or a folder of them.
    Mail,
}

#[derive(Args, Debug)]
pub struct Import {
    /// .csv .tsv .ndjson (plain or .gz), .xlsx .xls .ods or .parquet, .eml or .mbox; `-` for standard input. Several files are one import.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub data: Data,
    /// What the file holds; guessed from its columns when left out.
    #[arg(long = "as", value_enum)]
    pub kind: Option<Kind>,
    /// A sheet of a workbook, by its name; may be given several times. Without it, every sheet whose headings are understood.
    #[arg(long = "sheet", value_name = "NAME")]
    pub sheets: Vec<String>,
    /// Which column is what. Of a Singer tap: what its streams are; salesforce, hubspot, zendesk and stripe are maps that ship.
    #[arg(long, value_name = "MAP.toml")]
    pub map: Option<PathBuf>,
    /// Name of the source: ids are unique within it.
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Read everything, write nothing, say what would happen.
    #[arg(long)]
    pub dry_run: bool,
    /// Take nothing at all when a single row is refused.
    #[arg(long)]
    pub strict: bool,
    /// Of a file that breaks off, keep the good rows before the damage.
    #[arg(long)]
    pub partial: bool,
    /// End with one JSON object on standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub struct Pull {
    #[command(flatten)]
    pub data: Data,
    /// Only what this connection brings.
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
    Parquet,
}

#[derive(Args, Debug)]
pub struct Out {
    /// csv, json (one object a line) or parquet.
    #[arg(long, value_enum, default_value = "csv")]
    pub format: Format,
    /// Write to a file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct Metrics {
    #[command(flatten)]
    pub data: Data,
    /// At the end of this business day (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    pub as_of: String,
    /// Count only what was recorded by this day (YYYY-MM-DD) or instant (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub known_at: Option<String>,
    /// One row a metric: rows measured, sum, min, max.
    #[arg(long)]
    pub summary: bool,
    #[command(flatten)]
    pub out: Out,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub enum Every {
    Day,
    Week,
}

#[derive(Args, Debug)]
pub struct Series {
    #[command(flatten)]
    pub data: Data,
    /// First day (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    pub from: String,
    /// Last day (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    pub to: String,
    /// Which days.
    #[arg(long, value_enum, default_value = "day")]
    pub every: Every,
    /// Count only what was recorded by this day (YYYY-MM-DD) or instant (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub known_at: Option<String>,
    /// Each day with what was known at its end.
    #[arg(long)]
    pub as_known: bool,
    /// Only these metrics, comma separated.
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub metrics: Vec<String>,
    /// One row a metric: rows measured, sum, min, max.
    #[arg(long)]
    pub summary: bool,
    #[command(flatten)]
    pub out: Out,
}

#[derive(Args, Debug)]
pub struct Score {
    #[command(flatten)]
    pub data: Data,
    /// At the end of this business day (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    pub as_of: String,
    /// Count only what was recorded by the end of this day (YYYY-MM-DD).
    #[arg(long, value_name = "DATE")]
    pub known_at: Option<String>,
    /// With the sentence that explains it.
    #[arg(long)]
    pub explain: bool,
    #[command(flatten)]
    pub out: Out,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub enum What {
    Customers,
    Events,
    Scores,
    Cards,
    Deals,
    Files,
}

#[derive(Args, Debug)]
pub struct Export {
    #[command(flatten)]
    pub data: Data,
    /// What to take out.
    #[arg(long, value_enum)]
    pub what: What,
    #[command(flatten)]
    pub out: Out,
}

#[derive(Args, Debug)]
pub struct Doctor {
    #[command(flatten)]
    pub data: Data,
    /// Make anew what is made from the records: the index of the search.
    #[arg(long)]
    pub repair: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Subcommand, Debug)]
pub enum User {
    /// Add a member of staff; the password is shown once.
    Add(Person),
    /// Set a new password; it is shown once.
    Reset(Person),
}

#[derive(Args, Debug)]
pub struct Person {
    #[command(flatten)]
    pub data: Data,
    /// Mail address, the name to sign in with.
    #[arg(long)]
    pub email: String,
    /// Name as shown.
    #[arg(long, default_value = "")]
    pub name: String,
    /// admin, manager, csm, other or audit.
    #[arg(long, default_value = "admin")]
    pub role: String,
    /// ja or en.
    #[arg(long, default_value = "ja")]
    pub language: String,
}

#[derive(Subcommand, Debug)]
pub enum Token {
    /// Make a write key for a source, or a token for the API; it is shown once.
    Add(Source),
    /// Take a write key or a token away.
    Revoke(Source),
}

#[derive(Args, Debug)]
pub struct Source {
    #[command(flatten)]
    pub data: Data,
    /// Name of the source that sends events with a write key.
    #[arg(long, required_unless_present = "api", conflicts_with = "api")]
    pub source: Option<String>,
    /// Name of the program that uses the API with a token; what it writes has this name as its source.
    #[arg(long, value_name = "NAME")]
    pub api: Option<String>,
    /// What the token may: read, write. Several can be given; read alone when none is.
    #[arg(long, value_name = "SCOPE", requires = "api", value_delimiter = ',')]
    pub scope: Vec<String>,
}

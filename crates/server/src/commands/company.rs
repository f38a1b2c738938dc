//! `init` and `demo`: a new workspace, empty or with a company in it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use kizashi_app::access::{Grant, NewStaff, Role, add_staff};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::schedule::score_all;
use kizashi_app::settings::init_workspace;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::lang::Lang;
use kizashi_domain::pack::Pack;
use kizashi_lake::Load;

use super::{Exit, people, serve};
use crate::args::{Demo, Init, Serve};
use crate::demo::{self, Company, StaffRole};
use crate::home::Home;

/// Packs that come with the program.
const PACKS: [(&str, &str); 5] = [
    ("start", include_str!("../../../../packs/start.toml")),
    ("saas", include_str!("../../../../packs/saas.toml")),
    ("bpo", include_str!("../../../../packs/bpo.toml")),
    ("callcenter", include_str!("../../../../packs/callcenter.toml")),
    ("jichitai", include_str!("../../../../packs/jichitai.toml")),
];
const SIGN_IN: &str = "demo-sign-in.txt";
const RECORDS_PER_CALL: usize = 5_000;

/// A pack by name, or from a file.
pub fn find_pack(name: &str) -> Result<String, Exit> {
    if let Some((_, text)) = PACKS.iter().find(|(id, _)| *id == name) {
        return Ok((*text).to_owned());
    }
    fs::read_to_string(name).map_err(|e| {
        let names: Vec<&str> = PACKS.iter().map(|(id, _)| *id).collect();
        Exit::usage(format!("--pack {name}: neither one of {} nor a file that can be read ({e})", names.join(", ")))
    })
}

/// A new, empty workspace.
pub async fn make(data: &crate::args::Data, pack: &str, name: &str) -> Result<(Home, Id<Workspace>), Exit> {
    let parsed = Pack::parse(pack).map_err(Exit::usage)?;
    let home = Home::open_in(data, &parsed.time_zone).await?;
    let workspace = init_workspace(&home.app, name, pack).await.map_err(|e| match e {
        kizashi_app::Error::Refused(kizashi_app::Refused::Taken) => {
            Exit::Failed(format!("there is a workspace in {} already", data.dir.display()))
        }
        other => Exit::failed(other),
    })?;
    Ok((home, workspace))
}

/// `init`.
pub async fn init(args: Init) -> Result<Exit, Exit> {
    let pack = find_pack(&args.pack)?;
    let (home, _) = make(&args.data, &pack, &args.name).await?;
    home.app.close().await;
    let dir = args.data.dir.display();
    println!("a new workspace is in {dir}");
    println!("next: kizashi user add --data {dir} --email YOU@COMPANY   then: kizashi serve --data {dir}");
    Ok(Exit::Done)
}

/// `demo`.
pub async fn run(args: Demo) -> Result<Exit, Exit> {
    let sign_in = args.data.dir.join(SIGN_IN);
    if sign_in.exists() {
        eprintln!("the demo company is in {} already (remove the folder for a new one)", args.data.dir.display());
    } else {
        build(&args).await?;
    }
    let how = fs::read_to_string(&sign_in)?;
    println!("{how}");
    if args.no_serve {
        return Ok(Exit::Done);
    }
    serve::run(Serve { data: args.data, door: args.door }).await
}

async fn build(args: &Demo) -> Result<(), Exit> {
    let (home, workspace) = make(&args.data, &find_pack("saas")?, demo::COMPANY).await?;
    let now = home.app.now();
    eprintln!("making {} with {} customers and {} months …", demo::COMPANY, args.customers, args.months);
    let company =
        Company::new(args.seed, usize::try_from(args.customers).unwrap_or(300), args.months, now, home.zone.clone());
    let how = found(&home, workspace, &company).await?;
    home.app.close().await;
    write_private(&args.data.dir.join(SIGN_IN), &how)?;
    Ok(())
}

/// Fills a new workspace with a company; how to sign in.
pub async fn found(home: &Home, workspace: Id<Workspace>, company: &Company) -> Result<String, Exit> {
    let how = hire(home, workspace, company).await?;
    take_records(home, workspace, company).await?;
    tokio::task::block_in_place(|| take_events(home, company))?;
    demo::past::play(&home.app, workspace, company).await?;
    let done = score_all(&home.app, workspace).await?;
    eprintln!("{} customers scored, {} cards opened", done.customers, done.cards);
    demo::scenes::play(&home.app, workspace).await?;
    Ok(how)
}

fn write_private(path: &Path, text: &str) -> Result<(), Exit> {
    use std::io::Write as _;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

async fn hire(home: &Home, workspace: Id<Workspace>, company: &Company) -> Result<String, Exit> {
    let grant = Grant::of_console(workspace);
    let password = people::new_password()?;
    let mut lines = Vec::new();
    let mut staff: Vec<_> = company.staff().iter().collect();
    // The manager sees everybody's work, so that is who looks around first.
    staff.sort_by_key(|s| match s.role {
        StaffRole::Manager => 0,
        StaffRole::Csm => 1,
        StaffRole::Admin => 2,
        StaffRole::Other => 3,
    });
    for s in staff {
        let role = match s.role {
            StaffRole::Admin => Role::Admin,
            StaffRole::Manager => Role::Manager,
            StaffRole::Csm => Role::Csm,
            StaffRole::Other => Role::Other,
        };
        let new = NewStaff {
            email: s.mail.to_owned(),
            name: s.name.to_owned(),
            role,
            language: Lang::Ja,
            password: Some(password.clone()),
        };
        add_staff(&home.app, &grant, new).await?;
        if !Company::has_left(s) {
            lines.push(format!("  {:<26} {} ({})", s.mail, s.name, role.word()));
        }
    }
    Ok(format!(
        "sign in as {} with password: {password}\nthe same password for:\n{}",
        company.staff().iter().find(|s| s.role == StaffRole::Manager).map_or("", |s| s.mail),
        lines.join("\n")
    ))
}

/// Records go in by source, in the order in which they come.
async fn take_records(home: &Home, workspace: Id<Workspace>, company: &Company) -> Result<(), Exit> {
    let mut source = "";
    let mut waiting: Vec<Received> = Vec::new();
    for arrival in company.records() {
        if arrival.source != source || waiting.len() >= RECORDS_PER_CALL {
            keep_records(&home.app, workspace, source, &waiting, false).await?;
            waiting.clear();
            source = arrival.source;
        }
        waiting.push(Received { at: arrival.received_at, assumed: false, record: arrival.record });
    }
    keep_records(&home.app, workspace, source, &waiting, false).await?;
    Ok(())
}

/// Usage goes in as a bulk load of each source.
fn take_events(home: &Home, company: &Company) -> Result<(), Exit> {
    let mut loads: BTreeMap<&'static str, Load> = BTreeMap::new();
    company.events(|source, batch| {
        if !loads.contains_key(source) {
            loads.insert(source, home.lake.begin_load(source, home.app.now()).map_err(Exit::failed)?);
        }
        loads.get(source).map_or(Ok(()), |load| load.add(batch).map_err(Exit::failed))
    })?;
    for load in loads.into_values() {
        load.commit().map_err(Exit::failed)?;
    }
    home.lake.fold().map_err(Exit::failed)?;
    Ok(())
}

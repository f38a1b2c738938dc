//! An open data folder: the records, the usage history, and where they lie.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kizashi_app::{App, Clock, SystemClock};
use kizashi_connectors::imap::Imap;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::time::Zone;
use kizashi_lake::{Lake, LakeError, Options};

use crate::args::Data;
use crate::commands::Exit;

/// Folder of the usage history in a data folder.
pub const HISTORY: &str = "history";

/// An open data folder.
#[derive(Clone)]
pub struct Home {
    pub dir: PathBuf,
    pub app: App,
    pub lake: Lake,
    pub zone: Zone,
}

impl Home {
    /// Opens a data folder that has a workspace.
    pub async fn open(data: &Data) -> Result<Self, Exit> {
        if !data.dir.exists() {
            return Err(no_workspace(&data.dir));
        }
        // The lock comes first: nobody touches the records while a server has the folder open.
        let now = SystemClock.now();
        let zone = App::find_zone(&data.dir, data.database_url.as_deref(), now).await.map_err(Exit::failed)?;
        let Some(zone) = zone else { return Err(no_workspace(&data.dir)) };
        Self::open_in(data, &zone).await
    }

    /// Opens a data folder whose workspace counts days in `zone`, or will.
    pub async fn open_in(data: &Data, zone: &str) -> Result<Self, Exit> {
        let zone = Zone::named(zone).map_err(Exit::usage)?;
        std::fs::create_dir_all(&data.dir).map_err(|e| Exit::failed(format!("{}: {e}", data.dir.display())))?;
        let lake = Lake::open(&data.dir.join(HISTORY), zone.clone(), Options::default()).map_err(|e| match e {
            LakeError::InUse(_) => Exit::Failed(format!(
                "{} is open in another program; stop it, or use the server that runs there",
                data.dir.display()
            )),
            other => Exit::failed(other),
        })?;
        let (url, key) = (data.database_url.as_deref(), data.secret_key.clone());
        let app = App::open(&data.dir, url, key, Arc::new(lake.clone()), Arc::new(SystemClock))
            .await
            .map_err(Exit::failed)?
            .reading_mailboxes_by(Arc::new(Imap));
        Ok(Self { dir: data.dir.clone(), app, lake, zone })
    }

    /// The workspace.
    pub async fn workspace(&self) -> Result<Id<Workspace>, Exit> {
        self.app.workspace().await.map_err(Exit::failed)?.ok_or_else(|| no_workspace(&self.dir))
    }
}

fn no_workspace(dir: &Path) -> Exit {
    Exit::Failed(format!(
        "there is no workspace in {}: make one with `kizashi init --data {}` or try `kizashi demo`",
        dir.display(),
        dir.display()
    ))
}

//! SIGKILL at each step of telling somebody by mail: before a try, while it is under way, after the text was given over, after the answer.
//! Nothing is lost, and what may have gone is not sent a second time.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use kizashi_app::access::{Action, NewStaff, Role, add_staff, permit, sign_in};
use kizashi_app::notices::{PostingRow, Smtp, keep_smtp, list_postings, send_again, send_test};
use kizashi_app::{App, SystemClock};
use kizashi_domain::lang::Lang;
use kizashi_domain::time::Zone;
use kizashi_testkit::{MemoryHistory, PASSWORD};

use crate::program::{Server, run};

/// Long enough for a slow machine under load.
const WITHIN: Duration = Duration::from_secs(120);
const EMAIL: &str = "kanri@shiken.example";

/// Where a mail server stops answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stops {
    Nowhere,
    /// Before its first word.
    BeforeGreeting,
    /// When it has all of the text.
    AfterText,
}

/// A mail server that stops where it is told, and says what happens to it.
struct Postbox {
    port: u16,
    stops: Sender<Stops>,
    happened: Receiver<&'static str>,
}

impl Postbox {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stops, orders) = channel::<Stops>();
        let (tell, happened) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stop) = orders.recv() else { return };
                drop(serve(stream.unwrap(), stop, &tell));
            }
        });
        Self { port, stops, happened }
    }

    fn wait_for(&self, wanted: &str) {
        let got = self.happened.recv_timeout(WITHIN).unwrap();
        assert_eq!(got, wanted);
    }

    fn assert_nothing_more(&self) {
        assert!(self.happened.try_recv().is_err());
    }
}

fn serve(stream: TcpStream, stop: Stops, tell: &Sender<&'static str>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut out = stream;
    let mut line = String::new();
    if stop == Stops::BeforeGreeting {
        let _ = tell.send("connected");
        // Until the other side is gone.
        return lines.read_line(&mut line).map(|_| ());
    }
    out.write_all(b"220 postbox\r\n")?;
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.get(..4).unwrap_or_default() {
            "EHLO" => b"250 postbox\r\n",
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                while line.trim_end() != "." {
                    line.clear();
                    if lines.read_line(&mut line)? == 0 {
                        return Ok(());
                    }
                }
                if stop == Stops::AfterText {
                    let _ = tell.send("text");
                    return lines.read_line(&mut line).map(|_| ());
                }
                out.write_all(b"250 taken\r\n")?;
                let _ = tell.send("taken");
                continue;
            }
            "QUIT" => return out.write_all(b"221 bye\r\n"),
            _ => b"250 yes\r\n",
        };
        out.write_all(answer)?;
    }
}

/// The product without its server: what the database says.
async fn open(data: &Path) -> App {
    let history = Arc::new(MemoryHistory::new(Zone::UTC));
    App::open(data, None, None, history, Arc::new(SystemClock)).await.unwrap()
}

async fn grant(app: &App) -> kizashi_app::access::Grant {
    permit(&sign_in(app, EMAIL, PASSWORD).await.unwrap().viewer, Action::Administer).unwrap()
}

async fn make(data: &Path, port: u16) {
    run(data, &["init", "--name", "試験商事"]);
    let app = open(data).await;
    let console = kizashi_app::access::Grant::of_console(app.workspace().await.unwrap().unwrap());
    let new = NewStaff {
        email: EMAIL.into(),
        name: "管理".into(),
        role: Role::Admin,
        language: Lang::Ja,
        password: Some(PASSWORD.into()),
    };
    add_staff(&app, &console, new).await.unwrap();
    let smtp = Smtp { host: "127.0.0.1".into(), port, from: "kizashi@shiken.example".into(), ..Smtp::default() };
    keep_smtp(&app, &console, smtp, None).await.unwrap();
    app.close().await;
}

/// Asks for a message, or for the last one again; nothing is running.
async fn ask(data: &Path) {
    let app = open(data).await;
    let grant = grant(&app).await;
    send_test(&app, &grant, "mail").await.unwrap();
    app.close().await;
}

async fn postings(data: &Path) -> Vec<PostingRow> {
    let app = open(data).await;
    let rows = list_postings(&app, &grant(&app).await).await.unwrap();
    app.close().await;
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_survives_a_kill_at_each_step_and_is_never_sent_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let postbox = Postbox::open();
    make(data, postbox.port).await;

    // Killed before it was taken: it goes when the server is there again.
    ask(data).await;
    postbox.stops.send(Stops::BeforeGreeting).unwrap();
    let mut server = Server::start(data, None);
    // Killed while the other side had not said a word.
    postbox.wait_for("connected");
    server.kill();
    assert_eq!(postings(data).await[0].state, "sending", "the try is written down before it is made");

    // What was under way is unclear, and does not go by itself; what is asked for meanwhile does.
    ask(data).await;
    postbox.stops.send(Stops::AfterText).unwrap();
    let mut server = Server::start(data, None);
    postbox.wait_for("text");
    server.kill();
    let rows = postings(data).await;
    let states: Vec<&str> = rows.iter().map(|p| p.state.as_str()).collect();
    assert_eq!(states, ["sending", "unclear"]);

    // Killed when the other side had all of it, and when it had said so.
    ask(data).await;
    postbox.stops.send(Stops::Nowhere).unwrap();
    let mut server = Server::start(data, None);
    postbox.wait_for("taken");
    server.kill();
    let rows = postings(data).await;
    assert_eq!([rows[1].state.as_str(), rows[2].state.as_str()], ["unclear", "unclear"]);
    assert!(matches!(rows[0].state.as_str(), "sending" | "sent"), "{rows:?}");
    assert!(rows.iter().all(|p| p.attempts == 1), "{rows:?}");

    // Nothing is lost: a person sees all of them, and may send one again.
    let app = open(data).await;
    send_again(&app, &grant(&app).await, rows[2].id).await.unwrap();
    app.close().await;
    postbox.stops.send(Stops::Nowhere).unwrap();
    let mut server = Server::start(data, None);
    postbox.wait_for("taken");
    server.kill();
    postbox.assert_nothing_more();
    let rows = postings(data).await;
    assert!(rows.len() == 3 && rows[1].state == "unclear" && rows.iter().all(|p| p.attempts == 1), "{rows:?}");
}

//! Tells people what `app` has decided: drawn by `web`, sent by `connectors`. What was being sent when the process was killed is
//! listed, and not sent again by itself.

use std::sync::Arc;
use std::time::Duration;

use kizashi_app::notices::{
    ChatKind, Errand, Message, Smtp, To, Tried, decide_letters, keep_tried, list_lost, record_sent, take_errands,
    tell_causes, write_digests,
};
use kizashi_app::settings::open_settings;
use kizashi_connectors::chat::{Chat, ChatMessage, ChatReply, Part};
use kizashi_connectors::post::Postman;
use kizashi_connectors::smtp::{MailReply, Post, Server, send};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::lang::Lang;
use kizashi_domain::time::Time;
use kizashi_web::notices::{Drawn, draw_letter, draw_notice};
use kizashi_web::words::{Terms, Words};

use crate::home::Home;

/// How long the job rests between two turns.
const REST_MS: u64 = 1_000;
/// How long it rests after a failure.
const FAILED_REST_MS: u64 = 5_000;

/// How it stands in the world.
#[derive(Clone, Debug)]
pub struct Stand {
    /// Where browsers find the product.
    pub origin: String,
    /// Places of chats may be in one's own network, and reached by plain http.
    pub may_private: bool,
}

/// Tells people, for ever.
pub async fn keep_noticing(home: Home, workspace: Id<Workspace>, stand: Stand) {
    let postman = Arc::new(Postman::new(stand.may_private));
    // Nobody else has this folder: what is being sent now was being sent by a process that is gone.
    let mut is_beginning = true;
    loop {
        let rest_ms = match turn(&home, workspace, &stand, &postman, is_beginning).await {
            Ok(0) => REST_MS,
            Ok(_) => 0,
            Err(e) => {
                tracing::error!("telling people: {e}");
                FAILED_REST_MS
            }
        };
        is_beginning = false;
        tokio::time::sleep(Duration::from_millis(rest_ms)).await;
    }
}

async fn turn(
    home: &Home,
    ws: Id<Workspace>,
    stand: &Stand,
    postman: &Arc<Postman>,
    is_beginning: bool,
) -> kizashi_app::Result<usize> {
    let app = &home.app;
    list_lost(app, ws, is_beginning).await?;
    write_digests(app, ws).await?;
    tell_causes(app, ws).await?;
    decide_letters(app, ws).await?;
    let sent = send_due(home, ws, stand, postman).await?;
    record_sent(app, ws).await?;
    Ok(sent)
}

/// Takes what is due and sends it side by side; how many.
async fn send_due(home: &Home, ws: Id<Workspace>, stand: &Stand, postman: &Arc<Postman>) -> kizashi_app::Result<usize> {
    let errands = take_errands(&home.app, ws).await?;
    if errands.is_empty() {
        return Ok(0);
    }
    let count = errands.len();
    let terms = Terms::of(&open_settings(&home.app, ws).await?.pack);
    let mut sending = tokio::task::JoinSet::new();
    for errand in errands {
        let words = Words::renamed(language_of(&errand), &terms);
        let (home, postman, stand) = (home.clone(), Arc::clone(postman), stand.clone());
        sending.spawn(async move {
            let now = home.app.now();
            let work = move || (run(&errand, &words, &stand, &postman, now), errand);
            match tokio::task::spawn_blocking(work).await {
                Ok((tried, errand)) => keep_tried(&home.app, ws, &errand, &tried).await,
                Err(e) => Err(kizashi_app::Error::failed("telling people", e)),
            }
        });
    }
    while let Some(ended) = sending.join_next().await {
        ended.map_err(|e| kizashi_app::Error::failed("telling people", e))??;
    }
    Ok(count)
}

fn language_of(errand: &Errand) -> Lang {
    match &errand.message {
        Message::Notice(mail) => mail.language,
        Message::Letter(_) => Lang::Ja,
    }
}

fn run(errand: &Errand, words: &Words, stand: &Stand, postman: &Postman, now: Time) -> Tried {
    match (&errand.to, &errand.message) {
        (To::Mail { smtp, password, address }, message) => {
            let id = errand.message_id(&smtp.from);
            let password = password.as_ref().map(|p| p.expose()).unwrap_or_default();
            read_mail(mail(smtp, password, (&id, address), message, words, stand, now))
        }
        (To::Chat { kind, address, token }, Message::Notice(mail)) => {
            let chat = chat_of(*kind);
            let mut message = message_of(draw_notice(words, &stand.origin, mail));
            match &errand.piece {
                Some(piece) => message = message.piece(piece.parts.clone(), (piece.nth, piece.of)),
                None => match chat.share(&message) {
                    shares if shares.len() > 1 => return Tried::Shared(shares),
                    _ => {}
                },
            }
            let token = token.as_ref().map(|t| t.expose());
            read_chat(chat.read(&postman.post(&chat.write(address.expose(), token, &message))))
        }
        (To::Chat { .. }, Message::Letter(_)) => Tried::Refused("gone"),
    }
}

fn mail(
    smtp: &Smtp,
    password: &str,
    (id, address): (&str, &str),
    message: &Message,
    words: &Words,
    stand: &Stand,
    at: Time,
) -> MailReply {
    let server = Server {
        host: &smtp.host,
        port: smtp.port,
        guarded: smtp.guarded,
        user: &smtp.user,
        password,
        authority: &smtp.authority,
    };
    let post = Post {
        message_id: id,
        at,
        from: (&smtp.from_name, &smtp.from),
        reply_to: None,
        to: ("", address),
        subject: "",
        text: "",
        html: "",
        unsubscribe: None,
        is_automatic: true,
    };
    match message {
        Message::Notice(mail) => {
            let drawn = draw_notice(words, &stand.origin, mail);
            let (text, html) = (drawn.text(), drawn.html());
            send(&server, &Post { subject: &drawn.title, text: &text, html: &html, ..post })
        }
        Message::Letter(letter) => {
            let (text, unsubscribe) = draw_letter(words, &stand.origin, letter);
            let staff = letter.staff.as_ref().map(|(name, email)| (name.as_str(), email.as_str()));
            let name = staff.map_or(smtp.from_name.as_str(), |(name, _)| name);
            let post = Post {
                from: (name, &smtp.from),
                reply_to: staff,
                to: (&letter.contact_name, address),
                subject: &letter.subject,
                text: &text,
                unsubscribe: unsubscribe.as_deref(),
                is_automatic: staff.is_none(),
                ..post
            };
            send(&server, &post)
        }
    }
}

const fn chat_of(kind: ChatKind) -> Chat {
    match kind {
        ChatKind::Slack => Chat::Slack,
        ChatKind::Teams => Chat::Teams,
        ChatKind::Chatwork => Chat::Chatwork,
        ChatKind::LineWorks => Chat::LineWorks,
    }
}

fn message_of(drawn: Drawn) -> ChatMessage {
    let parts = drawn.parts.into_iter().map(|p| Part { heading: p.heading, lines: p.lines, links: p.links });
    ChatMessage { title: drawn.named_title, parts: parts.collect(), page: drawn.page }
}

const fn read_mail(reply: MailReply) -> Tried {
    match reply {
        MailReply::Taken => Tried::Sent,
        MailReply::Later(why) => Tried::Later(why, None),
        MailReply::Refused(why) => Tried::Refused(why),
        MailReply::Unclear(why) => Tried::Unclear(why),
    }
}

const fn read_chat(reply: ChatReply) -> Tried {
    match reply {
        ChatReply::Taken => Tried::Sent,
        ChatReply::Later(why, asked_s) => Tried::Later(why, asked_s),
        ChatReply::Refused(why) => Tried::Refused(why),
        ChatReply::Unclear(why) => Tried::Unclear(why),
    }
}

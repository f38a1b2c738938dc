//! `user` and `token`: who signs in, which source may send.

use kizashi_app::access::{Grant, NewStaff, Role, add_staff, reset_password};
use kizashi_app::intake::{add_write_key, revoke_write_key};
use kizashi_domain::lang::Lang;

use super::{Exit, Output};
use crate::args::{Token, User};
use crate::home::Home;

const PASSWORD_LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_CHARS: usize = 16;

/// A password that people can copy: 16 letters and digits without look-alikes, about 79 bits.
pub fn new_password() -> Result<String, Exit> {
    let mut out = String::with_capacity(PASSWORD_CHARS);
    while out.len() < PASSWORD_CHARS {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(Exit::failed)?;
        // Bytes beyond a whole multiple are thrown away, so that every letter is equally likely.
        let limit = 256 / PASSWORD_LETTERS.len() * PASSWORD_LETTERS.len();
        for b in bytes.into_iter().map(usize::from).filter(|b| *b < limit) {
            if let Some(letter) =
                PASSWORD_LETTERS.get(b % PASSWORD_LETTERS.len()).filter(|_| out.len() < PASSWORD_CHARS)
            {
                out.push(char::from(*letter));
            }
        }
    }
    Ok(out)
}

/// `user add` and `user reset`.
pub async fn user(home: &Home, user: User, output: &mut Output) -> Result<Exit, Exit> {
    let grant = Grant::of_console(home.workspace().await?);
    let password = new_password()?;
    let email = match user {
        User::Add(p) => {
            let role = Role::parse(&p.role).ok_or_else(|| {
                Exit::usage(format!("--role {}: expected admin, manager, csm, other or audit", p.role))
            })?;
            let name =
                if p.name.is_empty() { p.email.split('@').next().unwrap_or_default().to_owned() } else { p.name };
            let language = if p.language == "en" { Lang::En } else { Lang::Ja };
            let new = NewStaff { email: p.email.clone(), name, role, language, password: Some(password.clone()) };
            add_staff(&home.app, &grant, new).await?;
            p.email
        }
        User::Reset(p) => {
            reset_password(&home.app, &grant, &p.email, &password).await?;
            p.email
        }
    };
    writeln!(output.out(), "email:    {email}\npassword: {password}")?;
    output.say("The password is shown only now.");
    Ok(Exit::Done)
}

/// `token add` and `token revoke`.
pub async fn token(home: &Home, token: Token, output: &mut Output) -> Result<Exit, Exit> {
    let grant = Grant::of_console(home.workspace().await?);
    match token {
        Token::Add(s) => {
            let key = add_write_key(&home.app, &grant, &s.source).await?;
            writeln!(output.out(), "{key}")?;
            output.say("The write key is shown only now. Clients send it as the user name of Basic authentication.");
        }
        Token::Revoke(s) => {
            revoke_write_key(&home.app, &grant, &s.source).await?;
            output.say(&format!("the write key of {} is taken away", s.source));
        }
    }
    Ok(Exit::Done)
}

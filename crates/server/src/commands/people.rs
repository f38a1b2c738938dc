//! `user` and `token`: who signs in, which source may send.

use kizashi_app::access::{Grant, NewStaff, Role, Scope, add_staff, add_token, reset_password, revoke_token};
use kizashi_app::intake::{add_write_key, revoke_write_key};
use kizashi_domain::lang::Lang;

use super::{Exit, Output};
use crate::args::{Source, Token, User};
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
        Token::Add(Source { api: Some(name), scope, .. }) => {
            let wanted = if scope.is_empty() { vec!["read".to_owned()] } else { scope };
            let scopes = wanted.iter().map(|word| {
                Scope::parse(word).ok_or_else(|| Exit::usage(format!("--scope {word}: expected read or write")))
            });
            let secret = add_token(&home.app, &grant, &name, &scopes.collect::<Result<Vec<_>, _>>()?).await?;
            writeln!(output.out(), "{secret}")?;
            output.say("The token is shown only now. Programs send it as Authorization: Bearer …");
        }
        Token::Revoke(Source { api: Some(name), .. }) => {
            revoke_token(&home.app, &grant, &name).await?;
            output.say(&format!("the token of {name} is taken away"));
        }
        Token::Add(s) => {
            let source = s.source.unwrap_or_default();
            let key = add_write_key(&home.app, &grant, &source).await?;
            writeln!(output.out(), "{key}")?;
            output.say("The write key is shown only now. Clients send it as the user name of Basic authentication.");
        }
        Token::Revoke(s) => {
            let source = s.source.unwrap_or_default();
            revoke_write_key(&home.app, &grant, &source).await?;
            output.say(&format!("the write key of {source} is taken away"));
        }
    }
    Ok(Exit::Done)
}

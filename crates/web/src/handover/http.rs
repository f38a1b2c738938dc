//! Requests about handovers.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, leave_staff, return_staff};
use kizashi_app::customers::open_briefing;
use kizashi_app::handover::{self, Ask};
use kizashi_app::{Error, Refused};
use kizashi_domain::handover::Rule;
use kizashi_domain::id::{Customer, Id, Staff};

use super::{briefing, list, one, pack, plan};
use crate::cards::id;
use crate::parts::form::Wrong;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

type Pairs = Query<Vec<(String, String)>>;

/// `GET /handovers`.
pub(crate) async fn open_handovers(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let ws = visit.viewer.workspace;
    let view = list::View {
        due: &handover::list_due(&web.app, ws).await?,
        loads: &handover::list_loads(&web.app, ws).await?,
        received: &handover::list_received(&web.app, ws, visit.viewer.staff).await?,
        handovers: &handover::list_handovers(&web.app, ws).await?,
        may_all: visit.permit(Action::Configure).is_ok(),
        may_leave: visit.permit(Action::Administer).is_ok(),
    };
    Ok(visit.shell.page(&list::list(&visit.shell, &view)))
}

/// Reads what is to be handed over; a customer alone goes from its owner.
async fn read_ask(web: &Web, visit: &Visit, pairs: &[(String, String)]) -> Result<Ask, Problem> {
    let all = |name: &str| {
        pairs.iter().filter(move |(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.clone()).collect::<Vec<_>>()
    };
    let first = |name: &str| all(name).into_iter().next();
    let customer: Option<Id<Customer>> = first("customer").map(|c| id(&c)).transpose()?;
    let from: Option<Id<Staff>> = match (first("from"), customer) {
        (Some(from), _) => Some(id(&from)?),
        (None, Some(customer)) => handover::find_owner(&web.app, visit.viewer.workspace, customer).await?,
        (None, None) => None,
    };
    let mut to: Vec<Id<Staff>> = Vec::new();
    for one in all("to") {
        let one = id(&one)?;
        if !to.contains(&one) {
            to.push(one);
        }
    }
    let by_hand = pairs.iter().filter_map(|(name, value)| {
        let customer = name.strip_prefix("to_")?.parse().ok()?;
        Some((customer, value.parse().ok()?))
    });
    Ok(Ask {
        from: from.ok_or_else(|| Problem::Refused("reason-no-owner".into()))?,
        customer,
        to,
        rule: first("rule").and_then(|word| Rule::parse(&word)).unwrap_or_default(),
        by_hand: by_hand.collect(),
        rest: first("rest").map(|rest| id(&rest)).transpose()?,
        note: first("note").unwrap_or_default(),
    })
}

/// `GET /handovers/new?from=…&customer=…&to=…&rule=…`.
pub(crate) async fn open_new(State(web): State<Web>, visit: Visit, Query(pairs): Pairs) -> Result<Response, Problem> {
    if !pairs.iter().any(|(name, value)| (name == "from" || name == "customer") && !value.is_empty()) {
        return Ok(Redirect::to("/handovers").into_response());
    }
    let ask = read_ask(&web, &visit, &pairs).await?;
    let found = handover::plan_handover(&web.app, &visit.viewer, &ask).await?;
    // Whoever presses the button and named nobody is told what is missing.
    let is_asked = pairs.iter().any(|(name, _)| name == "asked");
    let missing =
        (is_asked && ask.to.is_empty()).then(|| Wrong { field: "to", text: visit.shell.words.t("reason-no-taker") });
    Ok(visit.shell.page(&plan::plan(&visit.shell, &ask, &found, missing.as_slice())))
}

/// `POST /handovers`.
pub(crate) async fn hand_over(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let ask = read_ask(&web, visit, posted.pairs()).await?;
    let seen = posted.text("seen")?.parse().map_err(|_| Problem::Refused("reason-not-a-number".into()))?;
    match handover::hand_over(&web.app, &visit.viewer, &ask, seen).await {
        Ok(id) => {
            let said = Said::HandedOver.word();
            Ok(Redirect::to(&format!("/handovers/{id}?said={said}&of={id}")).into_response())
        }
        Err(Error::Refused(Refused::Field { field, reason })) => {
            let found = handover::plan_handover(&web.app, &visit.viewer, &ask).await?;
            let wrongs = [Wrong { field, text: visit.shell.words.t(&format!("reason-{reason}")) }];
            let page = plan::plan(&visit.shell, &ask, &found, &wrongs);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.shell.page(&page)).into_response())
        }
        // Somebody moved some of it meanwhile: what is left now, with what was typed.
        Err(Error::Refused(Refused::Changed)) => {
            let found = handover::plan_handover(&web.app, &visit.viewer, &ask).await?;
            let wrongs = [Wrong { field: "from", text: visit.shell.words.t("handover-changed") }];
            let page = plan::plan(&visit.shell, &ask, &found, &wrongs);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.shell.page(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /handovers/{id}`.
pub(crate) async fn open_handover(
    State(web): State<Web>,
    visit: Visit,
    Path(handover): Path<String>,
) -> Result<Response, Problem> {
    let view = handover::open_handover(&web.app, visit.viewer.workspace, id(&handover)?).await?;
    let is_own = view.row.from == visit.viewer.staff && visit.permit(Action::Work).is_ok();
    let may_undo = is_own || visit.permit(Action::Configure).is_ok();
    Ok(visit.shell.page(&one::page(&visit.shell, &view, may_undo)))
}

/// `GET /handovers/{id}/pack?to=…&page=…`.
pub(crate) async fn open_pack(
    State(web): State<Web>,
    visit: Visit,
    Path(handover): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let find = |name: &str| pairs.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str());
    let (handover, to) = (id(&handover)?, find("to").map(id::<Staff>).transpose()?);
    let page = find("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let view = handover::open_pack(&web.app, visit.viewer.workspace, handover, (to, page)).await?;
    let whose = to.map_or_else(String::new, |to| format!("to={to}&"));
    let address = format!("/handovers/{handover}/pack?{whose}");
    Ok(visit.shell.page(&pack::page(&visit.shell, &view, &visit.settings.pack, &address)))
}

/// `POST /handovers/{id}/undo`.
pub(crate) async fn undo(
    State(web): State<Web>,
    Path(handover): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let handover = id(&handover)?;
    let left = handover::undo_handover(&web.app, &posted.visit.viewer, handover).await?;
    let said = if left == 0 { Said::HandoverUndone } else { Said::HandoverUndoneInPart };
    Ok(Redirect::to(&format!("/handovers/{handover}?said={}", said.word())).into_response())
}

/// `POST /handovers/{id}/reading`.
pub(crate) async fn read_about(
    State(web): State<Web>,
    Path(handover): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let is_read = posted.find("is") != Some("open");
    let of = (id(&handover)?, id(posted.text("customer")?)?);
    handover::note_read(&web.app, &grant, of, is_read).await?;
    let said = if is_read { Said::ReadAbout } else { Said::Undone };
    Ok(Redirect::to(&posted.back_saying("/handovers", said, "")).into_response())
}

/// `GET /customers/{id}/handover`.
pub(crate) async fn open_briefing_page(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
) -> Result<Response, Problem> {
    let customer = id(&customer)?;
    let found = open_briefing(&web.app, visit.viewer.workspace, customer).await?;
    let received = handover::list_received(&web.app, visit.viewer.workspace, visit.viewer.staff).await?;
    let view = briefing::View {
        briefing: &found,
        pack: &visit.settings.pack,
        received: received.iter().find(|r| r.customer == customer),
    };
    Ok(visit.shell.page(&briefing::page(&visit.shell, &view)))
}

/// `POST /staff/{id}/leaving`.
pub(crate) async fn leave(
    State(web): State<Web>,
    Path(staff): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let staff = id(&staff)?;
    leave_staff(&web.app, &posted.visit.permit(Action::Administer)?, staff).await?;
    Ok(Redirect::to(&format!("/handovers?said={}&of={staff}", Said::StaffLeft.word())).into_response())
}

/// `POST /staff/{id}/return`.
pub(crate) async fn return_back(
    State(web): State<Web>,
    Path(staff): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    return_staff(&web.app, &posted.visit.permit(Action::Administer)?, id(&staff)?).await?;
    Ok(Redirect::to(&format!("/handovers?said={}", Said::StaffBack.word())).into_response())
}

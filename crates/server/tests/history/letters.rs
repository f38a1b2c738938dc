//! A folder of letters, as mail programs keep them, brought in by the command line.

use super::Workspace;

const CUSTOMERS: &str = "customer,name,domain\nc1,株式会社ミナト,minato.example\n";

fn letter(id: &str, from: &str, text: &str) -> String {
    format!(
        "From: {from}\nTo: cs@kizashi-cs.example\nDate: Fri, 20 Nov 2026 10:00:00 +0900\nMessage-ID: <{id}>\nSubject: {id}\n\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
}

#[test]
fn a_folder_of_letters_is_one_import_and_the_same_again_changes_nothing() {
    let workspace = Workspace::new();
    let at = workspace.0.path().join("customers.csv");
    std::fs::write(&at, CUSTOMERS).unwrap();
    workspace.run(&["import", at.to_str().unwrap(), "--as", "customers"]);

    let folder = workspace.0.path().join("mail");
    std::fs::create_dir_all(folder.join("cur")).unwrap();
    std::fs::write(folder.join("1.eml"), letter("1@x", "hanako@minato.example", "一通目")).unwrap();
    let many = format!("From x Fri Nov 20 10:00:00 2026\n{}\n", letter("2@x", "taro@mail.minato.example", "二通目"));
    std::fs::write(folder.join("old.mbox"), many).unwrap();
    std::fs::write(folder.join("cur/1790000000.M1.host:2,S"), letter("3@x", "who@unknown.example", "三通目")).unwrap();
    std::fs::write(folder.join("notes.txt"), "no letter, and not looked at").unwrap();
    let arguments = ["import", folder.to_str().unwrap(), "--as", "mail", "--json"];
    let counts = |report: &serde_json::Value| {
        [&report["rows"], &report["added"], &report["same"], &report["mail"]["waiting"]]
            .map(|n| n.as_u64().unwrap_or(0))
    };
    let trial = workspace.json(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(counts(&trial), [3, 2, 0, 1]);
    let report = workspace.json(&arguments);
    assert_eq!((counts(&report), report["source"].as_str()), ([3, 2, 0, 1], Some("mail")));
    assert_eq!(counts(&workspace.json(&arguments)), [3, 0, 3, 0]);

    // What is no letter is told, and the others would go in; an empty folder is a mistake.
    std::fs::write(folder.join("broken.eml"), "nothing\n").unwrap();
    assert_eq!(workspace.command(&arguments).output().unwrap().status.code(), Some(1));
    std::fs::create_dir(workspace.0.path().join("none")).unwrap();
    let none = workspace.0.path().join("none");
    let ended = workspace.command(&["import", none.to_str().unwrap(), "--as", "mail"]).output().unwrap();
    assert_eq!(ended.status.code(), Some(2), "{}", String::from_utf8_lossy(&ended.stderr));
}

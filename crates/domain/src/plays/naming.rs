//! What a file calls by its id, and a person by its title.

use super::Play;
use crate::lang::Text;

/// A sentence about a play with its steps by their titles instead of their ids, or by their places as long as they have none.
pub fn name_steps(play: &Play, sentence: &Text) -> Text {
    let mut named = sentence.clone();
    for (n, step) in play.steps.iter().enumerate() {
        let place = n + 1;
        let (ja, en) = if step.title.is_empty() {
            (format!("手順{place}"), format!("step {place}"))
        } else {
            (format!("手順{place}「{}」", step.title.ja), format!("step {place}, “{}”", step.title.en))
        };
        for quoted in [format!("手順「{}」", step.id), format!("分かれ道「{}」", step.id)] {
            named.ja = named.ja.replace(&quoted, &ja);
        }
        for word in ["step", "branch"] {
            named.en = named.en.replace(&format!("{word} {:?}", step.id), &en);
        }
        named.en = named.en.replace(&format!("{:?}", step.id), &en);
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plays::Step;

    #[test]
    fn steps_are_called_by_their_titles() {
        let mut play = Play::plain("p", Text::default(), Text::default(), 1);
        play.steps.push(Step::task("step_1", Text::new("電話する", "Call"), Text::default()));
        play.steps.push(Step::task("step_2", Text::default(), Text::default()));
        let said = |ja: &str, en: &str| name_steps(&play, &Text::new(ja, en));
        let loops = said("手順「step_1」は待っています。", "step \"step_1\" waits for \"step_2\"");
        assert_eq!(loops.ja, "手順1「電話する」は待っています。");
        assert_eq!(loops.en, "step 1, “Call” waits for step 2");
        assert_eq!(said("手順「step_2」の名前が空です。", "step \"step_2\" has no title").ja, "手順2の名前が空です。");
    }
}

use super::Rules;
use crate::errors::Refusal;

pub(super) static RULES: Rules = Rules {
    deletable: |call, phrase| {
        let language = phrase.text("languageTag");
        if language != call.state.settings.default_language() {
            return Ok(());
        }
        let message = format!("{language} is set as your default language and can’t be deleted.");
        Err(Refusal::new(409, "localization.cannot_delete_default_language", message))
    },
    ..Rules::NONE
};

//! JSDoc comments.

use crate::emit::docs::visible;
use crate::pipeline::Plan;

/// Maximum width of a comment.
const WIDTH: usize = 110;

/// Returns a comment with this text, indented by `indent` spaces.
pub fn comment(plan: &Plan, text: &str, indent: usize) -> String {
    let text = &visible(text);
    let text = linked(plan, text).replace("*/", "*\\/");
    let margin = " ".repeat(indent);
    let lines: Vec<String> = text.lines().flat_map(|line| wrap(line, WIDTH - indent)).collect();
    match lines.as_slice() {
        [] => String::new(),
        [only] => format!("{margin}/** {only} */\n"),
        several => {
            let inner: String =
                several.iter().map(|line| format!("{margin} * {line}").trim_end().to_owned() + "\n").collect();
            format!("{margin}/**\n{inner}{margin} */\n")
        }
    }
}

/// Turns `[User]` into a link to the type. Operations and rustdoc links become code.
fn linked(plan: &Plan, text: &str) -> String {
    let mut linked = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        linked.push_str(before);
        let Some((name, after)) = after.split_once(']') else {
            linked.push('[');
            rest = after;
            continue;
        };
        let bare = name.trim_matches('`');
        let target = after.strip_prefix('(').and_then(|after| after.split_once(')'));
        let is_operation = plan.operations.iter().any(|operation| operation.id == bare);
        rest = target.filter(|(target, _)| target.starts_with("crate::")).map_or(after, |(_, after)| after);
        if plan.model.types.contains_key(bare) {
            linked.push_str(&format!("{{@link {bare}}}"));
        } else if is_operation || rest.len() != after.len() {
            linked.push_str(&format!("`{bare}`"));
        } else {
            linked.push_str(&format!("[{name}]"));
        }
    }
    linked + rest
}

fn wrap(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        match lines.last_mut() {
            Some(last) if last.is_empty() || last.len() + 1 + word.len() <= width => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

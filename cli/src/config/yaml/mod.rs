//! YAML: values with their lines, and text in an order that people read.

mod node;
mod text;

pub(super) use node::{Content, Node};
pub(super) use text::text;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::entity_members::member;
    use super::*;

    fn place(path: &str) -> Vec<String> {
        path.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn values_have_lines() {
        let node =
            Node::parse("# apps\n- name: Web\n  config:\n    url: x\n    list:\n    - 1\n    - 2\n- name: API\n")
                .unwrap_or_else(|(_, message)| panic!("{message}"));
        assert_eq!(node.line_of(&place("0.name")), 2);
        assert_eq!(node.line_of(&place("0.config.url")), 4);
        assert_eq!(node.line_of(&place("0.config.list.1")), 7);
        assert_eq!(node.line_of(&place("1.name")), 8);
        assert_eq!(node.line_of(&place("0.config.unknown")), 3);
    }

    #[test]
    fn words_and_numbers_that_other_readers_misread_stay_text() {
        let node = Node::parse("country: no\nphone: 0041\nsize: 1_000\nttl: 3600\non: true\nnothing: null\n");
        let value = node.unwrap_or_else(|(_, message)| panic!("{message}")).value();
        let expected =
            json!({ "country": "no", "phone": "0041", "size": "1_000", "ttl": 3600, "on": true, "nothing": null });
        assert_eq!(value, expected);
    }

    #[test]
    fn integers_are_exact() {
        let rounded = |text: &str| {
            let node = Node::parse(text).unwrap_or_else(|(_, message)| panic!("{text}: {message}"));
            node.rounded_integers(text)
        };
        for exact in ["18446744073709551615", "-9223372036854775808", "1e30", "0.5", "'18446744073709551616'"] {
            assert_eq!(rounded(&format!("a: {exact}\n")), [0; 0], "{exact}");
        }
        for (text, lines) in [
            ("a:\n  b: 18446744073709551616\n", &[2][..]),
            ("a: 1\nb: [1.5, -9223372036854775809]\nc: [x, 18446744073709551616]\n", &[2, 3]),
            ("{ a: +123456789012345678901234567890}", &[1]),
            ("# \u{e9}\na: 18446744073709551616 # comment", &[2]),
            ("a: &x 18446744073709551616\nb: *x\n", &[1]),
        ] {
            assert_eq!(rounded(text), lines, "{text}");
        }
    }

    #[test]
    fn a_name_that_comes_twice_is_an_error_with_its_line() {
        let (line, _) = Node::parse("name: a\nname: b\n").err().unwrap();
        assert_eq!(line, Some(2));
    }

    #[test]
    fn values_are_nested_within_limits() {
        assert!(Node::parse(&"[".repeat(100_000)).is_err());
        assert!(Node::parse(&format!("{}{}", "[".repeat(50), "]".repeat(50))).is_ok());
    }

    #[test]
    fn every_value_survives() {
        let strings = [
            "",
            " ",
            "a: b",
            "- x",
            "line\nline\n",
            "\n\n",
            "tab\t",
            "\u{1b}[31m",
            "${env:X}",
            "'\"",
            "# x",
            "null",
            "1e3",
            "trailing \nspace",
            "\r\n",
            "a long line of text that is folded because it has more than eighty characters in it, and then some",
        ];
        for string in strings {
            let value = json!([{ "name": string, "nested": { string: [string] } }]);
            let text = text(&[member("name")], &value);
            let read = Node::parse(&text).unwrap_or_else(|(_, message)| panic!("{message}: {text}"));
            assert_eq!(read.value(), value, "{text}");
            assert!(!text.contains('\u{1b}'), "a terminal would interpret it: {text}");
        }
    }

    #[test]
    fn members_come_in_the_order_of_the_kind_and_texts_as_blocks() {
        let value = json!([{ "config": { "b": 1, "a": [] }, "type": "x", "name": "z", "css": "a {\n}\n" }]);
        let members = [member("name"), member("type"), member("css"), member("config")];
        assert_eq!(text(&members, &json!([])), "[]\n");
        let expected = "- name: z\n  type: x\n  css: |\n    a {\n    }\n  config:\n    a: []\n    b: 1\n";
        assert_eq!(text(&members, &value), expected);
    }
}

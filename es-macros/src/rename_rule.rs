//! The rules of `#[serde(rename_all = "…")]`.

/// Applies a rule to the name of a field. serde reports an unknown rule.
pub(crate) fn renamed(rule: &str, field: &str) -> String {
    match rule {
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => field.to_ascii_uppercase(),
        "kebab-case" => field.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => field.to_ascii_uppercase().replace('_', "-"),
        "PascalCase" => pascal(field),
        "camelCase" => camel(field),
        _ => field.to_owned(),
    }
}

fn pascal(field: &str) -> String {
    let mut out = String::new();
    let mut start = true;
    for letter in field.chars() {
        match letter {
            '_' => start = true,
            _ if start => {
                out.push(letter.to_ascii_uppercase());
                start = false;
            }
            _ => out.push(letter),
        }
    }
    out
}

fn camel(field: &str) -> String {
    let pascal = pascal(field);
    let mut letters = pascal.chars();
    letters.next().map_or_else(String::new, |first| {
        [first.to_ascii_lowercase()]
            .into_iter()
            .chain(letters)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn fields_are_renamed_as_serde_does() {
        let rules = [
            ("lowercase", "what_else"),
            ("UPPERCASE", "WHAT_ELSE"),
            ("PascalCase", "WhatElse"),
            ("camelCase", "whatElse"),
            ("snake_case", "what_else"),
            ("SCREAMING_SNAKE_CASE", "WHAT_ELSE"),
            ("kebab-case", "what-else"),
            ("SCREAMING-KEBAB-CASE", "WHAT-ELSE"),
        ];
        for (rule, expected) in rules {
            assert_eq!(renamed(rule, "what_else"), expected);
        }
    }
}

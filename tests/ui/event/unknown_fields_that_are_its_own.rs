mod tag {
    #[es::event]
    #[serde(tag = "kind", deny_unknown_fields)]
    pub struct Happened {
        pub what: String,
    }
}

mod flatten {
    #[es::event]
    #[serde(deny_unknown_fields)]
    pub struct Happened {
        #[serde(flatten)]
        pub what: std::collections::BTreeMap<String, String>,
    }
}

fn main() {}

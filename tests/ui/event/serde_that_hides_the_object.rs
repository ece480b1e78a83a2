mod transparent {
    #[es::event]
    #[serde(transparent)]
    pub struct Happened {
        pub what: String,
    }
}

mod untagged {
    #[es::event]
    #[serde(untagged)]
    pub struct Happened {
        pub what: String,
    }
}

mod tag {
    #[es::event]
    #[serde(tag = "timestamp")]
    pub struct Happened {
        pub what: String,
    }
}

mod krate {
    #[es::event]
    #[serde(crate = "serde")]
    pub struct Happened {
        pub what: String,
    }
}

mod remote {
    #[es::event]
    #[serde(remote = "Other")]
    pub struct Happened {
        pub what: String,
    }
}

fn main() {}

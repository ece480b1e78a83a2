mod empty {
    #[es::event(name = "")]
    pub struct Happened;
}

mod space {
    #[es::event(name = "has happened", was("did happen", "occurred"))]
    pub struct Happened;
}

mod not_ascii {
    #[es::event(name = "Geschehen’")]
    pub struct Happened;
}

mod two_hashes {
    #[es::event(name = "a#b#c")]
    pub struct Happened;
}

mod long {
    #[es::event(name = "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    pub struct Happened;
}

fn main() {}

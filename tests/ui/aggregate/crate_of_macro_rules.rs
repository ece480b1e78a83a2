macro_rules! world {
    () => {
        #[es::aggregate(crate = $crate)]
        pub struct World {}
    };
}

world!();

fn main() {}

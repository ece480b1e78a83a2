//! Numbers as values.

use super::{Number, Value};

macro_rules! from_numbers {
    ($($type:ty)*) => { $(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::Number(Number::from(value))
            }
        }
    )* };
}

from_numbers!(i32 u32 i64 u64 f64);

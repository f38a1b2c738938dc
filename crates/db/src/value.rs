//! Arguments on their way to the database.

use kizashi_domain::id::Id;
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

/// A bound argument. NULL keeps its type because PostgreSQL wants to know it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Value {
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
}

/// What can be bound.
pub trait ToValue {
    /// The value to bind.
    fn to_value(&self) -> Value;
}

macro_rules! bind {
    ($($ty:ty, $variant:ident, $convert:expr;)*) => {$(
        impl ToValue for $ty {
            fn to_value(&self) -> Value {
                Value::$variant(Some($convert(self)))
            }
        }
        impl ToValue for Option<$ty> {
            fn to_value(&self) -> Value {
                Value::$variant(self.as_ref().map($convert))
            }
        }
    )*};
}

bind! {
    i64, Int, |v: &i64| *v;
    i32, Int, |v: &i32| i64::from(*v);
    u32, Int, |v: &u32| i64::from(*v);
    bool, Int, |v: &bool| i64::from(*v);
    Time, Int, |v: &Time| v.micros();
    Day, Int, |v: &Day| i64::from(v.0);
    f64, Real, |v: &f64| *v;
    String, Text, |v: &String| v.clone();
    Vec<u8>, Bytes, |v: &Vec<u8>| v.clone();
    Uuid, Uuid, |v: &Uuid| *v;
}

impl ToValue for &str {
    fn to_value(&self) -> Value {
        Value::Text(Some((*self).to_owned()))
    }
}
impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(Some(self.to_owned()))
    }
}
impl ToValue for Option<&str> {
    fn to_value(&self) -> Value {
        Value::Text(self.map(str::to_owned))
    }
}
impl<T> ToValue for Id<T> {
    fn to_value(&self) -> Value {
        Value::Uuid(Some(self.uuid()))
    }
}
impl<T> ToValue for Option<Id<T>> {
    fn to_value(&self) -> Value {
        Value::Uuid(self.map(Id::uuid))
    }
}
impl<T: ToValue> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}
impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}

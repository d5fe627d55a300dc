/// Lets callers pass the value of the only member of a type instead of the type.
#[allow(unused_macros, reason = "the enabled features might have no such type")]
macro_rules! single_member {
    ($name:ident $member:ident text) => {
        $crate::types::single_member! { $name $member (String) }

        impl From<&str> for $name {
            fn from($member: &str) -> Self {
                Self { $member: $member.to_owned() }
            }
        }

        impl From<&String> for $name {
            fn from($member: &String) -> Self {
                Self { $member: $member.clone() }
            }
        }
    };
    ($name:ident $member:ident texts) => {
        impl<T: Into<String>> From<Vec<T>> for $name {
            fn from($member: Vec<T>) -> Self {
                Self { $member: $member.into_iter().map(Into::into).collect() }
            }
        }

        impl<T: Into<String>, const N: usize> From<[T; N]> for $name {
            fn from($member: [T; N]) -> Self {
                Self { $member: $member.into_iter().map(Into::into).collect() }
            }
        }

        impl<T: AsRef<str>> From<&[T]> for $name {
            fn from($member: &[T]) -> Self {
                Self { $member: $member.iter().map(|text| text.as_ref().to_owned()).collect() }
            }
        }

        impl<T: AsRef<str>> From<&Vec<T>> for $name {
            fn from($member: &Vec<T>) -> Self {
                $member.as_slice().into()
            }
        }

        impl<T: AsRef<str>, const N: usize> From<&[T; N]> for $name {
            fn from($member: &[T; N]) -> Self {
                $member.as_slice().into()
            }
        }

        $crate::types::single_member! { $name }
    };
    ($name:ident $member:ident ($value:ty)) => {
        impl From<$value> for $name {
            fn from($member: $value) -> Self {
                Self { $member }
            }
        }

        $crate::types::single_member! { $name }
    };
    ($name:ident) => {
        impl From<&$name> for $name {
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }
    };
}

pub(crate) use single_member;

//! Types and paths as written: a macro knows a type by its name only.

use syn::parse::ParseStream;
use syn::{GenericArgument, Path, PathArguments, Type, TypePath};

/// Types that are `Copy`, by the last segment of their path.
const COPY: [&str; 21] = [
    "bool",
    "char",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "f32",
    "f64",
    "Duration",
    "OffsetDateTime",
    "TimeUuid",
    "Timestamp",
    "Uuid",
];

/// Returns true if the last segment of the path has the given name.
pub(crate) fn ends_with(path: &Path, name: &str) -> bool {
    path.segments
        .last()
        .is_some_and(|segment| segment.ident == name)
}

/// Returns the type without the invisible groups that `macro_rules` adds.
pub(crate) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        other => other,
    }
}

/// Parses the path of a type or module without generic arguments.
pub(crate) fn parse_path(input: ParseStream<'_>) -> syn::Result<Path> {
    let ty: Type = input.parse()?;
    match path_of(&ty) {
        Some(path)
            if path
                .segments
                .iter()
                .all(|segment| segment.arguments.is_none()) =>
        {
            Ok(path.clone())
        }
        _ => Err(syn::Error::new_spanned(ungrouped(&ty), "not a path")),
    }
}

/// Returns true if the type is `String`, as itself or by its path in the standard library.
pub(crate) fn is_string(ty: &Type) -> bool {
    std_arguments(ty, "string", "String").is_some_and(PathArguments::is_none)
}

/// Returns the `T` of a `Vec<T>`.
pub(crate) fn vec_element(ty: &Type) -> Option<&Type> {
    single_type(std_arguments(ty, "vec", "Vec")?)
}

/// Returns the `T` of an `Option<T>`.
pub(crate) fn option_value(ty: &Type) -> Option<&Type> {
    single_type(std_arguments(ty, "option", "Option")?)
}

/// Returns true if the type is known to be `Copy`: a shared reference, or one of the types named in
/// [`COPY`].
pub(crate) fn is_copy(ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::Reference(reference) => reference.mutability.is_none(),
        other => path_of(other)
            .and_then(|path| path.segments.last())
            .is_some_and(|last| {
                last.arguments.is_none() && COPY.iter().any(|name| last.ident == name)
            }),
    }
}

fn path_of(ty: &Type) -> Option<&Path> {
    match ungrouped(ty) {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => Some(path),
        _ => None,
    }
}

/// Returns the arguments of a type of the standard library. Any other path, such as `self::String`,
/// is another type.
fn std_arguments<'a>(ty: &'a Type, module: &str, name: &str) -> Option<&'a PathArguments> {
    let path = path_of(ty)?;
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let is_std = match names[..] {
        [last] => last == name,
        ["std" | "core" | "alloc", parent, last] => parent == module && last == name,
        _ => false,
    };
    let last = path.segments.last().filter(|_| is_std)?;
    Some(&last.arguments)
}

/// Returns the single type between angle brackets.
fn single_type(arguments: &PathArguments) -> Option<&Type> {
    match arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(ty)) if arguments.args.len() == 1 => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::{is_copy, is_string, option_value, vec_element};

    #[test]
    fn copy_types_are_known_by_name() {
        for ty in [
            parse_quote!(u64),
            parse_quote!(Timestamp),
            parse_quote!(es::Uuid),
            parse_quote!(&'static str),
        ] {
            assert!(is_copy(&ty));
        }
        for ty in [
            parse_quote!(String),
            parse_quote!(Timestamp<Utc>),
            parse_quote!(&'static mut u8),
            parse_quote!(<u64 as Trait>::Uuid),
        ] {
            assert!(!is_copy(&ty));
        }
    }

    #[test]
    fn types_of_the_standard_library_are_known_by_name_and_path() {
        assert!(is_string(&parse_quote!(String)));
        assert!(is_string(&parse_quote!(::std::string::String)));
        assert!(!is_string(&parse_quote!(self::String)));
        assert!(!is_string(&parse_quote!(String<8>)));
        let element = parse_quote!(u8);
        assert_eq!(vec_element(&parse_quote!(Vec<u8>)), Some(&element));
        assert_eq!(
            vec_element(&parse_quote!(alloc::vec::Vec<u8>)),
            Some(&element)
        );
        assert_eq!(vec_element(&parse_quote!(Vec<u8, 4>)), None);
        assert_eq!(
            option_value(&parse_quote!(core::option::Option<u8>)),
            Some(&element)
        );
        assert_eq!(option_value(&parse_quote!(my::Option<u8>)), None);
    }
}

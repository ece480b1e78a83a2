//! The public surface of the facade: every name has one path, and a change of the list is reviewed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use syn::{Item, UseTree, Visibility};

/// A public name: its path in the facade and the path of the item that it names.
struct Export {
    path: String,
    source: String,
}

impl Export {
    /// An item that a file in `folder` declares.
    fn new(path: &str, folder: &Path) -> Self {
        Self {
            path: path.to_owned(),
            source: format!("{}::{path}", folder.display()),
        }
    }
}

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn items(file: &Path) -> Vec<Item> {
    let text =
        std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    syn::parse_file(&text).expect("Rust").items
}

fn is_hidden(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|ident| ident == "hidden")
    })
}

/// Adds the leaves of a `use` tree.
fn leaves(tree: &UseTree, prefix: &str, module: &str, exports: &mut Vec<Export>) {
    let mut add = |source: String, name: &str| {
        exports.push(Export {
            path: format!("{module}::{name}"),
            source: source.trim_start_matches("self::").to_owned(),
        });
    };
    match tree {
        UseTree::Path(path) => leaves(
            &path.tree,
            &format!("{prefix}{}::", path.ident),
            module,
            exports,
        ),
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            add(format!("{prefix}{name}"), &name);
        }
        UseTree::Rename(rename) => add(
            format!("{prefix}{}", rename.ident),
            &rename.rename.to_string(),
        ),
        UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|tree| leaves(tree, prefix, module, exports)),
        UseTree::Glob(_) => panic!("a glob in `{module}` hides what is public: list the names"),
    }
}

/// Adds the exports of a module and of the public modules in it.
fn module(name: &str, folder: &Path, items: Vec<Item>, exports: &mut Vec<Export>) {
    for item in items {
        let Some((visibility, attributes, ident)) = declared(&item) else {
            continue;
        };
        if !matches!(visibility, Visibility::Public(_)) || is_hidden(attributes) {
            continue;
        }
        let path = ident.map(|ident| format!("{name}::{ident}"));
        match (item, path) {
            (Item::Use(item), _) => leaves(&item.tree, "", name, exports),
            (Item::Mod(item), Some(path)) => {
                exports.push(Export::new(&path, folder));
                let inner = folder.join(item.ident.to_string());
                let items = match item.content {
                    Some((_, content)) => content,
                    None => items_of_module(&inner).expect("the file of a module"),
                };
                module(&path, &inner, items, exports);
            }
            (_, Some(path)) => exports.push(Export::new(&path, folder)),
            (_, None) => {}
        }
    }
}

/// Returns the visibility, the attributes and, except of a `use`, the name that an item declares.
fn declared(item: &Item) -> Option<(&Visibility, &[syn::Attribute], Option<&syn::Ident>)> {
    Some(match item {
        Item::Use(item) => (&item.vis, &item.attrs, None),
        Item::Mod(item) => (&item.vis, &item.attrs, Some(&item.ident)),
        Item::Fn(item) => (&item.vis, &item.attrs, Some(&item.sig.ident)),
        Item::Struct(item) => (&item.vis, &item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.vis, &item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.vis, &item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.vis, &item.attrs, Some(&item.ident)),
        Item::Const(item) => (&item.vis, &item.attrs, Some(&item.ident)),
        Item::Static(item) => (&item.vis, &item.attrs, Some(&item.ident)),
        _ => return None,
    })
}

/// Reads `folder.rs`, `folder/mod.rs` or, of a crate, `folder/lib.rs`, if there is one.
fn items_of_module(folder: &Path) -> Option<Vec<Item>> {
    let files = [
        folder.with_extension("rs"),
        folder.join("mod.rs"),
        folder.join("lib.rs"),
    ];
    let file = files.into_iter().find(|file| file.exists())?;
    Some(items(&file))
}

/// Returns the folder of a re-exported module of the workspace, and its items.
fn reexported_module(source: &str) -> Option<(PathBuf, Vec<Item>)> {
    let mut parts = source.split("::");
    let name = parts.next()?.strip_prefix("es_")?;
    let root = package().join(format!("es-{name}")).join("src");
    let folder = parts.fold(root.clone(), |folder, part| folder.join(part));
    if folder != root {
        let module = folder.file_name()?.to_str()?;
        let declares = |item: &Item| {
            matches!(item, Item::Mod(item)
                if item.ident == module && matches!(item.vis, Visibility::Public(_)))
        };
        items_of_module(folder.parent()?)?
            .iter()
            .find(|item| declares(item))?;
    }
    let items = items_of_module(&folder)?;
    Some((folder, items))
}

/// Returns all exports of the facade, also those of the modules and crates that it re-exports.
fn facade() -> Vec<Export> {
    let folder = package().join("src");
    let mut exports = Vec::new();
    module("es", &folder, items(&folder.join("lib.rs")), &mut exports);
    let mut next = 0;
    while next < exports.len() {
        let (path, source) = (exports[next].path.clone(), exports[next].source.clone());
        next += 1;
        let Some((folder, items)) = reexported_module(&source) else {
            continue;
        };
        let crate_name = source.split("::").next().unwrap_or_default();
        let mut inner = Vec::new();
        module(&path, &folder, items, &mut inner);
        exports.extend(inner.into_iter().map(|export| Export {
            source: in_crate(crate_name, &export.source),
            path: export.path,
        }));
    }
    exports
}

/// Returns the source of an export of a crate, from the crate's name on.
fn in_crate(crate_name: &str, source: &str) -> String {
    match source.strip_prefix("crate::") {
        Some(inner) => format!("{crate_name}::{inner}"),
        None if source.starts_with("es_") => source.to_owned(),
        None => format!("{crate_name}::{source}"),
    }
}

/// Drops the modules in the middle of a path: its crate and its name identify an item.
fn identity(source: &str) -> String {
    let mut parts = source.split("::");
    let (first, last) = (parts.next().unwrap_or(source), source.rsplit("::").next());
    format!("{first}::{}", last.unwrap_or(source))
}

#[test]
fn every_name_has_one_public_path() {
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for export in facade() {
        let identity = identity(&export.source);
        paths.entry(identity).or_default().push(export.path);
    }
    let twice: Vec<_> = paths.iter().filter(|(_, paths)| paths.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:#?}");
}

#[test]
fn the_public_surface_is_the_reviewed_one() {
    let mut paths: Vec<String> = facade().into_iter().map(|export| export.path).collect();
    paths.sort();
    let mut text = String::new();
    for path in &paths {
        writeln!(text, "{path}").expect("a string");
    }
    // `UPDATE_EXPECT=1` writes the list.
    expect_file!["public_surface.txt"].assert_eq(&text);
    let at_root = paths
        .iter()
        .filter(|path| path.matches("::").count() == 1)
        .filter(|path| {
            path.trim_start_matches("es::")
                .starts_with(char::is_uppercase)
        });
    assert!(at_root.count() <= 30, "the root stays readable");
}

//! Whether the server's schema is a part of GitHub's.

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;

pub(super) fn differences(ours: &Schema, github: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    for (name, ours) in ours.types.iter().filter(|(_, one)| !one.is_built_in()) {
        let Some(theirs) = github.types.get(name) else {
            found.push(format!("GitHub has no type {name}"));
            continue;
        };
        found.extend(of_type(ours, theirs).into_iter().map(|what| format!("{name}: {what}")));
    }
    found
}

fn of_type(ours: &ExtendedType, theirs: &ExtendedType) -> Vec<String> {
    let mut found = Vec::new();
    match (ours, theirs) {
        (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => {}
        (ExtendedType::Object(ours), ExtendedType::Object(theirs)) => {
            for name in &ours.implements_interfaces {
                if !theirs.implements_interfaces.contains(name) {
                    found.push(format!("it does not implement {name}"));
                }
            }
            fields(&ours.fields, &theirs.fields, &mut found);
        }
        (ExtendedType::Interface(ours), ExtendedType::Interface(theirs)) => {
            fields(&ours.fields, &theirs.fields, &mut found);
        }
        (ExtendedType::Union(ours), ExtendedType::Union(theirs)) => {
            let missing = ours.members.iter().filter(|member| !theirs.members.contains(*member));
            found.extend(missing.map(|member| format!("{} is no member", member.as_str())));
        }
        (ExtendedType::Enum(ours), ExtendedType::Enum(theirs)) => {
            let missing = ours.values.keys().filter(|value| !theirs.values.contains_key(*value));
            found.extend(missing.map(|value| format!("{value} is no value")));
        }
        (ExtendedType::InputObject(ours), ExtendedType::InputObject(theirs)) => {
            for (name, field) in &ours.fields {
                match theirs.fields.get(name) {
                    Some(other) if other.ty == field.ty => {}
                    Some(other) => found.push(format!("{name} is {} and not {}", other.ty, field.ty)),
                    None => found.push(format!("it has no {name}")),
                }
            }
        }
        _ => found.push("it is of another kind".to_owned()),
    }
    found
}

type Fields = apollo_compiler::collections::IndexMap<
    apollo_compiler::Name,
    apollo_compiler::schema::Component<apollo_compiler::schema::FieldDefinition>,
>;

fn fields(ours: &Fields, theirs: &Fields, found: &mut Vec<String>) {
    for (name, field) in ours {
        let Some(other) = theirs.get(name) else {
            found.push(format!("it has no {name}"));
            continue;
        };
        if other.ty != field.ty {
            found.push(format!("{name} is {} and not {}", other.ty, field.ty));
        }
        for argument in &field.arguments {
            match other.arguments.iter().find(|held| held.name == argument.name) {
                Some(held) if held.ty == argument.ty && held.default_value == argument.default_value => {}
                _ => found.push(format!("{name} does not take {argument}")),
            }
        }
        for held in &other.arguments {
            let known = field.arguments.iter().any(|argument| argument.name == held.name);
            if held.is_required() && !known {
                found.push(format!("{name} needs {}", held.name));
            }
        }
    }
}

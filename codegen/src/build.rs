//! Builds the generated types from classes of joined nodes.

use std::collections::{BTreeSet, HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};

use crate::classes::Classes;
use crate::failure::{Failure, Result};
use crate::graph::{Graph, Node, NodeId, NodeKind, Origin, Slot, Ty};
use crate::model::{EXTRA, Field, Model, Shape, Struct, TypeDef, TypeRef, Uses};
use crate::reach::reach;
use crate::schema::Span;
use crate::settings::Members;
use crate::unsupported::Unsupported;
use crate::words::{snake, unique};

pub struct Builder<'a> {
    pub graph: &'a Graph,
    pub classes: &'a Classes,
    /// The nodes of each class.
    pub members: IndexMap<NodeId, Vec<NodeId>>,
    pub names: &'a HashMap<NodeId, String>,
    pub kinds: &'a Members,
    /// The group of each operation.
    pub groups: &'a [String],
    /// Contradictory members and clashing names.
    pub contradictions: Unsupported,
}

impl Builder<'_> {
    pub fn build(&self) -> Result<Model> {
        let mut all = IndexMap::new();
        for &class in self.members.keys() {
            if self.constant(class).is_some() && !self.is_wanted_constant(class) {
                continue;
            }
            let type_def = self.type_def(class)?;
            all.insert(type_def.name.clone(), type_def);
        }
        let uses = self.uses();
        reach(&mut all, &uses, self.groups);
        all.retain(|_, type_def| !type_def.groups.is_empty());
        all.sort_keys();
        Ok(Model { types: all, uses })
    }

    fn nodes(&self, class: NodeId) -> impl Iterator<Item = &Node> {
        self.members.get(&class).into_iter().flatten().filter_map(|&id| self.graph.nodes.get(id))
    }

    fn type_def(&self, class: NodeId) -> Result<TypeDef> {
        let name = self.names.get(&class).cloned().unwrap_or_default();
        let nodes: Vec<&Node> = self.nodes(class).collect();
        let failure = |problem: String| Failure::Merge { type_name: name.clone(), problem };
        let shape = if nodes.iter().any(|node| matches!(node.kind, NodeKind::Object { .. })) {
            Shape::Struct(self.structure(class, &name, &nodes)?)
        } else if nodes.iter().any(|node| matches!(node.kind, NodeKind::Union(_))) {
            self.union(&nodes).map_err(failure)?
        } else {
            Shape::Enum(values(&nodes))
        };
        let mut facts = nodes.first().map(|node| node.facts.clone()).unwrap_or_default();
        nodes.iter().for_each(|node| facts.retain(&node.facts));
        let locations = nodes.iter().map(|node| node.location.clone()).collect();
        Ok(TypeDef { name, shape, groups: BTreeSet::new(), sent: false, received: false, facts, locations })
    }

    /// Returns the text of a class whose nodes are all the same constant.
    fn constant(&self, class: NodeId) -> Option<String> {
        let mut texts = self.nodes(class).map(|node| match &node.kind {
            NodeKind::Constant(text) => Some(text.clone()),
            _ => None,
        });
        let first = texts.next()??;
        texts.all(|text| text.as_ref() == Some(&first)).then_some(first)
    }

    /// Whether a constant needs a type. It does not if it is the tag of every object that contains it.
    fn is_wanted_constant(&self, class: NodeId) -> bool {
        !self.nodes(class).all(|node| match &node.origin {
            Origin::Member(parent, member, false) => {
                self.tag(self.classes.find(*parent)).is_some_and(|(tag, _)| tag == *member)
            }
            _ => false,
        })
    }

    /// Returns the first constant that all objects of a class share: member and text.
    fn tag(&self, class: NodeId) -> Option<(String, String)> {
        let objects: Vec<_> = self
            .nodes(class)
            .filter_map(|node| match &node.kind {
                NodeKind::Object { members, .. } => Some(members),
                _ => None,
            })
            .collect();
        objects.first()?.iter().find_map(|(name, member)| {
            let Ty::Node(constant) = member.slot.ty else { return None };
            let text = self.constant(self.classes.find(constant))?;
            let everywhere = objects
                .iter()
                .all(|members| members.get(name).is_some_and(|member| member.required && !member.slot.nullable));
            everywhere.then(|| (name.clone(), text))
        })
    }

    fn structure(&self, class: NodeId, name: &str, nodes: &[&Node]) -> Result<Struct> {
        let objects: Vec<_> = nodes
            .iter()
            .filter_map(|node| match &node.kind {
                NodeKind::Object { members, open } => Some((members, *open, &node.location)),
                _ => None,
            })
            .collect();
        let tag = self.tag(class);
        let mut fields: IndexMap<&str, Field> = IndexMap::new();
        for (members, _, location) in &objects {
            for (member, node_member) in *members {
                if tag.as_ref().is_some_and(|(tag, _)| tag == member) {
                    continue;
                }
                let slot = &node_member.slot;
                let ty = self.member_type(name, member, slot);
                match fields.get_mut(member.as_str()) {
                    None => {
                        let secret = self.is_secret(name, member, &ty);
                        let required = node_member.required;
                        let field = Field {
                            name: member.clone(),
                            member: String::new(),
                            ty,
                            required,
                            nullable: slot.nullable,
                            secret,
                            facts: slot.facts.clone(),
                            span: Span { loosened: required || node_member.span.loosened, ..node_member.span },
                        };
                        fields.insert(member, field);
                    }
                    Some(field) => {
                        field.ty = self.merged(name, field, &ty, location)?;
                        field.nullable |= slot.nullable;
                        field.required &= node_member.required;
                        field.facts.retain(&slot.facts);
                        field.span.join(node_member.span);
                        field.span.loosened &= node_member.required || node_member.span.loosened;
                    }
                }
            }
        }
        for field in fields.values_mut() {
            let everywhere = objects.iter().all(|(members, ..)| members.contains_key(&field.name));
            field.required &= everywhere;
            field.span.loosened &= everywhere && !field.required;
        }
        let open = objects.iter().any(|(_, open, _)| *open);
        let mut fields: Vec<Field> = fields.into_values().collect();
        self.name_members(name, &mut fields, open)?;
        Ok(Struct { fields, tag, open })
    }

    /// Names the members of the struct.
    fn name_members(&self, type_name: &str, fields: &mut [Field], open: bool) -> Result<()> {
        let mut taken: HashSet<String> = open.then(|| EXTRA.to_owned()).into_iter().collect();
        for field in fields {
            let name = snake(&field.name);
            field.member = unique(&name, &mut taken);
            if field.member != name {
                let problem = format!("two members have the same field name: {name:?}");
                let failure = Failure::Merge { type_name: type_name.to_owned(), problem };
                self.contradictions.settle::<()>(Err(failure), &format!("one of them becomes {}", field.member))?;
            }
        }
        Ok(())
    }

    /// Merges the type of a member with the one that it has at another place.
    fn merged(&self, type_name: &str, field: &Field, ty: &TypeRef, location: &str) -> Result<TypeRef> {
        if let Some(merged) = self.merge(&field.ty, ty) {
            return Ok(merged);
        }
        let problem = format!("member `{}` is {:?}, but {ty:?} at {location}", field.name, field.ty);
        let failure = Failure::Merge { type_name: type_name.to_owned(), problem };
        self.contradictions.settle::<()>(Err(failure), "the type is any JSON")?;
        Ok(TypeRef::Any)
    }

    /// Merges the types that a member has at two places.
    fn merge(&self, a: &TypeRef, b: &TypeRef) -> Option<TypeRef> {
        use TypeRef::{Boolean, False, FreeObject, List, Map, Named, String, True};
        match (a, b) {
            _ if a == b => Some(a.clone()),
            (TypeRef::Any, _) if !self.contradictions.is_refused() => Some(TypeRef::Any),
            (Boolean | True | False, Boolean | True | False) => Some(Boolean),
            // Enums are open, so they can hold any string.
            (Named(name), String) | (String, Named(name)) if self.is_enum(name) => Some(Named(name.clone())),
            (List(a, a_null), List(b, b_null)) => Some(List(Box::new(self.merge(a, b)?), *a_null || *b_null)),
            (Map(a, a_null), Map(b, b_null)) => Some(Map(Box::new(self.merge(a, b)?), *a_null || *b_null)),
            (FreeObject, Map(..)) | (Map(..), FreeObject) => Some(FreeObject),
            _ => None,
        }
    }

    fn is_enum(&self, name: &str) -> bool {
        let named = self.names.iter().filter(|(_, other)| *other == name);
        named
            .flat_map(|(&class, _)| self.nodes(class))
            .all(|node| matches!(node.kind, NodeKind::Enum(_) | NodeKind::Constant(_)))
    }

    fn member_type(&self, type_name: &str, member: &str, slot: &Slot) -> TypeRef {
        match self.type_ref(slot) {
            TypeRef::Integer if lists(&self.kinds.seconds, type_name, member) => TypeRef::Seconds,
            TypeRef::Integer if lists(&self.kinds.milliseconds, type_name, member) => TypeRef::Milliseconds,
            ty => ty,
        }
    }

    /// Whether debug output must hide a member. Generated types hide their own members.
    fn is_secret(&self, type_name: &str, member: &str, ty: &TypeRef) -> bool {
        let content = match ty {
            TypeRef::List(inner, _) | TypeRef::Map(inner, _) => inner.as_ref(),
            ty => ty,
        };
        matches!(content, TypeRef::String | TypeRef::FreeObject | TypeRef::Any)
            && lists(&self.kinds.secrets, type_name, member)
            && !lists(&self.kinds.open, type_name, member)
    }

    fn union(&self, nodes: &[&Node]) -> Result<Shape, String> {
        let mut branches: Vec<TypeRef> = Vec::new();
        let mut tags: Vec<Option<(String, String)>> = Vec::new();
        for node in nodes {
            let NodeKind::Union(own) = &node.kind else { continue };
            for slot in own {
                let branch = self.type_ref(slot);
                if !branches.contains(&branch) {
                    branches.push(branch);
                    tags.push(match slot.ty {
                        Ty::Node(node) => self.tag(self.classes.find(node)),
                        _ => None,
                    });
                }
            }
        }
        let names: HashSet<Option<&str>> = tags.iter().map(|tag| tag.as_ref().map(|(name, _)| name.as_str())).collect();
        let texts: HashSet<Option<&str>> = tags.iter().map(|tag| tag.as_ref().map(|(_, text)| text.as_str())).collect();
        match tags.first() {
            Some(Some((tag, _))) if names.len() == 1 && texts.len() == tags.len() => {
                let branches = tags.iter().flatten().map(|(_, text)| text.clone()).zip(branches).collect();
                Ok(Shape::Tagged { tag: tag.clone(), branches })
            }
            Some(_) => Ok(Shape::Untagged(branches)),
            None => Err("union without branches".to_owned()),
        }
    }

    fn type_ref(&self, slot: &Slot) -> TypeRef {
        match &slot.ty {
            Ty::Any => TypeRef::Any,
            Ty::FreeObject => TypeRef::FreeObject,
            Ty::String => TypeRef::String,
            Ty::Binary => TypeRef::Binary,
            Ty::Integer => TypeRef::Integer,
            Ty::Float => TypeRef::Float,
            Ty::Boolean => TypeRef::Boolean,
            Ty::BooleanConstant(true) => TypeRef::True,
            Ty::BooleanConstant(false) => TypeRef::False,
            Ty::List(items) => TypeRef::List(Box::new(self.type_ref(items)), items.nullable),
            Ty::Map(values) => TypeRef::Map(Box::new(self.type_ref(values)), values.nullable),
            Ty::Node(node) => TypeRef::Named(self.names.get(&self.classes.find(*node)).cloned().unwrap_or_default()),
        }
    }

    fn uses(&self) -> Vec<Uses> {
        let of = |slots: &[Slot]| slots.iter().map(|slot| self.type_ref(slot)).collect();
        let roots = self.graph.roots.iter();
        roots
            .map(|root| Uses {
                path: of(&root.path),
                query: of(&root.query),
                body: root.body.as_ref().map(|slot| self.type_ref(slot)),
                answer: root.answer.as_ref().map(|slot| (self.type_ref(slot), slot.nullable)),
            })
            .collect()
    }
}

fn values(nodes: &[&Node]) -> IndexSet<String> {
    let of = |node: &Node| match &node.kind {
        NodeKind::Enum(values) => values.clone(),
        NodeKind::Constant(value) => IndexSet::from([value.clone()]),
        NodeKind::Object { .. } | NodeKind::Union(_) => IndexSet::new(),
    };
    nodes.iter().flat_map(|node| of(node)).collect()
}

/// Whether a list contains `member` or `type_name.member`.
fn lists(list: &[String], type_name: &str, member: &str) -> bool {
    list.iter().any(|entry| entry == member || entry.split_once('.') == Some((type_name, member)))
}

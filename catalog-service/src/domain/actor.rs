//! Who does something, and what they may see. Never how they proved it.

/// Who did something, as it is remembered beside what was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `users/{user}`, or `system` for Shelf itself.
    pub name: String,
    /// The name to show to people, as it was then.
    pub display_name: String,
}

impl Actor {
    /// Shelf itself: the sample shop and what is done at start.
    pub fn system() -> Self {
        Self { name: "system".to_owned(), display_name: "Shelf".to_owned() }
    }
}

/// What a caller may do; each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// No credentials.
    Anyone,
    /// Reads everything.
    Viewer,
    /// Writes the catalog.
    Editor,
    /// Manages users and the shop.
    Admin,
}

impl Role {
    /// What this role may see.
    pub fn audience(self) -> Audience {
        match self {
            Self::Anyone => Audience::Public,
            Self::Viewer | Self::Editor | Self::Admin => Audience::Staff,
        }
    }
}

/// For whom something is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Sees public products only, and never who changed them.
    Public,
    /// Sees drafts and deleted products too, and who changed them.
    Staff,
}

/// Who calls, as the service's border has established it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who it is; for [`Role::Anyone`] the name is empty.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
}

impl Caller {
    /// A caller without credentials.
    pub fn anyone() -> Self {
        let actor = Actor { name: String::new(), display_name: String::new() };
        Self { actor, role: Role::Anyone }
    }

    /// Shelf itself.
    pub fn system() -> Self {
        Self { actor: Actor::system(), role: Role::Admin }
    }

    /// What the caller may see.
    pub fn audience(&self) -> Audience {
        self.role.audience()
    }
}

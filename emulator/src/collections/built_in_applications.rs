//! Applications of the server itself.

use logto_admin::serde_json::{Value, json};

use super::APPLICATIONS;
use crate::record::Record;

/// The id of the application in which users manage their account.
pub(crate) const ACCOUNT_CENTER: &str = "account-center";

/// An application that every server has. It can be read, but is in no list.
pub(crate) struct BuiltIn {
    pub id: &'static str,
    name: &'static str,
    description: &'static str,
    /// The path of its page on the server.
    pub path: &'static str,
    pub uses_device_flow: bool,
}

const BUILT_IN: [BuiltIn; 3] = [
    BuiltIn {
        id: "demo-app",
        name: "Live Preview",
        description: "Preview for Sign-in Experience.",
        path: "/demo-app",
        uses_device_flow: false,
    },
    BuiltIn {
        id: ACCOUNT_CENTER,
        name: "Account Center",
        description: "Placeholder application for Account Center.",
        path: "/account",
        uses_device_flow: false,
    },
    BuiltIn {
        id: "device-demo-app",
        name: "Device Flow Preview",
        description: "Preview for Device Authorization Flow.",
        path: "/device-demo-app",
        uses_device_flow: true,
    },
];

impl BuiltIn {
    /// Returns the application as others are stored.
    pub(crate) fn record(&self) -> Record {
        let (kind, metadata) =
            if self.uses_device_flow { ("Native", json!({ "isDeviceFlow": true })) } else { ("SPA", json!({})) };
        let given = json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "type": kind,
            "customClientMetadata": metadata,
            "createdAt": 0,
        });
        let mut record = Record { id: self.id.to_owned(), ..Record::default() };
        for part in [&(APPLICATIONS.blank)(), &given].into_iter().filter_map(Value::as_object) {
            part.iter().for_each(|(name, value)| record.members.insert(name.clone(), value.clone()));
        }
        record
    }
}

/// Returns the built-in application with this id.
pub(crate) fn built_in_application(id: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|built_in| built_in.id == id)
}

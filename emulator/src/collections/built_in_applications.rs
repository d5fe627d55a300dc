//! Applications of the server itself.

/// An application that every server has. It can be read, but is in no list.
pub(crate) struct BuiltIn {
    pub id: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    pub uses_device_flow: bool,
}

const BUILT_IN: [BuiltIn; 3] = [
    BuiltIn {
        id: "demo-app",
        name: "Live Preview",
        description: "Preview for Sign-in Experience.",
        uses_device_flow: false,
    },
    BuiltIn {
        id: "account-center",
        name: "Account Center",
        description: "The application of the account center.",
        uses_device_flow: false,
    },
    BuiltIn {
        id: "device-demo-app",
        name: "Device Flow Preview",
        description: "The application of the device flow's preview.",
        uses_device_flow: true,
    },
];

/// Returns the built-in application with this id.
pub(crate) fn built_in_application(id: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|built_in| built_in.id == id)
}

use std::fmt;

/// An HTTP method of Logto's APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads a resource.
    Get,
    /// Creates a resource or runs an action.
    Post,
    /// Replaces a resource.
    Put,
    /// Updates a part of a resource.
    Patch,
    /// Deletes a resource.
    Delete,
    /// Reads the headers only.
    Head,
    /// Requests the allowed methods.
    Options,
}

impl Method {
    const ALL: [Self; 7] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Head, Self::Options];

    /// Returns the method with this name, in upper case. `None` if Logto's APIs do not use it.
    ///
    /// ```
    /// use logto_admin::transport::Method;
    ///
    /// assert_eq!(Method::named("GET"), Some(Method::Get));
    /// assert_eq!(Method::named("TRACE"), None);
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    /// Returns the method as written in a request line, such as `GET`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_found_by_their_name() {
        let names = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
        for (method, name) in Method::ALL.into_iter().zip(names) {
            assert_eq!((method.to_string().as_str(), Method::named(name)), (name, Some(method)));
        }
        assert_eq!([Method::named("get"), Method::named("TRACE")], [None, None]);
    }
}

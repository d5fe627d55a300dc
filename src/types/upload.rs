use std::fmt;

use bytes::Bytes;

/// A file for a multipart body.
///
/// ```
/// use logto_admin::types::Upload;
///
/// let avatar = Upload::new("ada.png", "image/png", vec![0x89, b'P', b'N', b'G']);
/// # let _ = avatar;
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// The file name, without a path.
    pub file_name: String,
    /// The media type, such as `image/png`.
    pub content_type: String,
    /// The content.
    pub bytes: Bytes,
}

impl Upload {
    /// Creates a file with this content.
    pub fn new(file_name: impl Into<String>, content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { file_name: file_name.into(), content_type: content_type.into(), bytes: bytes.into() }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({:?}, {:?}, {} bytes)", self.file_name, self.content_type, self.bytes.len())
    }
}

/// One part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A text member.
    Text {
        /// The name of the member.
        name: String,
        /// The value.
        value: String,
    },
    /// A file.
    File {
        /// The name of the member.
        name: String,
        /// The file.
        file: Upload,
    },
}

impl Part {
    /// Creates a text member.
    pub fn text(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Text { name: name.into(), value: value.into() }
    }

    /// Creates a file member.
    pub fn file(name: impl Into<String>, file: Upload) -> Self {
        Self::File { name: name.into(), file }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_the_size_of_the_content_only() {
        let upload = Upload::new("a.txt", "text/plain", "s3cret");
        assert_eq!(format!("{upload:?}"), r#"Upload("a.txt", "text/plain", 6 bytes)"#);
    }
}

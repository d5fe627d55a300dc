/// A listing of the API: its file in `api/`, and its text.
pub(super) struct Listing {
    pub(super) file: String,
    pub(super) text: String,
}

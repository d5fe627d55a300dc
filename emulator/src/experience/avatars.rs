//! Pictures of users who register.

use super::progress;
use super::start::{not_for_forgotten_passwords, wrong_event};
use crate::call::Handler;
use crate::operations::assets;
use crate::state::progress::Event;

pub(super) const ALL: &[(&str, Handler)] = &[("UploadExperienceAvatar", |call| {
    let (event, user) = (progress(call)?.event, progress(call)?.user.clone());
    match event {
        Event::Register => {}
        Event::ForgotPassword => return Err(not_for_forgotten_passwords()),
        Event::SignIn => return Err(wrong_event("The operation is only possible for a registration.")),
    }
    let pending = || assets::pending(call.now, &call.caller);
    let folder = user.map_or_else(pending, |user| assets::of_user(&user, call.now));
    assets::store_avatar(call, &folder)
})];

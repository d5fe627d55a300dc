//! Commands about organizations.

use crate::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn invitations_and_roles_are_listed_with_and_without_the_word() {
    let program = Program::current().await;
    for name in ["Acme", "Other"] {
        program.run(&["organizations", "create", name]).await.done();
        program.run(&["organizations", "invitations", "create", name, "ada@example.com"]).await.done();
    }
    program.run(&["api", "CreateOrganizationRole", "--set", "name=editor"]).await.done();
    for (arguments, count) in
        [(&["invitations"][..], 2), (&["invitations", "--organization", "Acme"], 1), (&["roles"], 1)]
    {
        let without = program.run(&[&["organizations"], arguments].concat()).await.done().json();
        let (noun, options) = arguments.split_at(1);
        let with = program.run(&[&["organizations"], noun, &["list"], options].concat()).await.done().json();
        assert_eq!((without.as_array().unwrap().len(), &with), (count, &without), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_invitation_is_named_with_the_command_that_revokes_it() {
    let program = Program::current().await;
    let organization = program.run(&["organizations", "create", "Acme"]).await.done().json();
    let invite = ["organizations", "invitations", "create", "Acme", "ada@example.com"];
    program.run(&invite).await.done();
    let second = program.run(&invite).await;
    let (_, hint) = second.err.split_once("\nhint: an invitation is pending: revoke it with `logto-admin ").unwrap();
    let revoke = hint.strip_suffix("`\n").unwrap();
    let id = organization["id"].as_str().unwrap();
    assert_eq!((second.code, revoke), (1, &*format!("organizations invitations revoke {id} ada@example.com")));
    program.run(&[&revoke.split(' ').collect::<Vec<_>>()[..], &["--yes"]].concat()).await.done();
    program.run(&invite).await.done();
}

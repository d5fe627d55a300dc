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

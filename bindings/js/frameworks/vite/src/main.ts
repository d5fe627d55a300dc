import { accountOf } from "./account";
import { editName } from "./form";

// This page gets the token from its own server. Yours gets it from the SDK with which users sign in.
const getToken = async () => await (await fetch("/token")).text();
await editName(document.querySelector("form")!, accountOf(location.origin, getToken));

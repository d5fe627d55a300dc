"use client";

import { LogtoAdmin } from "logto-admin";
import { useEffect, useState } from "react";

/** A client component. In a browser, use the user's own access token, and never a secret. */
export default function Page() {
  const [text, setText] = useState("");
  useEffect(() => {
    const endpoint = new URLSearchParams(location.search).get("endpoint")!;
    const logto = new LogtoAdmin({ endpoint, getToken: () => "token" });
    logto.users.list({ pageSize: 3 }).then(
      (page) => setText(page.items.map(({ id }) => id).join()),
      (error: unknown) => setText(String(error)),
    );
  }, []);
  return <p id="users">{text}</p>;
}

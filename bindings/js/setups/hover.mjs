// Asks TypeScript's language server, as an editor does, for the text at places of a file.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A file with marks. A comment with a name precedes each place whose text is wanted. */
const SOURCE = `import { LogtoAdmin, NotFoundError } from "logto-admin";

const logto = new /*client*/LogtoAdmin({ /*tenant*/tenant: "t", /*timeout*/timeout: 1, appId: "a", appSecret: "s" });
void logto./*group*/users./*method*/get("id");
void logto.users.list({ /*search*/search: "%a%" }, { /*option*/totalTimeout: 1 });
void logto.users.create({ /*member*/username: "ada" });
void logto.users./*since*/listSessions;
const error = {} as NotFoundError;
error./*hint*/hint;
void logto./*call*/call("GetUser", { path: { userId: "x" } });
`;

/** Expected content of the text at each place. */
const EXPECTED = {
  client: ["new LogtoAdmin(options: LogtoOptions)", "Creates a client. It does no I/O"],
  tenant: ["tenant"],
  timeout: ["in milliseconds", "Defaults to 30,000"],
  group: ["UsersApi"],
  method: ["get<JsonObject>(userId: string", "`GetUser`: `GET /api/users/{userId}`"],
  search: ["Pattern for all searchable members"],
  option: ["in milliseconds"],
  member: ["username"],
  since: ["listSessions(userId: string", "Logto 1.37"],
  hint: ["How to fix common mistakes."],
  call: ["Calls an operation by its id"],
};

/** Fails unless the texts at all places contain what is expected. `at` is a folder with the package. */
export async function hover(at, server) {
  const marks = [...SOURCE.matchAll(/\/\*(\w+)\*\//g)].map(({ 0: mark, 1: name, index }) => ({ name, before: SOURCE.slice(0, index + mark.length) }));
  const file = join(at, "hover.ts");
  writeFileSync(file, SOURCE);
  writeFileSync(join(at, "tsconfig.json"), JSON.stringify({ compilerOptions: { target: "es2022", module: "nodenext", strict: true, types: ["node"], noEmit: true }, files: ["hover.ts"] }));
  const process_ = spawn(process.execPath, [server, "--disableAutomaticTypingAcquisition"], { cwd: at, stdio: ["pipe", "pipe", "inherit"] });
  const answers = new Map();
  let [buffer, notify] = ["", () => {}];
  process_.stdout.setEncoding("utf8").on("data", (chunk) => {
    buffer += chunk;
    for (let line; (line = /^(.*)\r?\n/.exec(buffer)); buffer = buffer.slice(line[0].length)) {
      if (!line[1].startsWith("{")) continue;
      const { type, request_seq: number, body } = JSON.parse(line[1]);
      if (type === "response") answers.set(number, body);
    }
    notify();
  });
  let sequence = 0;
  const ask = async (command, arguments_) => {
    const seq = ++sequence;
    process_.stdin.write(`${JSON.stringify({ seq, type: "request", command, arguments: arguments_ })}\n`);
    while (command !== "open" && !answers.has(seq)) await new Promise((resolve) => (notify = resolve));
    return answers.get(seq);
  };
  try {
    await ask("open", { file, fileContent: SOURCE });
    for (const { name, before } of marks) {
      const lines = before.split("\n");
      const body = await ask("quickinfo", { file, line: lines.length, offset: lines.at(-1).length + 1 });
      const documentation = typeof body?.documentation === "string" ? body.documentation : (body?.documentation ?? []).map(({ text }) => text).join("");
      const tags = (body?.tags ?? []).map((tag) => JSON.stringify(tag)).join("\n");
      const shown = `${body?.displayString}\n${documentation}\n${tags}`;
      const missing = EXPECTED[name].filter((part) => !shown.includes(part));
      if (missing.length > 0) throw new Error(`the text of ${name} lacks ${missing.join(", ")}:\n${shown}`);
    }
  } finally {
    process_.kill();
  }
}

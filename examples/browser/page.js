import { createClient, LogtoError } from "logto-admin/core";
import { users } from "logto-admin/users";

const PAGE_SIZE = 10;
const element = (id) => document.getElementById(id);
const state = { logto: undefined, page: 1, search: "" };

/** Creates a client of an emulator of Logto, which runs inside of the page. */
async function emulated() {
  const { Emulator } = await import("logto-admin/emulator");
  const client = createClient({ ...new Emulator().options, rateLimit: false }, { users });
  await populate(client);
  return client;
}

const NAMES = "Ada Lovelace,Alan Turing,Barbara Liskov,Blaise Pascal,Carl Gauss,Donald Knuth,Edsger Dijkstra,Emmy Noether,Frances Allen,Grace Hopper,Hedy Lamarr,Ida Rhodes,Joan Clarke,John Backus,Karen Jones,Kurt Goedel,Leonhard Euler,Leslie Lamport,Margaret Hamilton,Mary Somerville,Niklaus Wirth,Radia Perlman,Sofia Kovalevskaya,Tony Hoare";

async function populate(client) {
  for (const name of NAMES.split(",").reverse()) {
    const username = name.toLowerCase().replace(" ", "_");
    const { id } = await client.users.create({ name, username, primaryEmail: `${username}@example.com` });
    if (name.startsWith("K")) await client.users.updateIsSuspended(id, { isSuspended: true });
  }
}

/** Shows the current page, unless the user moved to another one before it arrives. */
async function show() {
  const wanted = `${state.page} ${state.search}`;
  try {
    const search = state.search === "" ? undefined : `%${state.search}%`;
    const page = await state.logto.users.list({ page: state.page, pageSize: PAGE_SIZE, search });
    if (wanted !== `${state.page} ${state.search}`) return;
    element("problem").hidden = true;
    element("users").replaceChildren(...(page.items.length > 0 ? page.items.map(row) : [nobody()]));
    const first = (state.page - 1) * PAGE_SIZE + 1;
    element("position").textContent = page.items.length > 0 ? `${first}–${first + page.items.length - 1} of ${page.total ?? "many"}` : "";
    element("previous").disabled = state.page === 1;
    element("next").disabled = !page.hasNext;
  } catch (error) {
    element("problem").hidden = false;
    element("problem").textContent = error instanceof LogtoError ? [error.message, error.hint].filter(Boolean).join(" — ") : String(error);
  }
}

function cell(className, ...content) {
  const made = document.createElement("td");
  made.className = className;
  made.append(...content);
  return made;
}

function span(className, text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function row(user) {
  const name = user.name ?? user.username ?? user.id;
  const avatar = span("avatar", name.split(/[ _]/).map((word) => word[0]).slice(0, 2).join("").toUpperCase());
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 0);
  avatar.style.background = `hsl(${hue} 45% 48%)`;
  const who = document.createElement("div");
  who.append(span("name", name), document.createElement("br"), span("username", user.username ?? user.id));
  const status = user.isSuspended ? span("badge suspended", "Suspended") : span("badge", "Active");
  const created = user.createdAt ? new Date(user.createdAt).toLocaleDateString("en", { dateStyle: "medium" }) : "";
  const made = document.createElement("tr");
  made.append(cell("person", avatar, who), cell("", user.primaryEmail ?? ""), cell("quiet", created), cell("", status));
  return made;
}

function nobody() {
  const made = cell("empty", "No users found.");
  made.colSpan = 4;
  const line = document.createElement("tr");
  line.append(made);
  return line;
}

function use(logto, source) {
  Object.assign(state, { logto, page: 1 });
  element("source").textContent = source;
  return show();
}

element("previous").addEventListener("click", () => void (state.page--, show()));
element("next").addEventListener("click", () => void (state.page++, show()));
element("search").addEventListener("input", ({ target }) => void (Object.assign(state, { search: target.value, page: 1 }), show()));
element("search").addEventListener("submit", (event) => event.preventDefault());
element("server").addEventListener("submit", (event) => {
  event.preventDefault();
  const { endpoint, token } = Object.fromEntries(new FormData(event.target));
  event.target.closest("details").open = false;
  try {
    void use(createClient({ endpoint, getToken: () => token }, { users }), `on ${endpoint}`);
  } catch (error) {
    element("problem").hidden = false;
    element("problem").textContent = error.message;
  }
});

await use(await emulated(), "in an emulator inside this page");
document.documentElement.dataset.ready = "true";

import { LogtoError } from "logto-admin/core";
import type { accountOf } from "./account";

/** Shows the user's name in a form, and saves it when the user submits the form. */
export async function editName(form: HTMLFormElement, account: ReturnType<typeof accountOf>) {
  const input = form.querySelector("input")!;
  const output = form.querySelector("output")!;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { name } = await account.updateProfile({ name: input.value });
      output.textContent = `Saved as ${name}.`;
    } catch (error) {
      if (!(error instanceof LogtoError)) throw error;
      output.textContent = error.message;
    }
  });
  input.value = (await account.getProfile()).name ?? "";
}

// By Logto's own client, or with `fetch` by bare fetch: node logto-api.mjs URL CALLERS SECONDS [fetch]
import { createManagementApi } from "@logto/api/management";
import { measure, more, url } from "./run.mjs";

const { apiClient, clientCredentials } = createManagementApi("bench", {
  clientId: "bench", clientSecret: "secret", baseUrl: url, apiIndicator: "https://default.logto.app/api",
});
const token = (await clientCredentials.getAccessToken()).value;

async function byClient() {
  const { data } = await apiClient.GET("/api/users", { params: { query: { page_size: 20 } } });
  return data.length;
}

async function byFetch() {
  const response = await fetch(`${url}/api/users?page_size=20`, { headers: { authorization: `Bearer ${token}` } });
  return (await response.json()).length;
}

await measure(more[0] === "fetch" ? byFetch : byClient);

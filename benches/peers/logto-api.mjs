// Calls by many callers for some seconds, by Logto's own client: node logto-api.mjs URL CALLERS SECONDS [fetch]
import { createManagementApi } from "@logto/api/management";

const [url, callers, seconds, bare] = process.argv.slice(2);
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

const call = bare === "fetch" ? byFetch : byClient;

async function run(time) {
  const end = performance.now() + time * 1000;
  let calls = 0;
  await Promise.all(Array.from({ length: Number(callers) }, async () => {
    while (performance.now() < end) {
      if (await call() !== 20) throw new Error("the list should have 20 users");
      calls += 1;
    }
  }));
  return calls;
}

await run(seconds / 5);
const [start, cpu] = [performance.now(), process.cpuUsage()];
const calls = await run(Number(seconds));
const used = process.cpuUsage(cpu);
console.log(JSON.stringify({ calls, seconds: (performance.now() - start) / 1000, cpu: (used.user + used.system) / 1e6 }));

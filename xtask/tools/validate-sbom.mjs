// Compares the files that are named as arguments with the schema of CycloneDX 1.6.
import { readFileSync } from "node:fs";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
for (const path of process.argv.slice(2)) {
  const problem = await validator.validate(readFileSync(path, "utf8"));
  if (problem !== null) {
    console.error(`${path}: ${JSON.stringify(problem, null, 2)}`);
    process.exitCode = 1;
  }
}

// Writes a report of the public API of each entry point into a folder: FOLDER ENTRY...
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const project = fileURLToPath(new URL("../../bindings/js/", import.meta.url));
const [folder, ...entries] = process.argv.slice(2);
const silent = { default: { logLevel: "none" } };

for (const entry of entries) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: project,
      mainEntryPointFilePath: `${project}dist/${entry}.d.ts`,
      compiler: { tsconfigFilePath: `${project}tsconfig.json` },
      apiReport: { enabled: true, reportFileName: `${entry}.api.md`, reportFolder: folder, reportTempFolder: `${folder}/temp` },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
      newlineKind: "lf",
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: `${project}package.json`,
  });
  // A local build writes the report instead of comparing it.
  const { errorCount } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = message.logLevel !== "error";
    },
  });
  if (errorCount > 0) process.exitCode = 1;
}

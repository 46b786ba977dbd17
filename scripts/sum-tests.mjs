/** Adds up the test reports of all packages; the last line of the gate. Its argument: how many other steps failed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

let passed = 0;
let failed = Number(process.argv[2] ?? 0);
for (const floor of ["packages", "apps"])
  for (const name of readdirSync(floor)) {
    const report = `${floor}/${name}/.test-report.json`;
    if (existsSync(report)) {
      const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, "utf8"));
      passed += numPassedTests;
      failed += numFailedTests > 0 ? numFailedTests : numFailedTestSuites;
    } else if (existsSync(`${floor}/${name}/vitest.config.ts`)) {
      console.log(`${floor}/${name} has left no test report`);
      failed++;
    }
  }
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

// What the programs here print: tables of texts, and figures that have budgets.

export class Report {
  tables = [];
  checks = [];

  table(title, columns, rows) {
    this.tables.push({ title, columns, rows: rows.map((row) => row.map(String)) });
  }

  /** A figure that should not be above `most`; a countable one depends on nothing but the code. */
  check(what, value, most, countable = false) {
    this.checks.push({ what, value, most, countable });
  }

  print() {
    console.log(JSON.stringify({ tables: this.tables, checks: this.checks }));
  }
}

export function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

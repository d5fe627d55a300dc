// The output of the programs in this folder: tables of text, and figures with budgets.

export class Report {
  tables = [];
  checks = [];

  table(title, columns, rows) {
    this.tables.push({ title, columns, rows: rows.map((row) => row.map(String)) });
  }

  /** Adds a figure that should not exceed `most`. A countable figure depends only on the code. */
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

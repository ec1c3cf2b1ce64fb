// Times a query of jsforce for the benchmark: the arguments are the server's address, the query, the number of its rows, and
// how many runs are not measured and measured. Prints the median of the seconds.
'use strict';

const { Connection } = require('jsforce');

async function main([url, soql, rows, warmUp, runs]) {
  const conn = new Connection({ instanceUrl: url, accessToken: 'token', version: '66.0' });
  const seconds = [];
  for (let run = -Number(warmUp); run < Number(runs); run++) {
    const begun = process.hrtime.bigint();
    const result = await conn.query(soql).run({ autoFetch: true, maxFetch: Number(rows) });
    const taken = Number(process.hrtime.bigint() - begun) / 1e9;
    const records = Array.isArray(result) ? result : result.records;
    if (records.length !== Number(rows)) {
      throw new Error(`${records.length} rows came, not ${rows}`);
    }
    if (run >= 0) {
      seconds.push(taken);
    }
  }
  seconds.sort((a, b) => a - b);
  console.log(seconds[Math.floor(seconds.length / 2)]);
}

main(process.argv.slice(2)).catch((error) => {
  console.log(error);
  process.exit(1);
});
